#!/usr/bin/env python3
"""house-rules.py ROOT: the house rules of CONTRIBUTING.md that a program can check. Prints TAP."""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(sys.argv[1]).resolve()
CODE = ('common', 'service', 'console', 'tests')
MAX_FUNCTION = 100
MAX_FILE = 600

BANNED_CALLS = {
    'strcpy': 'g_strlcpy() or g_strdup()', 'strcat': 'GString', 'sprintf': 'g_strdup_printf()', 'gets': 'GInputStream',
    'atoi': 'g_ascii_string_to_unsigned()', 'atol': 'g_ascii_string_to_unsigned()', 'strtok': 'g_strsplit()',
    'system': 'GSubprocess', 'popen': 'GSubprocess', 'malloc': 'g_malloc() or g_new()', 'calloc': 'g_new0()',
    'realloc': 'g_realloc()', 'strdup': 'g_strdup()', 'printf_unlocked': 'g_print()', 'rand': 'GRand', 'localtime': 'GDateTime',
    'soup_session_send_and_read': 'soup_session_send_and_read_async()', 'alloca': 'g_autofree',
}
# one direction of imports: common includes neither end; service and engine do not include each other; gui and ctl only
# common and the API's client
FORBIDDEN_IMPORTS = {
    'common': ('service/', 'console/'),
    'service': ('console/',),
    'console/engine': ('service/', 'console/ctl/', 'console/gui/'),
    'console/client': ('service/', 'console/engine/', 'console/ctl/', 'console/gui/'),
    'console/ctl': ('service/', 'console/engine/', 'console/gui/'),
    'console/gui': ('service/', 'console/engine/', 'console/ctl/'),
}


def tracked(*patterns):
    command = ['git', '-C', str(ROOT), 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', *patterns]
    try:
        names = subprocess.run(command, capture_output=True, check=True).stdout.decode().split('\0')
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob('*') if path.is_file()]
        names = [name for name in names if any(Path(name).match(pattern) for pattern in patterns)]
    return [name for name in names if name and not name.startswith('build') and (ROOT / name).is_file()]


def without_comments_and_strings(text):
    """The same text, same lines, with what is not code blanked out."""
    def blank(match):
        return re.sub(r'[^\n]', ' ', match.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.DOTALL)


def check_file(name):
    text = (ROOT / name).read_text(encoding='utf-8')
    lines = text.split('\n')
    code = without_comments_and_strings(text).split('\n')
    if not lines[0].startswith('/* SPDX-License-Identifier: LGPL-2.1-or-later */'):
        yield 1, 'the first line is the licence: /* SPDX-License-Identifier: LGPL-2.1-or-later */'
    if len(lines) > MAX_FILE:
        yield len(lines), f'a file has at most {MAX_FILE} lines: split it by type'
    if name.endswith('.h') and '#pragma once' not in text:
        yield 1, 'a header begins with #pragma once'
    start = None
    for number, line in enumerate(code, 1):
        if len(lines[number - 1]) > 120:
            yield number, 'a line has at most 120 columns'
        if re.search(r'\bgoto\b', line):
            yield number, 'no goto: g_autoptr() cleans up'
        for call in re.findall(r'(?<![\w.>])(\w+)\s*\(', line):
            if call in BANNED_CALLS:
                yield number, f'no {call}(): use {BANNED_CALLS[call]}'
        if re.match(r'\s*#\s*if', line) and re.search(r'_WIN32|G_OS_', line):
            yield number, 'no platform #if in logic: meson picks foo-unix.c or foo-win32.c'
        if re.search(r'\b(TODO|FIXME|XXX|HACK)\b', lines[number - 1]):
            yield number, 'no notes for later in the code: do it, or open an issue'
        if line.startswith('{'):
            start = number
        elif line.startswith('}') and start:
            if number - start > MAX_FUNCTION:
                yield start, f'a function has at most {MAX_FUNCTION} lines, better 60: this has {number - start}'
            start = None
    for folder, forbidden in FORBIDDEN_IMPORTS.items():
        if name.startswith(folder + '/'):
            for number, line in enumerate(lines, 1):
                match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
                if match and match.group(1).startswith(forbidden):
                    yield number, f'{folder} does not include {match.group(1)}: imports run one way'


def check_pairs(names):
    """Every sc-foo.c has a header with its contract, except parts of one type (sc-foo-part.c) and tests."""
    headers = {name for name in names if name.endswith('.h')}
    for name in names:
        stem = re.sub(r'-(unix|win32)$', '', name[:-2])
        if not name.endswith('.c') or not Path(name).name.startswith('sc-'):
            continue
        parts = stem.split('-')
        candidates = ['-'.join(parts[:i]) for i in range(len(parts), 1, -1)]
        candidates += [c + '-private' for c in candidates]
        if not any(candidate + '.h' in headers for candidate in candidates):
            yield name, 'no header says what this is'


def main():
    names = [name for name in tracked('*.c', '*.h') if name.startswith(CODE)]
    problems = [f'{name}:{number}: {what}' for name in sorted(names) for number, what in check_file(name)]
    problems += [f'{name}: {what}' for name, what in check_pairs(names)]
    foreign = [name for name in tracked('*') if not name.startswith(('.git/',)) and Path(name).suffix in
               ('.c', '.h', '.py', '.md', '.sh', '', '.build', '.json', '.service')
               and re.search(r'/work/|\.library|/tmp/rt\b', (ROOT / name).read_text(encoding='utf-8', errors='replace'))
               and 'house-rules' not in name]
    problems += [f'{name}: names a path of one machine' for name in foreign]
    print('1..2')
    print(f'{"ok" if len(names) > 20 else "not ok"} 1 - there is code to check: {len(names)} files')
    print(f'{"not ok" if problems else "ok"} 2 - the house rules hold')
    for problem in problems:
        print('#', problem)
        print(problem, file=sys.stderr)  # what meson shows of a test that failed
    return 1 if problems else 0


sys.exit(main())
