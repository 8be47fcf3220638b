# SPDX-License-Identifier: LGPL-2.1-or-later
"""Disks that are full, and how much of a disk an update takes."""

import os
import subprocess

from lab import MIB, Lab, Skip, SpaceSampler, hash_tree, write_random
from tap import check, main


def mount_small(lab, path, megabytes):
    """A file system of so many MB at PATH for the lab's life."""
    os.makedirs(path, exist_ok=True)
    result = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "seatcast-lab", path], capture_output=True, text=True,
                            check=False)
    if result.returncode != 0:
        raise Skip(f"no file system can be mounted: {result.stderr.strip()}")
    lab.closers.append(lambda: subprocess.run(["umount", "-l", path], check=True))


def test_disk_full_at_a_seat():
    with Lab() as lab:
        templates = os.path.join(lab.directory, "templates")
        write_random(os.path.join(templates, "one", "disk.img"), 64 * 1000 * 1000)
        expected = hash_tree(templates)
        lab.start_engine()
        lab.add_seat("seat-1")
        small = lab.add_seat("seat-2", start=False)
        small.command += ["--reserve", "64M"]
        mount_small(lab, small.repository, 120)
        small.start()
        lab.wait_online("seat-1", "seat-2")
        lab.publish(templates)
        session = lab.deploy(1, status=1)
        seats = {seat["name"]: seat for seat in session["seats"]}
        check(seats["seat-1"]["state"] == "done", f"the other one is done: {seats}")
        check(seats["seat-2"]["state"] == "failed" and seats["seat-2"]["reason"], f"the full one is named with the reason: {seats}")
        check(any(character.isdigit() for character in seats["seat-2"]["reason"]), f"in bytes: {seats['seat-2']['reason']}")
        lab.check_seats(expected, "seat-1")
        lab.check_seats({}, "seat-2")

        # what fits still works
        os.unlink(os.path.join(templates, "one", "disk.img"))
        write_random(os.path.join(templates, "one", "disk.img"), 8 * 1000 * 1000, seed=1)
        lab.publish(templates)
        lab.deploy(2)
        lab.check_seats(hash_tree(templates))


def test_disk_full_at_the_store():
    with Lab() as lab:
        mount_small(lab, os.path.join(lab.directory, "console"), 32)
        templates = os.path.join(lab.directory, "templates")
        write_random(os.path.join(templates, "one", "disk.img"), 80 * 1000 * 1000)
        lab.start_engine()
        error = lab.ctl_fails("publish", templates, "-m", "too much", status=1)
        check(error["code"] == "no-space", str(error))
        check(lab.ctl("versions") == [], "no version came of it")
        lab.ctl("store", "gc")
        write_random(os.path.join(templates, "one", "disk.img"), 6 * 1000 * 1000, seed=1)
        check(lab.publish(templates)["version"] == 1, "what fits can be published")
        check(lab.ctl("store", "verify")[-1]["result"]["damaged"] == 0, "the store is sound")


def test_a_new_template_of_1_gb_takes_no_second_copy():
    with Lab() as lab:
        templates = os.path.join(lab.directory, "templates")
        size = 1000 * 1000 * 1000
        write_random(os.path.join(templates, "big", "disk.img"), size)
        lab.start(1, rate=4000)
        lab.publish(templates)
        seat = lab.seats["seat-1"]
        with SpaceSampler(seat.repository, seat.state) as sampler:
            lab.deploy(1)
        lab.check_seats(hash_tree(templates))
        check(sampler.peak >= size, f"it was measured: {sampler.peak}")
        print(f"# peak {sampler.peak} bytes, {(sampler.peak - size) / MIB:.2f} MiB more than the template", flush=True)
        check(sampler.peak <= size + 64 * MIB, f"the seat took {sampler.peak} bytes for {size}")


if __name__ == "__main__":
    main(globals())
