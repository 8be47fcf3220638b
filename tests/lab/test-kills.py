# SPDX-License-Identifier: LGPL-2.1-or-later
"""SIGKILL of seats at random moments of real updates, forward by sessions and back without content, on ext4, Btrfs and XFS.

test-kills.py [--seed N] [--kills N] [--file-system NAME]…: 10 kills, or 200 with SEATCAST_TEST_LONG=1.
"""

import argparse
import concurrent.futures
import os
import random
import sys
import time

import disk_images
import disk_volumes
from lab import PRIVATE, LabError, Skip, hash_file, hash_tree, wait_for
from tap import check, main

SUFFIX = ".updating"
MEGABYTES = 30
RATE = 40  # Mbit/s: so that a session has a middle
MAX_KILLS = 3  # of a seat in one update
CHATTER = 1 << 20  # bytes: handshakes, manifests and orders of an update whose content is on the seat
ROUND_TIMEOUT = 90


def parse_arguments():
    long = bool(os.environ.get("SEATCAST_TEST_LONG"))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--kills", type=int, default=200 if long else 10)
    parser.add_argument("--file-system", action="append", choices=disk_volumes.KINDS)
    return parser.parse_args()


def has_updating(seat):
    return any(name.endswith(SUFFIX) for folder, _, names in os.walk(seat.repository) if PRIVATE not in folder for name in names)


class Round:
    """One update of all seats, with the same kills for the same seed."""

    def __init__(self, lab, number, trees, durations):
        self.lab = lab
        self.number = number
        self.forward = number % 2 == 1
        self.target = 2 if self.forward else 1
        self.trees = trees
        self.durations = durations
        self.begin = 0.0
        self.duration = 0.0
        self.sent = {}

    def start(self):
        self.sent = {name: seat.meter.received for name, seat in self.lab.seats.items()}
        self.begin = time.monotonic()
        if self.forward:
            return self.lab.start_deploy(2, "--rate", RATE)
        return self.lab.ctl("rollback", "--no-wait")[-1]["id"]

    def check_repository(self, seat):
        """Every file that bears its name is whole: as in the one version, or as in the other. Returns how many do not bear it."""
        updating = 0
        for folder, folders, names in os.walk(seat.repository):
            if folder == seat.repository and PRIVATE in folders:
                folders.remove(PRIVATE)
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), seat.repository)
                if name.endswith(SUFFIX):
                    updating += 1
                    continue
                whole = {tree[path] for tree in self.trees.values() if path in tree}
                found = hash_file(os.path.join(seat.repository, path))
                if found not in whole:
                    raise LabError(f"{seat.name}: {path} is neither as in version 1 nor as in version 2: {found}")
        return updating

    def is_there(self, seat):
        found = self.lab.get_seat(seat.name)
        return found["presence"] == "online" and found["version"] == self.target and found["version_state"] == "current"

    def wait_moment(self, seat, source):
        """Any moment of the update, or one soon after the seat has begun to change files."""
        duration = self.durations[self.target]
        if source.random() < 0.4:
            time.sleep(source.uniform(0, duration))
            return
        end = time.monotonic() + duration
        while time.monotonic() < end and not has_updating(seat):
            time.sleep(0.002)
        time.sleep(source.uniform(0, duration / 3))

    def kill(self, seat, kills, seed):
        """Returns for each kill how many files were between two versions."""
        source = random.Random(f"{seed}/{self.number}/{seat.name}")
        caught = []
        for _ in range(kills):
            self.wait_moment(seat, source)
            seat.kill()
            caught.append(self.check_repository(seat))
            seat.start()
        return caught

    def finish(self, session):
        for seat in self.lab.seats.values():
            wait_for(lambda seat=seat: self.is_there(seat), ROUND_TIMEOUT,
                     lambda seat=seat: f"{seat.name} has version {self.target} by itself; it is {self.lab.get_seat(seat.name)}", 0.02)
        self.duration = time.monotonic() - self.begin
        self.lab.wait_session(session)
        self.lab.check_seats(self.trees[self.target])


def prepare(lab, kinds):
    """Publishes both versions and brings the seats to the first. Returns {version: tree}."""
    templates = os.path.join(lab.directory, "templates")
    disk_images.make_images(templates, MEGABYTES)
    lab.start_engine()
    for kind in kinds:
        lab.add_volume_seat(kind, kind)
    lab.wait_online(*kinds)
    trees = {1: hash_tree(templates)}
    lab.publish(templates, "old")
    lab.deploy(1)
    disk_images.change_images(templates)
    trees[2] = hash_tree(templates)
    lab.publish(templates, "new")
    return trees


def check_nothing_sent(one, lab, session):
    """An update back, each file of which has its way back on the seat."""
    found = lab.get_session(session)
    check(found["content_bytes"] == 0 and found["catch_up_bytes"] == 0, f"what leads back lies on the seats: {found}")
    for name, seat in lab.seats.items():
        sent = seat.meter.received - one.sent[name]
        check(sent < CHATTER, f"{name} was sent {sent} bytes on its way back")


def run_round(lab, number, trees, durations, kills, seed):
    """Returns {seat: [files between two versions at each kill]}."""
    one = Round(lab, number, trees, durations)
    session = one.start()
    with concurrent.futures.ThreadPoolExecutor(len(lab.seats)) as pool:
        jobs = {name: pool.submit(one.kill, seat, kills.get(name, 0), seed) for name, seat in lab.seats.items()}
        caught = {name: job.result() for name, job in jobs.items()}
    one.finish(session)
    if not kills:
        durations[one.target] = one.duration
    if not one.forward:
        check_nothing_sent(one, lab, session)
    return caught


def choose_kills(source, names, left):
    """{seat: number of kills} of one round."""
    kills = {}
    for name in names:
        kills[name] = min(source.randint(1, MAX_KILLS), left)
        left -= kills[name]
    return kills


def run(arguments):
    kinds, missing = disk_volumes.list_kinds()
    kinds = [kind for kind in kinds if kind in (arguments.file_system or kinds)]
    for kind, reason in missing.items():
        print(f"# {kind} is left out: {reason}", flush=True)
    if not kinds:
        raise Skip("; ".join(missing.values()))
    print(f"# seed {arguments.seed}", flush=True)
    source = random.Random(arguments.seed)
    with disk_volumes.VolumeLab() as lab:
        trees = prepare(lab, kinds)
        durations = {1: 0.0, 2: 0.0}
        for number in (1, 2):
            run_round(lab, number, trees, durations, {}, arguments.seed)
        counts = {kind: [0, 0] for kind in kinds}
        while (left := arguments.kills - sum(count[0] for count in counts.values())) > 0:
            number += 1
            for kind, caught in run_round(lab, number, trees, durations, choose_kills(source, kinds, left), arguments.seed).items():
                counts[kind][0] += len(caught)
                counts[kind][1] += sum(1 for updating in caught if updating)
        for kind, (kills, between) in counts.items():
            print(f"# {kind}: {kills} kills, {between} of them while files were between two versions", flush=True)
        return counts


ARGUMENTS = parse_arguments()


def test_a_killed_seat_has_whole_files_and_gets_there():
    counts = run(ARGUMENTS)
    check(sum(kills for kills, _ in counts.values()) == ARGUMENTS.kills, f"all were killed: {counts}")
    if ARGUMENTS.kills >= 50:
        check(any(between for _, between in counts.values()), f"some were caught in the middle: {counts}")


if __name__ == "__main__":
    sys.argv[1:] = []
    main(globals())
