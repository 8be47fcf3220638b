# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small tests/bench/scale: 200 real connections at one engine, and what they cost it in CPU time, as the system counts
it, so that a busy machine does not matter. The bounds are several times what was measured: what they find is work that
grows with the square of the seats, or is done for each of them though nothing has happened."""

import importlib.util
import os
import signal
import subprocess
import time

from lab import Skip, wait_for
from tap import check, main

SEATS = 200
REST_SECONDS = 5
REST_CORE = 0.05   # share of a core; 0.003 measured
BACK_CPU = 5.0     # s; 0.9 measured
SLACK = 8          # of a build with sanitizers

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("SEATCAST_BUILD", "build")


def load_bench():
    path = os.path.join(HERE, "..", "bench", "scale", "bench-scale.py")
    spec = importlib.util.spec_from_file_location("bench_scale", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def get_slack(program):
    libraries = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    return SLACK if "libasan" in libraries or "libtsan" in libraries else 1


def test_two_hundred_seats():
    bench = load_bench()
    program = os.path.join(BUILD, "tests", "load", "seatcast-load")
    if not os.access(program, os.X_OK):
        raise Skip(f"{program} is not built")
    slack = get_slack(program)
    with bench.Lab() as lab:
        lab.start_engine()
        rooms = [lab.make_seat_connection(f"Room {number}") for number in range(5)]
        load = bench.Load(program, SEATS, os.path.join(lab.directory, "identities"), rooms,
                          os.path.join(lab.engine.directory, "trust", "authority.crt"))
        try:
            def all_online():
                return load.ask()["online"] == SEATS
            wait_for(all_online, 120, lambda: f"{SEATS} seats online: {load.last}")
            time.sleep(1)
            before = bench.cpu_of(lab.engine.pid)[0]
            time.sleep(REST_SECONDS)
            share = (bench.cpu_of(lab.engine.pid)[0] - before) / REST_SECONDS
            check(share <= REST_CORE * slack, f"at rest {SEATS} seats take {share:.3f} of a core")

            lab.engine.signal(signal.SIGKILL)
            lab.engine.wait(30)
            wait_for(lambda: load.ask()["online"] == 0, 60, "the seats know that it is gone")
            lab.start_engine()
            wait_for(all_online, 120, lambda: f"{SEATS} seats back: {load.last}")
            used = bench.cpu_of(lab.engine.pid)[0]
            check(used <= BACK_CPU * slack, f"the engine took {used:.2f} s of CPU until {SEATS} seats were back")
            online = [seat for seat in lab.get_seats() if seat["presence"] == "online"]
            check(len(online) == SEATS, f"the engine knows {len(online)} of them")
        finally:
            load.close()


if __name__ == "__main__":
    main(globals())
