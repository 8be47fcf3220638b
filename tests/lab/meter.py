# SPDX-License-Identifier: LGPL-2.1-or-later
"""A relay between one seat and the engine that counts what the seat is sent: what is said of bytes is not taken on trust."""

import os
import socket
import threading
import time

BLOCK = 65536


class Meter:
    """Listens on a port of its own and passes all on to the engine's. `connection` is the file for the seat, with which it enrols."""

    def __init__(self, lab, name, room="A101"):
        self.lab = lab
        self.connection = os.path.join(lab.directory, f"connection-{name}")
        self._lock = threading.Lock()
        self._received = 0
        self._sockets = set()
        self.rate = 0  # bytes/s to the seat, 0: as fast as it goes; so that a catch-up has a middle
        self._listener = socket.create_server((lab.address, 0))
        with open(lab.make_seat_connection(room), encoding="utf-8") as file:
            text = file.read()
        url = lab.read_connection()["url"]
        handle = os.open(self.connection, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text.replace(url, f"https://{lab.address}:{self._listener.getsockname()[1]}"))
        threading.Thread(target=self._accept, daemon=True).start()
        lab.closers.append(self.close)

    @property
    def received(self):
        """Bytes that the seat was sent so far: TLS, manifests and orders included, multicast not."""
        with self._lock:
            return self._received

    def close(self):
        self._listener.close()
        with self._lock:
            left = list(self._sockets)
        for one in left:
            self._shut(one)

    @staticmethod
    def _shut(one):
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it is closed already

    def _accept(self):
        while True:
            try:
                seat, _ = self._listener.accept()
            except OSError:
                return  # closed
            try:
                engine = socket.create_connection((self.lab.address, self.lab.engine.port))
            except OSError:
                seat.close()  # the engine is down
                continue
            with self._lock:
                self._sockets |= {seat, engine}
            for source, target in ((seat, engine), (engine, seat)):
                threading.Thread(target=self._pass_on, args=(source, target, source is engine), daemon=True).start()

    def _pass_on(self, source, target, counted):
        try:
            while data := source.recv(BLOCK):
                if counted:
                    with self._lock:
                        self._received += len(data)
                    if self.rate:
                        time.sleep(len(data) / self.rate)
                target.sendall(data)
        except OSError:
            pass  # the other end went away
        self._shut(source)
        self._shut(target)
        with self._lock:
            self._sockets.discard(source)
        source.close()
