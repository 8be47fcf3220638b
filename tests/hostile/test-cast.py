#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The multicast stream while an attacker on the same network forges, replays and corrupts it at line rate. Prints TAP."""

import datetime
import json
import os
import subprocess
import sys

from hostile import HostileLab, LONG, MIB, check
from lab import hash_tree, write_random
from tap import main

RATE = 160  # Mbit/s of a session
SIZE = (96 if LONG else 40) * 1000 * 1000
LINE_RATE = 1000  # Mbit/s of the attacker, if this machine can
ROUNDS, MAX_ROUNDS = (4, 8) if LONG else (2, 6)  # more where others use this machine, too: the best of both count
MAX_LOSS = 0.10
FLOOD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "flood.py")


class Flood:
    """The attacker, a process of its own, while the body runs. RESULT: what it says it sent."""

    def __init__(self, lab, session):
        self.command = [sys.executable, FLOOD, f"239.192.77.{session % 64}", str(lab.multicast_port), str(LINE_RATE)]
        self.process = None
        self.result = None

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        output, _ = self.process.communicate("end\n", timeout=30)
        self.result = json.loads(output)


def get_seconds(session):
    begin, end = (datetime.datetime.fromisoformat(session[key].replace("Z", "+00:00")) for key in ("created", "ended"))
    return (end - begin).total_seconds()


def get_loss(clean, attacked):
    """Of goodput: all of these sessions had the same number of bytes to send."""
    return 1 - min(map(get_seconds, clean)) / min(map(get_seconds, attacked))


def test_a_stream_under_attack():
    with HostileLab(growth=150 * MIB, files=200) as lab:
        lab.start(2, rate=RATE)
        templates = os.path.join(lab.directory, "templates")
        clean, attacked, sent = [], [], {}
        with lab.attack():
            for number in range(1, 2 * MAX_ROUNDS + 1):
                if number > 2 * ROUNDS and number % 2 and get_loss(clean, attacked) < MAX_LOSS:
                    break
                # versions that have nothing in common, so that each is sent whole
                write_random(os.path.join(templates, "one", "disk.img"), SIZE, seed=number)
                expected = hash_tree(templates)
                lab.publish(templates)
                if number % 2:
                    session = lab.deploy(number)
                    clean.append(session)
                else:
                    with Flood(lab, number) as flood:
                        session = lab.deploy(number)
                    attacked.append(session)
                    check(flood.result["heard"] > 100, f"the attacker heard the stream: {flood.result}")
                    for kind, count in flood.result["sent"].items():
                        sent[kind] = sent.get(kind, 0) + count
                    print(f"# session {number} under attack: {flood.result['mbit']:.0f} Mbit/s of it, {get_seconds(session):.2f} s; before it "
                          f"{get_seconds(clean[-1]):.2f} s", flush=True)
                check(session["state"] == "done" and all(seat["state"] == "done" for seat in session["seats"]), f"all seats finish: {session}")
                lab.check_seats(expected)
        check(len(sent) == 8 and min(sent.values()) > 1000, f"all kinds were tried, often: {sent}")
        check(sum(session["catch_up_bytes"] for session in attacked) == 0, f"nothing had to be fetched: {attacked}")
        check(get_loss(clean, attacked) < MAX_LOSS, f"goodput falls by {100 * get_loss(clean, attacked):.0f} %")
        lost = sum(seat["lost_packets"] for session in attacked for seat in session["seats"])
        print(f"# goodput falls by {100 * get_loss(clean, attacked):.1f} %; sent: {sent}; lost packets of the stream: {lost}", flush=True)


if __name__ == "__main__":
    main(globals())
