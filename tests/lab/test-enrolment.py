# SPDX-License-Identifier: LGPL-2.1-or-later
"""How seats come to belong to the console, and how they stop to: real services, a real engine."""

import os
import shutil
import socket
import ssl
import stat
import subprocess
import threading
import time

from lab import Lab, LabError, hash_repository, hash_tree, wait_for, write_random
from tap import check, main

SIZE = 24 * 1000 * 1000


def make_templates(lab, size=SIZE):
    templates = os.path.join(lab.directory, "templates")
    write_random(os.path.join(templates, "one", "disk.img"), size)
    return templates


def make_token(lab, *arguments, room="A101", seats=10):
    return lab.ctl("enrol-token", room, "--seats", seats, "--hours", 1, *arguments)[-1]


def make_file(lab, name, *arguments, room="A101", seats=10):
    """A connection file with a token. Returns its path."""
    path = os.path.join(lab.directory, name)
    made = lab.ctl("enrol-token", room, "--seats", seats, "--hours", 1, "--output", path, *arguments)[-1]
    check("token" not in made, f"a token that is written into a file is not shown: {made}")
    check(stat.S_IMODE(os.stat(path).st_mode) == 0o600, "and nobody else reads the file")
    again = lab.ctl_fails("enrol-token", room, "--seats", seats, "--hours", 1, "--output", path, status=4)
    check(again["code"] == "exists", f"it is not written over: {again}")
    return path


def list_waiting(lab):
    return {seat["name"]: seat for seat in lab.get("/v1/waiting-seats")["waiting"]}


def wait_waiting(lab, *names, timeout=60):
    return wait_for(lambda: (found := list_waiting(lab)).keys() == set(names) and found, timeout,
                    lambda: f"{', '.join(names)} wait: {list_waiting(lab)}")


def run_service(lab, seat, *arguments, status):
    """The seat's service with other options, which ends by itself. Returns what it printed."""
    command = [lab.program("seatcast-service"), "--state", seat.state, "--name", seat.name, "--room", seat.room,
               "--connection", os.path.join(seat.directory, "connection"), *arguments]
    result = subprocess.run(command, env=seat.environment, capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL)
    check(result.returncode == status, f"it exits with {status}: {result}")
    return result.stdout + result.stderr


def wipe(seat):
    """As a new image on the disk does it; what the machine is stays."""
    shutil.rmtree(seat.state)
    os.makedirs(seat.state)


def test_seats_enrol_in_the_window_as_many_as_it_says():
    with Lab() as lab:
        lab.start_engine()
        path = make_file(lab, "two.connection", seats=2)
        for name in ("seat-1", "seat-2"):
            lab.add_seat(name, connection=path)
        lab.wait_online("seat-1", "seat-2")
        check(lab.get("/v1/enrol-tokens")["tokens"][0]["state"] == "used-up", f"{lab.get('/v1/enrol-tokens')}")
        key = os.path.join(lab.seats["seat-1"].state, "identity", "seat.key")
        check(stat.S_IMODE(os.stat(key).st_mode) == 0o600, "the seat's key is its own")

        lab.add_seat("seat-3", connection=path)
        waiting = wait_waiting(lab, "seat-3")["seat-3"]
        check(waiting["state"] == "pending" and waiting["reason"] and waiting["room"] == "A101", f"one too many waits: {waiting}")
        check(lab.get_seat("seat-3") is None, "and is no seat yet")
        lab.ctl("approve", "seat-3")
        lab.wait_online("seat-3")

        # who has enrolled needs no token any more
        identities = {name: lab.get_seat(name)["id"] for name in lab.seats}
        for seat in lab.seats.values():
            seat.stop()
        lab.engine.stop()
        lab.start_engine()
        lab.ctl("enrol-token-revoke", lab.get("/v1/enrol-tokens")["tokens"][0]["id"])
        for seat in lab.seats.values():
            seat.start()
        lab.wait_online(*lab.seats)
        check({name: lab.get_seat(name)["id"] for name in lab.seats} == identities, "each is the seat that it was")


def test_the_service_enrols_by_its_option_and_says_how_that_ended():
    with Lab() as lab:
        lab.start_engine()
        open_token, asking = make_token(lab), make_token(lab, "--ask")

        def enrol(seat, token, status, fingerprint=None):
            return run_service(lab, seat, "--enrol", token["url"], "--token", token["token"], "--ca-fingerprint",
                               fingerprint or token["ca_fingerprint"], status=status)
        first, second = (lab.add_seat(name, start=False) for name in ("seat-1", "seat-2"))
        said = enrol(first, open_token, 0)
        check("pproved" in said and open_token["token"] not in said, said)
        said = enrol(second, asking, 3)
        check("approv" in said and asking["token"] not in said, said)
        wait_waiting(lab, "seat-2")
        said = enrol(lab.add_seat("seat-3", start=False), dict(open_token, token="x" * 43), 1)
        check("enied" in said or "token" in said, said)
        lab.ctl("approve", "seat-2")
        fourth = lab.add_seat("seat-4", start=False)
        for changed, option in ((dict(url="http://10.1.0.5:8470"), "--enrol"), (dict(url="10.1.0.5:8470"), "--enrol"),
                                (dict(ca_fingerprint="ab12"), "--ca-fingerprint")):
            said = enrol(fourth, dict(open_token, **changed), 1)
            check(f"{option} must be" in said, f"it names the option: {said}")
        said = enrol(fourth, open_token, 1, fingerprint="a" * 64)
        check("is not accepted as the console" in said and "not answer" not in said, f"it did answer: {said}")
        for seat in (first, second):
            seat.command[seat.command.index("--connection") + 1] = os.path.join(seat.directory, "connection")
            seat.connection = os.path.join(seat.directory, "connection")
            seat.start()
        lab.wait_online("seat-1", "seat-2")
        check(list_waiting(lab) == {}, "nobody waits")


class Recorder:
    """Who answers with the console's own certificate, and keeps what it is told: neither answer nor engine."""

    def __init__(self, lab):
        trust = os.path.join(lab.engine.directory, "trust")
        chain = os.path.join(lab.directory, "chain.pem")
        with open(chain, "w", encoding="ascii") as file:
            for name in ("console.crt", "authority.crt"):
                with open(os.path.join(trust, name), encoding="ascii") as part:
                    file.write(part.read())
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(chain, os.path.join(trust, "console.key"))
        self.listener = socket.create_server((lab.address, 0))
        self.url = f"https://{lab.address}:{self.listener.getsockname()[1]}"
        self.told = b""
        self.connections = 0
        lab.closers.append(self.listener.close)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                raw, _ = self.listener.accept()
            except OSError:
                return  # closed
            self.connections += 1
            raw.settimeout(5)
            try:
                with self.context.wrap_socket(raw, server_side=True) as connection:
                    while data := connection.recv(65536):
                        self.told += data
            except OSError:
                pass  # it hung up, or sends no more
            raw.close()


def test_a_token_is_told_to_no_other_authority():
    with Lab() as lab:
        lab.start_engine()
        token = make_token(lab)
        recorder = Recorder(lab)
        seat = lab.add_seat("seat-1", start=False)
        said = run_service(lab, seat, "--enrol", recorder.url, "--token", token["token"], "--ca-fingerprint", "0" * 64, status=1)
        check(recorder.connections > 0, "it was asked")
        check(recorder.told == b"", f"and told nothing: {recorder.told!r}")
        check(token["token"] not in said and "authority" in said, said)

        # the same as a service that runs, some times
        path = os.path.join(seat.directory, "other.connection")
        with open(path, "w", encoding="ascii") as file:
            file.write(f"[console]\nurl={recorder.url}\ntoken={token['token']}\nca-sha256={'0' * 64}\n")
        os.chmod(path, 0o600)
        seat.command[seat.command.index("--connection") + 1] = path
        seat.connection = path
        before = recorder.connections
        seat.start()
        wait_for(lambda: recorder.connections > before + 1, 60, "it has tried again")
        seat.stop()
        check(recorder.told == b"", f"it was told nothing: {recorder.told!r}")
        check(token["token"] not in seat.read_log(), "nor is it in the log")

        # the right fingerprint: then it is told, so the above says something
        shutil.rmtree(seat.state)
        os.makedirs(seat.state)
        with open(path, encoding="ascii") as file:
            text = file.read()
        with open(path, "w", encoding="ascii") as file:
            file.write(text.replace("0" * 64, token["ca_fingerprint"]))
        seat.start()
        wait_for(lambda: token["token"].encode() in recorder.told, 60, "the recorder hears what it is told")


def test_many_wait_and_are_approved_at_once():
    with Lab() as lab:
        lab.start_engine()
        names = [f"seat-{number}" for number in range(1, 7)]
        path = make_file(lab, "ask.connection", "--ask")
        other = make_file(lab, "other.connection", "--ask", room="B202")
        for name in names:
            lab.add_seat(name, connection=path)
        lab.add_seat("elsewhere", room="B202", connection=other)
        wait_waiting(lab, *names, "elsewhere")
        check(len(lab.ctl("approve", "--room", "A101")[-1]["done"]) == len(names), "all of the room")
        lab.wait_online(*names)
        check(list_waiting(lab).keys() == {"elsewhere"}, "the other one waits on")
        lab.ctl("approve", "elsewhere", "--into", "C303")
        lab.wait_online("elsewhere")
        check(lab.get_seat("elsewhere")["room"] == "C303", f"{lab.get_seat('elsewhere')}")


def test_a_seat_that_was_set_up_anew_stays_what_it_was():
    with Lab() as lab:
        templates = make_templates(lab)
        lab.start(2)
        lab.publish(templates)
        lab.deploy(1)
        lab.ctl("room", "add", "Hall")
        lab.ctl("assign", "Hall", 1)  # whoever comes into a room is to have what that has
        lab.ctl("move", "seat-1", "--room", "Hall")
        status, answer = lab.api("POST", "/v1/rooms/Hall/places", {"places": [{"seat": "seat-1", "column": 2, "row": 3}]})
        check(status == 200, f"{status} {answer}")
        before = lab.get_seat("seat-1")
        seat = lab.seats["seat-1"]
        seat.stop()
        lab.wait_presence("seat-1", "offline")
        old_identity = os.path.join(lab.directory, "old state")
        shutil.copytree(seat.state, old_identity)
        wipe(seat)
        seat.start()
        waiting = wait_waiting(lab, "seat-1")["seat-1"]
        check(waiting["state"] == "duplicate", f"the console knows it by another key: {waiting}")
        known = waiting["known"]
        check(known["seat"] == before["id"] and "machine" in known["matched"] and not known["online"], f"and says whom: {known}")
        check(lab.ctl("approve", "--all")[-1]["done"] == [], "it is not let in with all the others")
        lab.ctl("approve", "seat-1")
        lab.wait_online("seat-1")
        after = lab.get_seat("seat-1")
        for what in ("id", "room", "column", "row", "assigned_version"):
            check(after.get(what) == before.get(what), f"{what} was {before.get(what)} and is {after.get(what)}")
        check(len([one for one in lab.get_seats() if one["name"] == "seat-1"]) == 1, "there is one of it")
        lab.ctl("catch-up", "seat-1")
        lab.wait_version("seat-1", 1)
        lab.check_seats(hash_tree(templates))

        # whoever has a copy of the old disk is nobody now
        seat.stop()
        lab.wait_presence("seat-1", "offline")
        wipe(seat)
        shutil.rmtree(seat.state)
        shutil.copytree(old_identity, seat.state)
        seat.start()
        wait_for(lambda: "seat-1" in list_waiting(lab) or "enied" in seat.read_log() or "refus" in seat.read_log(), 60,
                 lambda: f"the old key is refused: {seat.tail()}")
        time.sleep(1)
        check(lab.get_seat("seat-1")["presence"] == "offline", "and nothing is taken from it")


def test_a_rejected_seat_stays_out():
    with Lab() as lab:
        lab.start_engine()
        path = make_file(lab, "ask.connection", "--ask")
        seat = lab.add_seat("seat-1", connection=path)
        wait_waiting(lab, "seat-1")
        check(len(lab.ctl("reject", "seat-1")[-1]["done"]) == 1, "it is turned away")
        seat.stop()
        seat.start()
        wait_for(lambda: "enied" in seat.read_log(), 60, lambda: f"it is told: {seat.tail()}")
        check(list_waiting(lab) == {} and lab.get_seats() == [], "and is neither here nor there")
        lab.ctl("approve", "seat-1", status=3)


def test_a_seat_that_is_revoked_in_a_session_gets_no_more():
    with Lab() as lab:
        templates = make_templates(lab, 60 * 1000 * 1000)
        expected = hash_tree(templates)
        lab.start(3)
        lab.publish(templates)
        number = lab.start_deploy(1, "--rate", 80)
        for name in lab.seats:
            lab.wait_receiving(name, number, 0.1)
        lab.ctl("revoke", "seat-2")
        lab.wait_presence("seat-2", "offline", timeout=5)
        caught = hash_repository(lab.seats["seat-2"].repository)
        session = lab.wait_session(number)
        for name in ("seat-1", "seat-3"):
            check(lab.get_session_seat(session, name)["state"] == "done", f"the others finish: {session}")
        lab.check_seats(expected, "seat-1", "seat-3")
        check(lab.get_session_seat(session, "seat-2")["state"] == "failed", f"{session}")
        found = hash_repository(lab.seats["seat-2"].repository)
        check(found != expected, "it has not all")
        check(found == caught or len(found) == len(caught), f"nothing came to it: {found} {caught}")

        # it asks to come back, and that is for staff to decide
        waiting = wait_waiting(lab, "seat-2")["seat-2"]
        check(waiting["state"] == "duplicate" and waiting["known"]["name"] == "seat-2", f"{waiting}")
        lab.ctl("approve", "seat-2")
        lab.wait_online("seat-2")
        lab.ctl("catch-up", "seat-2")
        lab.wait_version("seat-2", 1)
        lab.check_seats(expected)


def read_certificate(seat):
    with open(os.path.join(seat.state, "identity", "seat.crt"), encoding="ascii") as file:
        return file.read()


def test_the_authority_is_changed_under_seats_that_run_and_seats_that_are_off():
    with Lab() as lab:
        templates = make_templates(lab)
        lab.start(3)
        lab.publish(templates)
        old = lab.ctl("ca", "fingerprint")[-1]["fingerprint"]
        before = {name: read_certificate(seat) for name, seat in lab.seats.items()}
        lab.seats["seat-3"].stop()
        lab.wait_presence("seat-3", "offline")
        status = lab.ctl("ca", "rotate")[-1]
        check(status["fingerprint"] == old and status["rotation"]["fingerprint"] != old, f"the old one counts still: {status}")

        def moved(count):
            rotation = lab.get("/v1/ca")["rotation"]
            return rotation if rotation and rotation["moved"] == count else None
        rotation = wait_for(lambda: moved(2), 60, lambda: f"those that are on have moved: {lab.get('/v1/ca')}")
        check(rotation["total"] == 3 and rotation["waiting"] == ["seat-3"], f"and it is known who has not: {rotation}")
        wait_for(lambda: all(read_certificate(lab.seats[name]) != before[name] for name in ("seat-1", "seat-2")), 30,
                 "they have other certificates")
        lab.seats["seat-3"].start()
        wait_for(lambda: moved(3), 60, lambda: f"it has moved when it is back: {lab.get('/v1/ca')}")
        lab.ctl("ca", "rotate", "--finish")
        new = lab.read_connection()["ca-sha256"]
        check(new == rotation["fingerprint"], "the engine's own connection file names the next one")
        lab._http = None  # pylint: disable=protected-access
        lab.wait_online(*lab.seats)
        check(lab.ctl("ca", "fingerprint")[-1]["fingerprint"] == new, "which is shown")
        lab.deploy(1)
        lab.check_seats(hash_tree(templates))
        for seat in lab.seats.values():
            seat.stop()
        lab.engine.stop()
        lab.start_engine()
        for seat in lab.seats.values():
            seat.start()
        lab.wait_online(*lab.seats)


def test_what_is_no_connection_file_of_today_says_what_to_do():
    with Lab() as lab:
        lab.start_engine()
        connection = lab.read_connection()
        path = os.path.join(lab.directory, "old.connection")
        with open(path, "w", encoding="ascii") as file:
            file.write(f"[console]\nurl={connection['url']}\ntoken={connection['token']}\ncertificate-sha256={connection['ca-sha256']}\n")
        os.chmod(path, 0o600)
        seat = lab.add_seat("seat-1", connection=path, start=False)
        seat.start()
        try:
            wait_for(lambda: "certificate-sha256" in seat.read_log() or "ca-sha256" in seat.read_log(), 30, seat.tail)
        except LabError:
            check(False, f"it says what is wrong: {seat.tail()}")


if __name__ == "__main__":
    main(globals())
