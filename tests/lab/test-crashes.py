# SPDX-License-Identifier: LGPL-2.1-or-later
"""Processes die, or stop, in the middle of their work."""

import os
import signal

from lab import Lab, change_chunks, hash_tree, wait_for, write_random
from tap import check, main

SIZE = 32 * 1000 * 1000


def make_templates(lab, size=SIZE):
    templates = os.path.join(lab.directory, "templates")
    write_random(os.path.join(templates, "one", "disk.img"), size // 2)
    write_random(os.path.join(templates, "two", "disk.img"), size // 2, seed=1)
    return templates


def test_engine_killed_while_it_publishes():
    with Lab() as lab:
        templates = make_templates(lab, 250 * 1000 * 1000)
        lab.start_engine()
        publish = lab.ctl_start("publish", templates, "-m", "killed")
        wait_for(lambda: any(item["done_bytes"] > 0.3 * item["total_bytes"] > 0 for item in lab.get("/v1/operations")["operations"]),
                 60, lambda: f"in the middle: {lab.get('/v1/operations')}")
        lab.engine.kill()
        publish.communicate(timeout=60)
        check(publish.returncode == 5, f"seatcastctl exits with {publish.returncode}")

        lab.start_engine()
        check(lab.ctl("versions") == [], "half a version is none")
        check(lab.ctl("store", "verify")[-1]["result"]["damaged"] == 0, "the store is sound")
        lab.add_seat("seat-1")
        result = lab.publish(templates)
        check(result["version"] == 1, str(result))
        check(result["new_bytes"] < result["size_bytes"], f"what was stored is used: {result}")
        lab.wait_online("seat-1")
        lab.deploy(1)
        lab.check_seats(hash_tree(templates))


def test_engine_killed_in_mid_session():
    with Lab() as lab:
        templates = make_templates(lab)
        lab.start(2)
        lab.publish(templates)
        number = lab.start_deploy(1, "--rate", 80)
        lab.wait_receiving("seat-1", number, 0.4)
        lab.engine.kill()
        lab.start_engine()
        session = lab.wait_session(number)
        check(session["state"] == "done", f"it was resumed and came to its end: {session}")
        lab.check_seats(hash_tree(templates))


def test_seat_killed_in_mid_session_goes_on():
    with Lab() as lab:
        templates = make_templates(lab)
        lab.start(2)
        lab.publish(templates)
        number = lab.start_deploy(1, "--rate", 80)
        lab.wait_receiving("seat-1", number, 0.5)
        lab.seats["seat-1"].kill()
        lab.seats["seat-1"].start()
        session = lab.wait_session(number)
        check(session["state"] == "done", str(session))
        lab.check_seats(hash_tree(templates))
        check(session["catch_up_bytes"] < 0.9 * SIZE, f"it received again what it had: {session['catch_up_bytes']} by catch-up")


def test_stopped_seat_does_not_hold_up_the_others():
    with Lab() as lab:
        templates = make_templates(lab)
        lab.start(3)
        lab.publish(templates)
        number = lab.start_deploy(1, "--rate", 80)
        lab.wait_receiving("seat-2", number, 0.2)
        lab.seats["seat-2"].signal(signal.SIGSTOP)
        lab.wait_version("seat-1", 1)
        lab.wait_version("seat-3", 1)
        behind = next(seat for seat in lab.get_session(number)["seats"] if seat["name"] == "seat-2")
        check(behind["state"] != "done", f"it cannot be done: {behind}")
        check(lab.get_seat("seat-2")["version"] == 0, "the console knows that it lacks the version")
        lab.seats["seat-2"].signal(signal.SIGCONT)
        lab.wait_session(number)
        wait_for(lambda: lab.get_seat("seat-2")["presence"] == "online", 60, "it is back")
        if lab.get_seat("seat-2")["version"] != 1 and lab.get_seat("seat-2")["transfer"]["state"] == "failed":
            lab.ctl("catch-up", "seat-2")
        lab.wait_version("seat-2", 1)
        lab.check_seats(hash_tree(templates))


def test_seat_killed_while_it_is_changed_in_place():
    with Lab() as lab:
        # more than is interleaved at once, so that there is a middle
        size = 96 * 1000 * 1000
        templates = make_templates(lab, size)
        lab.start(1, rate=2000)
        lab.publish(templates)
        lab.deploy(1)
        change_chunks(os.path.join(templates, "one", "disk.img"), 2, 2)
        expected = hash_tree(templates)
        lab.publish(templates)
        number = lab.start_deploy(2, "--rate", 80)
        lab.wait_receiving("seat-1", number, 0.3)
        lab.seats["seat-1"].kill()
        names = os.listdir(os.path.join(lab.seats["seat-1"].repository, "one"))
        check("disk.img" not in names, f"half of a disk must not bear its name: {names}")
        lab.seats["seat-1"].start()
        lab.wait_session(number)
        lab.wait_version("seat-1", 2)
        lab.check_seats(expected)


if __name__ == "__main__":
    main(globals())
