# SPDX-License-Identifier: LGPL-2.1-or-later
"""flood.py GROUP PORT MBIT: an attacker on the seats' network, who hears the stream and has no key. Ends at the end of its standard input.

Sends what is random, what has the session's tag, what was sent before, cut, lengthened and with bits turned over, at MBIT on the wire.
Prints what it sent of each kind.
"""

import json
import os
import random
import select
import socket
import struct
import sys
import time

HEADER = 12
FRAME = 42  # bytes of Ethernet, IP and UDP
KEPT = 3000
TYPES = (0x51, 0x52, 0x53, 0x54)
FRESH, AGAIN = 8, 120  # of a burst: making a datagram takes longer than sending one
POOL = 8192


def open_sockets(group, port):
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((group, port))
    listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + socket.inet_aton("127.0.0.1"))
    listener.setblocking(False)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
    sender.bind(("127.0.0.1", 0))
    sender.connect((group, port))
    return listener, sender


class Attacker:
    def __init__(self, group, port):
        self.listener, self.sender = open_sockets(group, port)
        self.own = set()  # beginnings of what is its own
        self.heard = []
        self.chance = random.Random(5)
        self.pool = []
        self.sent = {}
        self.bytes = 0

    def listen(self):
        for _ in range(8):
            try:
                data = self.listener.recv(65536)
            except BlockingIOError:
                return
            if len(data) > HEADER and data[:64] not in self.own and len(self.heard) < KEPT:
                self.heard.append(data)

    def make(self):
        """(kind, datagram)"""
        kinds = ["random"] if not self.heard else ["random", "tagged", "replayed", "turned", "cut", "longer", "moved"]
        kind = self.chance.choice(kinds)
        if kind == "random":
            return kind, bytes([self.chance.choice(TYPES)]) + self.chance.randbytes(self.chance.choice((0, 5, 27, 1471)))
        data = bytearray(self.chance.choice(self.heard))
        if kind == "tagged":
            header = bytes([self.chance.choice(TYPES), self.chance.randrange(256)]) + bytes(data[2:4])
            return kind, header + struct.pack(">II", self.chance.randrange(300), self.chance.randrange(1 << 32)) + self.chance.randbytes(len(data) - HEADER)
        if kind == "turned":
            data[self.chance.randrange(HEADER, len(data))] ^= 1 << self.chance.randrange(8)
        elif kind == "moved":  # the same symbol for another place
            data[1] = (data[1] + 1) % 256
            data[7] ^= 1
        elif kind == "cut":
            del data[self.chance.randrange(len(data)):]
        elif kind == "longer":
            data += os.urandom(20)
        return kind, bytes(data)

    def send(self, kind, data):
        try:
            self.sender.send(data)
        except OSError:
            return
        self.sent[kind] = self.sent.get(kind, 0) + 1
        self.bytes += len(data) + FRAME

    def send_burst(self):
        for _ in range(FRESH):
            kind, data = self.make()
            if kind != "replayed":
                self.own.add(data[:64])
            self.send(kind, data)
            if len(self.pool) < POOL:
                self.pool.append(data)
            else:
                self.pool[self.chance.randrange(POOL)] = data
        begin = self.chance.randrange(len(self.pool))
        for data in self.pool[begin:begin + AGAIN]:
            self.send("again", data)


def main():
    group, port, mbit = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    attacker = Attacker(group, port)
    begin = time.monotonic()
    while not select.select([sys.stdin], [], [], 0)[0]:
        attacker.listen()
        due = (time.monotonic() - begin) * mbit * 1e6 / 8
        if attacker.bytes > due:
            time.sleep(0.0005)
        else:
            attacker.send_burst()
    seconds = time.monotonic() - begin
    print(json.dumps({"sent": attacker.sent, "mbit": attacker.bytes * 8 / 1e6 / seconds, "heard": len(attacker.heard)}))


if __name__ == "__main__":
    main()
