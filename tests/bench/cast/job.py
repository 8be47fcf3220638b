# SPDX-License-Identifier: LGPL-2.1-or-later
"""The whole job: seats that have one revision of a disk get the next. From the moment when the new disk lies at the console until the
last seat has it whole, by its SHA-256, and at every tool's usual place.

Seatcast: publish, cast, commit. Beside it (a) what WDS would do: `wimlib-imagex capture --delta-from`, the delta by UFTP to all, applied
at each, and (b) rsync to each seat in turn, from the console to a daemon at the seat, changing the file in place. What comes before is
not counted: that the old revision is at the seats, in the store, and captured as a WIM."""

import os
import shutil
import signal
import socket
import subprocess
import time

from field import Failure, Field, Measurement, Program, check_content, hash_file
from lab import LabError, wait_for
from network import CONSOLE, NetworkError
from peers import RECEIVED, Run, Uftp
from seatcast import OVER, Seatcast

SEATS = 8
RSYNC_PORT = 8730
RSYNC = {"zstd": ["-z", "--zc=zstd"], "lz4": ["-z", "--zc=lz4"]}
COMPRESSION = ("LZX", "XPRESS")
NAME = "disk.img"


def figures_of(measurement, size, sender, receiver, **more):
    """Here seconds count from the beginning of the job, not from the first packet."""
    figures = measurement.describe(size)
    seconds = max((when - measurement.begin for when in measurement.times.values()), default=0)
    return figures | {"seconds": round(seconds, 3), "goodput_bits_per_second": round(8 * size / seconds) if seconds else 0,
                      "sender_cpu_seconds": round(sender, 2), "receiver_cpu_seconds": round(receiver, 2), **more}


def run_seatcast(field, old, new, timeout):
    with Seatcast(field) as seatcast:
        seatcast.run(old, timeout=timeout)
        before = seatcast.read_cpu()
        measurement = Measurement(field.network)
        try:
            version = seatcast.publish(new, "the next revision")
            published = time.monotonic() - measurement.begin
            number = seatcast.order(version, None)

            def over():
                session = seatcast.lab.get_session(number)
                for seat in session["seats"]:
                    if seat["state"] == "done":
                        measurement.mark(seat["name"])
                return session if session["state"] in OVER else None
            session = wait_for(over, timeout, lambda: f"the end of {seatcast.tell(number)}", 0.05)
        finally:
            measurement.close()
        cpu = {name: value - before[name] for name, value in seatcast.read_cpu().items()}
        if session["state"] != "done":
            raise Failure(f"session {session['state']} {session['error']}")
        check_content({seat: seatcast.get_path(seat) for seat in field.seats}, hash_file(new))
        return figures_of(measurement, os.path.getsize(new), cpu.pop("engine"), sum(cpu.values()) / len(cpu),
                          publish_seconds=round(published, 2), content_bytes=session["content_bytes"],
                          catch_up_bytes=session["catch_up_bytes"], settings="rate unlimited")


class Wim:
    """(a)"""

    def __init__(self, field, old, new, compression, timeout):
        self.field, self.old, self.new, self.compression, self.timeout = field, old, new, compression, timeout
        self.directory = os.path.join(field.base, "wim")
        self.base = os.path.join(self.directory, "base.wim")
        self.delta = os.path.join(self.directory, "delta.wim")
        self.cpu = 0

    def capture(self, path, wim, *more):
        folder = os.path.join(self.directory, "captured")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        os.link(path, os.path.join(folder, NAME))
        program = Program(self.field.network, CONSOLE, ["wimlib-imagex", "capture", folder, wim, "--no-acls", f"--compress={self.compression}",
                                                        *more], wim + ".log")
        if program.wait(self.timeout) != 0:
            program.stop()
            raise Failure(f"wimlib-imagex capture: {program.tail()}")
        return program.cpu

    def apply(self, directories):
        """At all seats at once, as they would."""
        programs = {seat: Program(self.field.network, seat, ["wimlib-imagex", "apply", os.path.join(directory, RECEIVED), "1",
                                                             os.path.join(directory, "applied"), f"--ref={self.base}", "--no-acls"],
                                  directory + ".apply.log") for seat, directory in directories.items()}
        try:
            wait_for(lambda: all(program.poll() is not None for program in programs.values()), self.timeout, "wimlib-imagex apply", 0.02)
        finally:
            for program in programs.values():
                program.stop()
        failed = [program.tail() for program in programs.values() if program.status != 0]
        if failed:
            raise Failure(f"wimlib-imagex apply: {failed[0]}")
        return {seat: program.cpu for seat, program in programs.items()}

    def run(self):
        self.field.clear("wim")
        os.makedirs(self.directory)
        try:
            self.capture(self.old, self.base)
            return self.measure()
        finally:
            self.field.clear("wim")

    def measure(self):
        measurement = Measurement(self.field.network)
        transfer = None
        try:
            cpu = self.capture(self.new, self.delta, f"--delta-from={self.base}")
            captured = time.monotonic() - measurement.begin
            transfer = Run(Uftp(self.field), self.delta, None, {})
            transfer.start()
            transfer.wait(self.timeout)
            sent = time.monotonic() - measurement.begin - captured
            transfer.stop()
            applied = self.apply(transfer.directories)
            for seat in applied:
                measurement.mark(seat)
            measurement.close()
            check_content({seat: os.path.join(directory, "applied", NAME) for seat, directory in transfer.directories.items()},
                          hash_file(self.new))
            receivers = [applied[seat] + receiver.cpu for seat, receiver in transfer.receivers.items()]
            return figures_of(measurement, os.path.getsize(self.new), cpu + transfer.sender.cpu, sum(receivers) / len(receivers),
                              capture_seconds=round(captured, 2), cast_seconds=round(sent, 2), delta_bytes=os.path.getsize(self.delta),
                              settings=self.compression)
        finally:
            measurement.close()
            if transfer:
                transfer.close()


def start_daemon(field, seat, directory):
    configuration = os.path.join(directory, "rsyncd.conf")
    with open(configuration, "w", encoding="utf-8") as file:
        file.write(f"use chroot = no\nuid = 0\ngid = 0\nlist = no\npid file = {directory}/pid\n"
                   f"[repository]\npath = {directory}\nread only = no\n")
    return Program(field.network, seat, ["rsync", "--daemon", "--no-detach", f"--config={configuration}", f"--port={RSYNC_PORT}"],
                   directory + ".log")


def answers(address):
    try:
        socket.create_connection((address, RSYNC_PORT), 1).close()
        return True
    except OSError:
        return False


def run_rsync(field, old, new, compression, timeout):
    """(b)"""
    directories = field.make_directories("rsync")
    daemons = {}
    try:
        for seat, directory in directories.items():
            subprocess.run(["cp", "--sparse=always", old, os.path.join(directory, NAME)], check=True)
            daemons[seat] = start_daemon(field, seat, directory)
        wait_for(lambda: all(answers(field.network.address(seat)) for seat in daemons), 20, "rsync's daemons answer")
        measurement = Measurement(field.network)
        cpu = 0
        try:
            for seat in directories:
                address = f"rsync://{field.network.address(seat)}:{RSYNC_PORT}/repository/{NAME}"
                client = Program(field.network, CONSOLE, ["rsync", "--inplace", "--no-whole-file", *RSYNC[compression], new, address],
                                 os.path.join(field.base, "rsync", "client.log"))
                if client.wait(timeout) != 0:
                    client.stop()
                    raise Failure(f"rsync to {seat}: {client.tail()}")
                cpu += client.cpu
                measurement.mark(seat)
        finally:
            measurement.close()
        check_content({seat: os.path.join(directory, NAME) for seat, directory in directories.items()}, hash_file(new))
        for daemon in daemons.values():
            daemon.stop()
        receivers = [daemon.cpu for daemon in daemons.values()]
        return figures_of(measurement, os.path.getsize(new), cpu, sum(receivers) / len(receivers), settings=compression)
    finally:
        for daemon in daemons.values():
            daemon.signal(signal.SIGTERM)
            daemon.stop()
        field.clear("rsync")


def find_disk(folder, number):
    for ending in ("vmdk", "img"):
        path = os.path.join(folder, f"v{number}.{ending}")
        if os.path.exists(path):
            return path
    raise Failure(f"{folder} has no v{number}.vmdk; tests/bench/revisions/make-revisions makes three")


def place(path, base, number):
    """The disk on the file system of the runs, where it can be linked to."""
    copy = os.path.join(base, f"v{number}.disk")
    subprocess.run(["cp", "--sparse=always", path, copy], check=True)
    return copy


def job(bench):
    options = bench.options
    n_seats = min(SEATS, options.seats)
    disks = [place(find_disk(options.revisions, number), bench.base, number) for number in (1, 2)]
    with Field(bench.base, n_seats) as field:
        runs = [("Seatcast", lambda: run_seatcast(field, *disks, options.job_timeout))] if bench.with_seatcast else []
        if wanted(bench, "wimlib + UFTP", "wimlib-imagex", "uftp"):
            runs += [("wimlib + UFTP", lambda kind=kind: Wim(field, *disks, kind, options.job_timeout).run()) for kind in COMPRESSION]
        if wanted(bench, "rsync", "rsync"):
            runs += [("rsync", lambda kind=kind: run_rsync(field, *disks, kind, options.job_timeout)) for kind in RSYNC]
        for tool, run in runs:
            figures, error = None, None
            try:
                figures = run()
            except (Failure, LabError, NetworkError, OSError, subprocess.SubprocessError) as failure:
                error = " ".join(str(failure).split())
            bench.report("job", tool, len(field.seats), os.path.getsize(disks[1]), figures, error)
    for disk in disks:
        os.remove(disk)


def wanted(bench, tool, *programs):
    if bench.options.tools and not any(part.strip().lower() in bench.options.tools for part in tool.split("+")):
        return False
    absent = [program for program in programs if not shutil.which(program)]
    if absent:
        bench.report("job", tool, 0, 0, None, f"{', '.join(absent)} not installed, so it is left out")
    return not absent
