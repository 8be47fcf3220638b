#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The programs do all their work within what their systemd units leave them. Prints TAP."""

import os
import shutil
import signal
import socket
import subprocess
import sys

from lab import Lab, LabError, Skip, change_chunks, hash_tree, wait_for, write_random
from tap import check, main

CONFINE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "confine.py")
ENGINE_UID, SEAT_UID = 64_010, 64_011
PYTHON = "/usr/bin/python3"  # one that other accounts may run


def give(path, uid):
    if os.geteuid() == 0:
        for folder, _, names in os.walk(path):
            for name in [folder, *(os.path.join(folder, name) for name in names)]:
                os.chown(name, uid, uid, follow_symlinks=False)


class ConfinedLab(Lab):
    """Everything that the other accounts need stands where they may read it: the build may be in a home directory."""

    def __init__(self):
        super().__init__()
        os.chmod(self.directory, 0o755)
        self.programs = os.path.join(self.directory, "programs")
        os.mkdir(self.programs)
        self.notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notifications.bind(os.path.join(self.directory, "notify"))
        os.chmod(os.path.join(self.directory, "notify"), 0o777)
        self.notifications.settimeout(30)
        self.closers.append(self.notifications.close)

    def program(self, name):
        path = os.path.join(self.programs, name)
        if not os.path.exists(path):
            shutil.copy(super().program(name), path)
        return path

    def prefix_for(self, unit, uid, *writable):
        path = os.path.join(self.build, "installer", "linux", unit)
        options = [option for directory in writable for option in ("--write", directory)]
        return ("env", f"NOTIFY_SOCKET={self.directory}/notify", sys.executable, CONFINE, path, str(uid), *options, "--")

    def hear(self):
        """What a program tells systemd next."""
        return self.notifications.recv(4096).decode()

    def start_confined_engine(self):
        directory = os.path.join(self.directory, "console")
        os.makedirs(directory, exist_ok=True)
        give(directory, ENGINE_UID)
        self.start_engine(prefix=self.prefix_for("seatcast-consoled.service", ENGINE_UID, directory))

    def add_confined_seat(self, name, others=False):
        """OTHERS: the directory of its templates is not among those that it may write."""
        seat = self.add_seat(name, start=False)
        connection = os.path.join(seat.directory, "connection")
        shutil.copy(self.make_seat_connection(seat.room), connection)
        for path in (seat.repository, seat.state, connection):
            give(path, SEAT_UID)
        if os.geteuid() == 0:
            os.chown(connection, SEAT_UID, SEAT_UID)
        writable = [seat.state] if others else [seat.repository, seat.state]
        prefix = self.prefix_for("seatcast-service.service", SEAT_UID, *writable)
        seat.command = [*prefix, *seat.command]
        seat.command[seat.command.index("--connection") + 1] = connection
        seat.start()
        return seat


def has_moved(seat):
    _, renewed, after = seat.read_log().rpartition("has renewed its certificate")
    return renewed and "Connected to the console" in after


def test_the_programs_do_their_work_confined():
    with ConfinedLab() as lab:
        templates = os.path.join(lab.directory, "templates")
        write_random(os.path.join(templates, "one", "disk.img"), 5 * 1000 * 1000)
        write_random(os.path.join(templates, "two", "disk.img"), 1000 * 1000, seed=3)
        first = hash_tree(templates)
        lab.start_confined_engine()
        ready = lab.hear()
        check(ready.startswith("READY=1\nSTATUS=Listening on https://"), f"the engine told systemd: {ready}")
        seats = [lab.add_confined_seat(f"seat-{number}") for number in (1, 2)]
        for seat in seats:
            ready = lab.hear()
            check(ready.startswith("READY=1\nSTATUS=Keeps the templates in “"), f"a seat told systemd: {ready}")
        lab.wait_online("seat-1", "seat-2")
        lab.publish(templates)
        lab.deploy(1)
        lab.check_seats(first)
        change_chunks(os.path.join(templates, "one", "disk.img"), 5, 1)
        second = hash_tree(templates)
        lab.publish(templates)
        lab.deploy(2)
        lab.check_seats(second)
        lab.ctl("rollback", "--to", 1, "--seat", "seat-1")
        lab.check_seats(first, "seat-1")
        lab.ctl("verify", "seat-2", status=None)
        # what costs memory and keys: a password, a certificate of another authority
        password = "correct horse battery staple"
        for path, body in (("/v1/users", {"name": "anna", "role": "viewer", "password": password}),
                           ("/v1/sign-in", {"user": "anna", "password": password}), ("/v1/ca/rotate", {"action": "begin"})):
            status, answer = lab.api("POST", path, body)
            check(status in (200, 201), f"{path}: {status} {answer}")
        # who gets another certificate connects anew, and cannot be ordered anything meanwhile
        wait_for(lambda: all(has_moved(seat) for seat in seats), 60,
                 lambda: f"both are connected with other certificates: {lab.get('/v1/ca')}")
        seats[0].stop()
        stopping = lab.hear()
        check(stopping.startswith("STOPPING=1\n"), f"a seat that ends told systemd: {stopping}")
        check(seats[0].popen.returncode == 0, f"it ended with {seats[0].popen.returncode}")
        seats[0].start()
        lab.wait_online("seat-1")
        lab.ctl("catch-up", "seat-1", "--to", 2)
        lab.wait_version("seat-1", 2)
        lab.check_seats(second)
        if os.geteuid() == 0:
            owner = os.stat(os.path.join(seats[0].repository, "one", "disk.img")).st_uid
            check(owner == SEAT_UID, f"the templates are the account's own, not of {owner}")


def run_confined(lab, unit, code, writable):
    """Runs Python CODE in the program's place."""
    command = [*lab.prefix_for(unit, ENGINE_UID, writable), PYTHON, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return result.returncode, result.stderr


def test_a_seat_may_run_programs():
    """What versions have seats run (their hooks) is started by pipes in a group of its own, and scripts have pipes themselves."""
    code = ("import os, subprocess; os.chdir('/'); "
            "hook = subprocess.Popen(['/bin/sh', '-c', 'echo fine | cat; exit 3'], stdout=subprocess.PIPE, preexec_fn=lambda: os.setpgid(0, 0)); "
            "os._exit(0 if hook.communicate()[0] == b'fine\\n' and hook.returncode == 3 else 1)")
    with ConfinedLab() as lab:
        directory = os.path.join(lab.directory, "own")
        os.mkdir(directory)
        give(directory, ENGINE_UID)
        status, text = run_confined(lab, "seatcast-service.service", code, directory)
        check(status == 0, f"a program cannot be run by the seat's service as its unit confines it: {status}: {text}")


def test_the_confinement_holds():
    """What the test above is worth: what the units forbid does end a program here."""
    forbidden = {
        "a raw socket": "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
        "another account": "import os; os.setuid(0)",
        "a namespace": "import ctypes; ctypes.CDLL(None).unshare(0x10000000)",
        "a root of its own": "import os; os.chroot('.')",
        "memory that is written and run": "import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)",
        "a set-user-id program": "import os; os.open('x', os.O_CREAT | os.O_WRONLY, 0o4755)",
        "a mount": "import ctypes; ctypes.CDLL(None).mount(b'x', b'/', b'tmpfs', 0, None)",
    }
    with ConfinedLab() as lab:
        directory = os.path.join(lab.directory, "own")
        os.mkdir(directory)
        give(directory, ENGINE_UID)
        for unit in ("seatcast-consoled.service", "seatcast-service.service"):
            for what, code in forbidden.items():
                status, text = run_confined(lab, unit, f"import os; os.chdir({directory!r}); {code}", directory)
                check(status == -signal.SIGSYS, f"{unit} forbids {what}, but it ended with {status}: {text}")
            status, text = run_confined(lab, unit, f"open({directory!r} + '/x', 'w').close(); print('fine')", directory)
            check(status == 0, f"{unit} lets it write its own directory: {status} {text}")


def test_only_its_own_directories_can_be_written():
    if os.geteuid() != 0:
        raise Skip("mounts of our own need root")
    with ConfinedLab() as lab:
        own, other = (os.path.join(lab.directory, name) for name in ("own", "other"))
        for path in (own, other):
            os.mkdir(path)
            os.chmod(path, 0o777)
        code = f"open({own!r} + '/x', 'w').close()\nopen({other!r} + '/x', 'w')"
        status, text = run_confined(lab, "seatcast-consoled.service", code, own)
        check(status == 1 and "Read-only file system" in text, f"writing elsewhere must fail: {status} {text}")
        check(os.path.exists(own + "/x") and not os.path.exists(other + "/x"), "it wrote its own directory only")


def test_a_directory_that_the_unit_does_not_name_is_told():
    if os.geteuid() != 0:
        raise Skip("mounts of our own need root")
    with ConfinedLab() as lab:
        lab.start_confined_engine()
        seat = lab.add_confined_seat("seat-1", others=True)
        seat.wait(30)
        log = seat.read_log()
        check(seat.popen.returncode == 1 and "unit" in log and "Read-only file system" in log, f"it says what to do: {log}")
        check("another seatcast-service" not in log, f"it does not guess: {log}")


if __name__ == "__main__":
    main(globals())
