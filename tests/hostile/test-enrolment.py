#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who wants to be let in: tokens that are used up, over, taken back, guessed, stolen; machines that are another's. Prints TAP."""

import json
import os
import threading
import uuid

from authority import run
from hostile import ATTACKER, HostileLab, LONG, MIB, check, make_context, request
from lab import wait_for
from tap import main


class EnrolmentLab(HostileLab):
    def __init__(self, **options):
        super().__init__(**options)
        self.keys = os.path.join(self.directory, "keys")
        os.mkdir(self.keys)
        self.n_keys = 0

    def make_token(self, room="A101", seats=1, hours=1, ask=False):
        status, answer = self.api("POST", "/v1/enrol-tokens", {"room": room, "seats": seats, "hours": hours, **({"ask": True} if ask else {})})
        check(status in (200, 201), f"a token: {status} {answer}")
        return answer["token"], answer["id"]

    def make_request(self):
        """A key of an attacker's own. Returns the certificate request."""
        self.n_keys += 1
        path = os.path.join(self.keys, str(self.n_keys))
        return run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path, "-subj", "/CN=seat")

    def enrol(self, token, request_text=None, name=None, machine=None, macs=(), room="", address=ATTACKER, **more):
        """(status, answer): as a seat's service asks."""
        body = {"token": token, "request": request_text or self.make_request(), "name": name or f"pc-{self.n_keys}", "room": room,
                "machine": machine if machine is not None else str(uuid.uuid4()), "macs": list(macs), "os": "an attacker's",
                "service_version": "0.1.0", **more}
        status, answer = request(self, "POST", "/v1/enrol", body=json.dumps(body).encode(), address=address)
        try:
            return status, json.loads(answer)
        except ValueError:
            return status, {}

    def count_seats(self):
        return len(self.get_seats())

    def get_waiting(self):
        return self.get("/v1/waiting-seats")["waiting"]


def is_let_in(answer):
    return bool(answer.get("certificate"))


def test_a_token_that_is_replayed():
    """Two seats may use it. The third, and all at once, may not; the same key may ask again and is counted once."""
    with EnrolmentLab() as lab:
        lab.start_engine()
        token, _ = lab.make_token(seats=2)
        with lab.attack():
            first = lab.make_request()
            for _ in range(5):
                status, answer = lab.enrol(token, first, name="pc-first", machine="11111111-1111-4111-8111-111111111111")
                check(status == 200 and is_let_in(answer), f"the first seat, also when it asks again: {status} {answer}")
            answers = []
            requests = [lab.make_request() for _ in range(8)]

            def ask(number):
                answers.append(lab.enrol(token, requests[number], name=f"pc-at-once-{number}", address=f"127.0.2.{number + 1}"))
            threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(requests))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            let_in = [status for status, answer in answers if is_let_in(answer)]
            check(len(let_in) == 1, f"of 8 at once one was left to the token, {len(let_in)} were let in: {answers}")
            check(all(status in (200, 202) for status, _ in answers), f"the others wait for staff: {[status for status, _ in answers]}")
        check(lab.count_seats() == 2, f"two seats: {lab.get_seats()}")
        check(len(lab.get_waiting()) == 7, f"seven wait: {lab.get_waiting()}")


def test_tokens_that_are_none():
    with EnrolmentLab() as lab:
        lab.start_engine()
        token, number = lab.make_token(seats=30)
        asking, _ = lab.make_token(seats=30, ask=True)
        lab.api("POST", f"/v1/enrol-tokens/{number}/revoke", {})
        with lab.attack():
            for what in (token, "", "x" * 43, token[:-1], token + "A", token.swapcase(), "' OR 1=1 --", "\0"):
                status, answer = lab.enrol(what)
                check(status in (400, 403, 429) and not is_let_in(answer), f"a token that is {what!r}: {status} {answer}")
            status, answer = lab.enrol(asking, address="127.0.0.67")
            check(status == 202 and not is_let_in(answer), f"a token with which staff are asked: {status} {answer}")
        check(lab.count_seats() == 0, f"nobody was let in: {lab.get_seats()}")
        check(token not in lab.engine.read_log() and asking not in lab.engine.read_log(), "the log has a token")
        check(token not in json.dumps(lab.get("/v1/activity")) and token not in json.dumps(lab.get("/v1/enrol-tokens")), "the API tells a token")


def test_a_token_that_is_over():
    with EnrolmentLab() as lab:
        lab.start_engine()
        token, number = lab.make_token(seats=30)
        lab.engine.stop()
        run("python3", "-c", "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('UPDATE enrol_tokens SET ends = created - 1'); c.commit()",
            os.path.join(lab.engine.directory, "catalog.db"))
        lab.watch.stop()
        lab.start_engine()
        with lab.attack():
            status, answer = lab.enrol(token)
            check(status == 202 and not is_let_in(answer), f"a token that is over: {status} {answer}")
        check(lab.count_seats() == 0 and len(lab.get_waiting()) == 1, f"it waits for staff, token {number}")


def test_a_machine_that_is_anothers():
    """A valid token and what everybody in the room can see of a victim, its name and MAC, are not enough to become it."""
    with EnrolmentLab() as lab:
        lab.start_engine()
        token, _ = lab.make_token(seats=30)
        machine, mac = "22222222-2222-4222-8222-222222222222", "02:fc:00:00:00:22"
        status, victim = lab.enrol(token, name="pc-victim", machine=machine, macs=[mac], address="127.0.0.1")
        check(status == 200 and is_let_in(victim), f"the victim: {status} {victim}")
        with lab.attack():
            for what, claim in (("machine", {"machine": machine}), ("mac", {"macs": [mac.upper()]}), ("name", {"name": "pc-victim"}),
                                ("all", {"machine": machine, "macs": [mac], "name": "pc-victim"})):
                status, answer = lab.enrol(token, **claim)
                check(not is_let_in(answer) and answer.get("seat", "") != victim["seat"], f"by its {what} the attacker is let in: {status} {answer}")
                check(status in (202, 400) or answer.get("state") == "duplicate", f"by its {what}: {status} {answer}")
        check(lab.count_seats() == 1, f"there is one such seat: {lab.get_seats()}")


def test_requests_that_are_none():
    with EnrolmentLab(growth=48 * MIB) as lab:
        lab.start_engine()
        token, _ = lab.make_token(seats=1000)
        sound = lab.make_request()
        broken = sound.splitlines()
        broken[3] = broken[3][::-1]
        rsa = run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", os.path.join(lab.keys, "rsa"), "-subj", "/CN=seat")
        requests = {"nothing": " ", "no PEM": "x" * 1000, "a broken one": "\n".join(broken), "a large one": sound * 20, "a huge one": "a" * 60_000,
                    "an RSA key": rsa, "a certificate": sound.replace("CERTIFICATE REQUEST", "CERTIFICATE")}
        claims = {"a name with a line end": {"name": "a\nb"}, "a path for a name": {"name": "../../etc"}, "a name of 10 KB": {"name": "a" * 10_000},
                  "10,000 MACs": {"macs": ["02:fc:00:00:00:01"] * 10_000}, "no MAC": {"macs": ["x"]}, "a member more": {"seat": str(uuid.uuid4())},
                  "a machine that is no id": {"machine": "../../x"}, "another room": {"room": "../../x"}}
        with lab.attack():
            for number, (what, text) in enumerate(requests.items()):
                status, answer = lab.enrol(token, text, address=f"127.0.3.{number + 1}")
                check(400 <= status < 500 and not is_let_in(answer), f"{what} for a request: {status} {answer}")
            for number, (what, claim) in enumerate(claims.items()):
                status, answer = lab.enrol(token, address=f"127.0.4.{number + 1}", **claim)
                check(400 <= status < 500 or status in (200, 202), f"{what}: {status} {answer}")
                if what in ("a name with a line end", "a name of 10 KB", "10,000 MACs"):
                    check(not is_let_in(answer), f"{what} was let in")
        names = {seat["name"] for seat in lab.get_seats()} | {item["name"] for item in lab.get_waiting()}
        check(not any(ord(character) < 32 for name in names for character in name), f"names that break lines: {names}")


def test_a_flood_of_requests():
    """From one address and from many: who waits is bounded, staff can still work, and so can an honest seat."""
    with EnrolmentLab(growth=64 * MIB) as lab:
        lab.start_engine()
        asking, _ = lab.make_token(seats=30, ask=True)
        requests = [lab.make_request() for _ in range(24)]
        statuses = []
        with lab.attack():
            for number in range(400 if LONG else 60):
                address = ATTACKER if number % 2 else f"127.0.5.{number % 5 + 1}"
                statuses.append(lab.enrol(asking, requests[number % len(requests)], address=address)[0])
            for number in range(100):
                statuses.append(lab.enrol("x" * 43, requests[0], address=ATTACKER)[0])
        check(set(statuses) <= {202, 400, 403, 429}, f"answers: {set(statuses)}")
        check(429 in statuses, "guessing is never slowed down")
        waiting = lab.get_waiting()
        check(len([item for item in waiting if item["address"] == ATTACKER]) <= 8, f"{len(waiting)} wait, of one address more than 8")
        make_context.cache_clear()
        lab.add_seat("honest")
        lab.wait_online("honest")


def test_sign_in_by_guessing():
    """Passwords guessed in parallel: locked out, the memory that a guess costs is bounded, and the user can still be told from others."""
    with EnrolmentLab(growth=160 * MIB) as lab:
        lab.start_engine()
        status, answer = lab.api("POST", "/v1/users", {"name": "anna", "role": "administrator", "password": "correct horse battery staple"})
        check(status in (200, 201), f"a user: {status} {answer}")
        statuses, answers = [], set()

        def guess(number):
            body = json.dumps({"user": "anna" if number % 2 else f"nobody{number}", "password": f"guess {number}"}).encode()
            try:
                status, answer = request(lab, "POST", "/v1/sign-in", body=body, address=f"127.0.6.{number % 3 + 1}", timeout=30)
            except OSError:
                return
            statuses.append(status)
            if status == 401:
                answers.add(answer)
        with lab.attack():
            for begin in range(0, 400 if LONG else 80, 40):
                threads = [threading.Thread(target=guess, args=(begin + number,)) for number in range(40)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
        check(200 not in statuses and set(statuses) <= {0, 401, 429, 503}, f"answers: {sorted(set(statuses))}")
        check(429 in statuses or 503 in statuses, f"guessing is never slowed down: {sorted(set(statuses))}")
        check(len(answers) <= 1, f"the answer tells whether there is such a user: {answers}")
        check("guess" not in lab.engine.read_log() and "correct horse" not in lab.engine.read_log(), "the log has passwords")
        wait_for(lambda: lab.api("GET", "/v1/users")[0] == 200, 10, "staff go on")


if __name__ == "__main__":
    main(globals())
