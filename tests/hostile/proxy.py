# SPDX-License-Identifier: LGPL-2.1-or-later
"""A console that has the real one's keys: between a seat and the engine, it hears every message and says others.

The worst case for a seat: whoever stole the console's TLS key and certificate. Orders are signed by another key.
"""

import contextlib
import json
import os
import socket
import ssl
import threading

from hostile import TEXT, make_context


class Proxy:
    def __init__(self, lab, certificate, key):
        self.lab = lab
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.identity = None  # of the seat, towards the engine
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.orders = []  # messages to the seat
        self.answers = []  # and from it
        self.heads = []  # of its requests
        self.knocks = 0  # connections, whether TLS came about or not
        self.seat = None  # its connection, once it is a WebSocket
        self.lock = threading.Lock()
        self._end = False
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._end = True
        self.listener.close()

    def _accept(self):
        while not self._end:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError, EOFError):
            connection.settimeout(30)
            self.knocks += 1
            seat = self.context.wrap_socket(connection, server_side=True)
            identity = self.identity if self.identity and all(map(os.path.exists, self.identity)) else None
            engine = make_context(identity).wrap_socket(socket.create_connection(("127.0.0.1", self.lab.engine.port)))
            seat.settimeout(None)
            lock = threading.Lock()
            thread = threading.Thread(target=self._pump, args=(seat, engine, self.answers, None), daemon=True)
            thread.start()
            self._pump(engine, seat, self.orders, lock)

    def _pump(self, source, target, record, lock):
        """Bytes as they come; once the engine has made it a WebSocket, frame by frame."""
        reader = Reader(source)
        with contextlib.suppress(OSError, EOFError):
            head = reader.read_head()
            if lock is None:
                self.heads.append(head)
            target.sendall(head)
            if b"upgrade: websocket" in head.lower():
                if lock is not None:
                    self.seat = (target, self.lock)
                while True:
                    frame, kind, payload = reader.read_frame()
                    if kind == TEXT:
                        record.append(json.loads(payload))
                    with self.lock if lock is not None else contextlib.nullcontext():
                        target.sendall(frame)
            while data := reader.read_some():
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def say(self, message):
        """To the seat, as the console says it."""
        payload = json.dumps(message).encode()
        size = bytes([len(payload)]) if len(payload) < 126 else bytes([126]) + len(payload).to_bytes(2, "big")
        connection, lock = self.seat
        with lock:
            connection.sendall(bytes([0x80 | TEXT]) + size + payload)


class Reader:
    def __init__(self, source):
        self.source = source
        self.data = b""

    def read_some(self):
        data, self.data = self.data, b""
        return data or self.source.recv(65536)

    def _fill(self, length):
        while len(self.data) < length:
            block = self.source.recv(65536)
            if not block:
                raise EOFError
            self.data += block

    def _take(self, length):
        self._fill(length)
        taken, self.data = self.data[:length], self.data[length:]
        return taken

    def read_head(self):
        while b"\r\n\r\n" not in self.data:
            self._fill(len(self.data) + 1)
        return self._take(self.data.index(b"\r\n\r\n") + 4)

    def read_frame(self):
        """(the frame, kind, payload)"""
        frame = self._take(2)
        length, masked = frame[1] & 0x7F, frame[1] & 0x80
        if length > 125:
            size = self._take(2 if length == 126 else 8)
            frame += size
            length = int.from_bytes(size, "big")
        mask = self._take(4) if masked else b"\0\0\0\0"
        payload = self._take(length)
        frame += (mask if masked else b"") + payload
        return frame, frame[0] & 0x0F, bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
