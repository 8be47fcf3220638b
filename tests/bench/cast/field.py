# SPDX-License-Identifier: LGPL-2.1-or-later
"""The field of a comparison: the network of namespaces in which every tool runs in its turn, and what is measured of each alike.

Of one run: when the first packet of the file went out and when each receiver had it all; bytes on the wire; CPU time of the sender,
of the receivers and of the whole machine; datagrams that full sockets dropped; and the content at each receiver, by SHA-256."""

import concurrent.futures
import contextlib
import ctypes
import hashlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time

from lab import LabError, wait_for
from network import CONSOLE, Network

MIB = 1024 * 1024
TICKS = os.sysconf("SC_CLK_TCK")
SOCKET_BUFFER = 32 * MIB
BUFFER_LIMITS = ("/proc/sys/net/core/rmem_max", "/proc/sys/net/core/wmem_max")
SOURCE_SIZE = 1000  # bytes: a packet that is larger carries the file, a smaller one is something else
ETH_P_IP, SO_ATTACH_FILTER = 0x0800, 26
ETHERNET_IP_UDP = 42


class Failure(Exception):
    """A run did not do what was asked; says what."""


def hash_file(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_files(paths):
    """{path: SHA-256, or None where there is no file}."""
    def one(path):
        try:
            return hash_file(path)
        except OSError:
            return None
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(paths, pool.map(one, paths)))


def cpu_of(pid):
    """s of CPU time, user and system, that the process has taken."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def cpu_of_machine():
    """s of CPU time that this machine was not idle, all cores, interrupts included."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _, _, irq, softirq = map(int, file.readline().split()[1:8])
    return (user + nice + system + irq + softirq) / TICKS


def pick_directory(size):
    """Where the runs write: in memory if SIZE bytes are there, so that one disk is not shared by what would be many."""
    memory = "/dev/shm"
    with contextlib.suppress(OSError):
        state = os.statvfs(memory)
        if os.access(memory, os.W_OK) and state.f_bavail * state.f_frsize > size + size // 4:
            return memory
    return os.environ.get("TMPDIR", "/tmp")


@contextlib.contextmanager
def large_buffers():
    """Sockets may have SOCKET_BUFFER meanwhile: no tool is to be limited by this machine's settings."""
    before = {}
    for path in BUFFER_LIMITS:
        with open(path, encoding="ascii") as file:
            before[path] = int(file.read())
    raised = {path: value for path, value in before.items() if value < SOCKET_BUFFER}
    try:
        for path in raised:
            with open(path, "w", encoding="ascii") as file:
                file.write(str(SOCKET_BUFFER))
        yield
    finally:
        for path, value in raised.items():
            with open(path, "w", encoding="ascii") as file:
                file.write(str(value))


class FirstPacket:
    """Tells when the console sent the first packet of a file: large and UDP multicast. Where streams of something else go before it, HEAD
    is how the payload of each stream's first packet begins, {offset: byte}, and the last of these counts. Nothing else is looked at, which
    would take time. The socket is made where the thread is that makes this: at the console."""

    def __init__(self, head=None):
        code = [(0x28, 12), (0x15, ETH_P_IP), (0x30, 23), (0x15, socket.IPPROTO_UDP), (0x30, 30), (0x35, 224), (0x28, 16),
                (0x25, SOURCE_SIZE)]
        for offset, byte in (head or {}).items():
            code += [(0x30, ETHERNET_IP_UDP + offset), (0x15, byte)]
        size = len(code)
        # a test that fails goes to the last instruction, which drops
        lines = [(op, 0, size - at if op in (0x15, 0x25, 0x35) else 0, value) for at, (op, value) in enumerate(code)]
        lines += [(0x06, 0, 0, 64), (0x06, 0, 0, 0)]
        program = b"".join(struct.pack("HBBI", op, jt, jf, value) for op, jt, jf, value in lines)
        self._buffer = ctypes.create_string_buffer(program)
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                                struct.pack("HL", len(lines), ctypes.addressof(self._buffer)))
        self._socket.bind(("eth0", 3))  # ETH_P_ALL: also what goes out
        self._socket.settimeout(0.1)
        self._end = threading.Event()
        self._last = head is not None
        self.time = None
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self._thread.start()

    def _wait(self):
        while not self._end.is_set():
            with contextlib.suppress(TimeoutError):
                self._socket.recv(64)
                self.time = time.monotonic()
                if not self._last:
                    break
        self._socket.close()

    def close(self):
        self._end.set()
        self._thread.join()


class Program:
    """One process of a peer, in the namespace of SEAT, with its output in a file."""

    def __init__(self, network, seat, command, log, directory=None):
        self.log = log
        with open(log, "wb") as file:
            # what it prints is not to be waited for; a terminal's Ctrl-C is for us
            self._popen = subprocess.Popen([*network.prefix(seat), *map(str, command)], stdin=subprocess.DEVNULL, stdout=file,
                                           stderr=subprocess.STDOUT, cwd=directory, start_new_session=True)
        self.pid = self._popen.pid
        self.status = None
        self.cpu = 0

    def poll(self, options=os.WNOHANG):
        """Its exit status, None while it runs; its CPU time is known then."""
        if self.status is None:
            pid, status, usage = os.wait4(self.pid, options)
            if pid:
                self.status = self._popen.returncode = os.waitstatus_to_exitcode(status)
                self.cpu = usage.ru_utime + usage.ru_stime
        return self.status

    def wait(self, timeout):
        with contextlib.suppress(LabError):
            wait_for(lambda: self.poll() is not None, timeout, "the end of a program", 0.02)
        return self.status

    def signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def stop(self):
        for number, timeout in ((signal.SIGCONT, 0), (signal.SIGTERM, 3), (signal.SIGKILL, 10)):
            self.signal(number)
            if timeout and self.wait(timeout) is not None:
                break

    def read(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def tail(self, n=3):
        return " / ".join(self.read().replace("\r", "\n").split("\n")[-n - 1:]).strip()


class Measurement:
    """What one run took; `finished`: {seat: s after the first packet}."""

    def __init__(self, network, head=None):
        self.network = network
        self.begin = time.monotonic()
        self.wire = network.get_wire()
        self.machine = cpu_of_machine()
        self.counters = {seat: network.get_counters(seat) for seat in network.seats}
        self.first = FirstPacket(head)
        self.times = {}
        self.end = None

    def mark(self, seat):
        self.times.setdefault(seat, time.monotonic())

    def close(self):
        """Of the wire and of the machine nothing counts after this."""
        if self.end is None:
            self.end = time.monotonic()
            self.first.close()
            self.machine = cpu_of_machine() - self.machine
            self.wire = self.network.get_wire() - self.wire
            after = {seat: self.network.get_counters(seat) for seat in self.counters}
            self.counters = {seat: {key: after[seat][key] - before[key] for key in before} for seat, before in self.counters.items()}

    def age(self):
        """s since the first packet, 0 before."""
        return time.monotonic() - self.first.time if self.first.time else 0

    @property
    def finished(self):
        start = self.first.time or self.begin
        return {seat: when - start for seat, when in self.times.items()}

    def describe(self, size):
        """The figures that every tool has, for SIZE bytes of content."""
        seconds = max(self.finished.values(), default=0)
        return {"seconds": round(seconds, 3), "whole_seconds": round(self.end - self.begin, 3),
                "goodput_bits_per_second": round(8 * size / seconds) if seconds else 0,
                "wire_bytes": self.wire.total_bytes, "cast_bytes": self.wire.bytes["cast"], "cast_packets": self.wire.packets["cast"],
                "sent_per_content": round(self.wire.bytes["cast"] / size, 4),
                "all_sent_per_content": round(self.wire.total_bytes / size, 4),
                "machine_cpu_seconds": round(self.machine, 2),
                "socket_drops": sum(counts["socket_drops"] for counts in self.counters.values()),
                "lost_packets": sum(counts["lost_packets"] for counts in self.counters.values())}


class Field:
    """A network with N_SEATS seats, and room for files beneath BASE. While it is open this process is at the console."""

    def __init__(self, base, n_seats, **network):
        self.base = base
        self.network = Network(f"b{os.getpid()}", **network)
        self.seats = [f"s{number}" for number in range(1, n_seats + 1)]
        self.loss = {}
        self._lost = {}
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        self.network.up(self.seats)
        self._stack.callback(self.network.down)
        try:
            self._stack.enter_context(self.network.entered(CONSOLE))
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_):
        self._stack.close()

    def set_loss(self, percent, *seats):
        """Of the multicast packets that reach the SEATS (all), from the next run on."""
        for seat in seats or self.seats:
            self.loss[seat] = percent

    def lose_by_kernel(self, kernel):
        """Whether the kernel loses them. It would lose bursts as a whole, so Seatcast's seats lose them by themselves, one by one; the
        peers send no bursts."""
        wanted = {seat: self.loss.get(seat, 0) if kernel else 0 for seat in self.seats}
        for seat, percent in wanted.items():
            if percent != self._lost.get(seat, 0):
                self.network.set_loss(seat, percent)
        self._lost = wanted

    def make_directories(self, name):
        """{seat: an empty directory}, beneath one that clear() removes."""
        top = os.path.join(self.base, name)
        shutil.rmtree(top, ignore_errors=True)
        made = {seat: os.path.join(top, seat) for seat in self.seats}
        for path in made.values():
            os.makedirs(path)
        return made

    def clear(self, name):
        shutil.rmtree(os.path.join(self.base, name), ignore_errors=True)

    def get_poll_interval(self):
        """s between two looks at the receivers' files: the looking is not to cost what is measured."""
        return 0.004 + 0.0003 * len(self.seats)


def check_content(paths, expected):
    """Failure where one of {seat: path} has not the SHA-256 EXPECTED."""
    found = hash_files(list(paths.values()))
    wrong = [seat for seat, path in paths.items() if found[path] != expected]
    if wrong:
        raise Failure(f"{len(wrong)} of {len(paths)} have not the content: {', '.join(wrong[:5])}")
