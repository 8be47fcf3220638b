# SPDX-License-Identifier: LGPL-2.1-or-later
"""The parts of the comparison: each runs Seatcast and the peers on the same content in the same network, one after the other, and tells
one JSON line a run. A run that fails is told like one that does not."""

import os
import signal

from field import MIB, Failure, Field
from lab import LabError, write_random
from network import NetworkError
from peers import list_peers
from seatcast import Seatcast

LOSSES = (0, 1, 5)
RECEIVERS = (1, 3, 8)
RATES = (None, 1200, 800, 500, 300, 200, 100)  # Mbit/s: who loses by sending too fast gets the best one
GIGABIT = 1e9
STRAGGLER_LOSS = 20
STRAGGLER_DISK = 2_000_000  # bytes/s
SLOWEST = 20  # times as long as the reference may a run with a straggler take until it counts as not done


class Bench:
    """`tell` (part, tool, n_seats, figures): takes what was measured."""

    def __init__(self, options, base, tell):
        self.options, self.base, self._tell = options, base, tell
        self.absent = set()

    # one run

    def report(self, part, tool, n_seats, size, figures=None, error=None, **more):
        line = {"part": part, "tool": tool, "seats": n_seats, "size_bytes": size, **more, "ok": error is None}
        if error is not None:
            line["error"] = error
        self._tell(line | (figures or {}))

    def attempt(self, part, tool, field, path, more=None, **arguments):
        """Runs it and tells. Returns (Measurement, figures), or (None, None) when it failed."""
        measurement, figures, error = None, None, None
        try:
            measurement, figures = tool.run(path, timeout=arguments.pop("timeout", self.options.timeout), **arguments)
        except (Failure, LabError, NetworkError) as failure:
            error = " ".join(str(failure).split())
            settings = {key: value for key, value in arguments.items() if key not in ("during", "excused") and value}
            figures = {"settings": ", ".join(f"{key} {value}" for key, value in settings.items())}
        self.report(part, tool.name, len(field.seats), os.path.getsize(path), figures, error, **(more or {}))
        return (measurement, figures) if error is None else (None, None)

    def seatcast(self, part, field, path, more=None, seat_options=None, **arguments):
        """As attempt(); the engine and the services are started for it."""
        try:
            with Seatcast(field, seat_options) as seatcast:
                return self.attempt(part, seatcast, field, path, more, **arguments)
        except (LabError, OSError) as error:
            self.report(part, Seatcast.name, len(field.seats), os.path.getsize(path), None, " ".join(str(error).split()), **(more or {}))
            return None, None

    def wants(self, tool):
        return not self.options.tools or tool.lower() in self.options.tools

    def peers(self, field, jumbo=False):
        found, absent = list_peers(field, jumbo)
        for name in absent:
            if name not in self.absent and self.wants(name):
                self._tell({"part": "about", "tool": name, "ok": False, "error": "it is not installed, so it is left out"})
        self.absent.update(absent)
        return [peer for peer in found if self.wants(peer.name)]

    def make_file(self, default):
        """A file that does not compress, of --size MiB or DEFAULT."""
        size = (self.options.size or default) * MIB
        path = os.path.join(self.base, "content")
        if not os.path.exists(path) or os.path.getsize(path) != size:
            write_random(path, size, seed=1)
        return path

    @property
    def with_seatcast(self):
        return self.wants(Seatcast.name)

    # the parts

    def overhead(self, part="overhead", jumbo=False):
        path = self.make_file(32)
        with Field(self.base, self.options.seats, mtu=9000 if jumbo else 1500) as field:
            for loss in LOSSES:
                field.set_loss(loss)
                more = {"loss_percent": loss}
                if self.with_seatcast:
                    self.seatcast(part, field, path, more, rate=self.options.rate)
                for peer in self.peers(field, jumbo):
                    if jumbo and peer.name == "udpcast":  # its packets have at most 1,456 bytes
                        continue
                    for variant in peer.list_variants(loss):
                        self.attempt(part, peer, field, path, more, rate=self.options.rate, **variant)

    def jumbo(self):
        self.overhead("jumbo", True)

    def sweep(self, part, field, path, peer):
        """Each of the peer's settings, as fast as it goes and then at rates that could still beat what it reached so."""
        for variant in peer.list_variants():
            best = 0
            for rate in RATES:
                if rate is None or rate * 1e6 > best:
                    _, figures = self.attempt(part, peer, field, path, rate=rate, **variant)
                    best = max(best, figures["goodput_bits_per_second"] if figures else 0)
                if self.options.quick:
                    break

    def goodput(self):
        path = self.make_file(256)
        for n_seats in RECEIVERS:
            with Field(self.base, n_seats) as field:
                if self.with_seatcast:
                    self.seatcast("goodput", field, path)
                for peer in self.peers(field):
                    self.sweep("goodput", field, path, peer)

    def link(self):
        """The link's bits count from Ethernet's header on."""
        path = self.make_file(256)
        for n_seats in RECEIVERS[:1] if self.options.quick else RECEIVERS[:2]:
            with Field(self.base, n_seats, rate=GIGABIT) as field:
                if self.with_seatcast:
                    self.seatcast("link", field, path, {"link_content_bits_per_second": round(GIGABIT * Seatcast.get_wire_share())})
                for peer in self.peers(field):
                    more = {"link_content_bits_per_second": round(GIGABIT * peer.get_wire_share())}
                    for variant in peer.list_variants():
                        for rate in (None, 1000 * 0.98):  # at the rate of the link, for those that would overrun it
                            self.attempt("link", peer, field, path, more, rate=rate, **variant)

    def cpu(self):
        """At a rate that all reach: who sends faster does not wait less."""
        path = self.make_file(512)
        with Field(self.base, 1) as field:
            for rate in (None, self.options.rate):
                if self.with_seatcast:
                    self.seatcast("cpu", field, path, rate=rate)
                for peer in self.peers(field):
                    for variant in peer.list_variants():
                        self.attempt("cpu", peer, field, path, rate=rate, **variant)

    def stragglers(self):
        path = self.make_file(96)  # more than a seat keeps in memory: a slow disk is to be felt
        with Field(self.base, self.options.seats) as field:
            if self.with_seatcast:
                self.straggle(field, path, lambda more, seat_options=None, **arguments:
                              self.seatcast("stragglers", field, path, more, seat_options, **arguments), True)
            for peer in self.peers(field):
                variant = peer.list_variants(1)[0]
                self.straggle(field, path, lambda more, peer=peer, variant=variant, **arguments:
                              self.attempt("stragglers", peer, field, path, more, **arguments, **variant), False)

    def straggle(self, field, path, run, with_disk):
        """RUN (more, …) of one tool, with none and with each kind of straggler. A slow disk only Seatcast's seats can be given."""
        bad = field.seats[-1]
        measurement, _ = run({"straggler": "none"}, rate=self.options.rate)
        reference = self.last_of(measurement, bad)
        limits = {"timeout": min(self.options.timeout, SLOWEST * reference + 10) if reference else self.options.timeout,
                  "rate": self.options.rate, "excused": (bad,)}

        def stop(processes, current):
            if current.first.time and (current.times or current.age() > 0.3 * (reference or 1)):
                processes[bad].signal(signal.SIGSTOP)
        field.set_loss(STRAGGLER_LOSS, bad)
        run({"straggler": f"{STRAGGLER_LOSS} % loss", "reference_seconds": reference}, **limits)
        field.set_loss(0, bad)
        run({"straggler": "stopped", "reference_seconds": reference}, during=stop, **limits)
        if with_disk:
            run({"straggler": "disk of 2 MB/s", "reference_seconds": reference},
                seat_options={bad: {"disk_rate": STRAGGLER_DISK}}, **limits)

    @staticmethod
    def last_of(measurement, bad):
        """When all but BAD had everything."""
        return round(max(when for seat, when in measurement.finished.items() if seat != bad), 3) if measurement else None

    def fleet(self):
        path = self.make_file(64)
        for n_seats in (max(1, self.options.seats // 10), self.options.seats):
            with Field(self.base, n_seats) as field:
                if self.with_seatcast:
                    self.seatcast("fleet", field, path, rate=self.options.rate)
                for peer in self.peers(field):
                    self.attempt("fleet", peer, field, path, rate=self.options.rate, **peer.list_variants()[0])
