#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bench-cast.py [PART…]: Seatcast beside the tools that a lab would pick instead, in one run, on the same content, in a network of
namespaces on this machine. Needs root, iproute2, nftables, and SEATCAST_BUILD: a release build of this project.

  overhead    80 seats, 0, 1 and 5 % loss: bytes on the wire for each byte of content
  jumbo       the same at an MTU of 9,000
  goodput     1, 3 and 8 receivers, a link as fast as the machine
  link        1 and 3 receivers behind a link of 1 Gbit/s
  cpu         CPU time of the sender and of one receiver
  stragglers  80 seats, of which one loses 20 %, is stopped, or has a disk of 2 MB/s: when the other 79 are done
  fleet       8 seats and 80: time, and the sender's CPU time
  job         revision 1 to 2 of a real disk to 8 seats, from publishing to the last seat, beside wimlib + UFTP and rsync (--revisions)

The peers, as far as they are installed (./installer/linux/install-build-dependencies --peers): UFTP, udpcast, NORM (by norm-peer.c),
wimlib, rsync. Each is tuned for this network, with socket buffers of 32 MiB, and runs with several settings and rates; the table takes
the best. None of the three that cast encrypts here or verifies by a strong hash; Seatcast runs with everything on.

What is counted, of each tool alike:
- seconds: from the first packet with content that leaves the console until the last receiver has its file, under its last name; with
  job, from the beginning. whole_seconds: from the sender's start to its end.
- cast_bytes, wire_bytes: at the console's interface, multicast and everything, each packet of a burst with all headers from Ethernet's on.
- sender_cpu_seconds, receiver_cpu_seconds (mean): user and system, of the processes; of Seatcast's from the order until the session's
  end. machine_cpu_seconds: of everything on this machine meanwhile, the kernel's network too; so nothing else should run.
- socket_drops: datagrams that a full socket refused; lost_packets: those that the kernel's packet filter dropped, as ordered. The peers
  lose in the packet filter, Seatcast's seats after their sockets, since a filter would lose bursts as a whole.
The content at each receiver is checked by its SHA-256. A run that fails is a line with "ok": false and what failed.

One JSON line a run on stdout. --table FILE… prints the table of docs/ from such lines and measures nothing.
"""

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lab"))

from field import MIB, large_buffers, pick_directory  # noqa: E402
from job import job  # noqa: E402
from lab import Skip  # noqa: E402
from network import NetworkError  # noqa: E402
from parts import Bench  # noqa: E402
from seatcast import Seatcast  # noqa: E402
from table import make_table  # noqa: E402

PARTS = ("overhead", "jumbo", "goodput", "link", "cpu", "stragglers", "fleet", "job")
SKIP = 77
ROOM = {"job": 14 * 1024 * MIB, "stragglers": 10 * 1024 * MIB}  # bytes that a part writes at the same time, beneath one directory
SMALL_ROOM = 6 * 1024 * MIB


FAILED = []  # what Seatcast did not bring to its end; a peer may fail: that is told, and is a result


def tell(line):
    if line.get("tool") == Seatcast.name and not line["ok"]:
        FAILED.append(line)
    print(json.dumps({"benchmark": "cast", **line, "load": round(os.getloadavg()[0], 1)}, ensure_ascii=False), flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help="which (all; job only with --revisions)")
    parser.add_argument("--quick", action="store_true", help="few seats, small files, one rate: whether it all runs, not how fast")
    parser.add_argument("--seats", type=int, help="of overhead, stragglers and fleet (80)")
    parser.add_argument("--size", type=int, metavar="MIB", help="of the content (32 to 512, by the part)")
    parser.add_argument("--rate", type=float, default=100, metavar="MBIT", help="where all are to send alike (%(default)g)")
    parser.add_argument("--tools", type=lambda text: text.lower().split(","), metavar="A,B", help="only these (all)")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="run all N times; the table takes the best of each tool")
    parser.add_argument("--revisions", metavar="DIR", help="of job: v1.vmdk and v2.vmdk")
    parser.add_argument("--timeout", type=float, default=300, metavar="S", help="for each run (%(default)g)")
    parser.add_argument("--job-timeout", type=float, default=1800, metavar="S", help="for each step of job (%(default)g)")
    parser.add_argument("--directory", metavar="DIR", help="where all runs write (in memory where there is room)")
    parser.add_argument("--table", nargs="+", metavar="FILE", help="print the table from these files' JSON lines")
    options = parser.parse_args()
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}: the parts are {', '.join(PARTS)}")
    options.seats = options.seats or (4 if options.quick else 80)
    options.size = options.size or (8 if options.quick else None)
    options.parts = options.parts or [part for part in PARTS if part != "job" or options.revisions]
    if "job" in options.parts and not options.revisions:
        parser.error("job takes --revisions DIR, made by tests/bench/revisions/make-revisions")
    return options


def run_part(options, name):
    place = options.directory or pick_directory(ROOM.get(name, SMALL_ROOM))
    with tempfile.TemporaryDirectory(prefix="seatcast-cast-", dir=place) as base:
        bench = Bench(options, base, tell)
        begin = time.monotonic()
        job(bench) if name == "job" else getattr(bench, name)()
        tell({"part": name, "tool": "all", "ok": True, "part_seconds": round(time.monotonic() - begin, 1)})


def interrupt(*_):
    # so that what was started is ended, and what was set is set back
    raise KeyboardInterrupt


def main():
    options = parse_arguments()
    if options.table:
        print(make_table(options.table))
        return
    if os.geteuid() != 0:
        print("# skipped: namespaces take root", file=sys.stderr)
        sys.exit(SKIP)
    build = os.environ.get("SEATCAST_BUILD")
    if build is None or not os.access(os.path.join(build, "service", "seatcast-service"), os.X_OK):
        print(f"bench-cast.py: no programs in {build or 'SEATCAST_BUILD, which is not set'}: build (meson setup --buildtype=release build && "
              "ninja -C build), and set SEATCAST_BUILD to the directory", file=sys.stderr)
        sys.exit(2)
    signal.signal(signal.SIGTERM, interrupt)
    tell({"part": "about", "tool": "all", "ok": True, "cores": os.cpu_count(), "kernel": platform.release(),
          "seats": options.seats, "rate_mbit": options.rate, "size_mib": options.size, "quick": options.quick})
    with large_buffers():
        for name in options.parts * options.repeat:
            try:
                run_part(options, name)
            except (Skip, NetworkError) as error:
                print(f"# skipped: {name}: {error}", file=sys.stderr)
                sys.exit(SKIP)
    if FAILED:
        print(f"# {len(FAILED)} runs of Seatcast failed", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
