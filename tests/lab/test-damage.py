# SPDX-License-Identifier: LGPL-2.1-or-later
"""Damaged files of the console: found, named, never served, mended."""

import glob
import os

from lab import Lab, LabError, differences, hash_repository, hash_tree, write_random
from tap import check, main

SIZE = 8 * 1000 * 1000


def make_templates(lab):
    templates = os.path.join(lab.directory, "templates")
    write_random(os.path.join(templates, "one", "disk.img"), SIZE)
    return templates


def packs(lab):
    found = sorted(glob.glob(os.path.join(lab.engine.directory, "**", "*.pack"), recursive=True))
    check(found, f"there are packs below {lab.engine.directory}")
    return found


def flip_bit(path, offset):
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 0x10]))


def check_damage_is_found_and_mended(lab, templates, expected):
    """The store of version 1 is damaged; a seat lacks the version."""
    report = lab.ctl("store", "verify", status=1)[-1]["result"]
    check(report["damaged"] > 0 and any("pack" in line for line in report["problems"]), f"it is named: {report}")

    failed = lab.deploy(1, status=1)
    check(failed["state"] == "failed" or any(seat["state"] == "failed" for seat in failed["seats"]), f"and not served: {failed}")
    found = hash_repository(lab.seats["seat-1"].repository)
    check(not set(found) & set(expected), f"no half file bears a name of the version: {found}")

    lab.publish(templates, "to mend it")
    check(lab.ctl("store", "verify")[-1]["result"]["damaged"] == 0, "publishing again mends it")
    lab.deploy(2)
    lab.check_seats(expected)


def test_a_flipped_bit_in_a_pack():
    with Lab() as lab:
        templates = make_templates(lab)
        lab.start(1)
        lab.publish(templates)
        flip_bit(packs(lab)[0], SIZE // 2)
        check_damage_is_found_and_mended(lab, templates, hash_tree(templates))


def test_a_flipped_bit_in_a_manifest():
    with Lab() as lab:
        templates = make_templates(lab)
        lab.start(1)
        lab.publish(templates)
        # the manifests are the last that a publish appends
        pack = packs(lab)[0]
        lab.engine.stop()
        flip_bit(pack, os.path.getsize(pack) - 40)
        lab.start_engine()
        lab.wait_online("seat-1")
        report = lab.ctl("store", "verify", status=1)[-1]["result"]
        check(report["damaged"] > 0 and any("pack" in line for line in report["problems"]), f"it is named: {report}")
        # the index may still have what the pack has lost: then it is right, else it is not served
        lab.ctl("deploy", 1, status=None)
        check(hash_repository(lab.seats["seat-1"].repository) in ({}, hash_tree(templates)), "nothing wrong came of it")
        number = lab.publish(templates, "to mend it")["version"]
        lab.deploy(number)
        lab.check_seats(hash_tree(templates))


def test_a_damaged_database_of_a_seat():
    with Lab() as lab:
        templates = make_templates(lab)
        lab.start(1)
        lab.publish(templates)
        lab.deploy(1)
        seat = lab.seats["seat-1"]
        seat.stop()
        database = os.path.join(seat.state, "seat.db")
        for path in glob.glob(database + "-*"):
            os.unlink(path)
        write_random(database, 40000)
        seat.start()
        check(seat.wait(30) != 0, "a seat does not run on a damaged database")
        check("seat.db" in seat.tail(3), f"it names the file: {seat.tail(3)}")
        check(os.path.getsize(database) == 40000, "it is left as it is")
        check(not differences(hash_tree(templates), hash_repository(seat.repository), "seat-1"), "and so are the templates")


def test_a_truncated_pack():
    with Lab() as lab:
        templates = make_templates(lab)
        lab.start(1)
        lab.publish(templates)
        lab.engine.stop()
        os.truncate(packs(lab)[0], SIZE // 2)
        lab.start_engine()
        lab.wait_online("seat-1")
        # its end held the version's manifest: the store may know the version from its index, or say that it is lost
        report = lab.ctl("store", "verify", status=1)[-1]["result"]
        check(report["damaged"] > 0, f"it is found: {report}")
        objects = lab.ctl("deploy", 1, status=None)
        lost = objects[-1]
        check("error" in lost and lost["error"] or lost.get("state") == "failed"
              or any(seat["state"] == "failed" for seat in lost.get("seats", [])), f"it is not served: {lost}")
        number = lab.publish(templates, "to mend it")["version"]
        lab.deploy(number)
        lab.check_seats(hash_tree(templates))


def test_a_lost_or_damaged_index_is_made_anew():
    with Lab() as lab:
        templates = make_templates(lab)
        lab.start(1)
        lab.publish(templates, "kept in the packs")
        index = glob.glob(os.path.join(lab.engine.directory, "**", "index.db"), recursive=True)[0]
        lab.ctl("store", "rebuild-index")
        check([version["note"] for version in lab.ctl("versions")] == ["kept in the packs"], "rebuilt while it runs")

        for damage in ("lost", "garbage"):
            lab.engine.stop()
            for path in glob.glob(index + "*"):
                os.unlink(path)
            if damage == "garbage":
                write_random(index, 40000)
            lab.start_engine()
            check([version["note"] for version in lab.ctl("versions")] == ["kept in the packs"], f"rebuilt when it is {damage}")
            check(lab.ctl("store", "verify")[-1]["result"]["damaged"] == 0, "the store is sound")
        lab.wait_online("seat-1")
        lab.deploy(1)
        lab.check_seats(hash_tree(templates))


def test_a_damaged_catalog_is_refused_with_what_to_do():
    with Lab() as lab:
        lab.start_engine()
        lab.engine.stop()
        catalog = glob.glob(os.path.join(lab.engine.directory, "**", "catalog.db"), recursive=True)[0]
        for path in glob.glob(catalog + "-*"):
            os.unlink(path)
        write_random(catalog, 40000)
        try:
            lab.start_engine()
        except LabError as error:
            check("catalog.db" in str(error), f"it names the file: {error}")
        else:
            raise AssertionError("the engine runs with a damaged catalog")
        check(os.path.getsize(catalog) == 40000, "it is left as it is")


def test_gc_frees_nothing_that_is_needed():
    with Lab() as lab:
        templates = make_templates(lab)
        lab.start(1)
        lab.publish(templates)
        lab.ctl("store", "gc")
        check(lab.ctl("store", "verify")[-1]["result"]["damaged"] == 0, "the store is sound")
        lab.deploy(1)
        lab.check_seats(hash_tree(templates))


if __name__ == "__main__":
    main(globals())
