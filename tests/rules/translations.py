#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""translations.py ROOT: every text of the window is translated into every language of resources/po/LINGUAS. Prints TAP."""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(sys.argv[1]).resolve()
PO = ROOT / 'resources' / 'po'


def run(*command):
    return subprocess.run(command, capture_output=True, text=True)


def collect(directory):
    """The template of all texts, made anew, and whether POTFILES names the files that have them."""
    result = run(str(PO / 'update'), '--into', directory)
    named = Path(directory) / 'POTFILES'
    return (Path(directory) / 'seatcast.pot', result,
            named.exists() and named.read_bytes() == (PO / 'POTFILES').read_bytes())


def split_messages():
    """Texts that xgettext cuts off, because a macro that it does not know stands in their middle."""
    for path in sorted((ROOT / 'console' / 'gui').rglob('*.c')):
        for number, line in enumerate(path.read_text(encoding='utf-8').split('\n'), 1):
            if re.search(r'_ \("[^"]*" G_GU?INT64_FORMAT', line):
                yield f'{path.relative_to(ROOT)}:{number}: use PRIu64 in texts that are translated'


def main():
    results = []
    with tempfile.TemporaryDirectory() as directory:
        template, result, up_to_date = collect(directory)
        results.append((template.exists() and result.returncode == 0, 'the texts can be collected', result.stderr))
        results.append((up_to_date, 'POTFILES names what has texts', 'run resources/po/update'))
        cut = list(split_messages())
        results.append((not cut, 'no text is cut off', '\n'.join(cut)))
        for language in (PO / 'LINGUAS').read_text().split():
            catalog = PO / f'{language}.po'
            compared = run('msgcmp', str(catalog), str(template))
            results.append((compared.returncode == 0, f'{language} is complete', compared.stderr + 'run resources/po/update'))
            checked = run('msgfmt', '--check', '-o', '/dev/null', str(catalog))
            results.append((checked.returncode == 0, f'{language} is well-formed', checked.stderr))
    print(f'1..{len(results)}')
    for number, (good, what, why) in enumerate(results, 1):
        print(f'{"ok" if good else "not ok"} {number} - {what}')
        if not good:
            print('\n'.join('# ' + line for line in why.split('\n')))
            print(why, file=sys.stderr)
    return 0 if all(good for good, _, _ in results) else 1


sys.exit(main())
