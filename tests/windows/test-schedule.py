# SPDX-License-Identifier: LGPL-2.1-or-later
"""What rooms are assigned and versions bring along, with seats of Windows: windows, hooks, switching off; and an engine of Windows."""

import datetime
import json
import os

from wine import WineEngine, WineLab

from lab import hash_tree, wait_for, write_random
from tap import check, main

CONSOLE_KEY = r"HKLM\SOFTWARE\Seatcast\Console"
MB = 1000 * 1000
SIZE = 40 * MB
RATE = 20  # Mbit/s: a session has a middle


def make_templates(lab, seed=0):
    templates = os.path.join(lab.directory, "templates")
    write_random(os.path.join(templates, "one", "disk.img"), SIZE, seed=seed)
    return templates


def window_of(begin, end):
    now = datetime.datetime.now(datetime.timezone.utc)
    begin, end = (now + datetime.timedelta(hours=hours) for hours in (begin, end))
    return f"mon-sun {begin:%H:%M}-{end:%H:%M} UTC"


def wait_session(lab, test, what):
    def found():
        return next((session for session in lab.get("/v1/sessions")["sessions"] if test(session)), None)
    return wait_for(found, 180, lambda: f"{what}: {lab.get('/v1/sessions')['sessions']}")


def is_whole(lab, name, version):
    seat = lab.get_seat(name)
    return seat["version"] == version and all(item["state"] == "current" for item in seat["templates"])


def set_hooks(lab, version, *hooks):
    path = os.path.join(lab.directory, "hooks.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"hooks": [{"when": when, "os": "windows", "run": run, "timeout_seconds": 60} for when, run in hooks]}, file)
    lab.ctl("version", "hooks", version, "--set", path)


def write_batch(seat, name, *lines):
    """A batch file on the seat's disk. Returns its path there."""
    path = os.path.join(seat.prefix.drive_c, "Tools for hooks", name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii", newline="") as file:
        file.write("\r\n".join(("@echo off", *lines, "")))
    return seat.prefix.to_drive_c(path)


def read_said(seat):
    path = os.path.join(seat.prefix.drive_c, "said.txt")
    if not os.path.exists(path):
        return []
    with open(path, encoding="ascii") as file:
        return [line.strip() for line in file]


def get_log(lab, name):
    return lab.get(f"/v1/seats/{lab.get_seat(name)['id']}/log")["entries"]


def test_hooks_run_before_and_after_an_update():
    with WineLab() as lab:
        templates = make_templates(lab)
        lab.start_engine()
        seat = lab.add_wine_seat("win-1")
        lab.wait_online("win-1")
        batch = write_batch(seat, "say.cmd", r">>C:\said.txt echo %SEATCAST_WHEN% %SEATCAST_VERSION% %SEATCAST_TEMPLATES%")
        interpreter = "C:\\windows\\system32\\cmd.exe"
        lab.publish(templates)
        set_hooks(lab, 1, ("before-commit", [batch]), ("after-commit", [batch]),
                  ("after-commit", [interpreter, "/d", "/c", "echo", "by", "the", "interpreter>>C:\\said.txt"]))
        lab.deploy(1)
        lab.wait_version("win-1", 1)
        first = hash_tree(templates)
        lab.check_seats(first)
        check(read_said(seat) == ["before-commit 1 one", "after-commit 1 one", "by the interpreter"], f"they have said {read_said(seat)}")

        # one that fails: nothing is committed, until it is done again without it
        write_random(os.path.join(templates, "one", "disk.img"), SIZE, seed=1)
        lab.publish(templates)
        refusing = write_batch(seat, "refuse.cmd", "echo the licence is not there", "exit /b 7")
        set_hooks(lab, 2, ("before-commit", [refusing]))
        lab.deploy(2, status=1)
        failed = lab.get_seat("win-1")
        check(failed["version"] != 2 and failed["transfer"]["state"] == "failed", f"it is not at the new one: {failed}")
        check("failed with status 7: the licence is not there" in failed["transfer"]["reason"], f"it says why: {failed['transfer']}")
        lab.ctl("version", "hooks", 2, "--clear")
        lab.deploy(2)
        lab.wait_version("win-1", 2)
        lab.check_seats(hash_tree(templates))


def test_a_closed_window_stops_a_session_and_it_goes_on():
    with WineLab() as lab:
        templates = make_templates(lab)
        lab.start_engine()
        lab.add_wine_seat("win-1")
        lab.wait_online("win-1")
        lab.publish(templates)
        lab.deploy(1)
        first = hash_tree(templates)
        write_random(os.path.join(templates, "one", "disk.img"), SIZE, seed=2)
        lab.publish(templates)
        lab.ctl("window", "A101", window_of(5, 7))
        lab.ctl("policy", "A101", "--rate", RATE)
        lab.ctl("assign", "A101", 2)
        wait_for(lambda: lab.get_seat("win-1")["outlook"]["behind"] == "due", 60, lambda: f"it waits: {lab.get_seat('win-1')['outlook']}")
        lab.ctl("window", "A101", window_of(-5, 5))
        session = wait_session(lab, lambda s: s["version"] == 2 and s["state"] == "sending", "it is sent")
        lab.wait_receiving("win-1", session["id"], 0.3)
        lab.ctl("window", "A101", window_of(5, 7))
        sent = wait_session(lab, lambda s: s["suspended"], "it is suspended")["wire_bytes"]
        wait_for(lambda: is_whole(lab, "win-1", 1), 90, lambda: f"it has gone back: {lab.get_seat('win-1')}")
        lab.check_seats(first)
        lab.ctl("policy", "A101", "--rate", 40)
        lab.ctl("window", "A101", window_of(-5, 5))
        lab.wait_version("win-1", 2, timeout=180)
        lab.check_seats(hash_tree(templates))
        ended = wait_session(lab, lambda s: s["version"] == 2 and s["state"] == "done", "it is done")
        total = ended["wire_bytes"] + ended["catch_up_bytes"]
        check(ended["id"] == session["id"] and total < 1.25 * SIZE, f"what had arrived is not sent again: {total} of {SIZE}, {sent} before")


def test_a_seat_switches_itself_off():
    """Wine tells of nobody who is signed in; its ExitWindowsEx() ends nothing that a service runs."""
    with WineLab() as lab:
        templates = make_templates(lab)
        lab.start_engine()
        lab.add_wine_seat("win-1")
        lab.wait_online("win-1")
        lab.publish(templates)
        lab.deploy(1, "--power-off")
        entry = wait_for(lambda: next((e for e in get_log(lab, "win-1") if "powered-off" in json.dumps(e)), None), 60,
                         lambda: f"it answers: {get_log(lab, 'win-1')}")
        check("not-powered-off" not in json.dumps(entry), f"it switches off: {entry}")


def test_an_engine_of_windows_knows_time_zones_and_runs_its_hook():
    with WineLab() as lab:
        engine = lab.engine = WineEngine(lab)
        hook = os.path.join(engine.machine.drive_c, "Tools for hooks", "ended.cmd")
        os.makedirs(os.path.dirname(hook))
        with open(hook, "w", encoding="ascii", newline="") as file:
            file.write("@echo off\r\n>C:\\ended.txt echo %SEATCAST_STATE% %SEATCAST_DONE% of %SEATCAST_SEATS%\r\n")
        engine.machine.set_value(CONSOLE_KEY, "SessionHook", engine.machine.to_drive_c(hook))
        engine.start()
        lab.add_seat("linux-1")
        lab.wait_online("linux-1")
        tokyo = datetime.timedelta(hours=9)
        window = engine.ctl("window", "A101", "mon-sun 18:00-06:00 Asia/Tokyo")[-1]["policy"]["window"]
        opens = datetime.datetime.fromisoformat(window["opens"].replace("Z", "+00:00"))
        check((opens + tokyo).strftime("%H:%M") == "18:00", f"it opens at {window}")

        templates = os.path.join(engine.machine.drive_c, "templates")
        write_random(os.path.join(templates, "one", "disk.img"), MB)
        engine.ctl("publish", engine.machine.to_drive_c(templates), "-m", "from Windows")
        engine.ctl("deploy", "1")  # staff's own: windows do not count
        lab.check_seats(hash_tree(templates))
        said = os.path.join(engine.machine.drive_c, "ended.txt")
        wait_for(lambda: os.path.exists(said) and os.path.getsize(said), 60, lambda: f"the hook runs:\n{engine.tail()}")
        with open(said, encoding="ascii") as file:
            text = file.read()
        check(text.strip() == "done 1 of 1", f"it is told of the session: {text}")


if __name__ == "__main__":
    main(globals())
