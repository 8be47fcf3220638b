# SPDX-License-Identifier: LGPL-2.1-or-later
"""Going back without content on the wire, which is counted on the way to each seat."""

import os
import shutil

from disk_volumes import VolumeLab, list_kinds
from lab import MIB, Skip, change_chunks, hash_tree, list_updating, wait_for, write_random
from tap import check, main

SIZE = 24 * 1000 * 1000
# handshakes, manifests and orders
CHATTER = MIB


def prepare(lab, n_versions):
    """Seats that have gone through so many versions. Returns {version: tree}."""
    kinds, missing = list_kinds()
    if not kinds:
        raise Skip("; ".join(missing.values()))
    templates = os.path.join(lab.directory, "templates")
    write_random(os.path.join(templates, "one", "disk.img"), SIZE)
    write_random(os.path.join(templates, "two", "disk.img"), SIZE, seed=100)
    lab.start_engine()
    for kind in kinds:
        lab.add_volume_seat(kind, kind)
    lab.wait_online(*lab.seats)
    trees = {}
    for version in range(1, n_versions + 1):
        if version > 1:
            make_version(templates, version)
        trees[version] = hash_tree(templates)
        lab.publish(templates, f"version {version}")
        lab.deploy(version)
        lab.check_seats(trees[version])
    return trees


def make_version(templates, version):
    """Something of everything: places that change again and again, a file that grows and shrinks, files that come and go."""
    disk = os.path.join(templates, "one", "disk.img")
    change_chunks(disk, version, version)
    os.truncate(disk, SIZE + (-1) ** version * version * 100000)
    write_random(os.path.join(templates, "one", f"log-{version}"), 1000000, seed=200 + version)
    if version > 2:
        os.unlink(os.path.join(templates, "one", f"log-{version - 1}"))
    if version == 3:
        shutil.rmtree(os.path.join(templates, "two"))


def go(lab, name, version, tree):
    """Brings the seat to the version outside of any session. Returns the bytes that it was sent."""
    seat = lab.seats[name]
    before = seat.meter.received
    lab.ctl("catch-up", name, "--to", version)
    lab.wait_version(name, version)
    lab.check_seats(tree, name)
    return seat.meter.received - before


def test_several_versions_back_and_forward_without_a_session():
    with VolumeLab() as lab:
        trees = prepare(lab, 4)
        for name in lab.seats:
            found = lab.get_seat(name)
            check(found["back"] == [3, 2, 1] and found["undo_bytes"] > 0, f"{name} knows its way back: {found}")
            for version in (3, 2, 1, 4, 1, 2):
                sent = go(lab, name, version, trees[version])
                check(sent < CHATTER, f"{name} was sent {sent} bytes to get to version {version}")


def test_a_removed_template_comes_back_from_the_seat_itself():
    with VolumeLab() as lab:
        trees = prepare(lab, 3)
        for seat in lab.seats.values():
            check(not os.path.exists(os.path.join(seat.repository, "two", "disk.img")), "it was removed")
        before = {name: seat.meter.received for name, seat in lab.seats.items()}
        session = lab.ctl("rollback")[-1]
        check(session["version"] == 2 and session["content_bytes"] == 0 and session["catch_up_bytes"] == 0, f"{session}")
        lab.check_seats(trees[2])
        for name, seat in lab.seats.items():
            check(seat.meter.received - before[name] < CHATTER, f"{name} was sent {seat.meter.received - before[name]} bytes")


def test_a_half_applied_update_goes_back_without_content():
    with VolumeLab() as lab:
        trees = prepare(lab, 1)
        templates = os.path.join(lab.directory, "templates")
        for number, name in enumerate(("one", "two")):
            change_chunks(os.path.join(templates, name, "disk.img"), 1, 300 + number)
        lab.publish(templates)
        number = lab.start_deploy(2, "--rate", 80)
        for name in lab.seats:
            lab.wait_receiving(name, number, 0.3)
        lab.ctl("cancel", number)
        for name, seat in lab.seats.items():
            wait_for(lambda name=name: lab.get_seat(name)["transfer"]["state"] not in ("receiving", "applying", "repairing"), 30,
                     f"{name} has stopped")
            check(list_updating(seat.repository), f"{name} is half-way")
        before = {name: seat.meter.received for name, seat in lab.seats.items()}
        session = lab.ctl("rollback")[-1]
        check(session["version"] == 1 and session["content_bytes"] == 0 and session["catch_up_bytes"] == 0, f"{session}")
        lab.check_seats(trees[1])
        for name, seat in lab.seats.items():
            check(seat.meter.received - before[name] < CHATTER, f"{name} was sent {seat.meter.received - before[name]} bytes")


if __name__ == "__main__":
    main(globals())
