# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the attacks share: a lab whose engine is watched, an honest client that asks all the while, connections that do not behave.

Attackers come from addresses of their own (all of 127.0.0.0/8 is this machine), honest clients from 127.0.0.1. Everything is bounded in
number and time; SEATCAST_TEST_LONG=1 has the numbers of a real attack.
"""

import contextlib
import functools
import json
import os
import resource
import socket
import ssl
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "lab"))

from lab import Lab, LabError, wait_for  # noqa: E402 pylint: disable=wrong-import-position
from tap import check  # noqa: E402 pylint: disable=wrong-import-position

LONG = os.environ.get("SEATCAST_TEST_LONG") == "1"
ATTACKER = "127.0.0.66"
MIB = 1024 * 1024
STRANGERS = 1536  # as the engine allows
MAX_FILES = STRANGERS + 100  # that it may have open while strangers attack
MAX_GROWTH = 96 * MIB  # of its memory while they do
PATIENCE = 10  # s that an honest request may take; it takes milliseconds, and took 14 s before handshakes were shared out


def raise_file_limit(wanted):
    """Returns how many files this process may have open."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = min(wanted, hard) if hard != resource.RLIM_INFINITY else wanted
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return limit


class Watch:
    """Memory, open files and threads of a process, sampled in the background."""

    def __init__(self, pid):
        self.pid = pid
        self.first = self.read_memory()
        self.memory = self.files = self.threads = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def read_memory(self):
        with open(f"/proc/{self.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize()

    def sample(self):
        self.memory = max(self.memory, self.read_memory())
        self.files = max(self.files, len(os.listdir(f"/proc/{self.pid}/fd")))
        self.threads = max(self.threads, len(os.listdir(f"/proc/{self.pid}/task")))

    def _run(self):
        with contextlib.suppress(OSError):  # the process has ended
            while not self._end.wait(0.02):
                self.sample()

    def stop(self):
        self._end.set()
        self._thread.join()

    @property
    def growth(self):
        return self.memory - self.first


class Honest:
    """Asks the engine one thing after another, each on a connection of its own, as every client does."""

    def __init__(self, lab):
        self.lab = lab
        self.times = []
        self.failures = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def ask(self):
        begin = time.monotonic()
        status, _ = request(self.lab, "GET", "/v1", token=self.lab.token)
        self.times.append(time.monotonic() - begin)
        if status != 200:
            self.failures.append(f"status {status}")

    def try_to_ask(self):
        try:
            self.ask()
        except (OSError, ValueError) as error:
            self.failures.append(repr(error))

    def _run(self):
        while not self._end.wait(0.1):
            self.try_to_ask()

    def stop(self):
        self._end.set()
        self._thread.join()
        self.try_to_ask()


class HostileLab(Lab):
    """Its engine is watched from its start, and must be as it was at the end."""

    def __init__(self, growth=MAX_GROWTH, files=MAX_FILES):
        super().__init__()
        self.max_growth = growth
        self.max_files = files
        self.watch = None
        self.token = None

    def start_engine(self, **options):
        engine = super().start_engine(**options)
        self.token = self.read_connection()["token"]
        self.get("/v1")  # what the first request makes is no growth
        self.watch = Watch(engine.pid)
        self.closers.append(self.watch.stop)
        return engine

    @contextlib.contextmanager
    def attack(self):
        """While the body runs, an honest client is answered, and the engine stays within its bounds."""
        pid = self.engine.pid
        honest = Honest(self)
        try:
            yield honest
        finally:
            honest.stop()
        self.watch.sample()
        check(self.engine.is_running() and self.engine.pid == pid, "the engine stayed up")
        check(not honest.failures, f"honest requests failed: {honest.failures[:3]} of {len(honest.times)}")
        check(max(honest.times) < PATIENCE, f"an honest request took {max(honest.times, default=0):.1f} s")
        check(self.watch.growth < self.max_growth, f"the engine's memory grew by {self.watch.growth // MIB} MiB")
        check(self.watch.files < self.max_files, f"the engine had {self.watch.files} files open")

    def settle(self):
        """Once the attack is over the engine lets go of what it was given."""
        def is_quiet():
            return len(os.listdir(f"/proc/{self.engine.pid}/fd")) < 60
        wait_for(is_quiet, 30, lambda: f"the connections are closed: {len(os.listdir(f'/proc/{self.engine.pid}/fd'))} files")


# connections

def connect_tcp(lab, address=ATTACKER, timeout=20):
    connection = socket.socket()
    try:
        connection.settimeout(timeout)
        connection.bind((address, 0))
        connection.connect((lab.address, lab.engine.port))
    except OSError:
        connection.close()
        raise
    return connection


@functools.cache
def make_context(certificate=None):
    """A client's that checks nothing: these tests attack the engine, not the client. CERTIFICATE: (file, key)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if certificate:
        context.load_cert_chain(*certificate)
    return context


def connect(lab, address=ATTACKER, timeout=20, certificate=None):
    tcp = connect_tcp(lab, address, timeout)
    try:
        return make_context(certificate).wrap_socket(tcp)
    except OSError:
        tcp.close()
        raise


def make_client_hello():
    """The first message of a TLS client that means it."""
    outgoing = ssl.MemoryBIO()
    tls = make_context().wrap_bio(ssl.MemoryBIO(), outgoing)
    with contextlib.suppress(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


def is_open(connection):
    """Whether the engine has not closed it yet; reads what has come."""
    connection.setblocking(False)
    try:
        while connection.recv(65536):
            pass
        return False
    except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return True
    except OSError:
        return False


def close_all(connections):
    for connection in connections:
        connection.close()


# HTTP, without a library that would mend what is wrong

def encode(method, target, headers=(), body=b"", token=None):
    lines = [f"{method} {target} HTTP/1.1", "Host: engine", *headers]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body and not any(line.lower().startswith(("content-length", "transfer-encoding")) for line in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body


def read_answer(connection, limit=MIB):
    """(status, body) of the answer; status 0 when the engine hung up without one."""
    data = b""
    with contextlib.suppress(OSError):
        while len(data) < limit and (block := connection.recv(65536)):
            data += block
    head, _, body = data.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    return (int(words[1]) if len(words) > 1 and words[1].isdigit() else 0), body


def request(lab, method, target, headers=(), body=b"", token=None, address="127.0.0.1", certificate=None, timeout=20):
    """One request on a connection of its own. Returns (status, body)."""
    with connect(lab, address, timeout, certificate) as connection:
        with contextlib.suppress(OSError):  # it may have been refused before all of it was sent: the answer tells
            connection.sendall(encode(method, target, ["Connection: close", *headers], body, token))
        return read_answer(connection)


# WebSockets (RFC 6455), as far as an attacker needs them

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
UPGRADE = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")


class WebSocket:
    """A seat's connection, or whoever's who says so. STATUS: of the handshake; 101 when it is one."""

    def __init__(self, lab, path="/v1/seat", certificate=None, address=ATTACKER, token=None):
        self.connection = connect(lab, address, certificate=certificate)
        self.connection.sendall(encode("GET", path, UPGRADE, token=token))
        head = b""
        while b"\r\n\r\n" not in head and (block := self.connection.recv(1)):
            head += block
        words = head.split(b" ", 2)
        self.status = int(words[1]) if len(words) > 1 else 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def send(self, payload, kind=TEXT, end=True, length=None):
        """LENGTH: what the frame says instead of its payload's."""
        length = len(payload) if length is None else length
        head = bytes([(0x80 if end else 0) | kind])
        if length < 126:
            head += bytes([0x80 | length])
        elif length < 65536:
            head += bytes([0x80 | 126]) + length.to_bytes(2, "big")
        else:
            head += bytes([0x80 | 127]) + length.to_bytes(8, "big")
        self.connection.sendall(head + b"\0\0\0\0" + payload)  # a mask of zeros is one

    def send_json(self, message):
        self.send(json.dumps(message).encode())

    def _read(self, length):
        data = b""
        while len(data) < length:
            block = self.connection.recv(length - len(data))
            if not block:
                raise EOFError
            data += block
        return data

    def receive(self):
        """(kind, payload) of the next frame; EOFError or OSError at the end."""
        first, second = self._read(2)
        length = second & 0x7F
        if length == 126:
            length = int.from_bytes(self._read(2), "big")
        elif length == 127:
            length = int.from_bytes(self._read(8), "big")
        return first & 0x0F, self._read(length)

    def wait_closed(self, timeout=20):
        """Whether the engine ends it, by a close frame or by hanging up."""
        self.connection.settimeout(timeout)
        try:
            while self.receive()[0] != CLOSE:
                pass
        except TimeoutError:
            return False
        except (EOFError, OSError):
            pass
        return True


__all__ = ["ATTACKER", "BINARY", "CLOSE", "HostileLab", "LONG", "LabError", "MIB", "PING", "PONG", "STRANGERS", "TEXT", "Watch", "WebSocket", "check", "close_all", "connect", "connect_tcp",
           "encode", "is_open", "make_client_hello", "make_context", "raise_file_limit", "read_answer", "request", "wait_for"]
