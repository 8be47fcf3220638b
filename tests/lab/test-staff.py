# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may do what, from where, and what is kept of it. Machines of staff are network namespaces; skipped without root."""

import contextlib
import json
import os
import pty
import select
import shutil
import sqlite3
import subprocess
import termios

from lab import Lab, read_connection, wait_for, write_random
from namespaces import NetworkLab
from network import run
from tap import check, main

PASSWORD = "Tea for two, at 5"
OTHER_PASSWORD = "Coffee for one, at 8"


class StaffLab(NetworkLab):
    """The engine is on one machine, and staff sit at others."""

    def __init__(self, **options):
        super().__init__(**options)
        self.machines = []

    def add_machine(self, name):
        """A machine without a seat. Returns it, for ctl_at()."""
        number = len(self.machines) + 1
        namespace, inside, outside = self.namespace("m" + name), f"{self.prefix}j{number}", f"{self.prefix}p{number}"
        run("ip", "netns", "add", namespace)
        self.closers.append(lambda: run("ip", "netns", "del", namespace))
        run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside)
        run("ip", "link", "set", inside, "netns", namespace)
        run("ip", "link", "set", outside, "master", "br0", "up")
        for command in (["ip", "link", "set", "lo", "up"], ["ip", "addr", "add", f"10.77.0.{100 + number}/24", "dev", inside],
                        ["ip", "link", "set", inside, "up"]):
            run("ip", "netns", "exec", namespace, *command)
        self.machines.append(name)
        home = os.path.join(self.directory, "home of " + name)
        os.makedirs(home)
        return {"namespace": namespace, "home": home}

    def ctl_at(self, machine, *arguments, status=0, text=""):
        """seatcastctl there, with what it finds in the home there. Returns the last object that it printed."""
        environment = dict(os.environ, HOME=machine["home"], XDG_CONFIG_HOME=os.path.join(machine["home"], ".config"))
        environment.pop("SEATCAST_CONNECTION", None)
        command = ["ip", "netns", "exec", machine["namespace"], self.program("seatcastctl"), "--json", *map(str, arguments)]
        result = subprocess.run(command, env=environment, input=text, capture_output=True, text=True, check=False, timeout=60)
        check(status is None or result.returncode == status, f"seatcastctl {' '.join(map(str, arguments))}: {result}")
        check(PASSWORD not in result.stdout + result.stderr, "no password is shown")
        lines = result.stdout.splitlines()
        return json.loads(lines[-1]) if lines else {}

    def sign_in(self, machine, user, password=PASSWORD, status=0):
        """As a script does it."""
        connection = self.read_connection()
        return self.ctl_at(machine, "sign-in", "--url", connection["url"], "--ca-fingerprint", connection["ca-sha256"],
                           "--user", user, text=password + "\n", status=status)

    def add_user(self, name, role, password=PASSWORD):
        path = os.path.join(self.directory, "password")
        with open(path, "w", encoding="utf-8") as file:
            file.write(password + "\n")
        self.ctl("user", "add", name, "--role", role, "--password-file", path)
        os.unlink(path)


def make_templates(lab, folder="templates"):
    templates = os.path.join(lab.directory, folder)
    write_random(os.path.join(templates, "one", "disk.img"), 4 * 1000 * 1000)
    return templates


def get_entries(lab, action):
    return [entry for entry in lab.get("/v1/activity?max=1000")["entries"] if entry["action"] == action]


def test_the_engines_own_file_counts_on_its_own_machine_only():
    with StaffLab() as lab:
        lab.start_engine()
        me = lab.ctl("whoami")[-1]
        check(me["role"] == "administrator" and me["local"], f"{me}")
        machine = lab.add_machine("thief")
        stolen = os.path.join(machine["home"], "stolen")
        shutil.copy(lab.connection, stolen)
        said = lab.ctl_at(machine, "--connection", stolen, "versions", status=5)
        check(said["error"]["code"] == "denied" and "sign" in said["error"]["message"], f"{said}")
        # and no sign-in without a user
        lab.sign_in(machine, "anna", status=5)


def test_each_role_may_do_what_is_its_own():
    with StaffLab() as lab:
        lab.start_engine()
        lab.add_network_seat("s1")
        lab.wait_online("s1")
        templates = make_templates(lab)
        elsewhere = make_templates(lab, "elsewhere")
        lab.ctl("settings", "--publish-directory", templates)
        machines = {}
        for user, role in (("vera", "viewer"), ("otto", "operator"), ("ada", "administrator")):
            lab.add_user(user, role)
            machines[user] = lab.add_machine(user)
            signed_in = lab.sign_in(machines[user], user)
            check(signed_in["role"] == role and "token" not in signed_in, f"{signed_in}")
            check(lab.ctl_at(machines[user], "whoami")["user"] == user, "it is known who asks")

        def denied(user, *arguments):
            error = lab.ctl_at(machines[user], *arguments, status=5)["error"]
            check(error["code"] == "denied", f"{user} {arguments}: {error}")

        lab.ctl_at(machines["vera"], "seats")
        denied("vera", "publish", templates, "-m", "mine")
        denied("vera", "deploy", 1)
        denied("vera", "enrol-token-revoke", 1)
        denied("vera", "enrol-token", "A101", "--seats", 1, "--hours", 1)
        denied("vera", "revoke", "s1")
        lab.ctl_at(machines["otto"], "publish", templates, "-m", "winter")
        denied("otto", "publish", elsewhere, "-m", "what is none of his")
        denied("otto", "publish", os.path.join(templates, "..", "elsewhere"), "-m", "the same")
        lab.ctl_at(machines["otto"], "deploy", 1)
        denied("otto", "settings", "--rate", 100)
        denied("otto", "user", "list")
        denied("otto", "ca", "rotate")
        denied("otto", "store", "gc")
        lab.ctl_at(machines["ada"], "publish", elsewhere, "-m", "other")
        lab.ctl_at(machines["ada"], "settings", "--rate", 100)
        lab.ctl_at(machines["ada"], "store", "verify")

        # a role that is taken away is gone at once, and so is a user
        lab.ctl_at(machines["ada"], "user", "role", "otto", "viewer")
        denied("otto", "deploy", 1)
        lab.ctl_at(machines["ada"], "user", "disable", "otto")
        denied("otto", "versions")
        lab.sign_in(machines["otto"], "otto", status=5)
        lab.ctl_at(machines["ada"], "user", "enable", "otto")
        lab.sign_in(machines["otto"], "otto")

        refused = [entry["detail"] for entry in get_entries(lab, "denied") if entry["who"] == "vera" and entry["role"] == "viewer"]
        check("POST /v1/versions" in refused, f"what was refused is kept, too (of several at once the first): {refused}")
        published = get_entries(lab, "publish")
        check("otto" in {entry["who"] for entry in published if entry["done"]}, f"{published}")
        check(all(entry["role"] for entry in published), f"with the role: {published}")


def test_sign_in_and_out_and_another_password():
    with StaffLab() as lab:
        lab.start_engine()
        lab.add_user("anna", "operator")
        office, lab_pc = lab.add_machine("office"), lab.add_machine("pc")
        lab.sign_in(office, "anna")
        file = os.path.join(office["home"], ".config", "seatcast", "connection")
        check(os.stat(file).st_mode & 0o077 == 0, "nobody else reads the token")
        lab.sign_in(lab_pc, "anna")
        lab.ctl_at(lab_pc, "password", text=f"{PASSWORD}\n{OTHER_PASSWORD}\n")
        lab.ctl_at(lab_pc, "whoami")
        check(lab.ctl_at(office, "whoami", status=5)["error"]["code"] == "denied", "the other session has ended")
        lab.sign_in(office, "anna", status=5)
        # where and whom to trust it knows from the file
        lab.ctl_at(office, "sign-in", "--user", "anna", text=OTHER_PASSWORD + "\n")
        token = read_connection(file)["token"]
        lab.ctl_at(office, "sign-out")
        check(not os.path.exists(file), "the file is gone")
        kept = os.path.join(office["home"], "kept")
        connection = lab.read_connection()
        with open(kept, "w", encoding="ascii") as out:
            out.write(f"[console]\nurl={connection['url']}\ntoken={token}\nca-sha256={connection['ca-sha256']}\n")
        os.chmod(kept, 0o600)
        lab.ctl_at(office, "--connection", kept, "whoami", status=5)
        # the authority of another console is not told the password
        answer = lab.ctl_at(office, "sign-in", "--url", connection["url"], "--ca-fingerprint", "0" * 64, "--user", "anna",
                            text=OTHER_PASSWORD + "\n", status=5)
        check("authority" in answer["error"]["message"], f"{answer}")


class Terminal:
    """A person at a terminal: what is shown is in `shown`."""

    def __init__(self, command, environment):
        self.primary, secondary = pty.openpty()
        self.process = subprocess.Popen(command, stdin=secondary, stdout=secondary, stderr=secondary, env=environment, start_new_session=True)
        os.close(secondary)
        self.shown = ""

    def wait(self, text):
        def read():
            if select.select([self.primary], [], [], 0.1)[0]:
                with contextlib.suppress(OSError):  # it has ended
                    self.shown += os.read(self.primary, 4096).decode(errors="replace")
            return text in self.shown
        wait_for(read, 30, lambda: f"“{text}” on the terminal: {self.shown!r}", 0)

    def type(self, text):
        os.write(self.primary, text.encode())

    def end(self):
        status = self.process.wait(30)
        while select.select([self.primary], [], [], 0)[0]:
            try:
                self.shown += os.read(self.primary, 4096).decode(errors="replace")
            except OSError:
                break
        os.close(self.primary)
        return status


def is_echoing(terminal):
    return bool(termios.tcgetattr(terminal.primary)[3] & termios.ECHO)


def test_at_a_terminal_it_shows_whom_to_trust_and_no_password():
    with Lab() as lab:
        lab.start_engine()
        connection = lab.read_connection()
        path = os.path.join(lab.directory, "password")
        with open(path, "w", encoding="utf-8") as file:
            file.write(PASSWORD + "\n")
        lab.ctl("user", "add", "anna", "--role", "viewer", "--password-file", path)
        own = os.path.join(lab.directory, "own")
        command = [lab.program("seatcastctl"), "--connection", own, "sign-in", "--url", connection["url"] + "/", "--user", "anna"]

        no = Terminal(command, os.environ)
        no.wait("[yes/no]")
        check(connection["ca-sha256"] in no.shown, f"the fingerprint is shown: {no.shown}")
        no.type("no\n")
        check(no.end() != 0 and "assword" not in no.shown and not os.path.exists(own), f"nothing happens: {no.shown}")

        stop = Terminal(command, os.environ)
        stop.wait("[yes/no]")
        stop.type("yes\n")
        stop.wait("Password of anna")
        wait_for(lambda: not is_echoing(stop), 10, "what is typed is not shown")
        stop.type("half of i\x03")
        wait_for(lambda: is_echoing(stop), 10, "the terminal is as before")
        check(stop.end() != 0 and "half" not in stop.shown and not os.path.exists(own), f"Ctrl-C ends it: {stop.shown}")

        yes = Terminal(command, os.environ)
        yes.wait("[yes/no]")
        yes.type("yes\n")
        yes.wait("Password of anna")
        wait_for(lambda: not is_echoing(yes), 10, "what is typed is not shown")
        yes.type(PASSWORD + "x\x7f\n")  # a slip, and Backspace
        yes.wait("igned in as anna (viewer)")
        check(yes.end() == 0 and PASSWORD not in yes.shown, f"{yes.shown}")

        again = Terminal(command[:-4] + ["--user", "anna"], os.environ)
        again.wait("Password of anna")
        check("yes/no" not in again.shown, "what was confirmed once is known")
        wait_for(lambda: not is_echoing(again), 10, "what is typed is not shown")
        again.type("wrong\n")
        check(again.end() == 5, f"{again.shown}")


def test_guessing_is_stopped():
    with StaffLab() as lab:
        lab.start_engine()
        lab.add_user("anna", "operator")
        guesser, office = lab.add_machine("guesser"), lab.add_machine("office")
        messages = []
        for number in range(12):
            error = lab.ctl_at(guesser, "sign-in", "--url", lab.read_connection()["url"], "--ca-fingerprint",
                               lab.read_connection()["ca-sha256"], "--user", "anna", text=f"guess {number}\n", status=None)["error"]
            messages.append((error["code"], error["message"]))
        check(len({message for _, message in messages}) > 1 and messages[-1] != messages[0], f"it is locked out: {messages}")
        # the right one is of no use there now
        lab.ctl_at(guesser, "sign-in", "--url", lab.read_connection()["url"], "--ca-fingerprint", lab.read_connection()["ca-sha256"],
                   "--user", "anna", text=PASSWORD + "\n", status=None)
        check(not os.path.exists(os.path.join(guesser["home"], ".config", "seatcast", "connection")), "nor is the right one")
        lab.sign_in(office, "anna")
        check(get_entries(lab, "sign-in-failed") or get_entries(lab, "lock-out"), "and it is in the log")


def test_the_audit_log_shows_that_somebody_wrote_to_it():
    with Lab() as lab:
        lab.start(1)
        lab.publish(make_templates(lab))
        lab.deploy(1)
        lab.ctl("revoke", "seat-1")
        sound = lab.ctl("audit", "verify")[-1]
        check(sound["intact"] and sound["entries"] > 3, f"{sound}")
        entries = lab.ctl("audit", "--max", 1000)
        check(len(entries) == sound["entries"], f"{len(entries)} of {sound}")
        check(sound["head"] == entries[0]["hash"], "the head is the newest entry's hash")
        for action in ("enrol-token", "publish", "deploy", "revoke"):
            check([entry for entry in entries if action in entry["action"]], f"{action} is not in {[entry['action'] for entry in entries]}")
        lab.ctl("settings", "--rate", 300)
        check(lab.ctl("audit", "verify", "--head", sound["head"])[-1]["found"] == entries[0]["id"], "an earlier head is still there")
        check(lab.ctl("audit", "verify", "--head", "0" * 64, status=1)[-1]["intact"], "one that was never there is not")

        published = next(entry for entry in entries if entry["action"] == "publish")
        with contextlib.closing(sqlite3.connect(os.path.join(lab.engine.directory, "catalog.db"))) as database, database:
            triggers = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'activity'")]
            check(triggers, "nothing keeps a mistake from changing it")
            for trigger in triggers:  # somebody with the disk takes these away
                database.execute(f"DROP TRIGGER {trigger}")
            before = database.execute("SELECT who FROM activity WHERE id = ?", (published["id"],)).fetchone()[0]
            changed = database.execute("UPDATE activity SET who = 'somebody else' WHERE id = ?", (published["id"],)).rowcount
            check(changed == 1, "an entry was changed")
        found = lab.ctl("audit", "verify", status=1)[-1]
        check(not found["intact"] and found["first_bad"] == published["id"], f"{found}")
        with contextlib.closing(sqlite3.connect(os.path.join(lab.engine.directory, "catalog.db"))) as database, database:
            database.execute("UPDATE activity SET who = ? WHERE id = ?", (before, published["id"]))
        check(lab.ctl("audit", "verify")[-1]["intact"], "as it was it is sound")

        # somebody who cuts the newest off leaves a sound chain: an earlier head tells
        head = lab.ctl("audit", "verify")[-1]["head"]
        with contextlib.closing(sqlite3.connect(os.path.join(lab.engine.directory, "catalog.db"))) as database, database:
            database.execute("DELETE FROM activity WHERE id = (SELECT max(id) FROM activity)")
        check(lab.ctl("audit", "verify", "--head", head, status=1)[-1].get("found") is None, "it is missed")


if __name__ == "__main__":
    main(globals())
