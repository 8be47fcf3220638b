# SPDX-License-Identifier: LGPL-2.1-or-later
"""Windows seats under Wine beside the lab's Linux engine and seats. Each has a prefix of its own: its own registry, service manager and drive C:.

Needs SEATCAST_BUILD (the cross build), SEATCAST_NATIVE_BUILD (a Linux build of the same sources) and WINEPATH (the directory
of the libraries' DLLs, as Windows writes it); see meson.build. WINEPREFIX, if set, says where the prefixes' model may be kept.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lab"))

from lab import Engine, Lab, LabError, Skip, read_connection, wait_for  # noqa: E402  pylint: disable=wrong-import-position

WINE = "/usr/lib/wine/wine64"
SERVER = "/usr/lib/wine/wineserver64"
COMMAND_TIMEOUT = 120  # a loaded machine starts a program of Windows in seconds
SERVICE = "seatcast-service"
ENGINE_SERVICE = "seatcast-consoled"
KEY = r"HKLM\SOFTWARE\Seatcast\Service"
POLICY_KEY = r"HKLM\SOFTWARE\Policies\Seatcast\Service"
ENVIRONMENT_KEY = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment"
OVERRIDES = "mscoree=d;mshtml=d;winemenubuilder.exe=d"


def to_windows(path):
    return "Z:" + os.path.abspath(path).replace("/", "\\")


def get_libraries():
    """The directory with the libraries' DLLs."""
    first = os.environ["WINEPATH"].split(";")[0]
    return first[2:].replace("\\", "/")


def wine_environment(prefix):
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("DISPLAY", "WAYLAND_DISPLAY", "WINEPATH") and not name.startswith(("G_", "MESON_"))}
    environment.update(WINEPREFIX=prefix, WINEARCH="win64", WINEDEBUG=os.environ.get("WINEDEBUG", "-all"), WINEDLLOVERRIDES=OVERRIDES)
    return environment


def make_model(path):
    """A new prefix that others are copied from, once for a run: making one takes Wine some seconds and 700 MB."""
    with open(path + ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.isdir(path):
            return
        building = path + ".new"
        shutil.rmtree(building, ignore_errors=True)
        os.makedirs(building)
        environment = wine_environment(building)
        with open(path + ".log", "wb") as log:
            subprocess.run([WINE, "wineboot", "-i"], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                           check=True, timeout=300)
            # the installers ask for that; now and then Wine makes another one
            subprocess.run([WINE, "winecfg", "-v", "win10"], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                           check=True, timeout=300)
            # the registry is in files when the server has ended
            subprocess.run([SERVER, "-w"], env=environment, stdout=log, stderr=log, check=True, timeout=300)
        os.rename(building, path)


def copy_model(model, prefix):
    """Wine's own programs are linked, nothing writes to them; what is written to is copied."""
    for folder, folders, names in os.walk(model):
        target = os.path.join(prefix, os.path.relpath(folder, model))
        os.makedirs(target, exist_ok=True)
        for name in [*names, *(name for name in folders if os.path.islink(os.path.join(folder, name)))]:
            source, copy = os.path.join(folder, name), os.path.join(target, name)
            if os.path.islink(source):
                os.symlink(os.readlink(source), copy)
            elif os.path.join("drive_c", "windows") in folder:
                os.link(source, copy)
            else:
                shutil.copy2(source, copy)


def read_environment(pid):
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/environ", "rb") as file:
            return file.read().split(b"\0")
    return []


class Prefix:
    """One Windows machine. close() ends all that runs in it."""

    def __init__(self, directory, name):
        self.name = name
        self.path = os.path.join(directory, "prefix")
        self.environment = wine_environment(self.path)
        self.drive_c = os.path.join(self.path, "drive_c")
        known = os.environ.get("WINEPREFIX")
        model = known + "-model" if known else os.path.join(os.path.dirname(directory), "model")
        make_model(model)
        copy_model(model, self.path)
        self.serve()

    def serve(self):
        # without it the server would end with the last program, and services with it
        subprocess.run([SERVER, "-p"], env=self.environment, check=True, timeout=60)

    def become_machine(self, name):
        """All prefixes are on one machine, and each is to look like one of its own, also to its services."""
        machine = str(uuid.uuid5(uuid.NAMESPACE_URL, name))
        self.environment["SEATCAST_MACHINE"] = machine
        self.set_value(ENVIRONMENT_KEY, "SEATCAST_MACHINE", machine)
        self.close()  # the service manager reads it when it starts
        self.serve()

    def start(self, *command, **options):
        """A program of Windows, in the background: its output is a file's, because Wine's own processes outlive it."""
        return subprocess.Popen([WINE, *command], env=self.environment, stdin=subprocess.DEVNULL, start_new_session=True, **options)

    def run(self, *command, status=0, timeout=COMMAND_TIMEOUT):
        """Runs a program to its end. Returns what it printed; LabError if it exits with another STATUS (one, several, None: any)."""
        with tempfile.TemporaryFile() as output:
            process = self.start(*command, stdout=output, stderr=output)
            try:
                found = process.wait(timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise LabError(f"{self.name}: {' '.join(command)} does not end") from None
            output.seek(0)
            text = output.read().decode(errors="replace").replace("\r\n", "\n")
        if status is not None and found not in (status if isinstance(status, tuple) else (status,)):
            raise LabError(f"{self.name}: {' '.join(command)} exited with {found}:\n{text}")
        return text

    def find_pids(self, program):
        """Linux' process ids of the processes here whose program has this name."""
        mark, pids = os.fsencode(f"WINEPREFIX={self.path}"), []
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            with contextlib.suppress(OSError):
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    command = file.read().split(b"\0")[0].strip(b'"')
                name = re.split(rb"[\\/]", command)[-1].split(b'"')[0]
                if name.lower() == program.lower().encode() and mark in read_environment(entry):
                    pids.append(int(entry))
        return pids

    # registry and services

    def set_value(self, key, name, value):
        self.run("reg", "add", key, "/v", name, "/t", "REG_SZ", "/d", value, "/f")

    def remove_value(self, key, name):
        self.run("reg", "delete", key, "/v", name, "/f")

    def has_key(self, key):
        return "REG_" in self.run("reg", "query", key, "/s", status=None)

    def query_service(self, service):
        """(state, exit code, the service's own code), such as ("STOPPED", 0, 0); None where there is no such service."""
        text = self.run("sc", "query", service, status=None)
        state = re.search(r"STATE\s*:\s*\d+\s+(\w+)", text)
        if state is None:
            return None
        codes = [int(code) for code in re.findall(r"EXIT_CODE\s*:\s*(\d+)", text)]
        return (state.group(1), *(codes + [0, 0])[:2])

    def wait_service(self, service, state, timeout=90):
        def reached():
            found = self.query_service(service)
            return found if found and found[0] == state else None
        return wait_for(reached, timeout, lambda: f"{service} {state}; it is {self.query_service(service)}", 0.2)

    def to_drive_c(self, path):
        """As Windows writes a path on this machine's own disk. Wine takes a directory where Linux has something mounted for a junction."""
        return "C:\\" + os.path.relpath(path, self.drive_c).replace("/", "\\")

    def close(self):
        subprocess.run([SERVER, "-k"], env=self.environment, check=False, timeout=60, stderr=subprocess.DEVNULL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run([SERVER, "-w"], env=self.environment, check=False, timeout=60, stderr=subprocess.DEVNULL)


class WineSeat:
    """A seat whose service runs under Wine's service manager. To the lab it is like any other seat."""

    def __init__(self, lab, name, room):
        self.lab = lab
        self.name = name
        self.room = room
        self.directory = os.path.join(lab.directory, "wine", name)
        self.repository = os.path.join(self.directory, "templates")
        os.makedirs(self.repository)
        self.prefix = Prefix(self.directory, name)
        self.prefix.become_machine(self.directory)
        self.data = os.path.join(self.prefix.drive_c, "ProgramData", "Seatcast", "Service")
        self.log = os.path.join(self.data, "logs", "seatcast-service.log")

    # settings

    def settings(self, meter=None, **other):
        """The options of --configure for this seat and the lab's console; METER: by its way."""
        connection = read_connection(meter.connection if meter else self.lab.make_seat_connection(self.room))
        values = {"console": connection["url"], "token": connection["token"], "ca-fingerprint": connection["ca-sha256"],
                  "templates": to_windows(self.repository), "room": self.room, "name": self.name, "interface": self.lab.address}
        values.update(other)
        return values

    def install(self, **settings):
        """As the installer does, without it: the service, and its configuration."""
        program = self.lab.windows_program(SERVICE)
        self.prefix.run("sc", "create", SERVICE, "binPath=", f'"{program}" --service', "start=", "demand")
        self.configure(**settings)

    def configure(self, **settings):
        program = self.lab.windows_program(SERVICE)
        options = [f"--{name}={value}" for name, value in self.settings(**settings).items() if value is not None]
        return self.prefix.run(program, "--configure", *options)

    # the service

    @property
    def pid(self):
        """Linux' process id of the service; LabError when it does not run."""
        pids = self.prefix.find_pids(SERVICE + ".exe")
        if len(pids) != 1:
            raise LabError(f"{self.name}: the service's processes are {pids}")
        return pids[0]

    def is_running(self):
        return bool(self.prefix.find_pids(SERVICE + ".exe"))

    def start(self):
        self.prefix.run("sc", "start", SERVICE)
        wait_for(self.is_running, 90, f"{self.name}: the service's process is there")
        self.prefix.wait_service(SERVICE, "RUNNING")

    def stop_service(self):
        """Returns the state when it has stopped."""
        self.prefix.run("sc", "stop", SERVICE, status=None)
        state = self.prefix.wait_service(SERVICE, "STOPPED")
        wait_for(lambda: not self.is_running(), 30, f"{self.name}: the service's process has ended")
        return state

    def kill(self):
        """As TerminateProcess would, and a power cut. Wine's service manager does not notice, and starts it again when it is told to."""
        for pid in self.prefix.find_pids(SERVICE + ".exe"):
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not self.is_running(), 30, f"{self.name}: the service's process has ended")

    def signal(self, number):
        """For the lab, whose other processes end by signals: a service ends by its manager."""

    def stop(self):
        self.prefix.close()

    def read_log(self):
        text = ""
        folder = os.path.dirname(self.log)
        for name in sorted(os.listdir(folder) if os.path.isdir(folder) else [], reverse=True):
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                text += file.read()
        return text

    def tail(self, lines=15):
        return "\n".join(f"  {self.name}: {line}" for line in self.read_log().splitlines()[-lines:])


class WineEngine(Engine):
    """The console's engine as a program of Windows in a terminal. Its data are where the lab looks for them."""

    def __init__(self, lab):
        super().__init__(lab, address=lab.address)
        self.machine = lab.add_prefix("console")

    def make_command(self):
        environment = [f"{name}={value}" for name, value in self.machine.environment.items()]
        return ["env", "-i", *environment, WINE, self.lab.windows_program(ENGINE_SERVICE), "--console",
                "--directory", to_windows(self.directory), "--listen", f"{self.address}:{self.port}",
                "--interface", self.address, "--multicast-port", str(self.lab.multicast_port), "--mtu", str(self.mtu)]

    def ctl(self, *arguments):
        """Runs Windows' seatcastctl. Returns the objects that it printed."""
        text = self.machine.run(self.lab.windows_program("seatcastctl"), "--connection", to_windows(self.lab.connection), "--json", *arguments)
        return [json.loads(line) for line in text.splitlines()]

    def stop(self):
        self.machine.close()
        super().stop()


class WineLab(Lab):
    def __init__(self, **options):
        if not os.environ.get("SEATCAST_NATIVE_BUILD"):
            raise Skip("SEATCAST_NATIVE_BUILD names no Linux build of these sources")
        super().__init__(build=os.environ["SEATCAST_NATIVE_BUILD"], **options)
        self.windows_build = os.environ["SEATCAST_BUILD"]
        os.makedirs(os.path.join(self.directory, "wine"))

    def stage(self):
        """The programs as they are installed: their DLLs beside them, GLib's module for TLS beneath lib."""
        stage = os.path.join(self.directory, "wine", "program files")
        if os.path.isdir(stage):
            return stage
        libraries, modules = get_libraries(), os.path.join("lib", "gio", "modules")
        os.makedirs(os.path.join(stage, "bin"))
        os.makedirs(os.path.join(stage, modules))
        for name in os.listdir(libraries):
            if name.endswith(".dll"):
                os.symlink(os.path.join(libraries, name), os.path.join(stage, "bin", name))
        module = os.path.join(modules, "libgioopenssl.dll")
        os.symlink(os.path.join(libraries, "..", module), os.path.join(stage, module))
        for folder in ("service", "console/engine", "console/ctl"):
            for name in os.listdir(os.path.join(self.windows_build, folder)):
                if name.endswith(".exe"):
                    os.symlink(os.path.join(self.windows_build, folder, name), os.path.join(stage, "bin", name))
        return stage

    def windows_program(self, name):
        return to_windows(os.path.join(self.stage(), "bin", name + ".exe"))

    def start_wine_engine(self):
        self.engine = WineEngine(self)
        self.engine.start()
        return self.engine

    def add_prefix(self, name):
        """A Windows machine without a seat."""
        prefix = Prefix(os.path.join(self.directory, "wine", name), name)
        self.closers.append(prefix.close)
        return prefix

    def add_wine_seat(self, name, room="A101", **settings):
        """Installed and started; settings: other options of --configure, None leaves one out."""
        seat = WineSeat(self, name, room)
        self.seats[name] = seat
        seat.install(**settings)
        seat.start()
        return seat
