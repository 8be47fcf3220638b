# SPDX-License-Identifier: LGPL-2.1-or-later
"""What staff do with the window, from the first start to the way back: against a real engine with real services, through the
accessibility bus. To be run below with-display --accessible --manager.
"""

import contextlib
import gettext
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lab")]
from disk_volumes import VolumeLab  # noqa: E402
from keyboard import Keyboard  # noqa: E402
from lab import MIB, LabError, Skip, change_chunks, hash_tree, wait_for, write_random  # noqa: E402
from tap import check, main  # noqa: E402
from window import DEPLOY, Window  # noqa: E402

SIZE = 12 * 1000 * 1000
ROOM = "Lab 1"
SELECT = 0  # of a tile's actions


def make_templates(lab):
    """Returns their directory."""
    folder = os.path.join(lab.directory, "templates")
    write_random(os.path.join(folder, "Debian 12", "disk.vmdk"), SIZE, seed=1)
    write_random(os.path.join(folder, "Windows 11", "disk.vmdk"), SIZE, seed=2)
    return folder


def change_templates(folder):
    change_chunks(os.path.join(folder, "Debian 12", "disk.vmdk"), 3, 1)
    write_random(os.path.join(folder, "Kali Linux", "disk.vmdk"), SIZE, seed=3)


def open_window(lab):
    return Window(lab.build, "--connection", lab.connection)


def check_calm(window):
    """Nothing asks anything, and GTK has not complained."""
    dialogs = [node.name for role in ("alert", "dialog") for node in window.find_all(role)]
    check(not dialogs, f"no dialog: {dialogs}")
    complaints = [line for line in window.read_log().splitlines() if "CRITICAL" in line or "WARNING" in line]
    check(not complaints, "\n".join(complaints))


def find_history(window, version):
    return window.find("list item", f"Version {version}, *")


def publish(window, directory, note, version, first=False):
    window.show_page("Versions")
    window.click("push button", "Publish the first version…" if first else "Publish a version…")
    dialog = window.wait(lambda: window.find_now("dialog", "Publish a version"), "dialog to publish")
    window.find("text", "Directory", below=dialog).type(directory)
    window.find("text", "What is new", below=dialog).type(note)
    window.click("push button", "Publish", below=dialog)
    return find_history(window, version)


def deploy(window, version, room=ROOM):
    """By the dialog, to one room. Returns what the dialog has said."""
    window.click("push button", DEPLOY)
    dialog = window.find("frame", "Deploy version")
    window.find("toggle button", f"Version: Version {version} *", below=dialog)
    window.click("radio button", "Rooms:", below=dialog)
    if not window.find("check box", f"{room}, *", below=dialog).has("CHECKED"):
        window.click("check box", f"{room}, *", below=dialog)
    headline = window.find("label", "Sends *", below=dialog).name
    detail = window.find("label", f"Version {version} for *", below=dialog).name
    window.click("push button", "Deploy version", below=dialog)
    window.wait_gone("frame", "Deploy version")
    return f"{headline}; {detail}"


def wait_result(window, version, outcome, target=ROOM):
    """Until the session view says how it has ended."""
    window.find("label", f"Version {version} to {target}")
    return window.find("label", lambda name: name.startswith(outcome), timeout=90).name


def wait_tile(window, seat, words):
    """The seat as the map tells it."""
    window.show_page("Rooms")
    return window.find(None, f"{seat}, {words}*", timeout=60)


# the first start


def write_engine(lab):
    """A program that starts the engine as the window wants it, but for a port of its own. Returns it, and where its pid will be."""
    program, pid = os.path.join(lab.directory, "consoled"), os.path.join(lab.directory, "consoled.pid")
    with open(program, "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\necho $$ >"{pid}"\nexec "{lab.program("seatcast-consoled")}" "$1" "$2" --listen 127.0.0.1:0 --interface 127.0.0.1\n')
    os.chmod(program, stat.S_IRWXU)
    return program, pid


def test_the_window_starts_the_engine_and_leaves_it_running():
    with VolumeLab() as lab:
        home = os.path.join(lab.directory, "home")
        os.mkdir(home)
        program, pid_file = write_engine(lab)
        environment = {"HOME": home, "XDG_DATA_HOME": f"{home}/data", "XDG_CONFIG_HOME": f"{home}/config", "SEATCAST_CONSOLED": program}
        try:
            with Window(lab.build, environment=environment) as window:
                window.find("label", "Started the engine on this machine*")
                window.find_sensitive("push button", DEPLOY)
                check_calm(window)
                window.click("push button", "Close")
                check(window.process.wait(20) == 0, f"it ends well: {window.read_log()}")
            with open(pid_file, encoding="utf-8") as file:
                pid = int(file.read())
            os.kill(pid, 0)  # it runs
            lab.connection = os.path.join(home, "data", "seatcast", "console", "connection")
            check(lab.get("/v1/versions")["versions"] == [], "and it answers")
            with Window(lab.build, environment=environment) as window:
                window.find_sensitive("push button", DEPLOY)
                check(window.find_now("label", "Started the engine on this machine*") is None, "the second one finds it")
        finally:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                with open(pid_file, encoding="utf-8") as file:
                    os.kill(int(file.read()), signal.SIGTERM)


# publish, deploy, look


def test_publish_deploy_and_roll_back():
    with VolumeLab() as lab:
        lab.start(3, ROOM, rate=60)
        folder = make_templates(lab)
        first = hash_tree(folder)
        with open_window(lab) as window:
            item = publish(window, folder, "Templates for the winter term", 1, first=True)
            check("Templates for the winter term" in item.name and "24.0" in item.name, item.name)
            told = deploy(window, 1)
            check("24.0\u00a0MB" in told and "3 seats" in told, f"bytes and seats are told beforehand: {told}")
            wait_result(window, 1, "3 of 3 seats have version 1")
            for name in lab.seats:
                wait_tile(window, name, "Current, Version 1")
            lab.check_seats(first)

            change_templates(folder)
            second = hash_tree(folder)
            publish(window, folder, "Kali for the course on networks", 2)
            deploy(window, 2)
            wait_result(window, 2, "3 of 3 seats have version 2")
            lab.check_seats(second)

            window.show_page("Versions")
            find_history(window, 1).select()
            window.click("push button", "Roll back to this version")
            dialog = window.find("frame", "Roll back")
            window.find("label", "Nothing needs to be sent", below=dialog)
            window.click("push button", "Roll back", below=dialog)
            wait_result(window, 1, "3 of 3 seats have version 1", "*")
            lab.check_seats(first)
            check_calm(window)


def test_a_publish_is_followed_and_can_be_cancelled():
    with VolumeLab() as lab:
        lab.start_engine()
        folder = os.path.join(lab.directory, "templates")
        write_random(os.path.join(folder, "Debian 12", "disk.vmdk"), 400 * MIB, seed=1)
        with open_window(lab) as window:
            window.show_page("Versions")
            window.click("push button", "Publish the first version…")
            dialog = window.wait(lambda: window.find_now("dialog", "Publish a version"), "dialog to publish")
            window.find("text", "Directory", below=dialog).type(folder)
            window.find("text", "What is new", below=dialog).type("Large")
            window.click("push button", "Publish", below=dialog)
            window.find("progress bar", "How much is published")
            window.find("label", "* of 419*")
            window.click("push button", "Cancel publishing")
            window.find("label", "Publishing was cancelled")
            check(lab.get("/v1/versions")["versions"] == [], "no version was made")
            check_calm(window)


def save_report(window, path):
    window.click("push button", "Save report…")
    chooser = window.wait(lambda: window.find_now("file chooser", "Save report"), "file chooser")
    window.find("text", "Name:", below=chooser).type(path)
    window.click("push button", "Save", below=chooser)
    window.find("label", f"The report is saved: {path}")
    with open(path, encoding="utf-8") as file:
        return file.read()


def test_a_seat_that_fails_is_named_with_its_reason():
    with VolumeLab() as lab:
        lab.start(2, ROOM)
        folder = make_templates(lab)
        lab.publish(folder)
        with contextlib.suppress(Skip):
            lab.add_volume_seat("small", "ext4", 40 * MIB, ["--reserve", "0"], room=ROOM)
        if "small" not in lab.seats:
            raise Skip("a full disk takes root")
        lab.wait_online("small")
        lab.deploy(1)
        change_templates(folder)
        lab.publish(folder)
        with open_window(lab) as window:
            window.click("push button", DEPLOY)
            dialog = window.find("frame", "Deploy version")
            window.find("label", "1 lacks space (*", below=dialog)
            window.find("table cell", "* missing", below=dialog)
            window.click("push button", "Deploy version", below=dialog)
            result = wait_result(window, 2, "2 of 3 seats have version 2", "*")
            check("1 failed" in result, result)
            window.find("list item", "small, *not enough disk space: *")
            window.find("table cell", "small")
            tile = wait_tile(window, "small", "Failed: ")
            check("bytes" in tile.name or "space" in tile.name, f"and why: {tile.name}")
            window.show_page("Sessions")
            report = save_report(window, os.path.join(lab.directory, "report.html"))
            check("small" in report and "2 of 3" in report and report.rstrip().endswith("</html>"), report)
            check_calm(window)


def test_an_engine_that_ends_is_told_and_comes_back():
    with VolumeLab() as lab:
        lab.start(2, ROOM)
        lab.publish(make_templates(lab), "Templates for the winter term")
        with open_window(lab) as window:
            window.show_page("Versions")
            find_history(window, 1)
            lab.engine.kill()
            window.find("label", "The connection to * was lost *: what is shown may be out of date")
            window.find("label", lambda name: "second" in name and "ago" in name)
            find_history(window, 1)
            check(not window.find("push button", DEPLOY).has("SENSITIVE"), "what cannot be done is not offered")
            check(not [node for node in window.find_all("dialog")], "no dialog")
            lab.engine.start()
            window.wait_gone("label", "The connection to *", 60)
            window.find_sensitive("push button", DEPLOY)
            lab.wait_online(*lab.seats, timeout=90)
            check_calm(window)


# trust


def add_asking_seat(lab, name):
    """A seat whose token lets nobody in by itself."""
    path = os.path.join(lab.directory, "asking.connection")
    if not os.path.exists(path):
        lab.ctl("enrol-token", ROOM, "--seats", 9, "--hours", 1, "--ask", "--output", path)
    return lab.add_seat(name, ROOM, connection=path)


def test_seats_that_wait_are_approved_together():
    with VolumeLab() as lab:
        lab.start_engine()
        with open_window(lab) as window:
            window.find("list item", "Seats waiting, 0, None")
            for name in ("pc-01", "pc-02"):
                add_asking_seat(lab, name)
            window.find("list item", "Seats waiting, 2, To be approved", timeout=30).select()
            window.find("list item", "pc-02, *")
            window.click("push button", "Select all")
            window.click("push button", "Approve")
            window.find("list item", "Seats waiting, 0, None", timeout=30)
            lab.wait_online("pc-01", "pc-02")
            window.find("list item", f"{ROOM}, 2*").select()
            window.find(None, "pc-02, *")
            window.show_page("Activity")
            window.find("list item", "Approve *")
            window.click("push button", "Verify the log")
            window.find("label", "The log is whole: *")
            check_calm(window)


def sign_in(window, user, password):
    dialog = window.find("frame", "Connect to a console")
    window.find("text", "User", below=dialog).type(user)
    window.find("password text", "Password", below=dialog).type(password)
    window.click("push button", "Connect", below=dialog)
    return dialog


def test_staff_sign_in_and_may_do_what_their_role_allows():
    with VolumeLab() as lab:
        lab.start(1, ROOM)
        lab.publish(make_templates(lab), "Templates for the winter term")
        secret = os.path.join(lab.directory, "password")
        with open(secret, "w", encoding="utf-8") as file:
            file.write("long and secret\n")
        for user, role in (("vera", "viewer"), ("otto", "operator")):
            lab.ctl("user", "add", user, "--role", role, "--password-file", secret)
        home = os.path.join(lab.directory, "home")
        os.mkdir(home)
        environment = {"HOME": home, "XDG_DATA_HOME": f"{home}/data", "XDG_CONFIG_HOME": f"{home}/config"}
        url = lab.read_connection()["url"]
        with Window(lab.build, "--connect", url, environment=environment) as window:
            sign_in(window, "vera", "a wrong one, really")
            window.find("label", lambda name: "password" in name and "wrong" in name)
            sign_in(window, "vera", "long and secret")
            window.wait_gone("frame", "Connect to a console")
            wait_tile(window, "seat-1", "")
            check(not window.find("push button", DEPLOY).has("SENSITIVE"), "a viewer does not deploy")
            lab.ctl("user", "disable", "vera")
            window.find("label", "The console at * does not let you in")
            window.click("push button", "Sign in…")
            sign_in(window, "otto", "long and secret")
            window.wait_gone("frame", "Connect to a console")
            deploy(window, 1)
            wait_result(window, 1, "1 of 1 seat has version 1")
            check_calm(window)
        entries = lab.get("/v1/activity")["entries"]
        check([entry["who"] for entry in entries if entry["action"] == "deploy"] == ["otto"], f"{entries}")


def press_until(window, keyboard, keys, role, name):
    """Strokes KEYS until the focus is on what is wanted: as somebody without a mouse goes there."""
    for _ in range(40):
        keyboard.press(keys)
        window.wait(lambda: window.focused, "focus")
        focused = window.focused
        if focused and focused.accessible.get_role_name() == role and focused.name.startswith(name):
            return focused
    raise LabError(f"{keys} does not lead to {role} “{name}”: {window.focused and window.focused.name}")


def test_without_a_mouse():
    with VolumeLab() as lab:
        lab.start(2, ROOM)
        folder = make_templates(lab)
        expected = hash_tree(folder)
        lab.publish(folder)
        keyboard = Keyboard()
        with open_window(lab) as window:
            window.wait_ready()
            window.find("list item", "All rooms, *").select()  # the room that was looked at last would be proposed
            keyboard.press("Control+d")
            dialog = window.find("frame", "Deploy version")
            window.wait(lambda: dialog.has("ACTIVE"), "active dialog")
            press_until(window, keyboard, "Tab", "radio button", "All rooms")
            keyboard.press("Down")
            window.wait(lambda: window.find("radio button", "Rooms:").has("CHECKED"), "rooms are to be chosen")
            press_until(window, keyboard, "Tab", "check box", f"{ROOM}, ")
            keyboard.press("space")
            window.wait(lambda: window.find("check box", f"{ROOM}, *").has("CHECKED"), "the room is chosen")
            window.find("label", "Sends *", below=dialog)
            window.find_sensitive("push button", "Deploy version", below=dialog)
            press_until(window, keyboard, "Tab", "push button", "Deploy version")
            keyboard.press("space")
            wait_result(window, 1, "2 of 2 seats have version 1")
            lab.check_seats(expected)
            keyboard.press("Control+2")
            find_history(window, 1)
            keyboard.press("Control+Shift+question")
            window.find("label", "Show or hide the side panel")
            keyboard.press("Escape")
            window.wait_gone("label", "Show or hide the side panel")
            check_calm(window)


# rooms


def test_rooms_are_added_and_seats_are_moved():
    with VolumeLab() as lab:
        lab.start(3, ROOM)
        keyboard = Keyboard()
        with open_window(lab) as window:
            window.wait_ready()
            window.show_page("Rooms")
            window.click("push button", "Add a room")
            window.find("text", "Name of the new room").type("Lab 2")
            window.click("push button", "Add")
            window.find("list item", "Lab 2, 0, *")
            check({room["name"] for room in lab.get("/v1/rooms")["rooms"]} == {ROOM, "Lab 2"}, "the engine knows it")

            window.find("list item", "All rooms, *").select()
            window.find("list item", "seat-2, *").act(SELECT)
            window.find("label", "seat-2")
            keyboard.press("Shift+Right")
            window.find("label", "2 seats*")
            window.click("toggle button", "Move to room")
            # by the keyboard: rows of a list have no action of their own on the accessibility bus
            press_until(window, keyboard, "Down", "list item", "Lab 2")
            keyboard.press("Return")
            window.find("list item", "Lab 2, 2, *")
            moved = {seat["name"]: seat["room"] for seat in lab.get_seats()}
            check(moved == {"seat-1": ROOM, "seat-2": "Lab 2", "seat-3": "Lab 2"}, f"{moved}")
            check_calm(window)


# planning


def open_room_dialog(window, room=ROOM):
    window.show_page("Rooms")
    window.find("list item", f"{room}, *").select()
    window.click("push button", "Assigned version, maintenance window and policies")
    return window.wait(lambda: window.find_now("frame", room) or window.find_now("dialog", room), "the room’s dialog")


def read_room(lab, name=ROOM):
    return next(room for room in lab.get("/v1/rooms")["rooms"] if room["name"] == name)


def far_from_now():
    """A day of the week, as the API calls it, that is neither today nor one of its neighbours."""
    return ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[(time.localtime().tm_wday + 3) % 7]


def test_a_room_gets_a_window_and_a_version():
    with VolumeLab() as lab:
        lab.start(2, ROOM)
        folder = make_templates(lab)
        lab.publish(folder)
        lab.deploy(1)
        change_templates(folder)
        lab.publish(folder)
        day = far_from_now()
        weekday = {"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday"}
        with open_window(lab) as window:
            window.wait_ready()
            dialog = open_room_dialog(window)
            window.click("radio button", "Only in this window:", below=dialog)
            for each, name in weekday.items():
                toggle = window.find_sensitive("toggle button", name, below=dialog)
                if toggle.has("CHECKED") != (each == day):
                    toggle.act()
            window.find("label", lambda name: "from 18:00 to 06:00 of the next day" in name, below=dialog)
            window.find("label", "Opens next, by your clock: *", below=dialog)
            window.click("push button", "Save", below=dialog)
            window.find("label", "*Maintenance window: * 18:00–06:00, opens *")
            window.find("list item", f"{ROOM}, 2, *opens *")
            policy = read_room(lab)["policy"]
            check(policy["window"]["days"] == [day] and policy["window"]["from"] == "18:00", f"{policy}")

            window.click("push button", "Assigned version, maintenance window and policies")
            window.click("push button", "Assign version…")
            window.find("label", "A session brings it there when the room’s maintenance window opens: *")
            window.click("push button", "Assign")
            window.wait_gone("push button", "Assign")
            window.find("label", "Version 2")
            check(read_room(lab)["assignment"] == {"version": 2, "templates": None}, f"{read_room(lab)}")
            window.click("push button", "Cancel")
            window.find("label", "Assigned: Version 2 · *")
            window.find("list item", "seat-1, *").act(SELECT)
            window.find("label", "Its session has not been yet. Takes part in a session: *")

            window.show_page("Sessions")
            window.find("list item", "Planned sessions, *").select()
            window.find("list item", f"Version 2 to {ROOM}, *Assigned: sent when the maintenance window opens")
            window.click("radio button", "Planned sessions as a calendar")
            window.find("radio button", lambda name: f"18:00 {ROOM}" in name)
            check(lab.get("/v1/sessions")["sessions"][0]["version"] == 1, "nothing is sent outside the window")
            check_calm(window)


def test_a_session_is_planned_and_cancelled():
    with VolumeLab() as lab:
        lab.start(2, ROOM)
        lab.publish(make_templates(lab))
        with open_window(lab) as window:
            window.wait_ready()
            window.find("list item", f"{ROOM}, *").select()
            window.click("push button", DEPLOY)
            dialog = window.find("frame", "Deploy version")
            check(window.find("check box", f"{ROOM}, *", below=dialog).has("CHECKED"), "the room that is looked at is proposed")
            window.find("label", "Sends *", below=dialog)
            window.click("radio button", "Repeatedly:", below=dialog)
            for day in ("Monday", "Friday"):
                window.click("toggle button", day, below=dialog)
            window.find("label", "Planned: Mon, Fri 22:00 (the console’s time zone), until it is cancelled.", below=dialog)
            window.click("check box", "Wake seats that are off", below=dialog)
            window.click("push button", "Plan", below=dialog)
            window.wait_gone("frame", "Deploy version")
            window.find("label", "Planned: *")
            schedules = lab.get("/v1/schedules")["schedules"]
            check(len(schedules) == 1 and schedules[0]["when"]["days"] == ["mon", "fri"] and schedules[0]["wake"], f"{schedules}")

            window.show_page("Sessions")
            window.find("list item", "Planned sessions, 1, Next: *").select()
            window.find("list item", f"Version 1 to {ROOM}, Mon, Fri 22:00, next: *wakes seats that are off")
            window.click("toggle button", "Cancel…")
            window.click("push button", "Cancel this one and all after it")
            window.find("label", "No session yet")
            check(lab.get("/v1/schedules")["schedules"] == [], "the engine has it no more")
            window.show_page("Activity")
            window.find("list item", "Cancel planned session *")
            window.find("list item", f"Plan version 1 for {ROOM}*")
            check_calm(window)


def test_a_seat_is_pinned_and_unpinned():
    with VolumeLab() as lab:
        lab.start(2, ROOM)
        folder = make_templates(lab)
        first = hash_tree(folder)
        lab.publish(folder)
        lab.deploy(1)
        change_templates(folder)
        lab.publish(folder)
        with open_window(lab) as window:
            window.wait_ready()
            window.show_page("Rooms")
            window.find("list item", "seat-1, *").act(SELECT)
            window.find("label", "Disk space")
            window.click("push button", "Pin to version…")
            dialog = window.wait(lambda: window.find_now("frame", "Pin to version") or window.find_now("dialog", "Pin to version"), "dialog to pin")
            window.find("toggle button", "Version: Version 1 *", below=dialog)
            window.click("push button", "Pin", below=dialog)
            window.find("label", "Pinned: whatever the room is assigned")
            check(lab.get_seat("seat-1")["pinned"], "the engine knows it")
            deploy(window, 2)
            wait_result(window, 2, "1 of 1 seat has version 2")
            wait_tile(window, "seat-1", "Current, Version 1, Pinned")
            lab.check_seats(first, "seat-1")
            window.find("list item", "seat-1, *").act(SELECT)
            window.click("push button", "Unpin")
            wait_tile(window, "seat-1", "Current, Version 2")  # by itself: its room is assigned that
            check(not lab.get_seat("seat-1")["pinned"], "the engine knows it")
            check_calm(window)


# every page

# what the engine calls states, which nobody should have to read
RAW = re.compile(r"\b(up-to-date|catching-up|in-place|dry-run|catch_up|version_state|never-seen|no-space|updating|null|nil)\b|[a-z]_[a-z]|%[a-z]|\(null\)")
PATH = re.compile(r"/\S+")  # is somebody else's name, and may have anything in it
# these only hold something that has one, or show it elsewhere: empty cells, links, whose text is that of their label
ROLES_WITHOUT_NAME = ("scroll pane", "viewport", "table cell", "link")


def check_page(window, page):
    problems = []
    for node in window.find_all():
        if node.has("FOCUSABLE") and node.role not in ROLES_WITHOUT_NAME and not node.name:
            problems.append(f"{page}: a {node.role} has no name")
        if node.role in ("unknown", "invalid", "filler") and node.has("FOCUSABLE"):
            problems.append(f"{page}: “{node.name}” is nothing to a screen reader ({node.role})")
        if node.role != "text" and RAW.search(PATH.sub("", node.name)):
            problems.append(f"{page}: “{node.name}” is not for people")
    return problems


def walk_pages(window, names):
    problems = []
    for page in names:
        window.show_page(page)
        window.wait(lambda: len(window.find_all()) > 20, "page")
        problems += check_page(window, page)
    return problems


def test_everything_has_a_name():
    with VolumeLab() as lab:
        lab.start(3, ROOM)
        lab.publish(make_templates(lab), "Templates for the winter term")
        lab.deploy(1)
        with open_window(lab) as window:
            window.wait_ready()
            problems = walk_pages(window, ["Versions", "Sessions", "Activity", "Settings", "Rooms"])
            window.find("list item", "seat-1, *").act(SELECT)
            window.find("label", "Disk space")
            problems += check_page(window, "a seat's panel")
            window.click("toggle button", "List")
            problems += check_page(window, "the list of seats")
            window.click("toggle button", "Map")
            window.click("push button", DEPLOY)
            window.find("label", "Nothing needs to be sent")
            problems += check_page(window, "the deploy dialog")
            check(not problems, "\n".join(sorted(set(problems))))
            check_calm(window)


def make_german(lab):
    """The environment of a German window. A bare machine has no such locale."""
    if shutil.which("localedef") is None:
        raise Skip("localedef is missing: no locale can be made")
    folder = os.path.join(lab.directory, "locale")
    os.mkdir(folder)
    subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", os.path.join(folder, "de_DE.UTF-8")], check=True)
    return {"LOCPATH": folder, "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "LANGUAGE": ""}


def read_translations(lab):
    """{text: translation} of what is another word in German."""
    with open(os.path.join(lab.build, "resources", "po", "de", "LC_MESSAGES", "seatcast.mo"), "rb") as file:
        catalog = gettext.GNUTranslations(file)._catalog  # pylint: disable=protected-access
    plain = {text.replace("_", ""): translation.replace("_", "") for text, translation in catalog.items() if isinstance(text, str)}
    return {text: translation for text, translation in plain.items() if text and text not in plain.values()}


def test_everything_is_translated():
    with VolumeLab() as lab:
        lab.start(3, ROOM)
        lab.publish(make_templates(lab), "für die Prüfung")
        lab.deploy(1)
        english = read_translations(lab)
        with Window(lab.build, "--connection", lab.connection, environment=make_german(lab)) as window:
            for page in ("Rooms", "Versions", "Sessions", "Activity", "Settings"):
                window.show_page(english[page])
                window.wait(lambda: len(window.find_all()) > 20, "page")
                left = sorted({node.name for node in window.find_all() if node.name in english})
                check(not left, f"{page}: {left}")
            check_calm(window)


if __name__ == "__main__":
    main(globals())
