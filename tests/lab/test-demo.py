# SPDX-License-Identifier: LGPL-2.1-or-later
"""The program behind ./demo, small: its JSON lines, a lab that is kept, and the end of it."""

import json
import os
import signal
import subprocess
import sys

from lab import Lab, wait_for
from tap import check, main

DEMO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "demo.py")


def count_processes(directory):
    """Those with DIRECTORY on their command line."""
    count = 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    words = file.read().decode(errors="replace").split("\0")
            except OSError:
                continue
            count += any(word.startswith(directory) for word in words) and "seatcast" in words[0]
    return count


def test_demo_runs_through_and_is_kept_and_stopped():
    with Lab() as lab:
        directory = os.path.join(lab.directory, "demo")
        command = [sys.executable, DEMO]
        result = subprocess.run([*command, "--json", "--seats", "2", "--size", "tiny", "--keep", "--directory", directory],
                                capture_output=True, text=True, check=False, timeout=200, env=dict(os.environ, SEATCAST_BUILD=lab.build))
        check(result.returncode == 0, f"{result.returncode}: {result.stderr[-2000:]}")
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        steps = {line["step"]: line for line in lines if line["type"] == "step"}
        check(list(steps) == ["enrol", "publish 1", "deploy 1", "publish 2", "deploy 2", "rollback to 1"], f"{list(steps)}")
        check(steps["deploy 2"]["multicast_bytes"] < steps["deploy 1"]["multicast_bytes"], "the difference is smaller")
        check(all(len(line["seats"]) == 2 for line in lines if line["type"] == "seats"), "every seat is shown")
        compared = [line for line in lines if line["type"] == "compared"]
        check([(line["version"], line["seats"], line["equal"]) for line in compared] == [(1, 2, 2), (2, 2, 2), (1, 2, 2)], f"{compared}")
        check(lines[-1]["type"] == "result" and lines[-1]["ok"] and lines[-1]["directory"] == directory, f"{lines[-1]}")
        check(all(one != other for one, other in zip(lines, lines[1:])), "no line is repeated")
        check(count_processes(directory) == 3, "an engine and two seats go on")
        stopped = subprocess.run([*command, "--stop", directory], capture_output=True, text=True, check=False, timeout=60)
        check(stopped.returncode == 0, stopped.stderr)
        check(count_processes(directory) == 0 and not os.path.exists(directory), "nothing is left")
        again = subprocess.run([*command, "--stop", directory], capture_output=True, text=True, check=False, timeout=60)
        check(again.returncode == 1 and "no lab" in again.stderr, again.stderr)


def test_demo_interrupted_leaves_nothing():
    with Lab() as lab:
        directory = os.path.join(lab.directory, "demo")
        with subprocess.Popen([sys.executable, DEMO, "--seats", "2", "--size", "tiny", "--directory", directory], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, env=dict(os.environ, SEATCAST_BUILD=lab.build)) as demo:
            wait_for(lambda: count_processes(directory) == 3, 60, "its processes run")
            demo.send_signal(signal.SIGINT)
            output, _ = demo.communicate(timeout=60)
        check(demo.returncode == 130, f"{demo.returncode}: {output[-1000:]}")
        check(count_processes(directory) == 0 and not os.path.exists(directory), "nothing is left")


def test_demo_checks_its_options_before_it_builds():
    script = os.path.join(os.path.dirname(DEMO), "..", "..", "demo")
    for arguments in (["--bogus"], ["--seats", "0"], ["--seats", "many"], ["--size", "huge"], ["--directory", "/dev/null"], ["--kee"]):
        result = subprocess.run([script, *arguments], capture_output=True, text=True, check=False, timeout=30)
        check(result.returncode == 2 and result.stdout == "", f"{arguments}: {result}")
        check(result.stderr.startswith("demo: ") and result.stderr.endswith("see ./demo --help\n"), f"{arguments}: {result.stderr}")
        check(result.stderr.count("\n") == 1, f"{arguments}: {result.stderr}")


if __name__ == "__main__":
    main(globals())
