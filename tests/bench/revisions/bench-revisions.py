#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bench-revisions.py [DIRECTORY]: what real revisions of a VM's disk cost on the wire: v1.vmdk is deployed to real seats, then v2.vmdk, then v3.vmdk, and
back to v2. Beside it, on the same files in the same run: `rsync --inplace --no-whole-file -z` (to one seat), the growth of a casync store, and
`wimlib-imagex capture --delta-from` (what a WDS multicast would send). One JSON line for each. Without DIRECTORY, or $SEATCAST_REVISIONS, the revisions are built
first (make-revisions: root, loop devices and FUSE; a few minutes); where that is not possible the benchmark is skipped."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'lab'))

from lab import Lab, hash_tree  # noqa: E402  (found by the path above)

SEATS = 4
SKIP = 77


def find_revisions(base):
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get('SEATCAST_REVISIONS')
    if given:
        return os.path.abspath(given)
    if os.geteuid() != 0 or not os.path.exists('/dev/fuse') or not os.path.exists('/dev/loop-control'):
        print('# skipped: building the revisions takes root, loop devices and FUSE', file=sys.stderr)
        sys.exit(SKIP)
    directory = os.path.join(base, 'revisions')
    maker = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'make-revisions')
    subprocess.run([maker, directory], check=True, stdout=subprocess.DEVNULL)
    return directory


def report(revisions, tool, sent, **more):
    print(json.dumps({'benchmark': 'revisions', 'revisions': revisions, 'tool': tool, 'bytes_sent': sent, **more}), flush=True)


def measure_seatcast(revisions):
    with Lab() as lab:
        repository = os.path.join(lab.directory, 'repository')
        disk = os.path.join(repository, 'debian', 'disk.vmdk')
        os.makedirs(os.path.dirname(disk))
        lab.start(SEATS)
        trees = {}
        for number in (1, 2, 3):
            if os.path.exists(disk):
                os.remove(disk)
            subprocess.run(['cp', '--sparse=always', os.path.join(revisions, f'v{number}.vmdk'), disk], check=True)
            trees[number] = hash_tree(repository)
            lab.publish(repository, f'revision {number}')
        before = 0
        for number in (1, 2, 3, 2):
            session = lab.deploy(number, timeout=1200)
            lab.check_seats(trees[number])
            wire = session['wire_bytes']
            report(f'{before}→{number}', 'seatcast', wire, seats=SEATS, content_bytes=session['content_bytes'],
                   catch_up_bytes=session['catch_up_bytes'], sent_per_content=round(wire / max(session['content_bytes'], 1), 4))
            before = number


def size_of(directory):
    return sum(os.path.getsize(os.path.join(where, name)) for where, _, names in os.walk(directory) for name in names)


def measure_rsync(revisions, base, old, new):
    copy = os.path.join(base, 'copy.vmdk')
    subprocess.run(['cp', '--sparse=always', os.path.join(revisions, f'v{old}.vmdk'), copy], check=True)
    result = subprocess.run(['rsync', '--inplace', '--no-whole-file', '-z', '--stats', os.path.join(revisions, f'v{new}.vmdk'), copy],
                            check=True, capture_output=True, text=True)
    sent = re.search(r'Total bytes sent: ([\d,.]+)', result.stdout).group(1)
    report(f'{old}→{new}', 'rsync', int(re.sub(r'\D', '', sent)))
    os.remove(copy)


def measure_casync(revisions, base):
    store = os.path.join(base, 'casync.castr')
    size = 0
    for number in (1, 2, 3):
        subprocess.run(['casync', 'make', f'--store={store}', os.path.join(base, f'v{number}.caibx'),
                        os.path.join(revisions, f'v{number}.vmdk')], check=True, stdout=subprocess.DEVNULL)
        grown = size_of(store) - size
        size += grown
        report(f'{number - 1}→{number}', 'casync', grown)


def measure_wimlib(revisions, base):
    for number in (1, 2):
        folder = os.path.join(base, f'wim{number}')
        os.makedirs(folder)
        os.link(os.path.join(revisions, f'v{number}.vmdk'), os.path.join(folder, 'disk.vmdk'))
    first, second = os.path.join(base, 'first.wim'), os.path.join(base, 'second.wim')
    quiet = {'check': True, 'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}
    subprocess.run(['wimlib-imagex', 'capture', os.path.join(base, 'wim1'), first], **quiet)
    subprocess.run(['wimlib-imagex', 'capture', os.path.join(base, 'wim2'), second, f'--delta-from={first}'], **quiet)
    report('1→2', 'wimlib --delta-from', os.path.getsize(second))


def main():
    with tempfile.TemporaryDirectory(prefix='seatcast-revisions-', dir=os.environ.get('TMPDIR')) as base:
        revisions = find_revisions(base)
        measure_seatcast(revisions)
        if shutil.which('rsync'):
            measure_rsync(revisions, base, 1, 2)
            measure_rsync(revisions, base, 2, 3)
        if shutil.which('casync'):
            measure_casync(revisions, base)
        if shutil.which('wimlib-imagex'):
            if os.stat(revisions).st_dev != os.stat(base).st_dev:
                print('# wimlib is left out: the revisions lie on another file system than the temporary directory', file=sys.stderr)
            else:
                measure_wimlib(revisions, base)


main()
