# SPDX-License-Identifier: LGPL-2.1-or-later
"""The seat's service under Wine's service manager, with a Linux engine."""

import os

from wine import KEY, POLICY_KEY, SERVICE, WineLab, to_windows

import disk_images
from lab import change_chunks, hash_file, hash_repository, hash_tree, list_updating, wait_for, write_random
from meter import Meter
from tap import check, main

SIZE = 40 * 1000 * 1000
RATE = 40  # Mbit/s: a session has a middle
SLOW_RATE = 6  # and here it lasts long enough for Windows' tools to stop a service in it, on a busy machine too
IDLE_SECONDS = 10
IDLE_TICKS = 2  # 1/100 s; a ping of the link may fall into the time
PRIVATE_BYTES = 30 * 1000 * 1000


def make_templates(lab):
    templates = os.path.join(lab.directory, "templates")
    write_random(os.path.join(templates, "one", "disk.img"), SIZE // 2)
    write_random(os.path.join(templates, "two", "disk.img"), SIZE // 2, seed=1)
    return templates


def change(templates, seed):
    for name in ("one", "two"):
        change_chunks(os.path.join(templates, name, "disk.img"), 2, f"{name} {seed}")


def wait_updating(seat, session):
    """Until files are between two versions, and much has come, but not all."""
    def patches():
        return [name for _, _, names in os.walk(seat.repository) for name in names if name.endswith(".updating")]
    wait_for(patches, 60, f"{seat.name} changes a file", 0.02)
    seat.lab.wait_receiving(seat.name, session, 0.5)


def check_whole(seat, *trees):
    """No file bears its name and is neither as in the one version nor as in the other."""
    for path in hash_repository(seat.repository):
        if not path.endswith(".updating"):
            found = hash_file(os.path.join(seat.repository, path))
            check(found in [tree.get(path) for tree in trees], f"{path} is as in none of the versions")


def test_first_deploy_difference_and_rollback():
    with WineLab() as lab:
        templates = os.path.join(lab.directory, "templates")
        disk_images.make_images(templates, 20)
        lab.start_engine()
        seat = lab.add_wine_seat("win-1")
        check(seat.prefix.query_service(SERVICE) == ("RUNNING", 0, 0), f"it is {seat.prefix.query_service(SERVICE)}")
        lab.wait_online("win-1")
        first = hash_tree(templates)
        lab.publish(templates, "first")
        session = lab.deploy(1)
        lab.check_seats(first)
        check(session["catch_up_bytes"] < session["content_bytes"] / 2, f"by multicast: {session}")

        disk_images.change_images(templates)
        second = hash_tree(templates)
        lab.publish(templates, "changed")
        update = lab.deploy(2)
        lab.check_seats(second)
        check(update["wire_bytes"] < session["wire_bytes"] * 0.7, f"the difference took {update['wire_bytes']} of {session['wire_bytes']}")

        back = lab.ctl("rollback")[-1]
        check(back["version"] == 1, f"rollback went to {back['version']}")
        lab.check_seats(first)
        check(seat.stop_service() == ("STOPPED", 0, 0), "it ended well")
        lab.wait_presence("win-1", "offline")


def test_killed_in_mid_session_it_goes_on():
    with WineLab() as lab:
        templates = make_templates(lab)
        lab.start_engine()
        seat = lab.add_wine_seat("win-1")
        lab.add_seat("linux-1")
        lab.wait_online("win-1", "linux-1")
        trees = [hash_tree(templates)]
        lab.publish(templates)
        number = lab.start_deploy(1, "--rate", RATE)
        lab.wait_receiving("win-1", number, 0.3)
        seat.kill()
        check_whole(seat, *trees)
        seat.start()
        session = lab.wait_session(number)
        lab.wait_version("win-1", 1)
        lab.check_seats(trees[0])
        check(session["catch_up_bytes"] < 0.9 * SIZE, f"it received again what it had: {session['catch_up_bytes']} by catch-up")

        change(templates, 1)
        trees.append(hash_tree(templates))
        lab.publish(templates)
        number = lab.start_deploy(2, "--rate", SLOW_RATE)
        wait_updating(seat, number)
        seat.kill()
        check_whole(seat, *trees)
        seat.start()
        lab.wait_session(number)
        lab.wait_version("win-1", 2)
        lab.check_seats(trees[1])


def test_stopped_while_it_patches_it_resumes_where_it_was():
    with WineLab() as lab:
        templates = make_templates(lab)
        lab.start_engine()
        meter = Meter(lab, "win-1")
        seat = lab.add_wine_seat("win-1", meter=meter)
        lab.add_seat("linux-1")
        lab.wait_online("win-1", "linux-1")
        trees = [hash_tree(templates)]
        lab.publish(templates)
        lab.deploy(1)
        change(templates, 2)
        trees.append(hash_tree(templates))
        lab.publish(templates)

        number = lab.start_deploy(2, "--rate", SLOW_RATE)
        wait_updating(seat, number)
        check(seat.stop_service() == ("STOPPED", 0, 0), "it ended well in the middle of its work")
        check_whole(seat, *trees)
        check(list_updating(seat.repository), "what is half done does not bear its name")
        lab.wait_version("linux-1", 2)
        lab.check_seats(trees[1], "linux-1")

        before = meter.received
        seat.start()
        lab.wait_online("win-1")
        if lab.get_seat("win-1")["version"] != 2 and lab.get_seat("win-1")["transfer"]["state"] == "failed":
            lab.ctl("catch-up", "win-1")
        lab.wait_version("win-1", 2)
        lab.check_seats(trees[1])
        taken = meter.received - before
        check(taken < 0.9 * SIZE / 2, f"of {SIZE // 2} bytes many were there already, it took {taken} more")


def test_a_console_that_is_down_is_a_state():
    with WineLab() as lab:
        lab.start_engine()
        lab.make_seat_connection("A101")  # the token that the seat enrols with when there is a console
        lab.engine.stop()
        seat = lab.add_wine_seat("win-1")
        check(seat.prefix.query_service(SERVICE) == ("RUNNING", 0, 0), f"it is {seat.prefix.query_service(SERVICE)}")
        pid = seat.pid
        lab.start_engine()
        lab.wait_online("win-1", timeout=90)
        lab.engine.stop()
        lab.start_engine()
        lab.wait_online("win-1", timeout=90)
        check(seat.pid == pid and seat.prefix.query_service(SERVICE)[0] == "RUNNING", "it is the same process")


def test_settings_are_waited_for_and_taken_up():
    with WineLab() as lab:
        lab.start_engine()
        seat = lab.add_wine_seat("win-1", templates=None)
        pid = seat.pid
        wait_for(lambda: "Waiting for settings" in seat.read_log(), 60, lambda: f"it waits:\n{seat.read_log()}")
        check("Templates" in seat.read_log(), f"it says what it waits for:\n{seat.read_log()}")
        seat.prefix.set_value(KEY, "Templates", to_windows(seat.repository))
        lab.wait_online("win-1", timeout=90)
        seat.prefix.set_value(KEY, "Room", "B202")
        # the room that it enrolled for stays where it is in: only staff move it
        wait_for(lambda: lab.get_seat("win-1")["own_room"] == "B202", 90, lambda: f"the other room; it is {lab.get_seat('win-1')}")
        check(lab.get_seat("win-1")["room"] == "A101", f"it stays: {lab.get_seat('win-1')}")
        # an administrator's policy goes before; a wrong one is waited out
        seat.prefix.set_value(POLICY_KEY, "Reserve", "much")
        wait_for(lambda: "“much” is no size" in seat.read_log(), 90, lambda: f"it refuses the wrong one:\n{seat.read_log()}")
        lab.wait_presence("win-1", "offline")
        seat.prefix.set_value(POLICY_KEY, "Reserve", "1G")
        lab.wait_online("win-1", timeout=90)
        check(seat.pid == pid and seat.prefix.query_service(SERVICE) == ("RUNNING", 0, 0), "it is the same process")


def read_ticks(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def read_private(pid):
    """Private memory: (as Windows counts it, with the code of programs and libraries too). Windows maps code from the files and counts what can be
    written to; Wine reads it into memory, where it is private to each process."""
    written, everything, writable = 0, 0, False
    with open(f"/proc/{pid}/smaps", encoding="utf-8", errors="replace") as file:
        for line in file:
            word = line.split()[0]
            if not word.endswith(":"):
                writable = "w" in line.split()[1]
            elif word.startswith("Private_"):
                everything += int(line.split()[1]) * 1024
                written += int(line.split()[1]) * 1024 if writable else 0
    return written, everything


def test_idle_it_takes_no_time_and_little_memory():
    with WineLab() as lab:
        templates = make_templates(lab)
        lab.start_engine()
        seat = lab.add_wine_seat("win-1")
        lab.wait_online("win-1")
        lab.publish(templates)
        lab.deploy(1)
        lab.wait_version("win-1", 1)
        pid = seat.pid
        counts = [read_ticks(pid)]

        def idle():
            # a loaded machine may still be at the end of the session: what counts is a time without work
            counts.append(read_ticks(pid))
            return len(counts) > 2 and counts[-1] - counts[-2] <= IDLE_TICKS
        wait_for(idle, 120, lambda: f"at most {IDLE_TICKS} ticks in {IDLE_SECONDS} s; the ticks are {counts}", IDLE_SECONDS)
        private, with_code = read_private(pid)
        print(f"# idle: {counts[-1] - counts[-2]} ticks in {IDLE_SECONDS} s, {private} bytes private, {with_code} with the code, Wine's own among them",
              flush=True)
        check(0 < private < PRIVATE_BYTES, f"{private} bytes private")


if __name__ == "__main__":
    main(globals())
