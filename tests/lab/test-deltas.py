# SPDX-License-Identifier: LGPL-2.1-or-later
"""Chunks that are sent as what differs from chunks that the seats have: what that saves, and that a seat which has other ones comes
to the same end."""

import os
import random
import re
import subprocess

from lab import CHUNK, Lab, hash_repository, hash_tree, write_random
from tap import check, main

SIZE = 16 * 1000 * 1000
EDIT = 2000            # bytes changed in each chunk that is
SAVED = 0.2            # of what whole chunks would take is the most that a delta of such a chunk may take
CHUNKS = SIZE // CHUNK


def edit_chunks(path, every, seed):
    """Changes EDIT bytes of each EVERYth chunk. Returns how many bytes these chunks have."""
    source = random.Random(f"edit {seed}")
    with open(path, "r+b") as file:
        for number in range(0, CHUNKS, every):
            file.seek(number * CHUNK + source.randrange(CHUNK - EDIT))
            file.write(source.randbytes(EDIT))
    return len(range(0, CHUNKS, every)) * CHUNK


def move_content(path, by):
    """Moves all that is in the file by BY bytes, in place."""
    with open(path, "r+b") as file:
        content = file.read()
        file.seek(0)
        file.write(content[-by:] + content[:-by])


def publish_random(lab):
    """Returns the templates' directory, their one disk image and their hashes."""
    templates = os.path.join(lab.directory, "templates")
    disk = os.path.join(templates, "one", "disk.img")
    write_random(disk, SIZE)
    lab.publish(templates)
    return templates, disk, hash_tree(templates)


def told(lab, *arguments):
    """What seatcastctl says of deltas, as (deltas, frames); None when it says nothing of them."""
    result = subprocess.run([lab.program("seatcastctl"), "--connection", lab.connection, *arguments], capture_output=True, text=True,
                            check=True, timeout=60)
    found = re.search(r"^  deltas: (\d+) of (\d+) frames, [0-9.]+ .?B saved$", result.stdout, re.MULTILINE)
    return found and (int(found[1]), int(found[2]))


def test_edited_chunks_take_little():
    with Lab() as lab:
        lab.start(4)
        templates, disk, first = publish_random(lab)
        whole = lab.deploy(1)
        lab.check_seats(first)
        check(whole["delta_frames"] == 0 and whole["delta_saved_bytes"] == 0, f"nobody had anything: {whole}")
        check(told(lab, "session", str(whole["id"])) is None and whole["content_frames"] >= CHUNKS, f"and nothing is said of them: {whole}")
        changed = edit_chunks(disk, 2, 1)
        lab.publish(templates)
        expected = (changed // CHUNK, changed // CHUNK)
        check(told(lab, "deploy", "2", "--dry-run") == expected, "a dry run says it")
        dry = lab.deploy(2, "--dry-run")
        check(dry["content_bytes"] < SAVED * changed and dry["delta_frames"] == changed // CHUNK, f"a dry run tells it: {dry}")
        session = lab.deploy(2)
        lab.check_seats(hash_tree(templates))
        check(session["delta_frames"] == changed // CHUNK, f"each of them is sent so: {session}")
        check(told(lab, "session", str(session["id"])) == expected and session["content_frames"] == expected[1], "and the session")
        check(session["wire_bytes"] < SAVED * changed, f"{changed} bytes of chunks took {session['wire_bytes']} on the wire: {session}")
        saved = session["delta_saved_bytes"]
        check(changed - SAVED * changed < saved < changed, f"and told as saved are {saved}")
        check(session["catch_up_bytes"] == 0, f"every seat had what they referred to: {session}")
        back = lab.ctl("rollback")[-1]
        check(back["version"] == 1, f"back to {back}")
        lab.check_seats(first)


def test_content_that_moved_is_found():
    with Lab() as lab:
        lab.start(2)
        templates, disk, first = publish_random(lab)
        lab.deploy(1)
        lab.check_seats(first)
        move_content(disk, 20 * CHUNK + 777)
        lab.publish(templates)
        session = lab.deploy(2)
        lab.check_seats(hash_tree(templates))
        # each is the end of one chunk and the beginning of another, and refers to the larger part
        check(session["delta_saved_bytes"] > SIZE * 0.8, f"content at another place of its chunks: {session}")
        check(session["wire_bytes"] < SIZE * 0.2, f"took little: {session}")
        check(session["catch_up_bytes"] <= SIZE * 0.05, f"and its references were there: {session}")


def test_seats_at_different_versions():
    with Lab() as lab:
        lab.start(4)
        templates, disk, first = publish_random(lab)
        lab.deploy(1)
        lab.check_seats(first)
        edit_chunks(disk, 3, 1)
        lab.publish(templates)
        second = hash_tree(templates)
        lab.deploy(2, "--seat", "seat-1", "--seat", "seat-2")
        lab.check_seats(second, "seat-1", "seat-2")
        changed = edit_chunks(disk, 5, 2)
        lab.publish(templates)
        session = lab.deploy(3)
        for name in ("seat-1", "seat-2"):
            lab.deploy(3, "--seat", name)
        lab.check_seats(hash_tree(templates))
        check(session["state"] == "done", f"all of them: {session}")
        check(0 < session["delta_frames"] <= CHUNKS // 3 + changed // CHUNK + 2, f"what they have in common serves: {session}")


def test_a_reference_that_a_seat_has_lost():
    with Lab() as lab:
        lab.start(3)
        templates, disk, first = publish_random(lab)
        lab.deploy(1)
        lab.check_seats(first)
        # behind the service's back, so that it still counts as version 1
        place = os.path.join(lab.seats["seat-2"].repository, "one", "disk.img")
        status = os.stat(place)
        with open(place, "r+b") as file:
            for number in range(0, 16, 2):
                file.seek(number * CHUNK)
                file.write(bytes(CHUNK))
        os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))
        check(hash_repository(lab.seats["seat-2"].repository) != first, "it is damaged")
        edit_chunks(disk, 2, 1)
        lab.publish(templates)
        session = lab.deploy(2)
        lab.check_seats(hash_tree(templates))
        check(session["delta_frames"] > 0, f"there were deltas: {session}")
        check(0 < session["catch_up_bytes"] < 12 * CHUNK, f"only what it could not make of them was fetched whole: {session}")
        for seat in session["seats"]:
            check(seat["state"] == "done", f"{seat}")


if __name__ == "__main__":
    main(globals())
