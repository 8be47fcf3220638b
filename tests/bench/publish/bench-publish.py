#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bench-publish.py PUBLISH-TOOL [DIRECTORY]: how fast a repository is published, beside `casync make` and `wimlib-imagex capture`
on the same files in the same run. Prints one JSON line for each tool and kind of data. Without DIRECTORY a disk image of a real file
system with real files (/usr/share, /usr/lib) is made."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

IMAGE_BYTES = 1 << 30
CONTENT_BYTES = 640 << 20  # of files put into the image


def copy_some(source, target, budget):
    """Copies regular files from source until budget bytes are used; returns what is left."""
    for directory, folders, files in os.walk(source):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(directory, name)
            if os.path.islink(path) or not os.path.isfile(path) or not os.access(path, os.R_OK):
                continue
            size = os.path.getsize(path)
            if size > budget:
                continue
            place = os.path.join(target, os.path.relpath(path, '/'))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            shutil.copyfile(path, place)
            budget -= size
    return budget


def make_data(base):
    """A repository of one template with one raw disk image."""
    tree, repository = os.path.join(base, 'tree'), os.path.join(base, 'repository')
    os.makedirs(tree)
    os.makedirs(os.path.join(repository, 'template'))
    budget = CONTENT_BYTES
    for source in ('/usr/share', '/usr/lib'):
        budget = copy_some(source, tree, budget)
    image = os.path.join(repository, 'template', 'disk.img')
    subprocess.run(['mke2fs', '-q', '-t', 'ext4', '-d', tree, image, str(IMAGE_BYTES // 1024) + 'k'], check=True)
    shutil.rmtree(tree)
    return repository


def size_of(directory):
    return sum(os.path.getsize(os.path.join(where, name)) for where, _, names in os.walk(directory) for name in names)


def stored_size(path):
    return os.path.getsize(path) if os.path.isfile(path) else size_of(path)


def timed(command):
    os.sync()
    begin = time.monotonic()
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if result.returncode != 0:
        raise SystemExit(f'{command[0]} failed: {result.stderr.decode(errors="replace")}')
    os.sync()  # what is not on the disk yet is not done: the peers do not flush by themselves
    return time.monotonic() - begin


def measure(tool, base, repository):
    """Seconds for new data, then for the same data again."""
    if tool[0] == 'seatcast':
        command = [tool[1], os.path.join(base, 'store'), repository]
        return timed(command), timed(command), os.path.join(base, 'store', 'packs')
    if tool[0] == 'casync':
        store = os.path.join(base, 'casync.castr')
        make = ['casync', 'make', f'--store={store}', '--with=2sec-time']
        return (timed([*make, os.path.join(base, '1.caidx'), repository]),
                timed([*make, os.path.join(base, '2.caidx'), repository]), store)
    wim = os.path.join(base, 'image.wim')
    return (timed(['wimlib-imagex', 'capture', repository, wim, 'first']),
            timed(['wimlib-imagex', 'append', repository, wim, 'second', '--update-of=-1']), wim)


def main():
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    with tempfile.TemporaryDirectory(prefix='seatcast-bench-') as base:
        repository = os.path.abspath(sys.argv[2]) if len(sys.argv) == 3 else make_data(base)
        total = size_of(repository)
        subprocess.run(['cat', *(os.path.join(where, name) for where, _, names in os.walk(repository) for name in names)],
                       stdout=subprocess.DEVNULL, check=True)  # all tools read from the same warm cache
        time.sleep(2.5)  # a file younger than 2 s is not trusted to be unchanged (docs/store.md)
        seconds = {}
        for tool in (('seatcast', sys.argv[1]), ('casync', 'casync'), ('wimlib', 'wimlib-imagex')):
            if not shutil.which(tool[1]):
                print(f'# {tool[1]} is not installed and is left out', file=sys.stderr)
                continue
            new, unchanged, place = measure(tool, base, repository)
            seconds[tool[0]] = {'new': new, 'unchanged': unchanged, 'stored': stored_size(place)}
        for tool, taken in seconds.items():
            for data in ('new', 'unchanged'):
                line = {'benchmark': 'publish', 'tool': tool, 'data': data, 'bytes': total, 'seconds': round(taken[data], 3),
                        'gb_per_s': round(total / taken[data] / 1e9, 4), 'stored_bytes': taken['stored']}
                for peer in ('casync', 'wimlib'):
                    if tool == 'seatcast' and peer in seconds:
                        line[f'ratio_to_{peer}'] = round(seconds[peer][data] / taken[data], 2)
                print(json.dumps(line), flush=True)


main()
