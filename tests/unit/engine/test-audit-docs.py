#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The program in docs/audit.md agrees with the engine: of logs that are whole, and of logs that were changed.

usage: test-audit-docs.py TEST-AUDIT DOCS/AUDIT.MD
"""
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

TEST_AUDIT, PAGE = sys.argv[1:]
CHANGES = {
    "whole": ("", None),
    "changed": ("UPDATE activity SET who = 'bert' WHERE id = 4", 4),
    "removed": ("DELETE FROM activity WHERE id = 3", 3),
    "cut off": ("DELETE FROM activity WHERE id > 4", 5),
    "without a hash": ("UPDATE activity SET hash = x'' WHERE id = 5", 5),
}


def get_program():
    text = pathlib.Path(PAGE).read_text(encoding="utf-8")
    return text.split("```python\n")[1].split("```")[0]


def tamper(path, sql):
    database = sqlite3.connect(path)
    database.executescript(f"DROP TRIGGER activity_is_not_changed; DROP TRIGGER activity_is_not_deleted; {sql};")
    database.close()


def main():
    program = get_program()
    print(f"1..{len(CHANGES)}")
    for number, (name, (sql, bad)) in enumerate(CHANGES.items(), 1):
        with tempfile.TemporaryDirectory() as directory:
            made = subprocess.run([TEST_AUDIT, "--make-log", directory], check=True, capture_output=True, text=True)
            catalog = pathlib.Path(directory) / "catalog.db"
            tamper(catalog, sql)
            said = subprocess.run([sys.executable, "-c", program, str(catalog)], capture_output=True, text=True, check=False)
        head = made.stdout.split()[-1]
        if bad is None:
            fits = said.returncode == 0 and said.stdout == f"intact, head {head}\n"
        else:
            fits = said.returncode == 1 and said.stderr.startswith(f"entry {bad} is missing")
        print(f"{'ok' if fits else 'not ok'} {number} - {name}" + ("" if fits else f"\n# {said.stdout}{said.stderr}"))


main()
