# SPDX-License-Identifier: LGPL-2.1-or-later
"""Seatcast in a comparison: the real engine and real services, with everything on: sealing, coding, hashing, writing in place with its
journal. What is counted of the engine and of a service is their CPU time from the order until the session's end."""

import contextlib
import os
import re
import time

from field import ETHERNET_IP_UDP, Failure, Measurement, check_content, cpu_of, hash_file
from lab import Lab, LabError, wait_for
from network import CONSOLE_ADDRESS

# a stream's first datagram (docs/protocol.md): of type 0x51, symbol 0 of block 0; manifests have a stream of their own, before the content
STREAM_HEAD = {0: 0x51, 1: 0} | dict.fromkeys(range(4, 8), 0)
DISK = os.path.join("template", "disk.img")
OVER = ("done", "cancelled", "failed")
START_TIME, START_TIME_A_SEAT = 30, 0.75  # s until all seats are online


class Seatcast:
    """One engine with all seats of the field, for as long as it is open. SEAT_OPTIONS: {seat: what lab.Seat takes}."""

    name = "Seatcast"
    payload, own_header = 1444, 28

    def __init__(self, field, seat_options=None):
        self.field = field
        self.folder = "seatcast"
        self.directory = os.path.join(field.base, self.folder)
        field.clear(self.folder)
        self.lab = Lab(directory=self.directory, address=CONSOLE_ADDRESS)
        self.repository = os.path.join(self.directory, "templates")
        self.seat_options = seat_options or {}

    @classmethod
    def get_wire_share(cls):
        """The most of a link's bits that can be content."""
        return cls.payload / (cls.payload + cls.own_header + ETHERNET_IP_UDP)

    def __enter__(self):
        self.field.lose_by_kernel(False)
        try:
            self.lab.start_engine(mtu=None)
            self.lab.ctl("settings", "--rate", 0)  # a session's own cap is the only one
            network = self.field.network
            for number, seat in enumerate(self.field.seats, 1):
                options = {"loss": self.field.loss.get(seat, 0) / 100, "seed": number} | self.seat_options.get(seat, {})
                self.lab.add_seat(seat, address=network.address(seat), prefix=network.prefix(seat), **options)
            self.lab.wait_online(*self.field.seats, timeout=START_TIME + START_TIME_A_SEAT * len(self.field.seats))
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.lab.close()
        self.field.clear(self.folder)

    def get_path(self, seat):
        return os.path.join(self.lab.seats[seat].repository, DISK)

    def put(self, path):
        """The file at PATH becomes the template's disk."""
        disk = os.path.join(self.repository, DISK)
        os.makedirs(os.path.dirname(disk), exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            os.remove(disk)
        os.link(path, disk)

    def publish(self, path, note="a comparison"):
        """Returns the version's number."""
        self.put(path)
        return self.lab.publish(self.repository, note)["version"]

    def run(self, path, rate=None, timeout=120, during=None, excused=()):
        """Publishes the file at PATH and casts it to seats that have nothing; as Peer.run(). EXCUSED: seats that need not come to have it."""
        try:
            version = self.publish(path)
            return self.cast(path, version, rate, timeout, during, excused)
        except LabError as error:
            raise Failure(str(error)) from None

    def cast(self, path, version, rate, timeout, during, excused=()):
        before = self.read_cpu()
        measurement = Measurement(self.field.network, STREAM_HEAD)
        try:
            number = self.order(version, rate)
            left = [seat for seat in self.field.seats if seat not in excused]
            end = time.monotonic() + timeout
            while left:
                for seat in [seat for seat in left if os.path.exists(self.get_path(seat))]:
                    measurement.mark(seat)
                    left.remove(seat)
                if left and time.monotonic() > end:
                    raise Failure(f"not done in {timeout:.0f} s: {len(left)} seats have not all: {self.tell(number)}")
                if during:
                    during(self.lab.seats, measurement)
                time.sleep(self.field.get_poll_interval())
            session = self.wait_session(number, excused, end)
            measurement.close()
            cpu = {name: value - before[name] for name, value in self.read_cpu().items()}
        finally:
            measurement.close()
        check_content({seat: self.get_path(seat) for seat in self.field.seats if seat not in excused}, hash_file(path))
        return measurement, self.describe(measurement, session, cpu, os.path.getsize(path), rate)

    def order(self, version, rate):
        """Starts a session. RATE in Mbit/s, None: as fast as the seats take it."""
        status, answer = self.lab.api("POST", "/v1/sessions", {"version": version, "rate_cap": int(rate * 1e6) if rate else 0})
        if status != 201:
            raise Failure(f"the session was refused: {status} {answer}")
        return answer["id"]

    def wait_session(self, number, excused, end):
        """Until it is over, or until it is for all seats but the EXCUSED, who may still be on their way. Returns it."""
        def over():
            session = self.lab.get_session(number)
            done = all(seat["state"] in ("done", "failed") for seat in session["seats"] if seat["name"] not in excused)
            return session if session["state"] in OVER or (excused and done) else None
        session = wait_for(over, max(end - time.monotonic(), 10), lambda: f"the end of {self.tell(number)}", 0.05)
        failed = [f"{seat['name']}: {seat['reason']}" for seat in session["seats"]
                  if seat["state"] == "failed" and seat["name"] not in excused]
        if failed or session["state"] in ("failed", "cancelled"):
            raise Failure(f"session {session['state']} {session['error']} {'; '.join(failed[:3])}")
        return session

    def tell(self, number):
        session = self.lab.get_session(number)
        states = {}
        for seat in session["seats"]:
            states[seat["state"]] = states.get(seat["state"], 0) + 1
        return f"session {session['state']} {session['error']}, {states}"

    def read_cpu(self):
        processes = {"engine": self.lab.engine, **self.lab.seats}
        return {name: cpu_of(process.pid) for name, process in processes.items() if process.is_running()}

    def describe(self, measurement, session, cpu, size, rate):
        seats = [cpu[seat] for seat in self.field.seats if seat in cpu]
        moved = {seat["name"]: demotion(seat) for seat in session["seats"] if seat["catch_up"]}
        return {**measurement.describe(size), "sender_cpu_seconds": round(cpu["engine"], 2),
                "receiver_cpu_seconds": round(sum(seats) / len(seats), 2),
                "settings": f"rate {rate} Mbit/s" if rate else "rate unlimited",
                "content_bytes": session["content_bytes"], "plan_bytes": session["plan_bytes"], "catch_up_bytes": session["catch_up_bytes"],
                "source_packets": session["source_packets"], "parity_packets": session["parity_packets"],
                "seats_lost_packets": sum(seat["lost_packets"] for seat in session["seats"]), "moved_to_catch_up": moved}


def demotion(seat):
    """Why the seat was moved to catch-up, as the session has it."""
    found = seat.get("demotion") or seat["reason"]
    return found.get("reason", str(found)) if isinstance(found, dict) else re.sub(r"\s+", " ", str(found))
