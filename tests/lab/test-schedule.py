# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the engine does by itself to bring rooms to what they are assigned: real engine, real services, and what was sent."""

import datetime
import json
import os

from lab import Lab, change_chunks, hash_tree, wait_for, write_random
from tap import check, main

MB = 1000 * 1000


def make_templates(lab, megabytes, name="one", seed=0):
    templates = os.path.join(lab.directory, "templates")
    write_random(os.path.join(templates, name, "disk.img"), megabytes * MB, seed=seed)
    return templates


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def window_of(begin, end):
    return f"mon-sun {begin:%H:%M}-{end:%H:%M} UTC"


def closed_window():
    return window_of(now() + datetime.timedelta(hours=5), now() + datetime.timedelta(hours=7))


def open_window():
    return window_of(now() - datetime.timedelta(hours=5), now() + datetime.timedelta(hours=5))


def get_sent(lab):
    """Bytes that were sent in all sessions: of the streams, and by catch-up."""
    sessions = lab.get("/v1/sessions")["sessions"]
    return sum(session["wire_bytes"] for session in sessions), sum(session["catch_up_bytes"] for session in sessions)


def is_little_more(sent, before):
    """The last packet of a stream may be counted when the session is over already."""
    return before[0] <= sent[0] < before[0] + 10000 and sent[1] == before[1]


def wait_outlook(lab, name, behind, what, timeout=60):
    def reached():
        seat = lab.get_seat(name)
        return seat if (seat["outlook"]["behind"], seat["outlook"]["next"]) == (behind, what) else None
    return wait_for(reached, timeout, lambda: f"{name} is {behind}, next {what}: {lab.get_seat(name)['outlook']}")


def wait_session(lab, test, what):
    """The newest session for which TEST holds."""
    def found():
        return next((session for session in lab.get("/v1/sessions")["sessions"] if test(session)), None)
    return wait_for(found, 90, lambda: f"{what}: {lab.get('/v1/sessions')['sessions']}")


def is_whole(lab, name, version):
    seat = lab.get_seat(name)
    return seat["version"] == version and all(item["state"] == "current" for item in seat["templates"])


def is_between(lab, name):
    """Whether a file of the seat is between two versions."""
    return any(file.endswith(".updating") for _, _, files in os.walk(lab.seats[name].repository) for file in files)


def read_log(lab, name):
    return lab.get(f"/v1/seats/{lab.get_seat(name)['id']}/log")["entries"]


def test_a_closed_window_stops_a_session_and_what_arrived_is_not_sent_again():
    with Lab() as lab:
        templates = make_templates(lab, 60)
        disk = os.path.join(templates, "one", "disk.img")
        lab.start(2)
        hashes = {}
        for version in (1, 2, 3):
            lab.publish(templates)
            lab.deploy(version)
            hashes[version] = hash_tree(templates)
            change_chunks(disk, 16, seed=version)
        lab.deploy(2)  # staff have withdrawn 3, although the seats could go back to it
        lab.check_seats(hashes[2])
        write_random(disk, 60 * MB, seed=9)
        lab.publish(templates)
        before, _ = get_sent(lab)
        lab.ctl("window", "A101", open_window())
        lab.ctl("policy", "A101", "--rate", 40)
        lab.ctl("assign", "A101", 4)
        session = wait_session(lab, lambda s: s["version"] == 4 and s["state"] == "sending", "it is sent")
        lab.wait_receiving("seat-1", session["id"], 0.4)
        lab.ctl("window", "A101", closed_window())
        suspended = wait_session(lab, lambda s: s["suspended"], "it is suspended")
        check(suspended["state"] == "paused" and suspended["resumes"], f"{suspended}")
        sent = suspended["wire_bytes"]
        check(0.3 * 60 * MB < sent < 62 * MB, f"some of it was sent: {sent}")
        for name in lab.seats:
            wait_for(lambda name=name: is_whole(lab, name, 2), 60, lambda name=name: f"it has gone back: {lab.get_seat(name)}")
            why = [entry for entry in read_log(lab, name) if entry["event"] == "going-back"]
            check(why and {(entry["version"], entry["text"]) for entry in why} == {(2, "its maintenance window has closed")}, f"{why}")
        lab.check_seats(hashes[2])
        check(is_little_more(get_sent(lab), (before + sent, 0)), f"nothing was sent for that: {get_sent(lab)}, {before} + {sent}")

        lab.ctl("policy", "A101", "--rate", 400)
        lab.ctl("window", "A101", open_window())
        for name in lab.seats:
            lab.wait_version(name, 4)
        lab.check_seats(hash_tree(templates))
        ended = wait_session(lab, lambda s: s["version"] == 4 and s["state"] == "done", "it is done")
        check(ended["id"] == session["id"], "the same session")
        total = ended["wire_bytes"] + ended["catch_up_bytes"]
        check(total < 1.15 * 60 * MB + MB, f"what had arrived is not sent again: {total} of {60 * MB}, {sent} before")


def test_after_a_hook_that_fails_the_templates_can_be_started():
    with Lab() as lab:
        templates = make_templates(lab, 20)
        hooks = os.path.join(lab.directory, "hooks.json")
        with open(hooks, "w", encoding="utf-8") as file:
            json.dump({"hooks": [{"when": "before-commit", "os": "any", "run": ["/bin/false"], "timeout_seconds": 10}]}, file)
        lab.start(1)
        lab.publish(templates)
        lab.deploy(1)
        first = hash_tree(templates)
        write_random(os.path.join(templates, "one", "disk.img"), 20 * MB, seed=9)
        lab.publish(templates)
        for version in (1, 2):  # what has been there needs none
            lab.ctl("version", "hooks", version, "--set", hooks)
        lab.ctl("policy", "A101", "--late", "ask")
        lab.ctl("assign", "A101", 2)
        wait_session(lab, lambda s: s["version"] == 2 and s["ended"], "it is over")
        # what the console knows of it may for a moment be from before the update
        wait_for(lambda: is_whole(lab, "seat-1", 1) and not is_between(lab, "seat-1"), 30,
                 lambda: f"it has gone back: {lab.get_seat('seat-1')}")
        lab.check_seats(first)
        why = [entry["text"] for entry in read_log(lab, "seat-1") if entry["event"] == "going-back"]
        check(why == ["its update failed"], f"{why}")
        wait_outlook(lab, "seat-1", "failed", "staff")
        lab.ctl("version", "hooks", 2, "--clear")
        again = lab.deploy(2)
        lab.check_seats(hash_tree(templates))
        check(again["content_bytes"] + again["catch_up_bytes"] < MB, f"it had arrived: {again}")


def test_rooms_that_want_the_same_share_a_stream():
    with Lab() as lab:
        templates = make_templates(lab, 20)
        lab.start(1)
        lab.add_seat("seat-2", "B202")
        lab.wait_online("seat-2")
        lab.publish(templates)
        for room in ("A101", "B202"):
            lab.ctl("assign", room, 1)
        for name in lab.seats:
            lab.wait_version(name, 1)
        lab.check_seats(hash_tree(templates))
        ended = wait_session(lab, lambda s: s["state"] == "done", "it is done")
        check(ended["rooms"] == ["A101", "B202"] and len(lab.get("/v1/sessions")["sessions"]) == 1, f"{ended}")
        total = ended["wire_bytes"] + ended["catch_up_bytes"]
        check(total < 1.15 * 20 * MB + MB, f"once for both: {total} of {20 * MB}")


def test_seats_that_return_together_share_a_session():
    with Lab() as lab:
        templates = make_templates(lab, 20)
        lab.start(4)
        lab.publish(templates)
        late = ["seat-2", "seat-3", "seat-4"]
        for name in late:
            lab.seats[name].stop()
        for name in late:
            lab.wait_presence(name, "offline")
        lab.ctl("assign", "A101", 1)
        lab.wait_version("seat-1", 1)
        for name in late:
            wait_outlook(lab, name, "offline", "return")
            lab.seats[name].start()
        for name in late:
            lab.wait_version(name, 1, timeout=180)
        lab.check_seats(hash_tree(templates))
        again = wait_session(lab, lambda s: s["origin"] == "late" and s["state"] == "done", "one for those that came late")
        check(len(lab.get("/v1/sessions")["sessions"]) == 2 and len(lab.get_session(again["id"])["seats"]) == 3, f"{again}")
        total = again["wire_bytes"] + again["catch_up_bytes"]
        check(total < 1.15 * 20 * MB + MB, f"once for the three: {total} of {20 * MB}")


def test_outside_the_window_nothing_is_sent_to_who_returns():
    with Lab() as lab:
        templates = make_templates(lab, 10)
        lab.start(2)
        lab.publish(templates)
        lab.seats["seat-2"].stop()
        lab.wait_presence("seat-2", "offline")
        lab.ctl("assign", "A101", 1)
        lab.wait_version("seat-1", 1)
        wait_session(lab, lambda s: s["state"] == "done", "it is done")
        sent = get_sent(lab)
        lab.ctl("window", "A101", closed_window())
        lab.seats["seat-2"].start()
        seat = wait_outlook(lab, "seat-2", "late", "catch-up")
        check(seat["outlook"]["at"] == lab.ctl("window", "A101")[-1]["policy"]["window"]["opens"], f"{seat['outlook']}")
        check(seat["version"] == 0 and is_little_more(get_sent(lab), sent), f"nothing was sent: {seat['version']}, {get_sent(lab)}, {sent}")
        check(os.listdir(lab.seats["seat-2"].repository) in ([], [".seatcast"]), f"{os.listdir(lab.seats['seat-2'].repository)}")
        lab.ctl("window", "A101", open_window())
        lab.wait_version("seat-2", 1, timeout=180)
        lab.check_seats(hash_tree(templates))


def test_an_engine_that_is_killed_goes_on_with_what_is_due():
    with Lab() as lab:
        templates = make_templates(lab, 20)
        lab.start(2)
        lab.publish(templates)
        window = closed_window()
        lab.ctl("window", "A101", window)
        lab.ctl("assign", "A101", 1)
        wait_outlook(lab, "seat-1", "due", "session")
        lab.engine.kill()
        lab.start_engine()
        lab.wait_online(*lab.seats)
        for name in lab.seats:
            wait_outlook(lab, name, "due", "session")
        lab.ctl("window", "A101", "none")
        for name in lab.seats:
            lab.wait_version(name, 1)
        lab.check_seats(hash_tree(templates))
        session = wait_session(lab, lambda s: s["state"] == "done", "one session")
        check(session["origin"] == "assignment" and len(lab.get("/v1/sessions")["sessions"]) == 1, f"{session}")


if __name__ == "__main__":
    main(globals())
