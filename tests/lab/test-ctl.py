# SPDX-License-Identifier: LGPL-2.1-or-later
"""seatcastctl as people use it: text, Ctrl-C, and events."""

import json
import os
import signal
import subprocess

from lab import Lab, wait_for, write_random
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
        check("Version 2" in text("publish", templates, "-m", "a second template"), "publish again")
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
        text("catch-up", "seat-1")


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
