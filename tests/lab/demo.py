# SPDX-License-Identifier: LGPL-2.1-or-later
"""What ./demo runs once everything is built."""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import disk_images
from lab import TRANSFERRING, Lab, LabError, hash_tree, wait_for

# megabytes
SIZES = {"tiny": 12, "small": 150, "large": 1200}
OVER = ("done", "cancelled", "failed")
WATCHABLE_RATE = 100  # Mbit/s: as fast as this machine can, there would be little to watch


def size(count):
    value, unit = float(count), 0
    while value >= 999.95 and unit < 4:
        value, unit = value / 1000, unit + 1
    return f"{count} B" if unit == 0 else f"{value:.1f} {['B', 'kB', 'MB', 'GB', 'TB'][unit]}"


def table(headings, rows):
    """Columns of which those whose heading begins with > are flush right."""
    right = [heading.startswith(">") for heading in headings]
    lines = [[heading.lstrip(">") for heading in headings], *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return [("  ".join(cell.rjust(width) if flush else cell.ljust(width) for cell, width, flush in zip(line, widths, right))).rstrip()
            for line in lines]


def seat_row(seat):
    transfer = seat["transfer"]
    state = seat["presence"] if seat["presence"] != "online" else transfer["state"]
    if state == "failed":
        state += ": " + transfer["reason"]
    total, done = transfer["total_bytes"], transfer["done_bytes"]
    percent = f"{100 if done >= total else min(int(100 * done / total), 99)} %" if total else ""
    rate = transfer["rate_bytes_per_second"] if transfer["state"] in TRANSFERRING else 0
    version = str(seat["version"] or "-")
    if seat["assigned_version"] not in (0, seat["version"]):
        version += f" → {seat['assigned_version']}"
    return [seat["name"], state, percent, f"{rate / 1e6:.0f} MB/s" if rate else "", version, size(seat["free_bytes"])]


class Output:
    """Tables for people, or JSON lines; the table of seats is redrawn in place on a terminal."""

    def __init__(self, as_json):
        self.json = as_json
        self.terminal = not as_json and sys.stdout.isatty()
        self.drawn = 0
        self.seats = None

    def say(self, text):
        self.finish_table()
        print(text, file=sys.stderr if self.json else sys.stdout, flush=True)

    def record(self, kind, **fields):
        if self.json:
            print(json.dumps({"type": kind, **fields}, ensure_ascii=False), flush=True)

    def show_seats(self, step, seats, last=False):
        if self.json:
            brief = [{"name": seat["name"], "state": seat["transfer"]["state"], "done_bytes": seat["transfer"]["done_bytes"],
                      "total_bytes": seat["transfer"]["total_bytes"], "rate_bytes_per_second": seat["transfer"]["rate_bytes_per_second"],
                      "version": seat["version"], "free_bytes": seat["free_bytes"]} for seat in seats]
            if (step, brief) != self.seats:
                self.record("seats", step=step, seats=brief)
            self.seats = (step, brief)
            return
        if not self.terminal and not last:
            return
        lines = table(["SEAT", "STATE", ">%", ">RATE", "VERSION", ">FREE"], [seat_row(seat) for seat in seats])
        if self.drawn:
            print(f"\033[{self.drawn}A\033[J", end="")
        width = shutil.get_terminal_size().columns if self.terminal else 1000
        print("\n".join(line[:width - 1] for line in lines), flush=True)
        self.drawn = len(lines) if self.terminal else 0

    def finish_table(self):
        self.drawn = 0


class Demo:
    def __init__(self, lab, arguments):
        self.lab = lab
        self.output = Output(arguments.json)
        self.n_seats = arguments.seats
        self.megabytes = SIZES[arguments.size]
        self.templates = os.path.join(lab.directory, "templates")
        self.hashes = {}  # of each version's files, as they were published
        self.steps = []
        self.gui = arguments.gui
        self.window = None
        self.besides = {}  # seconds of what is no step
        self.seconds = 0

    def add_step(self, **step):
        self.steps.append(step)
        self.output.record("step", **step)

    @contextlib.contextmanager
    def beside(self, what, note=None):
        """Adds its time to that of WHAT; says NOTE when it takes more than a second."""
        timer = threading.Timer(1.0, self.output.say, [note]) if note else None
        start = time.monotonic()
        if timer:
            timer.start()
        try:
            yield
        finally:
            if timer:
                timer.cancel()
                timer.join()
            self.besides[what] = self.besides.get(what, 0) + time.monotonic() - start

    def publish(self, note):
        self.output.say(f"\nPublishing: {note}")
        with self.beside("SHA-256", "  reading the templates for their SHA-256, to compare with later…"):
            expected = hash_tree(self.templates)
        start = time.monotonic()
        result = self.lab.publish(self.templates, note)
        seconds = time.monotonic() - start
        self.hashes[result["version"]] = expected
        self.output.say(f"  version {result['version']}: {size(result['size_bytes'])}, {size(result['new_bytes'])} new, "
                        f"{size(result['stored_bytes'])} in the store, {seconds:.1f} s")
        self.add_step(step=f"publish {result['version']}", size_bytes=result["size_bytes"], seconds=round(seconds, 2),
                      new_bytes=result["new_bytes"], stored_bytes=result["stored_bytes"])
        return result["version"]

    def follow(self, step, number):
        """Shows the seats until the session is over. Returns it."""
        def over():
            session = self.lab.get_session(number)
            self.output.show_seats(step, self.lab.get_seats())
            return session if session["state"] in OVER else None
        session = wait_for(over, 600, f"session {number} is over", 0.25)
        names = ", ".join(f"{seat['name']}: {seat['state']} {seat['reason']}" for seat in session["seats"] if seat["state"] != "done")
        if session["state"] != "done" or names:
            raise LabError(f"{step}: session {number} is {session['state']} {session['error']} {names}")
        # the inventory with the new version follows the end of the session
        with contextlib.suppress(LabError):
            wait_for(lambda: all(seat["version"] == session["version"] for seat in self.lab.get_seats()), 10, step)
        self.output.show_seats(step, self.lab.get_seats(), last=True)
        return session

    def compare(self, step, version):
        """Every seat's files with those of the version, by SHA-256."""
        seats = list(self.lab.seats)
        errors = []
        start = time.monotonic()
        with self.beside("SHA-256", f"  comparing every file of {len(seats)} seats by SHA-256…"):
            for name in seats:
                try:
                    self.lab.check_seats(self.hashes[version], name)
                except LabError as error:
                    errors.append(error)
        self.output.record("compared", step=step, version=version, seats=len(seats), equal=len(seats) - len(errors),
                           files=len(self.hashes[version]), seconds=round(time.monotonic() - start, 2))
        if errors:
            raise errors[0]
        self.output.say(f"  every file of {len(seats)} seats is that of version {version} by SHA-256")

    def bring(self, step, *command):
        """A deploy or rollback with its check."""
        start = time.monotonic()
        number = self.lab.ctl(*command, "--no-wait")[-1]["id"]
        session = self.follow(step, number)
        seconds = time.monotonic() - start
        version = session["version"]
        self.compare(step, version)
        whole = next(step["size_bytes"] for step in self.steps if step["step"] == f"publish {version}")
        content = session["content_bytes"]
        self.add_step(step=step, size_bytes=whole, content_bytes=content, multicast_bytes=session["wire_bytes"],
                      multicast_per_content=round(session["wire_bytes"] / content, 4) if content else None,
                      catch_up_bytes=session["catch_up_bytes"], seats=len(session["seats"]), seconds=round(seconds, 2))

    def run(self):
        self.output.say(f"The lab is in {self.lab.directory}")
        start = time.monotonic()
        self.output.say("Making disk images: ext4 file systems as VMDK (sparse, split, streamOptimized), VHDX, VDI, QCOW2…")
        with self.beside("making and changing the images"):
            disk_images.make_images(self.templates, self.megabytes)
        self.output.say("Starting an engine…")
        with self.beside("starting the lab"):
            self.lab.start_engine(rate=WATCHABLE_RATE if self.gui else 0)
        self.enrol("Lab 1")
        if self.gui:
            self.open_window()

        first = self.publish("the templates as they were installed")
        self.output.say(f"\nDeploying version {first} to {self.n_seats} seats by one multicast session")
        self.bring(f"deploy {first}", "deploy", first)

        self.output.say("\nChanging every disk in place; a template is new, a file gone, another renamed…")
        with self.beside("making and changing the images"):
            disk_images.change_images(self.templates)
        second = self.publish("security updates, and a web server")
        self.output.say(f"\nDeploying version {second}: what differs")
        self.bring(f"deploy {second}", "deploy", second)

        self.output.say(f"\nRolling back to version {first}")
        self.bring(f"rollback to {first}", "rollback")
        self.seconds = time.monotonic() - start
        self.print_steps()

    def enrol(self, room):
        """Each seat makes a key, and gets a certificate for it by the room's token."""
        self.output.say(f"\nEnrolling {self.n_seats} seats of {room}: seatcastctl enrol-token '{room}' --seats {self.n_seats} --hours 24")
        start = time.monotonic()
        self.lab.make_seat_connection(room, self.n_seats)
        fingerprint = self.lab.read_connection()["ca-sha256"]
        for number in range(1, self.n_seats + 1):
            self.lab.add_seat(f"seat-{number}", room)
        self.lab.wait_online(*self.lab.seats)
        seconds = time.monotonic() - start
        self.output.say(f"  each has found the console's authority to be {fingerprint[:16]}…, made a key of its own, got a certificate for "
                        f"it, and is online: {seconds:.1f} s")
        self.add_step(step="enrol", seats=self.n_seats, fingerprint=fingerprint, seconds=round(seconds, 2))

    def open_window(self):
        log = os.path.join(self.lab.directory, "window.log")
        with open(log, "ab") as output:
            self.window = subprocess.Popen([self.lab.program("seatcast-console"), "--connection", self.lab.connection],
                                           stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        self.lab.closers.append(self.close_window)
        self.output.say("The window is open: what follows can be watched there.")

    def close_window(self):
        if self.window.poll() is None:
            self.window.terminate()
            self.window.wait()

    def wait_for_window(self):
        if self.window.poll() is None:
            self.output.say("\nThe lab is yours until the window is closed: publish "
                            f"{self.templates} again, deploy a version, end a seat's process and see. On the command line:\n"
                            f"  {self.lab.program('seatcastctl')} --connection {self.lab.connection} status")
        if self.window.wait() != 0:
            with open(os.path.join(self.lab.directory, "window.log"), encoding="utf-8", errors="replace") as file:
                raise LabError(f"the window ended with {self.window.returncode}: {file.read().strip()}")

    def print_steps(self):
        if self.output.json:
            return
        rows = []
        for step in self.steps:
            whole, content = step.get("size_bytes"), step.get("content_bytes", step.get("stored_bytes"))
            sent = step.get("multicast_bytes")
            ratio = step.get("multicast_per_content")
            rows.append([step["step"], *("" if count is None else size(count) for count in (whole, content, sent)),
                         "" if ratio is None else f"{ratio:.3f}", f"{step['seconds']:.1f} s"])
        self.output.say("\n" + "\n".join(table(["STEP", ">VERSION SIZE", ">NEEDED, COMPRESSED", ">MULTICAST", ">MULTICAST/NEEDED",
                                                ">TIME"], rows)))
        besides = ", ".join(f"{what} {seconds:.1f} s" for what, seconds in self.besides.items())
        self.output.say(f"\nOne stream served all {self.n_seats} seats. All together: {self.seconds:.1f} s; besides the steps: {besides}.")

    def record_result(self):
        kept = {"directory": self.lab.directory, "connection": self.lab.connection} if self.lab.keep else {}
        self.output.record("result", ok=True, seats=self.n_seats, seconds=round(self.seconds, 2),
                           besides={what: round(seconds, 2) for what, seconds in self.besides.items()}, **kept)

    def print_kept(self, stop):
        # what the next ./demo --stop needs to end exactly these processes
        processes = [self.lab.engine, *self.lab.seats.values()]
        with open(os.path.join(self.lab.directory, "lab.json"), "w", encoding="utf-8") as file:
            json.dump([{"pid": process.pid, "command": process.command} for process in processes], file)
        control = self.lab.program("seatcastctl")
        self.output.say(f"""
The lab is still running. Talk to it, for instance:
  export SEATCAST_CONNECTION={self.lab.connection}
  {control} status --watch
  {control} publish {self.templates} -m 'my change'
  {control} deploy 3
Its seats' files are in {self.lab.directory}/seats/*/repository. To end it and remove it:
  {stop} --stop {self.lab.directory}""")


def stop_lab(directory):
    """Ends the processes of a lab that was kept, each only if it still is what was started, and removes it."""
    path = os.path.join(directory, "lab.json")
    try:
        with open(path, encoding="utf-8") as file:
            processes = json.load(file)
    except FileNotFoundError:
        raise LabError(f"{path} is not there: {directory} is no lab that ./demo --keep left") from None

    def is_ours(process):
        try:
            with open(f"/proc/{process['pid']}/cmdline", "rb") as file:
                return file.read().decode(errors="replace").rstrip("\0").split("\0") == process["command"]
        except OSError:
            return False
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in filter(is_ours, processes):
            os.kill(process["pid"], number)
        with contextlib.suppress(LabError):
            wait_for(lambda: not any(map(is_ours, processes)), 20, "all have ended")
            break
    shutil.rmtree(directory)
    print(f"ended, and {directory} removed")


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(2, f"demo: {message}; see ./demo --help\n")


def parse_arguments():
    # ./demo has the text of --help
    parser = Parser(prog="demo", add_help=False, allow_abbrev=False)
    parser.add_argument("--seats", type=int, default=8)
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--directory")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--stop", metavar="DIR")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--gui", action="store_true")
    arguments = parser.parse_args()
    if not 1 <= arguments.seats <= 200:
        parser.error("--seats is from 1 to 200")
    if arguments.gui and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        parser.error("--gui needs a display, and neither $DISPLAY nor $WAYLAND_DISPLAY names one")
    if arguments.gui and arguments.keep:
        parser.error("--gui keeps the lab until the window is closed: leave out --keep")
    if arguments.directory and os.path.lexists(arguments.directory):
        if not os.path.isdir(arguments.directory):
            parser.error(f"--directory {arguments.directory} is no directory")
        if os.listdir(arguments.directory):
            parser.error(f"--directory {arguments.directory} is not empty")
    return arguments


def interrupt(*_):
    raise KeyboardInterrupt


def run_demo(arguments):
    signal.signal(signal.SIGTERM, interrupt)
    with Lab(directory=arguments.directory) as lab:
        demo = Demo(lab, arguments)
        demo.run()
        if arguments.gui:
            demo.wait_for_window()
        if arguments.keep:
            lab.keep = True
            demo.print_kept("./demo")
    demo.record_result()


def main():
    arguments = parse_arguments()
    try:
        if arguments.stop:
            stop_lab(arguments.stop)
        else:
            run_demo(arguments)
        return 0
    except KeyboardInterrupt:
        status, message = 130, "interrupted; everything that was started has ended"
    except (LabError, OSError, RuntimeError) as error:
        status, message = 1, str(error)
    Output(arguments.json).record("result", ok=False, error=message)
    print(f"\ndemo: {message}" if status == 130 else f"demo: {message}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
