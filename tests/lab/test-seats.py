# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a seat does by itself: it waits for templates that are in use, goes on after a crash, and finds what was changed behind its back."""

import os
import shutil
import subprocess

from lab import CHUNK, MIB, Lab, Skip, change_chunks, hash_file, hash_tree, list_updating, wait_for, write_random
from meter import Meter
from tap import check, main

SIZE = 24 * 1000 * 1000


def prepare(lab, *names):
    """Metered seats that have version 1 of two templates. Returns the templates' directory."""
    templates = os.path.join(lab.directory, "templates")
    write_random(os.path.join(templates, "one", "disk.img"), SIZE)
    write_random(os.path.join(templates, "two", "disk.img"), SIZE, seed=1)
    lab.start_engine()
    for name in names:
        meter = Meter(lab, name)
        lab.add_seat(name, connection=meter.connection).meter = meter
    lab.wait_online(*names)
    lab.publish(templates)
    lab.deploy(1)
    lab.check_seats(hash_tree(templates))
    return templates


def hold(lab, path):
    """QEMU has the image open, as a virtual machine that runs has it."""
    if not shutil.which("qemu-io"):
        raise Skip("qemu-io is not installed")
    holder = subprocess.Popen(["qemu-io", "-f", "raw", path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lab.background.append(holder)
    # it answers when it has the file
    holder.stdin.write("length\n")
    holder.stdin.flush()
    answer = holder.stdout.readline()
    check("MiB" in answer, f"qemu-io: {answer}")
    return holder


def release(holder):
    holder.communicate("quit\n", timeout=30)


def find_template(lab, seat, name):
    return next(item for item in lab.get(f"/v1/seats/{seat}")["templates"] if item["name"] == name)


def test_a_template_in_use_waits_and_the_others_do_not():
    with Lab() as lab:
        templates = prepare(lab, "free", "used")
        used = lab.seats["used"]
        disk = os.path.join(used.repository, "one", "disk.img")
        before = hash_file(disk)
        holder = hold(lab, disk)
        for seed, name in enumerate(("one", "two")):
            change_chunks(os.path.join(templates, name, "disk.img"), 4, seed)
        expected = hash_tree(templates)
        lab.publish(templates)
        dry = lab.deploy(2, "--dry-run")
        check(lab.get_session_seat(dry, "used")["needs"]["busy"] == ["one"], f"it is known beforehand: {dry}")
        number = lab.start_deploy(2)
        session = lab.wait_session(number)
        check(lab.get_session_seat(session, "free")["state"] == "done", f"the other seat has nothing to do with it: {session}")
        check(lab.get_session_seat(session, "used")["state"] == "busy", f"the seat says so: {session}")
        check(find_template(lab, "used", "one")["busy"] and not find_template(lab, "used", "two")["busy"], "and which template it is")
        check(hash_file(disk) == before, "what is in use is not touched")
        check(hash_file(os.path.join(used.repository, "two", "disk.img")) == expected["two/disk.img"], "the other template is there")
        text = subprocess.run([lab.program("seatcastctl"), "--connection", lab.connection, "status"], capture_output=True, text=True,
                              check=True).stdout
        line = next(line for line in text.splitlines() if line.startswith("used"))
        check("in use" in line or "busy" in line, f"people are told: {line}")
        release(holder)
        lab.wait_version("used", 2)
        lab.check_seats(expected)
        check(not find_template(lab, "used", "one")["busy"], "it is over")
        check(lab.get_session_seat(lab.get_session(number), "used")["state"] == "done", "and the session says so, too")


def test_a_killed_seat_goes_on_without_a_new_order():
    with Lab() as lab:
        templates = prepare(lab, "seat-1")
        seat = lab.seats["seat-1"]
        for seed, name in enumerate(("one", "two")):
            change_chunks(os.path.join(templates, name, "disk.img"), 1, seed)
        expected = hash_tree(templates)
        lab.publish(templates)
        seat.meter.rate = 20 * MIB
        lab.ctl_start("catch-up", "seat-1", "--to", 2)

        def in_the_middle():
            transfer = lab.get_seat("seat-1")["transfer"]
            return transfer["state"] == "repairing" and transfer["done_bytes"] > 0.4 * max(transfer["total_bytes"], 1)
        wait_for(in_the_middle, 60, lambda: f"the seat is in the middle; it is {lab.get_seat('seat-1')}", 0.02)
        seat.kill()
        check(list_updating(seat.repository), "it was caught half-way")
        before = seat.meter.received
        seat.meter.rate = 0
        seat.start()
        lab.wait_version("seat-1", 2)
        lab.check_seats(expected)
        sent = seat.meter.received - before
        check(sent < 0.8 * 2 * SIZE, f"it was sent again what it had: {sent} bytes")


def flip_byte(path, offset):
    """As a failing disk or memory does it: the file's time stays."""
    found = os.stat(path)
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 0x20]))
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def verify(lab, name):
    """Lets seatcastctl verify the seat. Returns what the engine says afterwards."""
    lab.ctl("verify", name, status=None)
    return wait_for(lambda: (found := lab.get(f"/v1/seats/{name}")["verify"])["state"] not in ("never", "running") and found, 60,
                    f"{name} is verified")


def test_what_was_changed_behind_its_back_is_found_and_only_that_is_sent():
    with Lab() as lab:
        templates = prepare(lab, "seat-1")
        expected = hash_tree(templates)
        seat = lab.seats["seat-1"]
        sound = verify(lab, "seat-1")
        check(sound["state"] == "done" and sound["n_files"] == 0 and sound["bytes"] == 2 * SIZE, f"{sound}")

        flip_byte(os.path.join(seat.repository, "two", "disk.img"), 7 * 1000 * 1000)
        found = verify(lab, "seat-1")
        check(found["files"] == [{"template": "two", "path": "disk.img", "missing": False, "damaged_chunks": 1}], f"{found}")
        check(lab.get_seat("seat-1")["version_state"] == "drifted", f"{lab.get_seat('seat-1')}")
        before = seat.meter.received
        lab.ctl("catch-up", "seat-1")
        lab.wait_version("seat-1", 1)
        sent = seat.meter.received - before
        check(CHUNK < sent < CHUNK + MIB // 4, f"one chunk was wrong, {sent} bytes were sent")
        lab.check_seats(expected)
        check(verify(lab, "seat-1")["n_files"] == 0, "it is whole again")


def test_verifying_can_be_stopped_and_finds_a_missing_file():
    with Lab() as lab:
        templates = prepare(lab, "seat-1")
        os.unlink(os.path.join(lab.seats["seat-1"].repository, "one", "disk.img"))
        found = verify(lab, "seat-1")
        check([(item["path"], item["missing"]) for item in found["files"]] == [("disk.img", True)], f"{found}")
        before = lab.seats["seat-1"].meter.received
        lab.ctl("catch-up", "seat-1")
        lab.wait_version("seat-1", 1)
        check(SIZE < lab.seats["seat-1"].meter.received - before < 1.5 * SIZE, "the file is sent, the other template is not")
        lab.check_seats(hash_tree(templates))


if __name__ == "__main__":
    main(globals())
