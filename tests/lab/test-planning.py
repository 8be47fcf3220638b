# SPDX-License-Identifier: LGPL-2.1-or-later
"""Desired state and schedules as people give them: seatcastctl against a real engine with real seats."""

import datetime
import json
import os
import subprocess

from lab import Lab, hash_tree, wait_for, write_random
from tap import check, main

NEVER = "2099-01-01 00:00"


def make_lab(lab, seats=2):
    templates = os.path.join(lab.directory, "templates")
    write_random(os.path.join(templates, "one", "disk.img"), 6 * 1000 * 1000)
    write_random(os.path.join(templates, "two", "disk.img"), 4 * 1000 * 1000, seed=1)
    lab.start(seats)
    lab.publish(templates)
    return templates


def closed_window():
    """A window that is closed now, and for hours."""
    start = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=5)).strftime("%H:00")
    end = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).strftime("%H:00")
    return f"mon-sun {start}-{end} UTC"


def text_of(lab, *arguments, status=0):
    result = subprocess.run([lab.program("seatcastctl"), "--connection", lab.connection, *arguments], capture_output=True, text=True,
                            check=False, timeout=60)
    check(result.returncode == status, f"{arguments}: {result}")
    return result.stdout + result.stderr


def get_room(lab, name="A101"):
    return next(room for room in lab.get("/v1/rooms")["rooms"] if room["name"] == name)


def test_a_room_that_is_assigned_a_version_gets_it():
    with Lab() as lab:
        templates = make_lab(lab)
        room = lab.ctl("assign", "A101", 1)[-1]
        check(room["assignment"] == {"version": 1, "templates": None}, f"{room['assignment']}")
        for name in lab.seats:
            lab.wait_version(name, 1)
        lab.check_seats(hash_tree(templates))
        check(text_of(lab, "behind") == "No seat is behind.\n", text_of(lab, "behind"))
        session = lab.get("/v1/sessions")["sessions"][0]
        check(session["origin"] == "assignment" and session["rooms"] == ["A101"], f"{session}")
        check("assignment" in text_of(lab, "sessions"), text_of(lab, "sessions"))
        room = lab.ctl("assign", "A101", "none")[-1]
        check(room["assignment"] is None, f"{room}")


def test_only_some_templates_of_a_version():
    with Lab() as lab:
        make_lab(lab, 1)
        error = lab.ctl_fails("assign", "A101", 1, "--template", "three", status=3)
        check("three" in error["message"], f"{error}")
        lab.ctl("assign", "A101", 1, "--template", "two")
        lab.wait_version("seat-1", 1)
        seat = lab.seats["seat-1"]
        check(sorted(name for name in os.listdir(seat.repository) if not name.startswith(".")) == ["two"],
              f"{os.listdir(seat.repository)}")
        check("1 (two)" in text_of(lab, "rooms"), text_of(lab, "rooms"))
        lab.ctl("assign", "A101", 1)
        wait_for(lambda: sorted(n for n in os.listdir(seat.repository) if not n.startswith(".")) == ["one", "two"], 60, "all of it")
        lab.wait_version("seat-1", 1)


def test_outside_its_window_a_room_waits():
    with Lab() as lab:
        make_lab(lab, 1)
        window = closed_window()
        policy = lab.ctl("window", "A101", window)[-1]["policy"]["window"]
        check(policy["text"] == window and not policy["open"] and policy["opens"], f"{policy}")
        check("closed, opens" in text_of(lab, "window", "A101"), text_of(lab, "window", "A101"))
        for wrong in ("whenever", "mon 25:00-26:00", "mon 18:00-20:00 Nowhere/Atlantis"):
            error = lab.ctl_fails("window", "A101", wrong, status=1)
            check("mon-fri" in error["message"] or "zone" in error["message"], f"{wrong}: what is wrong is said: {error}")
        for option, value, said in (("wake", "maybe", "--wake “maybe” is neither yes nor no"), ("late", "x", "--late “x”"),
                                    ("wake-address", "x", "--wake-address is not"), ("busy-deadline", 99999, "--busy-deadline is not")):
            error = lab.ctl_fails("policy", "A101", f"--{option}", value, status=1 if "is not" in said else 2)
            check(error["message"].startswith(said), f"what is wrong is named as who types it names it: {error}")
        check(lab.ctl("window", "A101", "day 10:00-10:01 UTC")[-1]["policy"]["window"]["text"] == "mon-sun 10:00-10:01 UTC",
              "a day is each day")
        check(lab.ctl("window", "A101", "any time")[-1]["policy"]["window"] is None, "any time is none")
        lab.ctl("window", "A101", window)
        lab.ctl("assign", "A101", 1)
        seat = wait_for(lambda: (lambda s: s if s["outlook"]["next"] == "session" else None)(lab.get_seat("seat-1")), 20,
                        lambda: f"it waits: {lab.get_seat('seat-1')}")
        check(seat["outlook"]["behind"] == "due" and seat["outlook"]["at"] == policy["opens"], f"{seat['outlook']}")
        check(lab.get("/v1/sessions")["sessions"] == [], "no session has begun")
        behind = text_of(lab, "behind", "--room", "A101")
        check("its session is still to come" in behind and "a session, 20" in behind, behind)
        planned = lab.ctl("planned")
        check(planned[0]["kind"] == "due" and planned[0]["room"] == "A101" and planned[0]["at"] == policy["opens"], f"{planned}")
        check("what is assigned" in text_of(lab, "planned"), text_of(lab, "planned"))
        lab.ctl("window", "A101", "none")
        lab.wait_version("seat-1", 1)


def test_a_pinned_seat_keeps_its_version():
    with Lab() as lab:
        templates = make_lab(lab)
        first = hash_tree(templates)
        lab.deploy(1)
        write_random(os.path.join(templates, "two", "disk.img"), 4 * 1000 * 1000, seed=2)
        lab.publish(templates)
        seat = lab.ctl("pin", "seat-2", 1)[-1]
        check(seat["pinned"] and seat["assigned_version"] == 1, f"{seat}")
        lab.ctl("assign", "A101", 2)
        lab.wait_version("seat-1", 2)
        check(lab.get_seat("seat-2")["version"] == 1, "the pinned one stays")
        lab.check_seats(first, "seat-2")
        check(get_room(lab)["pinned"] == 1, f"{get_room(lab)}")
        check("it has a version of its own" in text_of(lab, "seat", "seat-2"), text_of(lab, "seat", "seat-2"))
        said = text_of(lab, "deploy", "2", "--room", "A101")
        check("left out: 1 seat;" in said and "Pinned to" not in said, said)
        text_of(lab, "pin", "seat-2", "none")
        lab.wait_version("seat-2", 2)
        lab.check_seats(hash_tree(templates))
        said = text_of(lab, "deploy", "1", "--seat", "seat-2")
        check("Pinned to version 1, whatever their room gets, until “pin SEAT none”: seat-2" in said, said)
        said = text_of(lab, "deploy", "2", "--seat", "seat-1")
        check("Pinned to" not in said, f"it is what the room has: {said}")


def test_sessions_are_scheduled_listed_and_cancelled():
    with Lab() as lab:
        make_lab(lab)
        error = lab.ctl_fails("schedule", 1, "--room", "A101", "--at", "2001-01-01 00:00", status=1)
        check("past" in error["message"], f"{error}")
        lab.ctl_fails("schedule", 7, "--room", "A101", "--at", NEVER, status=3)
        lab.ctl_fails("schedule", 1, "--room", "B", "--at", NEVER, status=3)
        once = lab.ctl("schedule", 1, "--room", "A101", "--at", NEVER, "--wake")[-1]
        check(once["state"] == "planned" and once["wake"] and once["when"]["kind"] == "at", f"{once}")
        again = lab.ctl("schedule", "newest", "--room", "A101", "--every", "mon,fri", "--time", "22:00", "--zone", "UTC")[-1]
        check(again["what"] == "newest" and again["when"]["days"] == ["mon", "fri"] and again["next"], f"{again}")
        listed = text_of(lab, "schedules")
        check("mon, fri 22:00 UTC" in listed and "newest" in listed and "at 2099" in listed, listed)
        repeats = [planned for planned in lab.ctl("planned", "--days", 14) if planned["schedule"] == again["id"]]
        check(len(repeats) == 4, f"each time of a repeated one: {json.dumps(repeats)}")
        check("is cancelled" in text_of(lab, "unschedule", str(again["id"])), "unschedule")
        check("pinned" in text_of(lab, "schedule", "1", "--seat", "seat-1", "--at", NEVER), "what becomes of a named seat")
        check("pinned" not in text_of(lab, "schedule", "assigned", "--seat", "seat-1", "--at", NEVER), "it has that already")
        check("pinned" not in text_of(lab, "schedule", "1", "--room", "A101", "--at", NEVER), "a room's are not")
        for schedule in lab.ctl("schedules")[1:]:
            lab.ctl("unschedule", schedule["id"])
        check([schedule["id"] for schedule in lab.ctl("schedules")] == [once["id"]], f"{lab.ctl('schedules')}")
        check({schedule["state"] for schedule in lab.ctl("schedules", "--all")} == {"planned", "cancelled"}, "both are kept")
        lab.ctl_fails("unschedule", again["id"], status=4)
        lab.ctl_fails("unschedule", 99, status=3)


def test_a_schedule_comes():
    with Lab() as lab:
        templates = make_lab(lab)
        at = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=4)).strftime("%Y-%m-%dT%H:%M:%SZ")
        schedule = lab.ctl("schedule", "newest", "--room", "A101", "--at", at)[-1]
        for name in lab.seats:
            lab.wait_version(name, 1)
        lab.check_seats(hash_tree(templates))
        done = next(item for item in lab.ctl("schedules", "--all") if item["id"] == schedule["id"])
        check(done["state"] == "done" and done["last"] and done["last_session"] == lab.get("/v1/sessions")["sessions"][0]["id"], f"{done}")
        check(get_room(lab)["assignment"]["version"] == 1, "and the room is assigned what it brought")


def test_seats_that_were_off_are_caught_up_or_wait_for_staff():
    with Lab() as lab:
        templates = make_lab(lab)
        for name in ("asks-1", "asks-2"):
            lab.add_seat(name, "B")
        lab.wait_online(*lab.seats)
        lab.ctl("policy", "B", "--late", "ask", "--busy-deadline", 24, "--rate", 100)
        shown = text_of(lab, "policy", "B")
        check("wait for staff" in shown and "24 h" in shown and "100 Mbit/s" in shown, shown)
        error = lab.ctl_fails("policy", "B", "--late", "sometimes", status=2)
        check("late" in error["message"], f"{error}")
        lab.ctl_fails("policy", "nowhere", "--late", "ask", status=3)
        off = ("seat-2", "asks-2")
        for name in off:
            lab.seats[name].stop()
        for name in off:
            lab.wait_presence(name, "offline")
        lab.ctl("assign", "A101", 1)
        lab.ctl("assign", "B", 1)
        for name in ("seat-1", "asks-1"):
            lab.wait_version(name, 1)
        check(lab.get("/v1/sessions")["sessions"][0]["rooms"] == ["A101", "B"], "rooms that want the same share a stream")
        for name in off:
            outlook = lab.get_seat(name)["outlook"]
            check(outlook["behind"] == "offline" and outlook["next"] == "return", f"{name}: {outlook}")
            lab.seats[name].start()
        seat = wait_for(lambda: (lambda s: s if s["presence"] == "online" and s["outlook"]["next"] == "staff" else None)(
            lab.get_seat("asks-2")), 60, lambda: f"it waits for staff: {lab.get_seat('asks-2')}")
        check(seat["outlook"]["behind"] == "late", f"{seat['outlook']}")
        lab.wait_version("seat-2", 1, timeout=180)
        check(lab.get_seat("asks-2")["version"] == 0, "the other one is not touched")
        lab.ctl("catch-up", "asks-2")
        lab.wait_version("asks-2", 1)
        lab.check_seats(hash_tree(templates))


def test_hooks_of_a_version_are_set_and_taken_back():
    with Lab() as lab:
        make_lab(lab, 1)
        path = os.path.join(lab.directory, "hooks.json")
        hook = {"when": "after-commit", "os": "linux", "run": ["/usr/bin/touch", os.path.join(lab.directory, "touched")],
                "timeout_seconds": 20}
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"hooks": [hook]}, file)
        check(lab.ctl("version", "hooks", 1, "--set", path)[-1]["hooks"] == [hook], "set")
        check("/usr/bin/touch" in text_of(lab, "version", "hooks", "1"), "shown")
        lab.ctl("assign", "A101", 1)
        lab.wait_version("seat-1", 1)
        wait_for(lambda: os.path.exists(os.path.join(lab.directory, "touched")), 20, "the seat has run it")
        lab.ctl("version", "hooks", 1, "--clear")
        check("run nothing" in text_of(lab, "version", "hooks", "1"), "cleared")
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"hooks": [{"when": "now"}]}')
        lab.ctl_fails("version", "hooks", 1, "--set", path, status=1)
        error = lab.ctl_fails("version", "hooks", 1, "--set", "/dev/zero", status=1)
        check("larger than the 64 KiB" in error["message"], f"without an end: {error}")


def test_waking_a_seat_without_an_address_is_told():
    with Lab() as lab:
        make_lab(lab, 1)
        result = lab.ctl("wake", "seat-1", status=None)[-1]
        check(result["woken"] == [] and len(result["failed"]) == 1, f"it is on, or has no address on loopback: {result}")
        lab.ctl_fails("wake", "nobody", status=3)


if __name__ == "__main__":
    main(globals())
