#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Connections that take and do not give: silent, slow, many. Strangers' all; no secret is known to them. Prints TAP."""

import contextlib
import os
import random
import time

from hostile import (ATTACKER, HostileLab, LONG, MIB, STRANGERS, check, close_all, connect, connect_tcp, encode, is_open,
                     make_client_hello, raise_file_limit, wait_for)
from tap import main

STRANGER_SECONDS = 15
N_MANY = 10_000
N_ADDRESSES = 40


def count_open(connections):
    return sum(is_open(connection) for connection in connections)


def test_half_open_tls():
    """Connections that say nothing, half of a first message, all of it and nothing more, or something else."""
    raise_file_limit(4096)
    hello = make_client_hello()
    first_words = [b"", hello[:4], hello[:-1], hello, hello, os.urandom(200), b"GET / HTTP/1.1\r\n\r\n"]
    with HostileLab() as lab:
        lab.start_engine()
        connections = []
        with lab.attack() as honest:
            for number in range(2000 if LONG else 700):
                connection = connect_tcp(lab, f"127.0.0.{60 + number % 3}")
                connection.sendall(first_words[number % len(first_words)])
                connections.append(connection)
            asked = len(honest.times)
            wait_for(lambda: len(honest.times) >= asked + 5, 60, "honest requests are answered meanwhile")
            check(count_open(connections) <= STRANGERS, f"{count_open(connections)} connections stayed open")
            check(lab.watch.threads < 30, f"the engine had {lab.watch.threads} threads")
        close_all(connections)
        lab.settle()


def test_ten_thousand_connections():
    """As many as files allow at once, the others after them: from one address, then from many."""
    limit = raise_file_limit(N_MANY + 200) - 200
    hello = make_client_hello()
    opened = 0
    with HostileLab() as lab:
        lab.start_engine()
        with lab.attack():
            for wave in range(0, N_MANY, limit):
                connections = []
                for number in range(wave, min(wave + limit, N_MANY)):
                    address = ATTACKER if number < N_MANY // 2 else f"127.0.1.{number % N_ADDRESSES + 1}"
                    with contextlib.suppress(OSError):  # refused already
                        connection = connect_tcp(lab, address)
                        connections.append(connection)
                        if number % 2:
                            connection.sendall(hello)
                opened += len(connections)
                close_all(connections)
        check(opened > N_MANY * 0.99, f"only {opened} connections could be opened")
        lab.settle()


def test_slow_clients():
    """Headers, a body, and the first message of TLS, a byte at a time: each has its time, and no more."""
    hello = make_client_hello()
    head = encode("POST", "/v1/versions", ["Content-Length: 60000"])
    with HostileLab() as lab:
        lab.start_engine()
        connections, tails = [], []
        begin = time.monotonic()
        with lab.attack():
            for number in range(90):
                kind = number % 3
                connection = connect_tcp(lab) if kind == 0 else connect(lab)
                if kind == 2:
                    connection.sendall(head)
                connections.append(connection)
                tails.append([hello, head, b"{" + b" " * 60000][kind])
            sent = 0
            while count_open(connections) and time.monotonic() - begin < 3 * STRANGER_SECONDS:
                for connection, tail in zip(connections, tails):
                    with contextlib.suppress(OSError):
                        connection.send(tail[sent % len(tail):][:1])
                sent += 1
                time.sleep(0.2)
            lasted = time.monotonic() - begin
        check(count_open(connections) == 0, f"{count_open(connections)} slow clients are still connected after {lasted:.0f} s")
        check(sent > 5, "they were slow, not dead")
        close_all(connections)
        lab.settle()


def test_endless_messages():
    """Headers, a body or chunks without an end: refused, and never kept."""
    endless = {
        "a header": (encode("GET", "/v1")[:-4] + b"\r\nX: ", b"a" * 65536),
        "headers": (encode("GET", "/v1")[:-2], b"X-Y: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 1000),
        "a path": (b"GET /", b"a" * 65536),
        "a body": (encode("POST", "/v1/versions", ["Content-Length: 9000000000"]), b"a" * 65536),
        "a negative body": (encode("POST", "/v1/versions", ["Content-Length: -1"]), b"a" * 65536),
        "chunks": (encode("POST", "/v1/versions", ["Transfer-Encoding: chunked"]), b"10000\r\n" + b"a" * 65536 + b"\r\n"),
        "a chunk's size": (encode("POST", "/v1/versions", ["Transfer-Encoding: chunked"]), b"0" * 65536),
        "a chunk": (encode("POST", "/v1/versions", ["Transfer-Encoding: chunked"]) + b"ffffffffffff\r\n", b"a" * 65536),
        "trailers": (encode("POST", "/v1/versions", ["Transfer-Encoding: chunked"]) + b"0\r\n", b"X: y\r\n" * 10000),
        "requests": (b"", encode("GET", "/v1") * 100),
    }
    with HostileLab(growth=48 * MIB) as lab:
        lab.start_engine()
        for what, (first, block) in endless.items():
            for token in (None, lab.token):
                if token:
                    first = first.replace(b"Host: engine", b"Host: engine\r\nAuthorization: Bearer " + token.encode())
                with lab.attack():
                    with connect(lab, "127.0.0.1" if token else ATTACKER) as connection:
                        sent = pump(connection, first, block)
                    check(sent < 64 * MIB, f"{what} without an end{' with the token' if token else ''}: {sent} bytes were taken")
        lab.settle()


def pump(connection, first, block):
    """Sends until the engine ends it. Returns how many bytes it took."""
    sent = 0
    with contextlib.suppress(OSError):
        connection.sendall(first)
        while sent < 64 * MIB:
            connection.sendall(block)
            sent += len(block)
    return sent


def test_connections_that_are_cut():
    """Clients that hang up in the midst of everything, some by a reset, all the time."""
    hello = make_client_hello()
    chance = random.Random(6)
    with HostileLab() as lab:
        lab.start_engine()
        whole = hello + os.urandom(64)
        with lab.attack():
            for number in range(6000 if LONG else 600):
                if number % 2:
                    connection = connect_tcp(lab)
                    connection.sendall(whole[:chance.randrange(len(whole))])
                else:
                    connection = connect(lab)
                    text = encode("GET", "/v1/events", ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                                                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="])
                    connection.sendall(text[:chance.randrange(len(text) + 1)])
                if chance.randrange(2):
                    connection.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")  # SO_LINGER 0: a reset
                connection.close()


if __name__ == "__main__":
    main(globals())
