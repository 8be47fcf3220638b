# SPDX-License-Identifier: LGPL-2.1-or-later
"""How a seat brings its files to a version, what that takes, and that it is known beforehand."""

import os
import re

from disk_volumes import ROOMY, VolumeLab, list_kinds
from lab import MIB, Skip, SpaceSampler, change_chunks, hash_tree, write_random
from tap import check, main

SIZE = 48 * 1000 * 1000
SMALL = 512 * MIB


def fill(volume, keep):
    """A file that leaves KEEP bytes of the volume free. Returns its path."""
    path = os.path.join(volume.path, "ballast")
    with open(path, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, volume.free - keep)
    return path


def needs_of(lab, session):
    """{seat: its needs}"""
    return {seat["name"]: seat["needs"] for seat in lab.get_session(session["id"])["seats"]}


def taken(needs):
    """{way: bytes} of those that are taken."""
    return {way: found["bytes"] for way, found in needs["ways"].items() if found["files"]}


def prepare(lab, kinds, *more):
    """Seats with version 1; version 2 is published. MORE: (name, size, arguments) of further seats. Returns both trees and the bytes
    that are changed."""
    templates = os.path.join(lab.directory, "templates")
    disk = os.path.join(templates, "one", "disk.img")
    write_random(disk, SIZE)
    lab.start_engine()
    for kind in kinds:
        lab.add_volume_seat(kind, kind, ROOMY)
    for name, size, arguments in more:
        lab.add_volume_seat(name, "ext4", size, arguments)
    lab.wait_online(*lab.seats)
    first = hash_tree(templates)
    lab.publish(templates)
    lab.deploy(1)
    lab.check_seats(first)
    changed = change_chunks(disk, 4, 1)
    write_random(os.path.join(templates, "two", "disk.img"), SIZE, seed=2)
    lab.publish(templates)
    return first, hash_tree(templates), changed


def test_a_dry_run_tells_the_ways_and_changes_nothing():
    kinds, missing = list_kinds()
    if "ext4" not in kinds:
        raise Skip(missing["ext4"])
    with VolumeLab() as lab:
        first, second, changed = prepare(lab, kinds)
        before = {name: seat.meter.received for name, seat in lab.seats.items()}
        dry = lab.deploy(2, "--dry-run")
        check(dry["state"] == "planned" and dry["wire_bytes"] == 0, f"nothing is sent: {dry}")
        for name, needs in needs_of(lab, dry).items():
            way = "undo" if name == "ext4" else "clone"
            check(taken(needs) == {way: changed, "new": SIZE}, f"{name}: {needs}")
            check(needs["missing_bytes"] == 0 and needs["lacks_bytes"] == changed + SIZE, f"{name}: {needs}")
            check(SIZE + changed <= needs["peak_bytes"] <= SIZE + changed + 64 * MIB, f"the changed chunks are kept as well: {name}: {needs}")
            check(needs["reserve_bytes"] == 2048 * MIB, f"what stays free: {name}: {needs}")
            check(lab.seats[name].meter.received - before[name] < MIB, "it is only asked")
            check(lab.get_seat(name)["version"] == 1, "and nothing changes")
        lab.check_seats(first)

        with SpaceSampler(lab.seats["ext4"].repository) as sampler:
            space = sampler.measure()
            lab.deploy(2)
        lab.check_seats(second)
        told = needs_of(lab, dry)["ext4"]["peak_bytes"]
        # directories and the undo store's own notes are not told
        check(sampler.peak - space <= told + MIB // 4, f"it took {sampler.peak - space} bytes and had said {told}")


def test_a_seat_without_room_is_refused_with_what_is_missing():
    with VolumeLab() as lab:
        first, second, _ = prepare(lab, ["ext4"], ("small", SMALL, ["--reserve", str(16 * MIB)]))
        small = lab.seats["small"]
        ballast = fill(small.volume, 8 * MIB)
        dry = lab.deploy(2, "--dry-run", status=None)
        missing = needs_of(lab, dry)["small"]["missing_bytes"]
        check(SIZE + 7 * MIB < missing < SIZE + 9 * MIB, f"the new template, and half of what stays free: {needs_of(lab, dry)}")
        refused = lab.get_session_seat(dry, "small")
        check(refused["state"] == "failed", f"it would be refused: {refused}")
        session = lab.deploy(2, status=1)
        refused = lab.get_session_seat(session, "small")
        check(refused["state"] == "failed", f"it is refused: {refused}")
        check(re.search(r"\b" + str(missing) + r"\b", refused["reason"].replace(",", "").replace("\u202f", "")),
              f"with the bytes that are missing ({missing}): {refused['reason']}")
        check(lab.get_session_seat(session, "ext4")["state"] == "done", f"the other one is done: {session}")
        lab.check_seats(second, "ext4")
        with open(ballast, "r+b") as file:
            file.truncate(os.path.getsize(ballast) - missing - MIB)
        lab.ctl("catch-up", "small")
        lab.wait_version("small", 2)
        os.unlink(ballast)
        lab.check_seats(second)
        check(first != second, "there was something to do")


def test_without_room_for_the_way_back_it_goes_forward_only():
    with VolumeLab() as lab:
        templates = os.path.join(lab.directory, "templates")
        disk = os.path.join(templates, "one", "disk.img")
        size = 160 * 1000 * 1000
        write_random(disk, size)
        first = hash_tree(templates)
        lab.start_engine()
        seat = lab.add_volume_seat("small", "ext4", SMALL, ["--reserve", "0"])
        lab.wait_online("small")
        lab.publish(templates)
        lab.deploy(1)
        changed = change_chunks(disk, 1, 1)
        second = hash_tree(templates)
        lab.publish(templates)
        ballast = fill(seat.volume, 72 * MIB)
        dry = lab.deploy(2, "--dry-run")
        check(taken(needs_of(lab, dry)["small"]) == {"forward": changed}, f"{needs_of(lab, dry)}")
        with SpaceSampler(seat.repository, seat.state) as sampler:
            space = sampler.measure()
            lab.deploy(2)
        check(sampler.peak - space <= 64 * MIB, f"it took {sampler.peak - space} bytes more")
        check(lab.get_seat("small")["back"] == [], "nothing leads back without a session")
        back = lab.ctl("rollback")[-1]
        check(back["content_bytes"] >= changed, f"all is sent again: {back}")
        os.unlink(ballast)
        lab.check_seats(first)
        check(first != second, "there was something to do")


if __name__ == "__main__":
    main(globals())
