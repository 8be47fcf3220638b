#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bench-apply.py APPLY-TOOL [DIRECTORY]: what bringing a disk from one revision to the next costs a seat, in each way that the seat has, on ext4, Btrfs
and XFS; beside it, on the same files in the same run on the same kind of volume: `rsync --inplace --no-whole-file` and `cp`. DIRECTORY, or
$SEATCAST_REVISIONS, holds v1.vmdk, v2.vmdk, v3.vmdk; without it a small disk is made. Takes root and loop devices, and is skipped without.

Each measurement has a new volume of its own, past this machine's page cache. What lies on it is dropped from the cache first, what is applied is in memory, and
the time ends when the volume is synced. One JSON line each, and at the end a table (to standard error). In it:
  MB/s      changed bytes (chunks that differ from what lay in the same place; holes left out) per second, sync included
  written   bytes written to files per changed byte (for rsync and cp: what the kernel says)
  device    bytes that the device was told to write per changed byte: journal and metadata too
  extra     by how much less was free on the volume at the worst moment (every 2 ms) than before, less what the disk itself has grown by
  way       kept: the file as it was still lies on the seat and is renamed
  limit     what extra may be at most: 64 MiB, and with undo the old content of the changed chunks as compressed"""

import json
import os
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'lab'))

import disk_volumes  # noqa: E402  (found by the path above)

MIB = 1 << 20
CHUNK = 65536
SKIP = 77
ALLOWANCE = 64 * MIB
SYNTHETIC_CHUNKS = 4096


def make_chunk(source):
    """As on a guest's disk: some of it compresses."""
    if source.random() < 0.5:
        return source.randbytes(CHUNK)
    return source.randbytes(512) * (CHUNK // 512)


def make_revisions(directory):
    """A disk that grows by a sixteenth and changes by an eighth with each revision, in runs of some chunks."""
    source = random.Random(1)
    disk = [make_chunk(source) for _ in range(SYNTHETIC_CHUNKS)]
    for number in (1, 2, 3):
        if number > 1:
            for _ in range(SYNTHETIC_CHUNKS // 64):
                first = source.randrange(len(disk) - 8)
                disk[first:first + 8] = [make_chunk(source) for _ in range(8)]
            disk += [make_chunk(source) for _ in range(SYNTHETIC_CHUNKS // 16)]
        with open(os.path.join(directory, f'v{number}.vmdk'), 'wb') as file:
            file.writelines(disk)


class Bench:
    def __init__(self, tool, directory, base):
        self.tool = tool
        self.directory = directory
        self.base = base
        self.lines = []

    def path(self, number):
        return os.path.join(self.directory, f'v{number}.vmdk') if number else '-'

    def volume(self, kind):
        size = sum(os.path.getsize(self.path(number)) for number in (1, 2, 3)) + 1024 * MIB
        return disk_volumes.make_volume(kind, size, os.path.join(self.base, 'volume'), direct=True, folder=self.base)

    def run(self, volume, *arguments):
        result = subprocess.run([self.tool, '--device-statistics', volume.statistics, *arguments], stdout=subprocess.PIPE, check=True, text=True)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def report(self, kind, old, new, tool, measured, change):
        changed = change['changed_bytes']
        way = tool
        limit = None
        written = measured.get('written_bytes', measured['kernel_written_bytes'])
        if 'needs' in measured:
            ways = measured['needs']['ways']
            way = next((name for name in ways if ways[name]['bytes']), 'kept')
            limit = ALLOWANCE + (change['old_compressed_bytes'] if way == 'undo' else 0)
        line = {'benchmark': 'apply', 'revisions': f'{old}→{new}', 'file_system': kind, 'tool': tool, 'way': way,
                'mb_per_s': round(changed / measured['seconds'] / 1e6, 1),
                'written_per_changed': round(written / changed, 3),
                'device_per_changed': round(measured['device_written_bytes'] / changed, 3),
                'extra_bytes': max(measured['peak_volume_bytes'] - measured['grown_bytes'], 0), **change, **measured}
        if limit is not None and way in ('undo', 'forward'):
            line.update(limit_bytes=limit, within_limit=line['extra_bytes'] <= limit)
        self.lines.append(line)
        print(json.dumps(line), flush=True)

    def measure_seatcast(self, kind, old, new, *options):
        """--forward: on a volume that is filled up but for what the disk grows by and 64 MiB. Returns what the revisions' difference is."""
        volume = self.volume(kind)
        try:
            measured = self.run(volume, *options, 'apply', volume.path, self.path(old), self.path(new))
        finally:
            volume.unmount()
        names = ('changed_bytes', 'old_compressed_bytes')
        changes = [{name: measurement[name] for name in names} for measurement in measured]
        self.report(kind, old, new, 'seatcast', measured[0], changes[0])
        if old:
            self.report(kind, new, old, 'seatcast', measured[1], changes[1])
        return changes[0]

    def measure_command(self, kind, old, new, change, tool, *command):
        volume = self.volume(kind)
        target = os.path.join(volume.path, 'disk.vmdk')
        try:
            if old:
                subprocess.run(['cp', '--sparse=always', self.path(old), target], check=True)
            before = os.stat(target).st_blocks * 512 if old else 0
            measured = self.run(volume, 'command', volume.path, *command, self.path(new), target)[0]
            measured['grown_bytes'] = max(os.stat(target).st_blocks * 512 - before, 0)
        finally:
            volume.unmount()
        self.report(kind, old, new, tool, measured, change)

    def measure(self, kind):
        for old, new in ((0, 1), (1, 2), (2, 3)):
            change = self.measure_seatcast(kind, old, new)
            if old:
                if kind != 'btrfs':  # it never overwrites in place, so there is no way that takes less than a clone
                    self.measure_seatcast(kind, old, new, '--forward')
                self.measure_command(kind, old, new, change, 'rsync --inplace', 'rsync', '--inplace', '--no-whole-file')
            self.measure_command(kind, old, new, change, 'cp', 'cp')

    def print_table(self):
        out = sys.stderr
        print(f'{"":5} {"":7} {"tool":15} {"way":8} {"s":>6} {"MB/s":>7} {"written":>7} {"device":>7} {"extra MiB":>9} {"limit":>7}', file=out)
        for line in self.lines:
            way = line['way'] if line['tool'] == 'seatcast' else ''
            limit = f'{line["limit_bytes"] / MIB:7.1f}{"" if line["within_limit"] else " !"}' if 'limit_bytes' in line else ''
            print(f'{line["revisions"]:5} {line["file_system"]:7} {line["tool"]:15} {way:8} {line["seconds"]:6.2f} {line["mb_per_s"]:7.1f} '
                  f'{line["written_per_changed"]:7.3f} {line["device_per_changed"]:7.3f} {line["extra_bytes"] / MIB:9.1f} {limit}', file=out)


def main():
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    kinds, missing = disk_volumes.list_kinds()
    for kind, reason in missing.items():
        print(f'# {kind} is left out: {reason}', file=sys.stderr)
    if not kinds:
        sys.exit(SKIP)
    with tempfile.TemporaryDirectory(prefix='seatcast-apply-', dir=os.environ.get('TMPDIR')) as base:
        directory = sys.argv[2] if len(sys.argv) == 3 else os.environ.get('SEATCAST_REVISIONS')
        if not directory:
            directory = os.path.join(base, 'revisions')
            os.makedirs(directory)
            make_revisions(directory)
        bench = Bench(os.path.abspath(sys.argv[1]), os.path.abspath(directory), base)
        for kind in kinds:
            bench.measure(kind)
        bench.print_table()
        if not all(line.get('within_limit', True) for line in bench.lines):
            raise SystemExit('bench-apply: an update took more space than it may')


main()
