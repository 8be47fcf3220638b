#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bench-scale.py LOAD [--seats N] [--small]: one engine with N (1,000) real connections on this machine: what it costs
at rest and in a session, how long all take to come back after a restart, and how long the API takes meanwhile.
Prints one JSON line a measurement; CPU is the engine's own, as the system counts it, so that other work on the machine
does not spoil it; "load" is the machine's load average beside each."""
import argparse
import json
import os
import signal
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import http.client

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lab"))
import lab as lab_module  # noqa: E402
from lab import Lab, wait_for, write_random  # noqa: E402

SEATS_A_ROOM = 40
TICKS = os.sysconf("SC_CLK_TCK")
RATE_MBIT = 8  # of the session: the stream itself is to cost next to nothing
MIB = 1024 * 1024
NICE = -15  # whatever else runs here is not to take the turn of the engine, of a thousand machines or of who asks
STAFF = "127.0.0.2"  # they do not come from where the seats come from
NORMAL = ("/v1/rooms", "/v1/sessions", "/v1/seats/load-0001", "/v1/activity?limit=50", "/v1/versions", "/v1/settings")


def cpu_of(pid):
    """(all, main thread) in s: user and system."""
    def read(path):
        with open(path, encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS
    return read(f"/proc/{pid}/stat"), read(f"/proc/{pid}/task/{pid}/stat")


def waited_of(pid):
    """s that its main thread was ready to run and had no processor: what others on the machine make of its answers."""
    with open(f"/proc/{pid}/task/{pid}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[1]) / 1e9


def memory_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS"))


class Room:
    """One process of seats, and the last line that it has said."""

    def __init__(self, program, first, seats, directory, connection, authority):
        command = [program, "--first", str(first), "--seats", str(seats), "--directory", directory, "--connection", connection,
                   "--authority", authority]
        with open(f"{directory}-{first}.log", "wb") as log:  # each lost connection is a line
            self.popen = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, stderr=log,
                                          start_new_session=True)
        self.last = {}
        self.lines = 0
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        for line in self.popen.stdout:
            self.last = json.loads(line)
            self.lines += 1

    def write(self):
        self.popen.stdin.write("\n")
        self.popen.stdin.flush()
        return self.lines


class Load:
    """All seats: a process a room."""

    def __init__(self, program, seats, directory, connections, authority):
        self.rooms = []
        self.last = {}
        share = -(-seats // len(connections))
        for index, connection in enumerate(connections):
            first = index * share
            self.rooms.append(Room(program, first + 1, min(share, seats - first), directory, connection, authority))

    def ask(self):
        before = [room.write() for room in self.rooms]
        wait_for(lambda: all(room.lines > lines for room, lines in zip(self.rooms, before)), 60, "the seats answer", 0.005)
        self.last = {key: sum(room.last[key] for room in self.rooms) for key in self.rooms[0].last}
        return self.last

    def close(self):
        for room in self.rooms:
            room.popen.stdin.close()
        for room in self.rooms:
            try:
                room.popen.wait(20)
            except subprocess.TimeoutExpired:
                room.popen.kill()


class Caller:
    """One of staff who asks the API all the time, with a connection of its own for each question, as clients do."""

    def __init__(self, lab, paths, pause=0.02):
        connection = lab.read_connection()
        self.context = ssl.create_default_context(cadata=lab.read_authority(connection["ca-sha256"]))
        self.host = connection["url"].split("//", 1)[1]
        self.token = connection["token"]
        self.paths, self.pause = paths, pause
        self.times, self.errors = {}, 0
        self.end = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def once(self, path):
        begin = time.monotonic()
        http_connection = http.client.HTTPSConnection(self.host, context=self.context, timeout=30,
                                                      source_address=(STAFF, 0))
        http_connection.connect()
        connected = time.monotonic()
        http_connection.request("GET", path, headers={"Authorization": "Bearer " + self.token})
        answer = http_connection.getresponse()
        answer.read()
        http_connection.close()
        return answer.status, time.monotonic() - connected, time.monotonic() - begin

    def _run(self):
        i = 0
        while not self.end.is_set():
            path = self.paths[i % len(self.paths)]
            i += 1
            try:
                status, seconds, whole = self.once(path)
                if status == 200:
                    self.times.setdefault(path, []).append((seconds, whole))
                else:
                    self.errors += 1
            except (OSError, http.client.HTTPException):
                self.errors += 1
                time.sleep(0.05)
            self.end.wait(self.pause)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.end.set()
        self.thread.join()

    def summary(self):
        answers = sorted(pair[0] for times in self.times.values() for pair in times)
        wholes = sorted(pair[1] for times in self.times.values() for pair in times)
        def at(values, share):
            return round(1000 * values[min(len(values) - 1, int(share * len(values)))], 1) if values else None
        slowest = {path: at(sorted(pair[0] for pair in times), 0.99) for path, times in self.times.items()}
        return {"calls": len(answers), "errors": self.errors, "p50_ms": at(answers, .5), "p99_ms": at(answers, .99),
                "with_handshake_p50_ms": at(wholes, .5), "with_handshake_p99_ms": at(wholes, .99), "p99_ms_of": slowest}


class Bench:
    def __init__(self, options):
        self.options = options
        self.lines = []
        self.lab = Lab(keep=options.keep, directory=options.directory)
        self.load = None

    def tell(self, what, **figures):
        line = {"benchmark": "scale", "what": what, "seats": self.options.seats, **figures,
                "load": round(os.getloadavg()[0], 1)}
        self.lines.append(line)
        print(json.dumps(line), flush=True)

    def wait_online(self, timeout):
        wait_for(lambda: self.load.ask()["online"] == self.options.seats, timeout,
                 lambda: f"all {self.options.seats} seats online: {self.load.last}", 0.05)

    def measure(self, what, seconds, paths=None):
        pid = self.lab.engine.pid
        before, begin, sent = cpu_of(pid), time.monotonic(), self.load.ask()
        waited = waited_of(pid)
        summary = {}
        if paths:
            with Caller(self.lab, paths) as caller:
                time.sleep(seconds)
            summary = caller.summary()
        else:
            time.sleep(seconds)
        after, passed, received = cpu_of(pid), time.monotonic() - begin, self.load.ask()
        waited = waited_of(pid) - waited
        messages = received["sent"] - sent["sent"]
        self.tell(what, seconds=round(passed, 1), core_percent=round(100 * (after[0] - before[0]) / passed, 1),
                  main_thread_percent=round(100 * (after[1] - before[1]) / passed, 1),
                  main_thread_waits_percent=round(100 * waited / passed, 1),
                  messages_per_second=round(messages / passed, 1),
                  us_per_message=round(1e6 * (after[1] - before[1]) / messages, 1) if messages > 100 else None,
                  rss_mib=memory_of(pid) // MIB, **summary)

    def enrol(self):
        n_rooms = max(1, self.options.seats // SEATS_A_ROOM)
        connections = [self.lab.make_seat_connection(f"Room {number:02}") for number in range(1, n_rooms + 1)]
        begin, before = time.monotonic(), cpu_of(self.lab.engine.pid)
        self.load = Load(self.options.load, self.options.seats, os.path.join(self.lab.directory, "identities"), connections,
                         os.path.join(self.lab.engine.directory, "trust", "authority.crt"))
        self.wait_online(600)
        self.tell("enrol", seconds=round(time.monotonic() - begin, 1),
                  cpu_seconds=round(cpu_of(self.lab.engine.pid)[0] - before[0], 2))

    def storm(self, how, number):
        """The engine ends and is started again; the seats come back by themselves."""
        engine = self.lab.engine
        engine.signal(number)
        engine.wait(60)
        down = time.monotonic()
        wait_for(lambda: self.load.ask()["online"] == 0, 60, "the seats have seen that the engine is gone")
        started = time.monotonic()
        self.lab.start_engine()
        ready = time.monotonic()
        before = self.load.last
        seen = {}

        def all_back():
            share = self.load.ask()["online"] / self.options.seats
            for part in (0.5, 0.9, 0.99, 1):
                if share >= part:
                    seen.setdefault(part, round(time.monotonic() - ready, 2))
            return share == 1
        with Caller(self.lab, NORMAL) as caller:
            wait_for(all_back, 180, lambda: f"all seats back: {self.load.last}", 0.05)
            rooms = self.lab.get("/v1/rooms")["rooms"]
            time.sleep(1)
        cpu = cpu_of(engine.pid)
        self.tell("storm after " + how, down_seconds=round(started - down, 2), start_seconds=round(ready - started, 2),
                  back_seconds=seen[1], half_back_seconds=seen[0.5],
                  most_back_seconds=[seen[0.9], seen[0.99]], connects=self.load.last["connects"] - before["connects"],
                  refusals=self.load.last["refusals"] - before["refusals"],
                  losses=self.load.last["losses"] - before["losses"],
                  engine_cpu_seconds=round(cpu[0], 2), main_thread_cpu_seconds=round(cpu[1], 2),
                  main_thread_waits_seconds=round(waited_of(engine.pid), 2), rooms=len(rooms), **caller.summary())

    def publish(self, mib):
        repository = os.path.join(self.lab.directory, "repository")
        for name in ("windows", "linux", "router"):
            write_random(os.path.join(repository, name, "disk.img"), mib * MIB // 3, seed=name)
        return self.lab.publish(repository)["version"]

    def session(self, version):
        begin, before = time.monotonic(), cpu_of(self.lab.engine.pid)
        status, answer = self.lab.api("POST", "/v1/sessions", {"version": version, "rate_cap": RATE_MBIT * 10**6})
        assert status == 201, (status, answer)
        number = answer["id"]
        wait_for(lambda: self.load.ask()["joined"] >= self.options.seats, 180,
                 lambda: f"all seats listen: {self.load.last} {self.state(number)}", 0.1)
        after = cpu_of(self.lab.engine.pid)
        self.tell("session: asked, planned, joined", seconds=round(time.monotonic() - begin, 1),
                  cpu_seconds=round(after[0] - before[0], 2), main_thread_cpu_seconds=round(after[1] - before[1], 2),
                  fetches=self.load.last["fetches"])
        time.sleep(2)
        self.measure("session", self.options.session_seconds)
        self.measure("session, with API", self.options.session_seconds, NORMAL)
        session = self.lab.wait_session(number, 300)
        self.tell("session: whole", state=session["state"], seconds=round(time.monotonic() - begin, 1),
                  done=sum(seat["state"] == "done" for seat in session["seats"]), parity=session.get("parity_packets"))

    def state(self, number):
        session = self.lab.get_session(number)
        return {key: session[key] for key in ("state", "error")}

    def run(self):
        with self.lab:
            self.lab.start_engine()
            try:
                self.enrol()
                time.sleep(2)
                self.measure("at rest", self.options.rest_seconds)
                self.measure("at rest, with API", 10, NORMAL)
                self.measure("at rest, with lists of all seats", 5, ["/v1/seats"])
                self.storm("SIGTERM", signal.SIGTERM)
                self.storm("SIGKILL", signal.SIGKILL)
                self.session(self.publish(self.options.mib))
            finally:
                if self.load:
                    self.load.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("load")
    parser.add_argument("--seats", type=int, default=1000)
    parser.add_argument("--rest-seconds", type=float, default=20)
    parser.add_argument("--session-seconds", type=float, default=15)
    parser.add_argument("--mib", type=int, default=48)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--directory")
    options = parser.parse_args()
    if os.geteuid() == 0:
        os.nice(NICE)
    Bench(options).run()


if __name__ == "__main__":
    main()
