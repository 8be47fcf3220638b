# SPDX-License-Identifier: LGPL-2.1-or-later
"""A lab of real processes on this machine: one engine, seats, and seatcastctl. Python's standard library only.

with Lab(build) as lab: … always ends the processes that it started (by pid) and removes its directory.
"""

import configparser
import contextlib
import hashlib
import http.client
import json
import os
import random
import shutil
import signal
import ssl
import subprocess
import tempfile
import threading
import time
import uuid

MIB = 1024 * 1024
CHUNK = 64 * 1024
START_TIMEOUT = 30
MANY = 1000  # seats that may enrol by one token
CTL_TIMEOUT = 150
PRIVATE = ".seatcast"
ANY_VOLUME = "forgets,compresses,deduplicates"  # a lab's directory may be in memory
TRANSFERRING = ("waiting", "receiving", "repairing", "applying")


class Skip(Exception):
    """This test cannot run here; says why."""


class LabError(Exception):
    """Something did not come about; the message says what, and what was there instead."""


def hash_file(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(MIB):
            digest.update(block)
    return digest.hexdigest()


def hash_tree(directory):
    """{relative path: SHA-256} of every file below DIRECTORY."""
    hashes = {}
    for folder, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(folder, name)
            hashes[os.path.relpath(path, directory)] = hash_file(path)
    return hashes


def hash_repository(directory):
    """hash_tree() of a seat's repository without what the service keeps there for itself."""
    return {path: digest for path, digest in hash_tree(directory).items() if not path.startswith(PRIVATE + os.sep)}


def list_updating(directory):
    """The files of a seat's repository that are between two versions."""
    return [path for path in hash_repository(directory) if path.endswith(".updating")]


def differences(expected, found, what):
    """Lines that say how two results of hash_tree() differ."""
    lines = [f"{what}: {path} is missing" for path in expected if path not in found]
    lines += [f"{what}: {path} should not be there" for path in found if path not in expected]
    lines += [f"{what}: {path} has other content" for path in expected if path in found and expected[path] != found[path]]
    return sorted(lines)


def read_connection(path):
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(path)
    return parser["console"]


def wait_for(condition, timeout, what, interval=0.05):
    """The first true value of CONDITION (); LabError with WHAT when the time is over."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise LabError(f"not within {timeout} s: {what() if callable(what) else what}")
        time.sleep(interval)


def write_random(path, size, seed=0):
    """SIZE bytes that do not compress and are the same for the same SEED."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    source = random.Random(seed)
    with open(path, "wb") as file:
        while size > 0:
            block = min(size, 4 * MIB)
            file.write(source.randbytes(block))
            size -= block


def change_chunks(path, every, seed):
    """Gives each EVERYth chunk of the file other content, the same for the same SEED. Returns how many bytes that are."""
    source = random.Random(f"change {seed}")  # another one than write_random()'s
    size = os.path.getsize(path)
    changed = 0
    with open(path, "r+b") as file:
        for offset in range(0, size, every * CHUNK):
            file.seek(offset)
            changed += file.write(source.randbytes(min(CHUNK, size - offset)))
    return changed


class Process:
    """One process with its output in a file."""

    def __init__(self, name, command, log, environment=None):
        self.name = name
        self.command = command
        self.log = log
        self.environment = dict(os.environ, **(environment or {}))
        self.popen = None

    def start(self):
        # a terminal's Ctrl-C is for us; we end what we started
        with open(self.log, "ab") as log:
            self.popen = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                          env=self.environment, start_new_session=True)

    @property
    def pid(self):
        return self.popen.pid

    def is_running(self):
        return self.popen is not None and self.popen.poll() is None

    def signal(self, number):
        if self.is_running():
            self.popen.send_signal(number)

    def wait(self, timeout):
        return self.popen.wait(timeout)

    def kill(self):
        """As a power cut would: SIGKILL."""
        if self.popen is not None:
            self.signal(signal.SIGKILL)
            self.popen.wait(30)

    def stop(self):
        if self.popen is None:
            return
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            self.popen.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    def read_log(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def tail(self, lines=15):
        return "\n".join(f"  {self.name}: {line}" for line in self.read_log().splitlines()[-lines:])


class Seat(Process):
    """CONNECTION: without one it gets a file with a token of its room, with which it enrols when it is started first.
    LOSS (share of datagrams, each by itself, drawn with SEED) and DISK_RATE (bytes/s): the lab's own build of the service."""

    def __init__(self, lab, name, room, address, prefix=(), connection=None, repository=None, accept=ANY_VOLUME, loss=0, seed=0, disk_rate=0):
        self.lab = lab
        self.connection = connection
        self.directory = os.path.join(lab.directory, "seats", name)
        self.repository = repository or os.path.join(self.directory, "repository")
        self.state = os.path.join(self.directory, "state")
        os.makedirs(self.repository, exist_ok=True)
        os.makedirs(self.state, exist_ok=True)
        environment, service = {}, "seatcast-service"
        if loss or disk_rate:
            service = "seatcast-service-lossy"
            environment = {"SEATCAST_LAB_LOSS": str(loss), "SEATCAST_LAB_SEED": str(seed), "SEATCAST_LAB_DISK_RATE": str(int(disk_rate))}
        command = [*prefix, lab.program(service), "--repository", self.repository, "--state", self.state,
                   "--connection", connection or lab.get_seat_connection_path(room), "--name", name, "--room", room, "--interface", address,
                   "--accept-volume", accept]
        # all seats are on one machine, and each is to look like one of its own
        machine = str(uuid.uuid5(uuid.NAMESPACE_URL, self.directory))
        super().__init__(name, command, os.path.join(self.directory, "log"), {"SEATCAST_MACHINE": machine} | environment)
        self.room = room

    def start(self):
        if self.connection is None:
            self.lab.make_seat_connection(self.room)
        super().start()


class Engine(Process):
    """The console's engine. It keeps its port over restarts, as an installed one does."""

    def __init__(self, lab, address="127.0.0.1", rate=0, prefix=(), mtu=1500):
        self.lab = lab
        self.directory = os.path.join(lab.directory, "console")
        os.makedirs(self.directory, exist_ok=True)
        self.address = address
        self.rate = rate
        # The loopback takes large packets, of which the windows of a small test are so few that nothing of it has a middle. None: as large as they go.
        self.mtu = mtu
        self.prefix = prefix
        self.port = 0
        super().__init__("engine", [], os.path.join(lab.directory, "engine.log"))

    def make_command(self):
        command = [*self.prefix, self.lab.program("seatcast-consoled"), "--directory", self.directory,
                   "--listen", f"{self.address}:{self.port}", "--interface", self.address,
                   "--multicast-port", str(self.lab.multicast_port)]
        return command + (["--rate", str(self.rate)] if self.rate else []) + (["--mtu", str(self.mtu)] if self.mtu else [])

    def start(self):
        self.command = self.make_command()
        before = os.path.getsize(self.log) if os.path.exists(self.log) else 0
        super().start()

        def ready():
            with open(self.log, encoding="utf-8", errors="replace") as file:
                file.seek(before)
                text = file.read()
            if "listening on https://" in text and "connection file" in text:
                return True
            if not self.is_running():
                raise LabError(f"the engine ended with {self.popen.returncode}:\n{text}")
            return False
        wait_for(ready, START_TIMEOUT, lambda: "the engine is ready:\n" + self.read_log())
        self.port = int(self.lab.read_connection()["url"].rsplit(":", 1)[1])


class Lab:
    def __init__(self, build=None, directory=None, keep=False, address="127.0.0.1"):
        self.build = os.path.abspath(build or os.environ.get("SEATCAST_BUILD", "build"))
        if directory:
            os.makedirs(directory, exist_ok=True)
        self.directory = os.path.abspath(directory) if directory else tempfile.mkdtemp(prefix="seatcast-lab-")
        self.keep = keep
        self.address = address
        self.multicast_port = random.SystemRandom().randrange(20000, 30000)
        self.connection = os.path.join(self.directory, "console", "connection")
        self.engine = None
        self.seats = {}
        self.background = []
        self.closers = []
        self._http = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is not None and issubclass(kind, Exception) and not issubclass(kind, Skip):
            self.print_logs()
        self.close()

    def print_logs(self):
        for process in [self.engine, *self.seats.values()]:
            if process is not None and os.path.exists(process.log):
                print("\n".join("# " + line for line in process.tail().splitlines()), flush=True)

    def close(self):
        if self.keep:
            return
        for process in self.background:
            if process.poll() is None:
                process.kill()
                process.wait()
        for seat in self.seats.values():
            seat.signal(signal.SIGCONT)
            seat.signal(signal.SIGTERM)
        for seat in self.seats.values():
            seat.stop()
        if self.engine:
            self.engine.stop()
        for closer in reversed(self.closers):
            with contextlib.suppress(Exception):
                closer()
        shutil.rmtree(self.directory, ignore_errors=True)

    def program(self, name):
        for folder in ("console/ctl", "console/engine", "console/engine/api", "console/gui", "service", "tests/lab"):
            path = os.path.join(self.build, folder, name)
            if os.access(path, os.X_OK):
                return path
        raise LabError(f"{name} is not in {self.build}: build first (meson setup build && ninja -C build)")

    def read_connection(self):
        return read_connection(self.connection)

    def get_seat_connection_path(self, room):
        """Of the file with which seats of the room enrol."""
        return os.path.join(self.directory, f"seats of {room or 'no room'}.connection")

    def make_seat_connection(self, room, seats=MANY):
        """As staff do it who set up a room: a token, in a connection file for its seats. Returns its path."""
        path = self.get_seat_connection_path(room)
        if not os.path.exists(path):
            self.ctl("enrol-token", room, "--seats", seats, "--hours", 24, "--output", path)
        return path

    # engine and seats

    def start_engine(self, **options):
        if self.engine is None:
            self.engine = Engine(self, address=self.address, **options)
        self._http = None
        self.engine.start()
        return self.engine

    def add_seat(self, name, room="A101", address=None, prefix=(), connection=None, start=True, **options):
        seat = Seat(self, name, room, address or self.address, prefix, connection, **options)
        self.seats[name] = seat
        if start:
            seat.start()
        return seat

    def start(self, n_seats, room="A101", **options):
        self.start_engine(**options)
        for number in range(1, n_seats + 1):
            self.add_seat(f"seat-{number}", room)
        self.wait_online(*self.seats)
        return list(self.seats.values())

    def wait_online(self, *names, timeout=START_TIMEOUT):
        def online():
            for name in names:
                if not self.seats[name].is_running():
                    raise LabError(f"seat {name} ended:\n{self.seats[name].tail()}")
            found = {seat["name"] for seat in self.get_seats() if seat["presence"] == "online"}
            return found.issuperset(names)
        wait_for(online, timeout, lambda: f"{', '.join(names)} online; the seats: {self.get_seats()}")

    def wait_presence(self, name, presence, timeout=90):
        wait_for(lambda: (self.get_seat(name) or {}).get("presence") == presence, timeout,
                 lambda: f"{name} {presence}; it is {self.get_seat(name)}")

    # the API, directly: quicker than a process a question

    def api(self, method, path, body=None):
        for attempt in (1, 2):
            try:
                return self._api_once(method, path, body)
            except (http.client.HTTPException, OSError):
                self._http = None
                if attempt == 2:
                    raise
        return None

    def _api_once(self, method, path, body):
        connection = self.read_connection()
        if self._http is None:
            context = ssl.create_default_context(cadata=self.read_authority(connection["ca-sha256"]))
            self._http = http.client.HTTPSConnection(connection["url"].split("//", 1)[1], context=context, timeout=30)
        headers = {"Authorization": "Bearer " + connection["token"]}
        data = None if body is None else json.dumps(body)
        self._http.request(method, path, body=data, headers=headers)
        answer = self._http.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else {}

    def read_authority(self, fingerprint):
        """The engine's certificate of its authority, in PEM, which has to be the one with the fingerprint."""
        path = os.path.join(os.path.dirname(self.connection), "trust", "authority.crt")
        with open(path, encoding="ascii") as file:
            text = file.read()
        if hashlib.sha256(ssl.PEM_cert_to_DER_cert(text)).hexdigest() != fingerprint:
            raise LabError(f"{path} is not the authority that the connection file names")
        return text

    def get(self, path):
        status, answer = self.api("GET", path)
        if status != 200:
            raise LabError(f"GET {path}: {status} {answer}")
        return answer

    def get_seats(self):
        return self.get("/v1/seats")["seats"]

    def get_seat(self, name):
        return next((seat for seat in self.get_seats() if seat["name"] == name), None)

    def get_session(self, number):
        return self.get(f"/v1/sessions/{number}")

    # seatcastctl

    def ctl_command(self, *arguments):
        return [self.program("seatcastctl"), "--connection", self.connection, "--json", *map(str, arguments)]

    def ctl(self, *arguments, status=0, timeout=CTL_TIMEOUT):
        """Runs seatcastctl --json; checks its exit status (None: any). Returns the list of objects it printed."""
        result = subprocess.run(self.ctl_command(*arguments), capture_output=True, text=True, timeout=timeout,
                                stdin=subprocess.DEVNULL)
        objects = [json.loads(line) for line in result.stdout.splitlines()]
        if status is not None and result.returncode != status:
            raise LabError(f"seatcastctl {' '.join(map(str, arguments))} exited with {result.returncode} instead of {status}: "
                           f"{result.stderr.strip()} {objects[-1:]}")
        return objects

    def ctl_fails(self, *arguments, status):
        """Runs what must fail with STATUS. Returns the error {code, message}."""
        objects = self.ctl(*arguments, status=status)
        if not objects or "code" not in (objects[-1].get("error") or ()):
            raise LabError(f"seatcastctl {' '.join(map(str, arguments))} printed no error object: {objects[-1:]}")
        return objects[-1]["error"]

    def ctl_start(self, *arguments):
        """Starts it in the background."""
        process = subprocess.Popen(self.ctl_command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   stdin=subprocess.DEVNULL, start_new_session=True)
        self.background.append(process)
        return process

    # what tests do again and again

    def publish(self, directory, note="a test", status=0):
        """Returns the result of the operation."""
        return self.ctl("publish", directory, "-m", note, status=status)[-1]["result"]

    def deploy(self, version, *arguments, status=0, timeout=CTL_TIMEOUT):
        """Returns the session when it is over."""
        return self.ctl("deploy", version, *arguments, status=status, timeout=timeout)[-1]

    def start_deploy(self, version, *arguments):
        """Starts a session and does not wait. Returns its number."""
        return self.ctl("deploy", version, "--no-wait", *arguments)[-1]["id"]

    def wait_session(self, number, timeout=CTL_TIMEOUT):
        """Waits until the session is over. Returns it."""
        def over():
            session = self.get_session(number)
            return session if session["state"] in ("done", "cancelled", "failed") else None
        return wait_for(over, timeout, lambda: f"session {number} is over; it is {self.get_session(number)}", 0.1)

    def wait_receiving(self, name, session, fraction=0.1, timeout=60):
        """Waits until the seat has received FRACTION of what it lacks and is still receiving."""
        def received():
            transfer = self.get_seat(name)["transfer"]
            if transfer["session"] != session:
                return False
            if transfer["state"] in ("done", "failed", "cancelled"):
                raise LabError(f"{name} was not caught in mid-session: {transfer}")
            return transfer["state"] == "receiving" and transfer["done_bytes"] > fraction * max(transfer["total_bytes"], 1)
        wait_for(received, timeout, lambda: f"{name} receives; it is {self.get_seat(name)}", 0.02)

    def wait_version(self, name, version, timeout=90):
        wait_for(lambda: self.get_seat(name)["version"] == version and self.get_seat(name)["version_state"] == "current", timeout,
                 lambda: f"{name} has version {version}; it is {self.get_seat(name)}", 0.1)

    def get_session_seat(self, session, name):
        return next(seat for seat in session["seats"] if seat["name"] == name)

    def check_seats(self, expected, *names):
        """Every seat's repository is exactly {path: hash}."""
        lines = []
        for name in names or self.seats:
            lines += differences(expected, hash_repository(self.seats[name].repository), name)
        if lines:
            raise LabError("files differ:\n" + "\n".join(lines[:20]))


class SpaceSampler:
    """The peak of the disk space that directories take (st_blocks), sampled in the background."""

    def __init__(self, *directories, interval=0.05):
        self.directories = directories
        self.interval = interval
        self.peak = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def measure(self):
        total = 0
        for directory in self.directories:
            for folder, _, names in os.walk(directory):
                for name in names:
                    with contextlib.suppress(FileNotFoundError):
                        total += os.lstat(os.path.join(folder, name)).st_blocks * 512
        return total

    def _run(self):
        while not self._end.is_set():
            self.peak = max(self.peak, self.measure())
            self._end.wait(self.interval)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()
        self.peak = max(self.peak, self.measure())
