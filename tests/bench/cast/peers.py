# SPDX-License-Identifier: LGPL-2.1-or-later
"""The peers: UFTP, udpcast and NORM, each tuned so that its settings do not limit it. All send one file to all seats by multicast.

A rate is in Mbit/s, None: as fast as it goes. None of them encrypts here or verifies by a strong hash."""

import itertools
import os
import shutil
import signal
import time

from field import ETHERNET_IP_UDP, SOCKET_BUFFER, Failure, Measurement, Program, check_content, hash_file
from network import CONSOLE

RECEIVED = "received"
READY_TIME = 0.7  # s from a receiver's start until it has surely joined its group
LINGER = 20  # s that a sender may take to end after the last receiver has the file
PORTS = itertools.count(20000, 2)  # a new one for each run: what an earlier one has left is not heard


class Peer:
    """A tool. `payload`, `own_header`: bytes of its packets' content and of its own header, at an MTU of 1,500."""

    name = ""
    programs = ()
    payload = own_header = 0

    def __init__(self, field, jumbo=False):
        self.field = field
        self.jumbo = jumbo

    def is_there(self):
        return all(shutil.which(program) for program in self.programs)

    @classmethod
    def get_wire_share(cls):
        """The most of a link's bits that can be content."""
        return cls.payload / (cls.payload + cls.own_header + ETHERNET_IP_UDP)

    def list_variants(self, loss=0):
        """Settings of which nobody can know beforehand which is the best here: [{keyword: value}]. LOSS: in %, what is to be expected."""
        return [{}]

    def receiver(self, seat, number, directory, port, **variant):
        """The command of a seat's receiver."""
        raise NotImplementedError

    def sender(self, path, port, rate, **variant):
        raise NotImplementedError

    def is_complete(self, directory, size):
        """Whether the receiver has the whole file. It has it under its name only then, unless the tool cannot do that."""
        return os.path.exists(os.path.join(directory, RECEIVED))

    def run(self, path, rate=None, timeout=120, during=None, excused=(), **variant):
        """Sends the file at PATH to all seats. DURING ({seat: Program}, Measurement): called again and again until all have it but the
        EXCUSED. Returns (Measurement, figures); Failure when not every one has it within TIMEOUT s."""
        run = Run(self, path, rate, variant)
        try:
            run.start()
            run.wait(timeout, during, excused)
            run.finish(excused)
            return run.measurement, run.describe()
        finally:
            run.close()


class Run:
    """One transmission by a peer."""

    def __init__(self, peer, path, rate, variant):
        self.peer, self.field, self.path, self.rate, self.variant = peer, peer.field, path, rate, variant
        self.size = os.path.getsize(path)
        self.port = next(PORTS)
        self.folder = f"peer-{self.port}"
        self.directories = self.field.make_directories(self.folder)
        self.receivers, self.sender, self.measurement = {}, None, None

    def start(self):
        self.field.lose_by_kernel(True)
        for number, (seat, directory) in enumerate(self.directories.items(), 1):
            command = self.peer.receiver(seat, number, directory, self.port, **self.variant)
            self.receivers[seat] = Program(self.field.network, seat, command, directory + ".log", directory)
        time.sleep(READY_TIME + 0.02 * len(self.receivers))
        self.measurement = Measurement(self.field.network)
        command = self.peer.sender(self.path, self.port, self.rate, **self.variant)
        self.sender = Program(self.field.network, CONSOLE, command, os.path.join(self.field.base, self.folder, "sender.log"),
                              os.path.join(self.field.base, self.folder))

    def wait(self, timeout, during=None, excused=()):
        end = time.monotonic() + timeout
        left = {seat: directory for seat, directory in self.directories.items() if seat not in excused}
        while left:
            for seat in [seat for seat, directory in left.items() if self.peer.is_complete(directory, self.size)]:
                self.measurement.mark(seat)
                del left[seat]
            if left and self.sender.poll() is not None:
                # who has all of it may still be writing
                time.sleep(0.5)
                if not any(self.peer.is_complete(directory, self.size) for directory in left.values()):
                    raise Failure(f"the sender ended ({self.sender.status}) and {len(left)} of {len(self.receivers)} have not all: "
                                  f"{self.sender.tail()}")
            if time.monotonic() > end:
                raise Failure(f"not done in {timeout:.0f} s: {len(left)} of {len(self.receivers)} have not all: {self.sender.tail(1)}")
            if during:
                during(self.receivers, self.measurement)
            time.sleep(self.field.get_poll_interval())

    def finish(self, excused=()):
        self.sender.wait(0 if excused else LINGER)
        self.measurement.close()
        self.stop()
        check_content({seat: os.path.join(directory, RECEIVED) for seat, directory in self.directories.items() if seat not in excused},
                      hash_file(self.path))

    def stop(self):
        if self.sender:
            self.sender.stop()
        for receiver in self.receivers.values():
            receiver.signal(signal.SIGCONT)
            receiver.signal(signal.SIGTERM)
        for receiver in self.receivers.values():
            receiver.stop()

    def close(self):
        if self.measurement:
            self.measurement.close()
        self.stop()
        self.field.clear(self.folder)

    def describe(self):
        cpu = [receiver.cpu for receiver in self.receivers.values()]
        settings = {"rate": f"{self.rate} Mbit/s" if self.rate else "unlimited", **self.variant}
        return {**self.measurement.describe(self.size), "sender_cpu_seconds": round(self.sender.cpu, 2),
                "receiver_cpu_seconds": round(sum(cpu) / len(cpu), 2),
                "settings": ", ".join(f"{key} {value}" for key, value in settings.items())}


class Uftp(Peer):
    name = "UFTP"
    programs = ("uftp", "uftpd")
    payload, own_header = 1448, 24

    def receiver(self, seat, number, directory, port, **variant):
        return ["uftpd", "-d", "-q", "-t", "-I", "eth0", "-p", port, "-U", f"0x{number:08x}", "-D", directory, "-B", SOCKET_BUFFER,
                "-c", 20 * 1024 * 1024]

    def sender(self, path, port, rate, **variant):
        hosts = ",".join(f"0x{number:08x}" for number in range(1, len(self.field.seats) + 1))
        return ["uftp", "-R", int(rate * 1000) if rate else -1, "-B", SOCKET_BUFFER, "-b", 8800 if self.jumbo else self.payload, "-I", "eth0",
                "-p", port, "-U", "0xffff0001", "-H", hosts, "-r", "0.01:0.01:1", "-D", RECEIVED, path]


class Udpcast(Peer):
    name = "udpcast"
    programs = ("udp-sender", "udp-receiver")
    payload, own_header = 1456, 16

    def list_variants(self, loss=0):
        return [{"mode": "full-duplex"}, {"mode": "half-duplex", "slice": 1024}]

    def receiver(self, seat, number, directory, port, **variant):
        return ["udp-receiver", "--file", os.path.join(directory, RECEIVED), "--nokbd", "--no-progress", "--interface", "eth0", "--portbase",
                port, "--rcvbuf", SOCKET_BUFFER, "--start-timeout", 60]

    def sender(self, path, port, rate, mode="full-duplex", **variant):
        command = ["udp-sender", "--file", path, "--nokbd", "--no-progress", "--interface", "eth0", "--portbase", port, "--nopointopoint",
                   "--min-receivers", len(self.field.seats), "--max-wait", 60, "--" + mode]
        command += ["--min-slice-size", variant["slice"], "--max-slice-size", variant["slice"], "--default-slice-size",
                    variant["slice"]] if "slice" in variant else []
        return command + (["--max-bitrate", f"{int(rate)}m"] if rate else [])

    def is_complete(self, directory, size):
        """It writes from the beginning to the end, under the last name."""
        try:
            return os.path.getsize(os.path.join(directory, RECEIVED)) >= size
        except OSError:
            return False


class Norm(Peer):
    """RFC 5740, by norm-peer.c. Parity is sent on demand only; no congestion control. It makes each block's parity beforehand, asked for or
    not, and that is most of its work: so it gets as little as it needs."""

    name = "NORM"
    payload, own_header = 1440, 32

    def __init__(self, field, jumbo=False):
        super().__init__(field, jumbo)
        self.program = os.path.join(os.environ.get("SEATCAST_BUILD", "build"), "tests", "bench", "cast", "norm-peer")

    def is_there(self):
        return os.access(self.program, os.X_OK)

    def list_variants(self, loss=0):
        if loss:
            return [{"k": 64, "parity": 24}, {"k": 128, "parity": 40}]
        return [{"k": 64, "parity": 1}, {"k": 128, "parity": 4}]

    def receiver(self, seat, number, directory, port, **variant):
        return [self.program, "--receive", directory, "--interface", "eth0", "--port", port, "--id", 1 + number]

    def sender(self, path, port, rate, k=64, parity=24, **variant):
        command = [self.program, "--send", path, "--interface", "eth0", "--port", port, "--id", 1, "--receivers", len(self.field.seats),
                   "--block", k, "--parity", parity, "--segment", 8900 if self.jumbo else self.payload]
        return command + (["--rate", rate] if rate else [])


PEERS = (Uftp, Udpcast, Norm)


def list_peers(field, jumbo=False):
    """The peers that are installed here. One that is not is named: a comparison says whom it leaves out."""
    peers = [peer(field, jumbo) for peer in PEERS]
    return [peer for peer in peers if peer.is_there()], [peer.name for peer in peers if not peer.is_there()]
