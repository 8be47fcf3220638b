# SPDX-License-Identifier: LGPL-2.1-or-later
"""seatcastctl as people use it: text, Ctrl-C, and events."""

import glob
import json
import os
import signal
import subprocess

from lab import Lab, Skip, wait_for, write_random
from tap import check, main


def make_lab(lab):
    templates = os.path.join(lab.directory, "templates")
    write_random(os.path.join(templates, "one", "disk.img"), 24 * 1000 * 1000)
    lab.start(2, room="Röhre")
    return templates


def test_every_command_prints_text_for_people():
    with Lab() as lab:
        templates = make_lab(lab)
        environment = dict(os.environ, SEATCAST_CONNECTION=lab.connection, LC_ALL="C.UTF-8")

        def text(*arguments):
            result = subprocess.run([lab.program("seatcastctl"), *arguments], capture_output=True, text=True, check=False,
                                    env=environment, timeout=120, cwd=lab.directory)
            check(result.returncode == 0, f"{arguments}: {result}")
            return result.stdout

        # relative to where it is called, not to the engine's directory
        check("Version 1: 24.0 MB" in text("publish", "templates", "-m", "Größe", "--author", "Jörg"), "publish")
        write_random(os.path.join(templates, "two", "disk.img"), 1000 * 1000, seed=1)
        second = text("publish", templates, "-m", "a second template")
        check("Version 2" in second and "compared with version 1: 1 template added" in second, second)
        lines = text("versions").splitlines()
        check(len(lines) == 3 and "Jörg" in lines[1] and "Größe" in lines[1], f"versions: {lines}")
        check("two" in text("show", "2") and "24.0 MB" in text("show", "1"), "show")
        check("added" in text("diff", "1", "2") and "To send: 1.0 MB" in text("diff", "1", "2"), "diff")
        deployed = text("deploy", "1", "--room", "Röhre")
        check("Session 1: version 1, done" in deployed and deployed.count("100 %") == 2, deployed)
        text("deploy", "2")
        check("version 1, done" in text("rollback", "--room", "Röhre"), "rollback")
        lines = text("status").splitlines()
        check(len(lines) == 3 and all("online, current" in line for line in lines[1:]), f"status: {lines}")
        check(len(text("sessions").splitlines()) == 4, "sessions")
        check("catch-up 0 B" in text("session", "1"), "session")
        check("127.0.0.1" in text("seats") and "Röhre" in text("rooms"), "seats, rooms")
        check("0 damaged" in text("store", "verify"), "store verify")
        check("Freed" in text("store", "gc"), "store gc")
        check("2 versions" in text("store", "rebuild-index"), "store rebuild-index")
        check("has version 1 already" in text("catch-up", "seat-1"), "catch-up of a current seat")
        check("the same as version 2" in text("publish", templates, "-m", "again"), "publish without a change")
        check(text("diff", "2", "3") == "Nothing differs.\n", "diff without differences")
        os.utime(os.path.join(templates, "two", "disk.img"), (1, 1))
        text("publish", templates, "-m", "another time")
        check("changed (no new data)" in text("diff", "3", "4"), text("diff", "3", "4"))
        text("deploy", "4")
        back = text("rollback")
        check(back.startswith("Going back to version 2\n"), back)
        check("lose them: two\n" in text("deploy", "1"), "deploy names what is removed")


def test_seats_are_moved_between_rooms():
    with Lab() as lab:
        templates = make_lab(lab)
        lab.publish(templates)

        def text(*arguments, status=0):
            result = subprocess.run([lab.program("seatcastctl"), "--connection", lab.connection, *arguments], capture_output=True,
                                    text=True, check=False, timeout=60)
            check(result.returncode == status, f"{arguments}: {result}")
            return result.stdout + result.stderr

        def rooms():
            return {room["name"]: (room["seats"], room["online"]) for room in lab.ctl("rooms")}
        check("Room “Lab 2” is there" in text("room", "add", " Lab 2 "), "blanks around a name are dropped")
        check(rooms() == {"Röhre": (2, 2), "Lab 2": (0, 0)}, f"{rooms()}")
        check("there is a room “Lab 2” already" in text("room", "add", "Lab 2", status=4), "added twice")
        check(lab.ctl_fails("move", "seat-2", "--room", "Lab 9", status=3)["code"] == "not-found", "moved to a room that is not there")
        check(lab.ctl_fails("move", "seat-9", "--own-room", status=3)["code"] == "not-found", "a seat that is not there")
        moved = text("move", "seat-2", "--room", "Lab 2").splitlines()
        check(moved[0].split() == ["SEAT", "ROOM", "OWN", "ROOM"] and moved[1].split() == ["seat-2", "Lab", "2", "Röhre"], f"{moved}")
        check("own room    Röhre" in text("seat", "seat-2") and "own room" not in text("seat", "seat-1"), "seat")
        check("there are seats in room “Lab 2”" in text("room", "remove", "Lab 2", status=4), "removed with a seat in it")

        lab.deploy(1, "--room", "Lab 2")
        check([seat["version"] for seat in lab.ctl("seats") if seat["name"] == "seat-2"] == [1], "the deploy goes to the room's seats")
        check([seat["version"] for seat in lab.ctl("seats") if seat["name"] == "seat-1"] == [0], "and to no others")

        # it stays there when seat and engine are started again
        lab.engine.stop()
        lab.start_engine()
        lab.wait_online("seat-1", "seat-2")
        check(rooms() == {"Röhre": (1, 1), "Lab 2": (1, 1)}, f"{rooms()}")
        check("Room “Lab 2” is called “A/1” now (1 seat)." in text("room", "rename", "Lab 2", "A/1"), "renamed")
        check("ROOM" in text("rooms") and "A/1" in text("rooms"), text("rooms"))
        back = text("move", "seat-1", "seat-2", "--own-room").splitlines()
        check(back[0].split() == ["SEAT", "ROOM"] and len(back) == 3 and back[2].split() == ["seat-2", "Röhre"], f"{back}")
        check("Room “A/1” is removed." in text("room", "remove", "A/1"), "removed")
        check(lab.ctl("room", "remove", "A/1", status=3)[-1]["error"]["code"] == "not-found", "removed twice")
        check(rooms() == {"Röhre": (2, 2)}, f"{rooms()}")


def test_who_did_what_is_kept():
    with Lab() as lab:
        templates = make_lab(lab)
        lab.publish(templates)

        def text(*arguments, status=0):
            result = subprocess.run([lab.program("seatcastctl"), "--connection", lab.connection, *arguments], capture_output=True,
                                    text=True, check=False, timeout=60)
            check(result.returncode == status, f"{arguments}: {result}")
            return result.stdout + result.stderr

        check(lab.ctl("settings")[0]["publish_directory"] == templates, "what was published is remembered")
        needs = text("needs", "1").splitlines()
        check(needs[0].split()[:4] == ["ROOM", "SEATS", "LACKING", "TO"] and needs[1].split()[:3] == ["Röhre", "2", "2"], f"{needs}")
        lacks = lab.ctl("needs", "1")[0]["all"]["bytes_to_send"]
        planned = lab.ctl("deploy", "1", "--dry-run")[-1]
        check(planned["content_bytes"] == lacks, f"what the seats say is what the console knows: {planned['content_bytes']}, {lacks}")
        estimate = planned["estimate"]
        check(1.04 < estimate["wire_bytes"] / lacks < 1.15 and estimate["seconds"] >= 1, f"{estimate}")
        check(" on the wire, " in text("deploy", "1", "--dry-run"), "the estimate is shown")
        lab.deploy(1)
        check(lab.ctl("needs", "1")[0]["all"] == {"seats": 2, "seats_lacking": 0, "bytes_to_send": 0, "largest_seat_bytes": 0}, "needs")
        lab.ctl("needs", "9", status=3)

        text("deploy", "9", status=3)
        lab.ctl("settings", "--rate", "123", "--publish-directory", templates)

        def list_entries():
            return [entry for entry in lab.ctl("activity") if not entry["action"].startswith("enrol")]
        entries = list_entries()
        actions = [entry["action"] for entry in entries]
        check(actions == ["settings", "deploy", "session-end", "deploy", "session-end", "dry-run", "session-end", "dry-run", "publish-end",
                          "publish"], f"{actions}")
        check([entry["done"] for entry in entries].count(False) == 1 and "version 9" in entries[1]["error"], f"{entries[1]}")
        check(entries[0]["who"] == "local administrator" and entries[2]["who"] == "", f"{entries[0]}")
        check(entries[3]["n_seats"] == 2 and sorted(entries[3]["seats"]) == ["seat-1", "seat-2"], f"{entries[3]}")
        check(len(lab.ctl("activity", "--max", "3")) == 3, "--max")
        check(text("activity", "--max", "1").splitlines()[1].endswith("done"), "a table")

        # it stays there when the engine is started again, and so do the settings
        lab.engine.stop()
        lab.start_engine()
        lab.wait_online("seat-1", "seat-2")
        check([entry["action"] for entry in list_entries()] == actions, "kept")
        settings = lab.ctl("settings")[0]
        check(settings["rate_cap_bits_per_second"] == 123000000 and settings["publish_directory"] == templates, f"{settings}")
        check("123 Mbit/s" in text("settings"), "settings")
        events = [entry["event"] for entry in lab.ctl("log", "seat-1")]
        check(events[0] == "connected" and events[-1] == "connected", f"{events}")
        for event in ("waiting", "receiving", "done"):
            check(event in events, f"{event}: {events}")
        check("applying" not in events or events.index("done") < events.index("applying"), f"{events}")
        check(text("log", "seat-1", "--max", "1").splitlines()[0].startswith("TIME"), "a table")
        lab.ctl("log", "seat-9", status=3)


def test_a_cancelled_session_says_what_is_half_updated():
    with Lab() as lab:
        templates = make_lab(lab)
        lab.publish(templates)
        lab.deploy(1)
        write_random(os.path.join(templates, "one", "disk.img"), 60 * 1000 * 1000, seed=2)
        lab.publish(templates)
        number = lab.start_deploy(2, "--rate", 60)

        def text(*arguments, status=0):
            result = subprocess.run([lab.program("seatcastctl"), "--connection", lab.connection, *map(str, arguments)],
                                    capture_output=True, text=True, check=False, timeout=60)
            check(result.returncode == status, f"{arguments}: {result}")
            return result.stdout + result.stderr
        lab.wait_receiving("seat-1", number, 0.1)
        lab.wait_receiving("seat-2", number, 0.1)
        paused = text("pause", number)
        check(paused.count("paused") == 3 and text("status").count("paused") == 2, paused)
        text("resume", number)
        cancelled = text("cancel", number)
        check("2 templates on 2 seats are half updated: deploy again or roll back" in cancelled, cancelled)
        check(f"session {number} is over already: cancelled" in text("cancel", number, status=4), "cancelled twice")
        status = text("status")
        check(status.count("behind, 1 template half updated") == 2, status)
        text("rollback")
        check("half updated" not in text("status"), "a rollback mends it")


def test_a_version_that_cannot_be_compared_does_not_hide_the_session():
    with Lab() as lab:
        templates = make_lab(lab)
        lab.publish(templates)
        pack = glob.glob(os.path.join(lab.engine.directory, "**", "*.pack"), recursive=True)[0]
        end = os.path.getsize(pack)
        lab.deploy(1)
        write_random(os.path.join(templates, "one", "disk.img"), 1000 * 1000, seed=3)
        lab.publish(templates)
        # the manifests are the last that a publish appends
        with open(pack, "r+b") as file:
            file.seek(end - 2000)
            damaged = bytes(byte ^ 0x10 for byte in file.read(2000))
            file.seek(end - 2000)
            file.write(damaged)
        result = subprocess.run([lab.program("seatcastctl"), "--connection", lab.connection, "deploy", "2"],
                                capture_output=True, text=True, check=False, timeout=60)
        check("Not compared with version 1: " in result.stdout, f"{result}")
        check(result.returncode == 0 and "version 2, done" in result.stdout, f"{result}")


def test_wrong_usage_is_an_object_too_and_a_failure_is_told_once():
    with Lab() as lab:
        lab.start(1)
        for arguments in (["bogus"], ["deploy", "1", "--rate", "-1"], ["publish", lab.directory, "-m", " "], ["deploy", "1", "--bogus"]):
            check(lab.ctl_fails(*arguments, status=2)["code"] == "usage", f"{arguments}")
        lines = lab.ctl("publish", os.path.join(lab.directory, "missing"), "-m", "a test", status=None)
        check(sum(1 for line in lines if line.get("error")) == 1 and set(lines[-1]) == {"error"}, f"{lines}")


def test_a_connection_file_that_may_not_be_read_says_who_may():
    if os.geteuid() != 0:
        raise Skip("only root can become another user")
    with Lab() as lab:
        lab.start(0)
        os.chmod(lab.directory, 0o755)
        for closed, mode in ((lab.connection, 0o600), (os.path.dirname(lab.connection), 0o700)):
            os.chmod(closed, mode)
            # the program itself may lie where only root can reach it: it is opened before the user changes
            program = os.open(lab.program("seatcastctl"), os.O_RDONLY)
            result = subprocess.run([f"/proc/self/fd/{program}", "--connection", lab.connection, "versions"], pass_fds=[program],
                                    capture_output=True, text=True, check=False, timeout=30, user=65534, group=65534, extra_groups=[])
            os.close(program)
            check(result.returncode == 5 and "use sudo" in result.stderr, f"{result}")


def test_watch_keeps_its_table_while_there_is_no_engine():
    with Lab() as lab:
        lab.start(1)
        path = os.path.join(lab.directory, "watch")
        with open(path, "w", encoding="utf-8") as output:
            process = subprocess.Popen([lab.program("seatcastctl"), "--connection", lab.connection, "status", "--watch"], stdout=output,
                                       stderr=output, stdin=subprocess.DEVNULL, start_new_session=True)
        lab.background.append(process)

        def count(word):
            with open(path, encoding="utf-8") as file:
                return file.read().count(word)
        wait_for(lambda: count("SEAT"), 10, "the table")
        lab.engine.stop()
        wait_for(lambda: count("no connection since"), 20, "it says that the connection is lost")
        before = count("SEAT")
        lab.start_engine()
        wait_for(lambda: count("SEAT") > before, 20, "it goes on")
        check(count("no connection since") == 1 and count("cannot reach") == 0, "one line for the whole outage")
        process.send_signal(signal.SIGINT)
        check(process.wait(20) == 0, "Ctrl-C ends it")


def test_ctrl_c_leaves_a_session_alone():
    with Lab() as lab:
        templates = make_lab(lab)
        lab.publish(templates)
        process = lab.ctl_start("deploy", 1, "--rate", 60)
        wait_for(lambda: lab.ctl("sessions"), 30, "it has started")
        number = lab.ctl("sessions")[0]["id"]
        lab.wait_receiving("seat-1", number, 0.1)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        check(process.returncode == 0 and f"cancel {number}" in errors, f"it tells how to end it: {process.returncode} {errors}")
        check(lab.wait_session(number)["state"] == "done", "the session went on")


def test_watch_shows_events_also_of_an_engine_that_was_restarted():
    with Lab() as lab:
        templates = make_lab(lab)
        path = os.path.join(lab.directory, "watch")
        with open(path, "w", encoding="utf-8") as output:
            process = subprocess.Popen(lab.ctl_command("status", "--watch"), stdout=output, stderr=subprocess.DEVNULL,
                                       stdin=subprocess.DEVNULL, start_new_session=True)
        lab.background.append(process)

        def events(kind):
            with open(path, encoding="utf-8") as file:
                objects = [json.loads(line) for line in file if line.endswith("\n")]
            return [item for item in objects if item.get("type") == kind]
        wait_for(lambda: len(events("seat")) >= 2, 10, "the seats as they are, like events")
        lab.publish(templates)
        wait_for(lambda: events("version"), 10, "an event of the version")
        lab.deploy(1)
        wait_for(lambda: [event for event in events("session") if event["state"] == "done"], 10, "an event of the session's end")
        wait_for(lambda: [event for event in events("seat") if event["version"] == 1], 10, "an event of a seat that has it")
        lab.engine.stop()
        lab.start_engine()
        lab.wait_online("seat-1", "seat-2")
        before = len(events("version"))

        def publish_and_see():
            lab.publish(templates)
            return len(events("version")) > before
        wait_for(publish_and_see, 20, "it is connected again")
        process.send_signal(signal.SIGINT)
        check(process.wait(20) == 0, "Ctrl-C ends it")


if __name__ == "__main__":
    main(globals())
