# SPDX-License-Identifier: LGPL-2.1-or-later
"""The console's window under Wine, on a screen of its own (Xvfb): what it shows is read from the screen's memory."""

import contextlib
import glob
import mmap
import os
import re
import shutil
import socket
import struct
import subprocess

from wine import WineLab, get_libraries, to_windows

from lab import LabError, Skip, wait_for, write_random
from tap import check, main

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PROGRAM = "seatcast-console.exe"
ENGINE = "seatcast-consoled.exe"
SEATS = ("a101-1", "a101-2", "a101-3", "a101-4", "a101-5")
ENGINE_PORT = 8470
TIMEOUT = 120
# the bar at a tile's left side: resources/style.css with the colours of Adwaita
CURRENT_LIGHT, CURRENT_DARK = (50, 178, 108), (78, 185, 126)
BAR_WIDTH, BAR_HEIGHT = 4, 40
THEMES = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"


class Screen:
    """An X server whose picture is a file of xwd's format that we read while it is drawn."""

    def __init__(self, directory):
        if not shutil.which("Xvfb"):
            raise Skip("there is no Xvfb")
        os.makedirs(directory)
        read, write = os.pipe()
        with open(os.path.join(directory, "log"), "wb") as log:
            self.process = subprocess.Popen(
                ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-fbdir", directory, "-nolisten", "tcp", "-noreset"],
                pass_fds=(write,), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        os.close(write)
        with os.fdopen(read) as file:
            self.name = ":" + file.readline().strip()
        with open(os.path.join(directory, "Xvfb_screen0"), "rb") as file:
            self.memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header = struct.unpack(">25I", self.memory[:100])
        self.width, self.height, self.stride = header[4], header[5], header[12]
        self.start = header[0] + header[19] * 12
        if header[11] != 32:
            raise LabError(f"the screen has {header[11]} bits a pixel")

    def row(self, y):
        return self.memory[self.start + y * self.stride:self.start + y * self.stride + self.width * 4]

    def count_bars(self, colour):
        """How many upright bars of a tile's there are in this colour."""
        pixel = re.escape(bytes(reversed(colour))) + b"."
        bar = re.compile(b"(?<!%b)(?:%b){%d}(?!%b)" % (pixel, pixel, BAR_WIDTH, pixel), re.DOTALL)
        open_bars, n_bars = {}, 0
        for y in range(self.height):
            found = {match.start(): open_bars.get(match.start(), 0) + 1 for match in bar.finditer(self.row(y)) if match.start() % 4 == 0}
            n_bars += sum(height == BAR_HEIGHT for height in found.values())
            open_bars = found
        return n_bars

    def describe(self):
        colours = {}
        for y in range(0, self.height, 7):
            row = self.row(y)
            for x in range(0, len(row), 28):
                colours[row[x:x + 3]] = colours.get(row[x:x + 3], 0) + 1
        often = sorted(colours.items(), key=lambda each: -each[1])[:5]
        return ", ".join(f"#{bgr[2]:02x}{bgr[1]:02x}{bgr[0]:02x} {count}" for bgr, count in often)

    def close(self):
        self.memory.close()
        self.process.terminate()
        self.process.wait(20)


class Window:
    def __init__(self, lab, *arguments, dark=False):
        self.lab = lab
        self.prefix = lab.add_prefix("console")
        self.log = os.path.join(lab.directory, "window.log")
        if dark:  # before any program of Windows learns of a screen
            self.prefix.run("reg", "add", THEMES, "/v", "AppsUseLightTheme", "/t", "REG_DWORD", "/d", "0", "/f")
            self.prefix.close()
        self.screen = Screen(os.path.join(lab.directory, "screen"))
        lab.closers.append(self.screen.close)
        self.prefix.environment.update(DISPLAY=self.screen.name, LANG="C.UTF-8", LC_ALL="C.UTF-8")
        program = to_windows(os.path.join(stage_window(lab), "bin", PROGRAM))
        with open(self.log, "wb") as log:
            self.process = self.prefix.start(program, *arguments, stdout=log, stderr=log)

    def read_log(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait(self, condition, what):
        def look():
            if self.process.poll() is not None:
                raise LabError(f"the window ended with {self.process.returncode}:\n{self.read_log()}")
            return condition()
        return wait_for(look, TIMEOUT, lambda: f"{what}; the screen has {self.screen.describe()}\n{self.read_log()[-3000:]}", 0.5)

    def wait_bars(self, colour, n_bars):
        self.wait(lambda: self.screen.count_bars(colour) == n_bars, f"{n_bars} tiles of {colour}")

    def close(self):
        """As its button does. Returns the exit status."""
        self.prefix.run("taskkill", "/im", PROGRAM)
        return self.process.wait(60)

    def check_log(self):
        """Nothing of ours, and no picture that was missing."""
        wrong = [line for line in self.read_log().splitlines() if re.search(r"Could not find the icon|Seatcast-|Gtk-CRITICAL|GLib.*CRITICAL", line)]
        check(not wrong, "the window said\n" + "\n".join(wrong))


def stage_window(lab):
    """The programs as they are installed, with what the window needs."""
    stage = lab.stage()
    program = os.path.join(stage, "bin", PROGRAM)
    if not os.path.lexists(program):
        os.symlink(os.path.join(lab.windows_build, "console", "gui", PROGRAM), program)
        subprocess.run([os.path.join(ROOT, "installer", "windows", "stage-window"), stage,
                        os.path.join(get_libraries(), ".."), lab.windows_build], check=True)
    return stage


def start_room(lab):
    lab.start_engine()
    for name in SEATS:
        lab.add_seat(name)
    lab.wait_online(*SEATS)
    templates = os.path.join(lab.directory, "templates")
    write_random(os.path.join(templates, "one", "disk.img"), 1000 * 1000)
    lab.publish(templates)
    lab.deploy(1)


def test_seats_are_shown_and_what_changes():
    with WineLab() as lab:
        start_room(lab)
        window = Window(lab, "--connection", to_windows(lab.connection))
        window.wait_bars(CURRENT_LIGHT, len(SEATS))
        lab.seats[SEATS[1]].kill()
        lab.wait_presence(SEATS[1], "offline")
        window.wait_bars(CURRENT_LIGHT, len(SEATS) - 1)
        check(window.close() == 0, "it ended well")
        window.check_log()


def test_it_is_dark_where_windows_is():
    with WineLab() as lab:
        start_room(lab)
        window = Window(lab, "--connection", to_windows(lab.connection), dark=True)
        window.wait_bars(CURRENT_DARK, len(SEATS))
        check(window.screen.count_bars(CURRENT_LIGHT) == 0, "nothing is light")
        window.prefix.run("reg", "add", THEMES, "/v", "AppsUseLightTheme", "/t", "REG_DWORD", "/d", "1", "/f")
        window.wait_bars(CURRENT_LIGHT, len(SEATS))
        check(window.close() == 0, "it ended well")


def is_answering(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
        return True
    return False


def is_connected(port):
    """Whether somebody on this machine has a connection to the port."""
    with open("/proc/net/tcp", encoding="ascii") as file:
        return any(fields[2].endswith(f":{port:04X}") and fields[3] == "01" for fields in map(str.split, file))


def test_engine_that_it_starts_outlives_it():
    if is_answering(ENGINE_PORT):
        raise Skip(f"port {ENGINE_PORT} is in use")
    with WineLab() as lab:
        window = Window(lab)
        window.wait(lambda: is_connected(ENGINE_PORT), "it is connected to its engine")
        logs = glob.glob(os.path.join(window.prefix.drive_c, "users", "*", "AppData", "Local", "seatcast", "console", "log"))
        check(len(logs) == 1, f"the engine's logs are {logs}")
        with open(logs[0], encoding="utf-8") as file:
            text = file.read()
        check("listening on" in text, f"the engine said {text}")
        check(window.close() == 0, "it ended well")
        check(len(window.prefix.find_pids(ENGINE)) == 1, "the engine is still there")
        check(is_answering(ENGINE_PORT), "the engine still answers")


def test_answers_are_read_where_they_are_written_to():
    with WineLab() as lab:
        prefix = lab.add_prefix("console")
        program = to_windows(os.path.join(stage_window(lab), "bin", PROGRAM))
        check(prefix.run(program, "--version").startswith("seatcast-console "), "its version")
        check("is not the address of a console" in prefix.run(program, "--connect=http://lab", status=2), "what is wrong")
        prefix.environment.update(LC_ALL="de_DE.UTF-8")
        check("Das Fenster einer Seatcast-Konsole" in prefix.run(program, "--help"), "in German")


main(globals())
