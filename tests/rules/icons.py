#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""icons.py ROOT: every icon that the window names is one of its own (resources/icons.gresource.xml) or in the list of others' that a Windows without an
icon theme is given (resources/icons/stock), and nothing is in a list that nobody names. Prints TAP."""
import re
import sys
import xml.etree.ElementTree
from pathlib import Path

ROOT = Path(sys.argv[1]).resolve()
NAME = r'(?:[a-z0-9]+(?:-[a-z0-9]+)+-symbolic|org\.seatcast\.Console(?:-symbolic)?)'
GTK = '# GTK: '  # what follows in the list is named by GTK itself


def named():
    """{icon: a place that names it}"""
    icons = {}
    for path in sorted((ROOT / 'console' / 'gui').rglob('*')):
        if path.suffix not in ('.c', '.ui'):
            continue
        text = path.read_text(encoding='utf-8')
        pattern = rf'"({NAME})"' if path.suffix == '.c' else rf'<property name="[a-z-]*icon[a-z-]*">({NAME}|[a-z]+(?:-[a-z]+)*)</property>'
        for name in re.findall(pattern, text):
            icons.setdefault(name, path.relative_to(ROOT))
    return icons


def own():
    listing = ROOT / 'resources' / 'icons.gresource.xml'
    return [Path(node.text).stem for node in xml.etree.ElementTree.parse(listing).iter('file')]


def stock():
    """(those that the window names, those that GTK names)"""
    ours, _, theirs = (ROOT / 'resources' / 'icons' / 'stock').read_text(encoding='utf-8').partition(GTK)
    return [[line for line in part.split('\n') if re.fullmatch(r'[a-z-]+', line)] for part in (ours, theirs)]


def report(number, what, problems):
    print(f"{'not ok' if problems else 'ok'} {number} - {what}")
    for problem in problems:
        print('# ' + problem)
    return bool(problems)


def main():
    icons, ours, (others, gtk) = named(), own(), stock()
    known = {*ours, *others, *gtk}
    print('1..3')
    failed = report(1, 'every icon that is named is there', [
        f'{place}: {name} is neither in resources/icons.gresource.xml nor in resources/icons/stock'
        for name, place in icons.items() if name not in known])
    failed |= report(2, 'every icon that is there is named', [
        f'nothing names {name}' for name in [*ours, *others] if name not in icons and name != 'org.seatcast.Console'])
    failed |= report(3, 'the window names icons at all', [] if len(icons) > 20 else [f'only {len(icons)} were found'])
    sys.exit(failed)


if __name__ == '__main__':
    main()
