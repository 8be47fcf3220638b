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
from lab import MIB, PRIVATE, LabError, Skip, change_chunks, hash_file, hash_tree, wait_for
from tap import check, main

SUFFIX = ".updating"
OLD = 1  # the version to which all goes back
MEGABYTES = 30
RATE = 40  # Mbit/s: so that a session has a middle
MAX_KILLS = 3  # of a seat in one update
CHATTER = MIB  # bytes: handshakes, manifests and orders of an update whose content is on the seat
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

    def __init__(self, lab, number, target, trees, durations):
        self.lab = lab
        self.number = number
        self.target = target
        self.forward = target > OLD
        self.trees = trees  # of both versions
        self.durations = durations  # {whether it goes forward: seconds that it takes undisturbed}
        self.begin = 0.0
        self.duration = 0.0
        self.sent = {}

    def start(self):
        self.sent = {name: seat.meter.received for name, seat in self.lab.seats.items()}
        self.begin = time.monotonic()
        if self.forward:
            return self.lab.start_deploy(self.target, "--rate", RATE)
        return self.lab.ctl("rollback", "--to", OLD, "--no-wait")[-1]["id"]

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
                    raise LabError(f"{seat.name}: {path} is as in none of the versions {list(self.trees)}: {found}")
        return updating

    def is_there(self, seat):
        found = self.lab.get_seat(seat.name)
        return found["presence"] == "online" and found["version"] == self.target and found["version_state"] == "current"

    def wait_moment(self, seat, source):
        """Any moment of the update, or one soon after the seat has begun to change files."""
        duration = self.durations[self.forward]
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


def make_version(templates, number):
    """Changes the disks as a hypervisor does, and then in other places each time: what a seat has had once it does not need again."""
    if number == OLD + 1:
        disk_images.change_images(templates)
        return
    for folder, _, names in os.walk(templates):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.getsize(path) > MIB:
                change_chunks(path, 4, f"{number} {name}")


def prepare(lab, kinds):
    """Publishes the old version and brings the seats to it. Returns the templates' directory."""
    templates = os.path.join(lab.directory, "templates")
    disk_images.make_images(templates, MEGABYTES)
    lab.start_engine()
    for kind in kinds:
        lab.add_volume_seat(kind, kind)
    lab.wait_online(*kinds)
    lab.publish(templates, "old")
    lab.deploy(OLD)
    return templates


def check_nothing_sent(one, lab, session):
    """An update back, each file of which has its way back on the seat."""
    found = lab.get_session(session)
    check(found["content_bytes"] == 0 and found["catch_up_bytes"] == 0, f"what leads back lies on the seats: {found}")
    for name, seat in lab.seats.items():
        sent = seat.meter.received - one.sent[name]
        check(sent < CHATTER, f"{name} was sent {sent} bytes on its way back")


def run_round(one, kills, seed):
    """Returns {seat: [files between two versions at each kill]}."""
    lab = one.lab
    session = one.start()
    with concurrent.futures.ThreadPoolExecutor(len(lab.seats)) as pool:
        jobs = {name: pool.submit(one.kill, seat, kills.get(name, 0), seed) for name, seat in lab.seats.items()}
        caught = {name: job.result() for name, job in jobs.items()}
    one.finish(session)
    if not kills:
        one.durations[one.forward] = one.duration
    if one.forward:
        check(lab.get_session(session)["wire_bytes"] > MIB, f"it is a real session: {lab.get_session(session)}")
    else:
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
    counts = {kind: [0, 0] for kind in kinds}
    with disk_volumes.VolumeLab() as lab:
        templates = prepare(lab, kinds)
        old = hash_tree(templates)
        durations = {True: 0.0, False: 0.0}
        number, new, tree = 0, OLD, old
        while (left := arguments.kills - sum(count[0] for count in counts.values())) > 0:
            number += 1
            if number % 2:
                new += 1
                make_version(templates, new)
                tree = hash_tree(templates)
                lab.publish(templates, "new")
            one = Round(lab, number, new if number % 2 else OLD, {OLD: old, new: tree}, durations)
            # the first two rounds show how long it takes undisturbed
            kills = choose_kills(source, kinds, left) if number > 2 else {}
            for kind, caught in run_round(one, kills, arguments.seed).items():
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
