# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is wrong is refused with a clear error and a status that tells scripts what it was; nothing is lost."""

import os
import subprocess
import threading

from lab import Lab, Process, hash_tree, wait_for, write_random
from tap import check, main


def make(path, text="content\n"):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def test_publish_refuses_bad_directories_and_names():
    with Lab() as lab:
        lab.start_engine()
        top = os.path.join(lab.directory, "bad")

        def refused(name, status, *words):
            error = lab.ctl_fails("publish", os.path.join(top, name), "-m", "bad", status=status)
            for word in words:
                check(word in error["message"], f"{name}: the message does not name '{word}': {error}")

        refused("missing", 3, "missing")
        make(os.path.join(top, "file"))
        refused("file", 1, "file")
        os.makedirs(os.path.join(top, "empty"))
        refused("empty", 1, "empty")
        for number, name in enumerate(["CON.txt", "a:b", "dot.", "space ", "what?", "back\\slash", "lpt1", "tab\there",
                                      "COM¹.txt", "CONIN$", "$Extend", "samba\uf03aname", "invoice\u202efdp.exe", "LONGFI~1.UPD"]):
            make(os.path.join(top, f"windows-{number}", "template", name))
            refused(f"windows-{number}", 1, "template")
        make(os.path.join(top, "short", "template", "sub", "Long file.vmdk"))
        make(os.path.join(top, "short", "template", "sub", "LONGFI~1.VMD"))
        refused("short", 1, "rename template/sub/LONGFI~1.VMD", "template/sub/Long file.vmdk")
        make(os.path.join(top, "short-template", "LONGNA~1", "a"))
        make(os.path.join(top, "short-template", "Long name of a template", "a"))
        refused("short-template", 1, "rename LONGNA~1")
        make(os.path.join(top, "form", "template", "Ä.txt"))
        make(os.path.join(top, "form", "template", "A\u0308.txt"))
        refused("form", 1, "Unicode form")
        make(os.path.join(top, "case", "template", "Disk.img"))
        make(os.path.join(top, "case", "template", "disk.IMG"))
        refused("case", 1, "case")
        make(os.path.join(top, "case-of-templates", "Template", "a"))
        make(os.path.join(top, "case-of-templates", "template", "b"))
        refused("case-of-templates", 1, "case")
        make(os.path.join(top, "link", "template", "a"))
        os.symlink("/etc/passwd", os.path.join(top, "link", "template", "out"))
        refused("link", 1, "out")
        make(os.path.join(top, "link-up", "template", "a"))
        os.symlink("../../file", os.path.join(top, "link-up", "template", "up"))
        refused("link-up", 1, "up")
        os.makedirs(os.path.join(top, "device", "template"))
        os.mkfifo(os.path.join(top, "device", "template", "pipe"))
        refused("device", 1, "pipe")

        check(lab.ctl("versions") == [], "nothing was published")
        make(os.path.join(top, "good", "template", "Größe und Maß.txt"))
        make(os.path.join(top, "good", "template", "LONGFI~1.VMD"))  # nothing beside it could have that name
        check(lab.publish(os.path.join(top, "good"))["version"] == 1, "the engine goes on")


def test_publish_refuses_what_it_may_not_read():
    with Lab() as lab:
        lab.start_engine()
        bad = os.path.join(lab.directory, "bad")
        make(os.path.join(bad, "template", "fine"))
        # also for root: a name that cannot be opened, because it is no name of a file any more
        os.symlink("nowhere", os.path.join(bad, "template", "dangling"))
        error = lab.ctl_fails("publish", bad, "-m", "bad", status=1)
        check("dangling" in error["message"], str(error))
        if os.getuid() != 0:
            os.unlink(os.path.join(bad, "template", "dangling"))
            make(os.path.join(bad, "template", "secret"))
            os.chmod(os.path.join(bad, "template", "secret"), 0)
            error = lab.ctl_fails("publish", bad, "-m", "bad", status=1)
            check("secret" in error["message"], str(error))


def test_a_file_that_changes_while_it_is_published():
    with Lab() as lab:
        lab.start_engine()
        templates = os.path.join(lab.directory, "templates")
        path = os.path.join(templates, "one", "disk.img")
        write_random(path, 128 * 1000 * 1000)
        end = threading.Event()

        def change():
            count = 0
            while not end.wait(0.001):
                count += 1
                with open(path, "r+b") as file:
                    file.seek(count * 4096 % 128000000)
                    file.write(b"changed %d" % count)
        writer = threading.Thread(target=change)
        writer.start()
        try:
            error = lab.ctl_fails("publish", templates, "-m", "changes", status=1)
        finally:
            end.set()
            writer.join()
        check(error["code"] == "changed" and "disk.img" in error["message"], str(error))
        check(lab.ctl("versions") == [], "no version came of it")
        check(lab.publish(templates)["version"] == 1, "once it rests it can be published")
        check(lab.ctl("store", "verify")[-1]["result"]["damaged"] == 0, "the store is sound")


def test_one_publish_at_a_time_and_ctrl_c_cancels_it():
    with Lab() as lab:
        lab.start_engine()
        templates = os.path.join(lab.directory, "templates")
        write_random(os.path.join(templates, "one", "disk.img"), 250 * 1000 * 1000)
        first = lab.ctl_start("publish", templates, "-m", "long")
        wait_for(lambda: any(item["state"] == "running" and item["done_bytes"] > 0 for item in lab.get("/v1/operations")["operations"]),
                 30, lambda: f"it runs: {lab.get('/v1/operations')}")
        error = lab.ctl_fails("publish", templates, "-m", "second", status=4)
        check(error["code"] == "busy", str(error))
        first.terminate()
        output, _ = first.communicate(timeout=60)
        check(first.returncode == 1 and '"cancelled"' in output.splitlines()[-1], f"{first.returncode}: {output[-300:]}")
        check(lab.ctl("versions") == [], "no version came of it")
        check(lab.publish(templates)["version"] == 1, "and again to its end")


def test_unknown_version_room_seat_and_session():
    with Lab() as lab:
        templates = os.path.join(lab.directory, "templates")
        make(os.path.join(templates, "one", "a.txt"))
        lab.start_engine()
        lab.publish(templates)
        error = lab.ctl_fails("deploy", 1, status=4)
        check(error["code"] == "state", f"no seat is there: {error}")
        lab.add_seat("seat-1")
        lab.wait_online("seat-1")
        for arguments in (("deploy", 9), ("deploy", 1, "--room", "nowhere"), ("deploy", 1, "--seat", "nobody"), ("show", 9),
                          ("diff", 1, 9), ("diff", 9, 1), ("session", 9), ("pause", 9), ("resume", 9), ("cancel", 9),
                          ("catch-up", "nobody"), ("rollback",), ("rollback", "--room", "nowhere")):
            error = lab.ctl_fails(*arguments, status=3)
            check(error["code"] == "not-found", f"{arguments}: {error}")
        session = lab.deploy(1)
        for verb in ("pause", "resume", "cancel"):
            check(lab.ctl_fails(verb, session["id"], status=4)["code"] == "state", "a session that is over")
        for arguments in (("deploy", "x"), ("deploy",), ("show", "0"), ("nonsense",), ("publish", templates)):
            lab.ctl(*arguments, status=2)
        check([version["number"] for version in lab.ctl("versions")] == [1], "nothing else happened")


def test_wrong_token_wrong_certificate_no_engine():
    with Lab() as lab:
        lab.start_engine()
        with open(lab.connection, encoding="utf-8") as file:
            text = file.read()

        def with_connection(changed):
            path = os.path.join(lab.directory, "changed-connection")
            with open(path, "w", encoding="utf-8") as file:
                file.write(changed)
            os.chmod(path, 0o600)
            return subprocess.run([lab.program("seatcastctl"), "--connection", path, "versions"], capture_output=True, text=True,
                                  check=False, timeout=60)
        details = lab.read_connection()
        wrong_token = with_connection(text.replace(details["token"], "x" * len(details["token"])))
        check(wrong_token.returncode == 5, f"a wrong token: {wrong_token}")
        wrong_pin = with_connection(text.replace(details["ca-sha256"], "0" * 64))
        check(wrong_pin.returncode == 5 and "certificate" in wrong_pin.stderr, f"another authority: {wrong_pin}")
        lab.engine.stop()
        check(with_connection(text).returncode == 5, "no engine")


def test_two_sessions_do_not_share_a_seat():
    with Lab() as lab:
        templates = os.path.join(lab.directory, "templates")
        write_random(os.path.join(templates, "one", "disk.img"), 24 * 1000 * 1000)
        lab.start(2)
        lab.publish(templates)
        number = lab.start_deploy(1, "--rate", 40)
        error = lab.ctl_fails("deploy", 1, "--seat", "seat-1", status=4)
        check(error["code"] == "busy", str(error))
        lab.wait_receiving("seat-1", number, 0.1)
        lab.ctl("pause", number)
        wait_for(lambda: lab.get_session(number)["state"] == "paused", 20, lambda: f"paused: {lab.get_session(number)}")
        lab.ctl("resume", number)
        lab.wait_receiving("seat-1", number, 0.2)
        lab.ctl("cancel", number)
        session = lab.wait_session(number)
        check(session["state"] == "cancelled", f"cancelled: {session}")
        after = lab.deploy(1)
        lab.check_seats(hash_tree(templates))
        check(after["content_bytes"] < 22 * 1000 * 1000, f"what they had was sent again: {after['content_bytes']}")


def test_a_second_engine_on_the_same_store_is_refused():
    with Lab() as lab:
        templates = os.path.join(lab.directory, "templates")
        make(os.path.join(templates, "one", "a.txt"))
        lab.start_engine()
        second = Process("second", [*lab.engine.command[:3], "--listen", "127.0.0.1:0", "--interface", "127.0.0.1"],
                         os.path.join(lab.directory, "second.log"))
        second.start()
        try:
            check(second.wait(30) != 0, "the second engine must not run")
        finally:
            second.kill()
        check(lab.engine.directory in second.read_log(), f"it says why: {second.read_log()}")
        check(lab.publish(templates)["version"] == 1, "the first one goes on")


if __name__ == "__main__":
    main(globals())
