# SPDX-License-Identifier: LGPL-2.1-or-later
"""Seats whose disks forget at restart: refused with the reason while the others go on, accepted where that was said."""

import os
import shutil
import subprocess
import tempfile

from lab import MIB, PRIVATE, Lab, Skip, hash_tree, wait_for, write_random
from tap import check, main

MEMORY = "/dev/shm"


def make_memory(lab):
    """A directory that is gone at the next restart."""
    with open("/proc/self/mountinfo", encoding="utf-8") as mounts:
        if not any(line.split()[4] == MEMORY and " - tmpfs " in line for line in mounts):
            raise Skip(f"{MEMORY} is no tmpfs")
    directory = tempfile.mkdtemp(prefix="seatcast-lab-", dir=MEMORY)
    lab.closers.append(lambda: shutil.rmtree(directory, ignore_errors=True))
    return directory


def read(lab, *arguments):
    """seatcastctl's words for people."""
    command = [word for word in lab.ctl_command(*arguments) if word != "--json"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, check=True).stdout


def list_files(directory):
    return [os.path.join(folder, name) for folder, _, names in os.walk(directory) for name in names]


def check_reason(text, memory):
    for part in (memory, "forgets at restart", "tmpfs", "--accept-volume=forgets"):
        check(part in text, f"the reason says “{part}”: {text}")


def test_seat_in_memory_is_refused_until_that_is_accepted():
    with Lab() as lab:
        memory = make_memory(lab)
        templates = os.path.join(lab.directory, "templates")
        write_random(os.path.join(templates, "one", "disk.img"), 3 * MIB)
        tree = hash_tree(templates)
        lab.start_engine()
        lab.add_seat("forgets", repository=memory, accept="compresses")
        lab.add_seat("keeps")
        lab.wait_online("forgets", "keeps")
        wait_for(lambda: lab.get_seat("forgets")["volume"]["refused"] == ["forgets"], 20,
                 lambda: f"the console knows of it: {lab.get_seat('forgets')}")
        lab.publish(templates)

        dry = lab.deploy(1, "--dry-run", status=None)
        row = lab.get_session_seat(lab.get_session(dry["id"]), "forgets")
        check(row["state"] == "failed", f"a dry run finds it out: {row}")
        check_reason(row["reason"], memory)

        session = lab.get_session(lab.deploy(1, status=1)["id"])
        row = lab.get_session_seat(session, "forgets")
        check(row["state"] == "failed", f"it is refused: {row}")
        check_reason(row["reason"], memory)
        check(lab.get_session_seat(session, "keeps")["state"] == "done", f"the other goes on: {session}")
        lab.check_seats(tree, "keeps")
        check_reason(read(lab, "session", session["id"]), memory)
        check("forgets: not written to" in read(lab, "seats"), "seatcastctl seats has a sign of it")
        check("is a tmpfs: in memory" in read(lab, "seat", "forgets"), "seatcastctl seat says it")

        lab.ctl("catch-up", "forgets")
        wait_for(lambda: lab.get_seat("forgets")["transfer"]["state"] == "failed", 20, "a catch-up is refused, too")
        check_reason(lab.get_seat("forgets")["transfer"]["reason"], memory)
        check(list_files(memory) == [os.path.join(memory, PRIVATE, "lock")], f"nothing was written: {list_files(memory)}")
        check(list_files(os.path.join(lab.seats["forgets"].state, "manifests")) == [], "nor was anything fetched")

        lab.seats["forgets"].stop()
        lab.add_seat("forgets", repository=memory, accept="forgets,compresses")
        lab.wait_online("forgets")
        lab.ctl("catch-up", "forgets")
        lab.wait_version("forgets", 1)
        lab.check_seats(tree, "forgets")
        volume = lab.get_seat("forgets")["volume"]
        check(volume["traits"] == ["forgets"] and volume["refused"] == [], f"it is shown all the same: {volume}")


def test_disk_that_forgets_is_found_out_by_what_became_of_it():
    """Whatever the cause: the service starts with less than it had known."""
    with Lab() as lab:
        seat = lab.start(1)[0]
        check(lab.get_seat("seat-1")["forgot"] is None, "a first start is no sign")
        seat.stop()
        frozen = os.path.join(lab.directory, "frozen")
        shutil.copytree(seat.state, frozen)
        seat.start()
        lab.wait_online("seat-1")
        lab.wait_presence("seat-1", "online")
        check(lab.get_seat("seat-1")["forgot"] is None, "a restart that forgets nothing is none either")
        seat.stop()
        lab.wait_presence("seat-1", "offline")
        shutil.rmtree(seat.state)
        shutil.copytree(frozen, seat.state)
        seat.start()
        wait_for(lambda: lab.get_seat("seat-1")["forgot"], 30, "the console sees that it has forgotten")
        check("forgets at restart" in read(lab, "seat", "seat-1"), "seatcastctl seat says it")
        log = lab.get("/v1/seats/seat-1/log")["entries"]
        check(any(entry["event"] == "forgot" for entry in log), f"and it is in the seat's log: {log}")
        check("forgets at restart" in lab.engine.read_log(), "and in the engine's")


if __name__ == "__main__":
    main(globals())
