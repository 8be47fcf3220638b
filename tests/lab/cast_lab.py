# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real engine and real seats in a network of namespaces (network.py), and what a cast to them took: bytes on the wire, time of
each seat, and packets that were lost, apart from those that full sockets dropped."""

import concurrent.futures
import contextlib
import os
import time

from lab import CTL_TIMEOUT, Lab, LabError, Skip, differences, hash_repository, wait_for
from network import CONSOLE, CONSOLE_ADDRESS, Network, why_not

OVER = ("done", "busy", "failed", "cancelled")
WATCH = 0.002  # s between two looks at a session, for each of its seats: the engine is to send, not to answer
PER_SEAT = 0.5  # s that each seat more may take until all are online, when many start at once


class Cast:
    """What a session took. `session`: as `session ID --json` has it at the end. `seats`: {name: its row there}. `ended`: {name: s
    from the order until the engine knew that the seat was done, failed or cancelled}, for seats that are. `counters`: {name: as
    Network.get_counters(), of this session}. `wire`: of all that the console sent meanwhile. `seconds`: until the last seat's end."""

    def __init__(self, session, ended, wire, counters):
        self.session = session
        self.seats = {seat["name"]: seat for seat in session["seats"]}
        self.ended = ended
        self.wire = wire
        self.counters = counters
        self.seconds = max(ended.values(), default=0)

    @property
    def sent(self):
        """Multicast bytes on the wire for each byte of content: plan, parity, marks and all headers from Ethernet's on are in."""
        return self.wire.bytes["cast"] / max(self.session["content_bytes"], 1)

    @property
    def socket_drops(self):
        return sum(counts["socket_drops"] for counts in self.counters.values())

    @property
    def caught_up(self):
        """The seats that were moved from the stream to catch-up."""
        return sorted(name for name, seat in self.seats.items() if seat["catch_up"])


class CastLab(Lab):
    """Options as Network has them; this process is at the console while the lab is open."""

    def __init__(self, build=None, directory=None, keep=False, **network):
        super().__init__(build=build, directory=directory, keep=keep, address=CONSOLE_ADDRESS)
        self.network = Network(f"c{os.getpid()}", **network)
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        reason = why_not()
        if reason is not None:
            super().close()
            raise Skip(f"no network of our own: {reason}")
        try:
            self.network.up()
            self.closers.append(self.network.down)
            self._stack.enter_context(self.network.entered(CONSOLE))
            self.closers.append(self._stack.close)
        except BaseException:
            super().close()
            raise
        return self

    def start_engine(self, **options):
        """Packets as large as the network of namespaces takes them."""
        return super().start_engine(**({"mtu": None} | options))

    # seats

    def add_cast_seats(self, *names, start=True, **options):
        """Each in a namespace of its own. OPTIONS: as Seat has them: room, loss, seed, disk_rate …; a seed of its own for each."""
        self.network.add_seats(names)
        for name in names:
            seed = options.get("seed") or self.network.seats[name]
            self.add_seat(name, address=self.network.address(name), prefix=self.network.prefix(name), start=start,
                          **(options | {"seed": seed}))

    def start(self, n_seats, room="A101", seat_options=None, **options):
        """The engine and seats s1, s2 … of which all are online. SEAT_OPTIONS: for every seat; OPTIONS: the engine's."""
        self.start_engine(**options)
        self.add_cast_seats(*(f"s{len(self.seats) + number}" for number in range(1, n_seats + 1)), room=room, **(seat_options or {}))
        self.wait_online(*self.seats, timeout=30 + PER_SEAT * n_seats)
        return list(self.seats.values())

    # sessions

    def cast(self, version, *arguments, timeout=CTL_TIMEOUT, during=None):
        """Deploys VERSION, waits for the session's end and tells what it took. DURING (number): called once after the order."""
        watch = self.watch()
        number = self.start_deploy(version, *arguments)
        if during:
            during(number)
        return watch(number, timeout)

    def watch(self):
        """Call it before the order; what it returns, with the session's number, after: it waits for the end and returns the Cast."""
        before = {name: self.network.get_counters(name) for name in self.network.seats}
        ended = {}
        start, wire = time.monotonic(), self.network.get_wire()

        def look(number):
            session, now = self.get_session(number), time.monotonic() - start
            for seat in session["seats"]:
                if seat["state"] in OVER:
                    ended.setdefault(seat["name"], now)
            return session if session["state"] in ("done", "cancelled", "failed") else None

        def finish(number, timeout=CTL_TIMEOUT):
            session = wait_for(lambda: look(number), timeout, lambda: f"session {number} is over; it is {self.get_session(number)}",
                               max(0.02, WATCH * len(before)))
            after = {name: self.network.get_counters(name) for name in before}
            counters = {name: {key: after[name][key] - before[name][key] for key in after[name]} for name in before}
            return Cast(session, ended, self.network.get_wire() - wire, counters)
        return finish

    def check_seats(self, expected, *names):
        """Every seat's repository is exactly {path: hash}; as Lab's, on all cores."""
        names = names or tuple(self.seats)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            found = pool.map(lambda name: hash_repository(self.seats[name].repository), names)
            lines = [line for name, hashes in zip(names, found) for line in differences(expected, hashes, name)]
        if lines:
            raise LabError("files differ:\n" + "\n".join(lines[:20]))
