# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a module's test_… functions in their order and prints TAP. `test-x.py NAME…` runs only those whose names contain a NAME."""

import signal
import sys
import time
import traceback

from lab import Skip


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def interrupt(*_):
    # so that a lab ends what it started
    raise KeyboardInterrupt


def main(namespace):
    signal.signal(signal.SIGTERM, interrupt)
    tests = [(name[5:].replace("_", " "), function) for name, function in namespace.items()
             if name.startswith("test_") and callable(function)]
    if sys.argv[1:]:
        tests = [test for test in tests if any(word.replace("_", " ") in test[0] for word in sys.argv[1:])]
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for number, (name, function) in enumerate(tests, 1):
        start = time.monotonic()
        try:
            function()
            verdict = f"ok {number} - {name} # {time.monotonic() - start:.1f} s"
        except Skip as reason:
            verdict = f"ok {number} - {name} # SKIP {' '.join(str(reason).split())}"
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print("\n".join("# " + line for line in traceback.format_exc().splitlines()), flush=True)
            verdict = f"not ok {number} - {name}"
        print(verdict, flush=True)
    sys.exit(1 if failed else 0)
