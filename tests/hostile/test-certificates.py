#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who has no certificate, a wrong one, or one that is good and asks for more than is his. Prints TAP."""

import hashlib
import json
import os
import shutil
import uuid

from authority import Authority
from hostile import (ATTACKER, BINARY, HostileLab, LONG, MIB, PING, TEXT, WebSocket, check, connect, encode, read_answer, request, wait_for)
from lab import CHUNK, hash_tree, write_random
from tap import main

HEADER = 64  # bytes of an entry in a pack before its content
NOBODY = "0" * 64
SEAT_ROUTES = (("GET", f"/v1/manifests/{NOBODY}"), ("GET", f"/v1/plans/{NOBODY}"), ("GET", "/v1/packs/1"),
               ("POST", "/v1/chunks/locate"), ("POST", "/v1/seat/certificate"))
STAFF_ROUTES = (("GET", "/v1"), ("GET", "/v1/versions"), ("GET", "/v1/seats"), ("GET", "/v1/activity"), ("POST", "/v1/sessions"),
                ("POST", "/v1/versions"), ("POST", "/v1/settings"), ("POST", "/v1/store/gc"), ("POST", "/v1/enrol-tokens"),
                ("POST", "/v1/waiting-seats/approve"), ("POST", "/v1/users"), ("GET", "/v1/users"), ("GET", "/v1/events"))


class SeatLab(HostileLab):
    """Two seats that have enrolled; the second one's identity is the attacker's, too."""

    def __init__(self, **options):
        super().__init__(**options)
        self.templates = os.path.join(self.directory, "templates")

    def start_seats(self):
        self.start(2)
        self.watch.first = self.watch.read_memory()
        return self.get_seat("seat-1")["id"], self.get_seat("seat-2")["id"]

    def steal_identity(self, name):
        directory = os.path.join(self.seats[name].state, "identity")
        return os.path.join(directory, "seat.crt"), os.path.join(directory, "seat.key")

    def make_authority(self):
        trust = os.path.join(self.engine.directory, "trust")
        return Authority(os.path.join(self.directory, "authority"), os.path.join(trust, "authority.crt"), os.path.join(trust, "authority.key"))

    def make_console_certificate(self):
        trust = os.path.join(self.engine.directory, "trust")
        return os.path.join(trust, "console.crt"), os.path.join(trust, "console.key")

    def get_refusals(self):
        return [entry for entry in self.get("/v1/activity")["entries"] if entry["action"] == "seat-refused"]


def inventory_of(seat, name="seat-1"):
    """The least that the console takes for an inventory: as a real seat says it, of another seat's id."""
    return {"type": "inventory", "seat": seat, "name": name, "room": "A101"}


def record_inventory(lab):
    """What a real seat sends first, from the console's own records: enough of it is checked before the rest."""
    seat = lab.get_seat("seat-2")
    return {"type": "inventory", "protocol": 1, **{key: seat[key] for key in ("name", "room", "os", "service_version")}}


def test_wrong_certificates():
    with SeatLab() as lab:
        victim, _ = lab.start_seats()
        good = lab.steal_identity("seat-2")
        own, foreign = lab.make_authority(), Authority(os.path.join(lab.directory, "foreign"))
        impostor = Authority(os.path.join(lab.directory, "impostor"), name="Seatcast authority of this console")
        certificates = {
            "none": None,
            "of a foreign authority": foreign.issue(victim),
            "of an authority that has the console's name": impostor.issue(victim),
            "self-signed": (foreign.certificate, foreign.key),
            "expired": own.issue(victim, end="20200201000000Z"),
            "not valid yet": own.issue(victim, begin="20980101000000Z"),
            "of the authority, but of a key that it never saw": own.issue(victim),
            "of the authority, for two seats": own.issue(victim, name=f"URI:urn:seatcast:seat:{victim},URI:urn:seatcast:seat:{uuid.uuid4()}"),
            "of the authority, for a seat that is none": own.issue(str(uuid.uuid4())),
            "of the authority, for servers": own.issue(victim, purpose="serverAuth"),
            "of the authority, for nothing": own.issue(victim, purpose=None),
            "of the authority, with another name": own.issue(victim, name="DNS:localhost"),
            "of the authority, with a name that is no id": own.issue(victim, name="URI:urn:seatcast:seat:../../x"),
            "of an authority below the authority": Authority(os.path.join(lab.directory, "below"), *own.issue(victim, ca=True)).issue(victim),
            "the console's own": lab.make_console_certificate(),
            "the authority's own": (own.certificate, own.key),
        }
        with lab.attack():
            for what, certificate in certificates.items():
                for method, target in SEAT_ROUTES:
                    body = b"{}" if method == "POST" else b""
                    status, answer = request(lab, method, target, body=body, certificate=certificate, address=ATTACKER)
                    check(status == 401, f"a certificate {what}: {method} {target}: {status} {answer[:200]}")
                with WebSocket(lab, certificate=certificate) as socket:
                    check(socket.status == 401, f"a certificate {what} connected: {socket.status}")
                status, _ = request(lab, "GET", "/v1/versions", certificate=certificate, address=ATTACKER)
                check(status == 401, f"a certificate {what} is no staff's: {status}")
            # the test itself is right: a good one gets further
            status, answer = request(lab, "GET", SEAT_ROUTES[0][1], certificate=good, address=ATTACKER)
            check(status in (403, 404), f"a good certificate: {status} {answer[:200]}")
        check({seat["presence"] for seat in lab.get_seats()} == {"online"}, "the seats that have enrolled stay online")


def test_a_seat_is_no_staff():
    with SeatLab() as lab:
        lab.start_seats()
        certificate = lab.steal_identity("seat-2")
        with lab.attack():
            for method, target in STAFF_ROUTES:
                body = b"{}" if method == "POST" else b""
                status, answer = request(lab, method, target, body=body, certificate=certificate, address=ATTACKER)
                check(status == 403, f"{method} {target} of a seat: {status} {answer[:200]}")
            # and the local administrator's token is worth nothing from elsewhere
            status, answer = request(lab, "GET", "/v1/versions", token=lab.token, address="127.0.0.1")
            check(status == 200, f"here it is: {status}")
        check(lab.get("/v1/sessions")["sessions"] == [] and lab.get("/v1/versions")["versions"] == [], "nothing was begun")


def test_another_seats_id():
    with SeatLab() as lab:
        victim, attacker = lab.start_seats()
        certificate = lab.steal_identity("seat-2")
        lab.seats["seat-2"].stop()
        before = lab.get_seat("seat-1")
        with lab.attack():
            for seat in (victim, victim.upper(), "", "../" + victim, attacker + "\0", str(uuid.uuid4())):
                for message in (inventory_of(seat), {**record_inventory(lab), "seat": seat},
                                {"type": "verified", "seat": seat, "session": 1}, {"type": "done", "seat": seat, "session": 1}):
                    with WebSocket(lab, certificate=certificate) as socket:
                        check(socket.status == 101, f"the attacker's own certificate is good: {socket.status}")
                        socket.send_json(message)
                        check(socket.wait_closed(), f"{message} of another seat was taken")
        after = lab.get_seat("seat-1")
        check({**after, "last_seen": ""} == {**before, "last_seen": ""}, f"the victim's record was changed: {before} {after}")
        check(lab.get_refusals(), f"nobody is told: {lab.get('/v1/activity')}")


def test_messages_of_a_hostile_seat():
    with SeatLab(growth=64 * MIB) as lab:
        lab.start_seats()
        certificate = lab.steal_identity("seat-2")
        lab.seats["seat-2"].stop()
        messages = {
            "binary": (b"\0" * 1000, BINARY),
            "deep": (b'{"type":' + b"[" * 10000, TEXT),
            "no JSON": (b"\xff" * 1000, TEXT),
            "too large": (b'{"type":"' + b"a" * (32 * MIB) + b'"}', TEXT),
            "empty": (b"", TEXT),
            "an order": (b'{"type":"prepare","session":1}', TEXT),
            "of no kind": (b'{"type":"nothing"}', TEXT),
        }
        with lab.attack():
            for what, (payload, kind) in messages.items():
                with WebSocket(lab, certificate=certificate) as socket:
                    try:
                        socket.send(payload, kind)
                    except OSError:  # cut off in the middle of it
                        continue
                    check(socket.wait_closed(), f"a message that is {what} was taken")
            for what, length in (("that says to be endless", 2**63 - 1), ("that says to be large", 2**40)):
                with WebSocket(lab, certificate=certificate) as socket:
                    socket.send(b"a" * 1000, length=length)
                    check(socket.wait_closed(), f"a frame {what} is waited for")
            with WebSocket(lab, certificate=certificate) as socket:
                sent = 0
                try:
                    while sent < 64 * MIB:
                        socket.send(b"a" * 65536, TEXT if sent == 0 else 0, end=False)
                        sent += 65536
                except OSError:
                    pass
                check(sent < 64 * MIB, "a message in parts without an end was taken")
            with WebSocket(lab, certificate=certificate) as socket:
                try:
                    for _ in range(50_000 if LONG else 5000):
                        socket.send(b"x" * 120, PING)
                except OSError:
                    pass
        check(lab.get_seat("seat-1")["presence"] == "online", "the others stay")


def test_a_seat_reads_only_what_it_is_to_have():
    with SeatLab() as lab:
        lab.start_seats()
        certificate = lab.steal_identity("seat-2")
        write_random(os.path.join(lab.templates, "one", "disk.img"), MIB)
        lab.publish(lab.templates)
        lab.deploy(1, "--seat", "seat-1")
        version = lab.get("/v1/versions")["versions"][0]
        with lab.attack():
            for target in (f"/v1/manifests/{version['id']}", f"/v1/plans/{version['id']}", f"/v1/manifests/{NOBODY}"):
                status, answer = request(lab, "GET", target, certificate=certificate, address=ATTACKER)
                check(status in (403, 404), f"{target} of a seat that was never ordered to have it: {status} {answer[:100]}")
            for pack in range(1, 4):
                status, answer = request(lab, "GET", f"/v1/packs/{pack}", ["Range: bytes=0-65535"], certificate=certificate, address=ATTACKER)
                check(status in (403, 404), f"pack {pack}: {status} {answer[:100]}")
        # and who was ordered to have it may
        status, _ = request(lab, "GET", f"/v1/manifests/{version['id']}", certificate=lab.steal_identity("seat-1"))
        check(status == 200, f"the seat that has it may read it: {status}")


def find_largest_range(lab, certificate):
    """What a seat that was ordered to have a version may ask for at once. Returns (path, header)."""
    with open(os.path.join(lab.templates, "one", "disk.img"), "rb") as file:
        ids = b"".join(hashlib.sha256(chunk).digest() for chunk in iter(lambda: file.read(CHUNK), b""))
    status, answer = request(lab, "POST", "/v1/chunks/locate", body=ids, certificate=certificate)
    check(status == 200, f"it may ask where its chunks are: {status} {answer[:200]}")
    entries = sorted((entry["pack"], entry["offset"], entry["stored_length"]) for entry in json.loads(answer)["entries"])
    pack, first, _ = entries[0]
    last = max(offset + HEADER + length for number, offset, length in entries if number == pack and offset + HEADER + length <= first + 8 * MIB)
    check(last - first > 4 * MIB, f"they lie behind one another: {first} to {last}")
    return f"/v1/packs/{pack}", f"Range: bytes={first}-{last - 1}"


def test_a_seat_that_asks_and_does_not_read():
    with SeatLab(growth=350 * MIB, files=600) as lab:
        lab.start_seats()
        certificate = lab.steal_identity("seat-2")
        write_random(os.path.join(lab.templates, "one", "disk.img"), 12 * MIB)
        lab.publish(lab.templates)
        lab.deploy(1)
        target, bytes_range = find_largest_range(lab, certificate)
        connections = []
        with lab.attack():
            for _ in range(150):
                connection = connect(lab, certificate=certificate)
                connection.sendall(encode("GET", target, [bytes_range]))
                connections.append(connection)
            lab.seats["seat-2"].stop()
            # others are served meanwhile
            shutil.rmtree(os.path.join(lab.seats["seat-1"].repository, "one"))
            lab.ctl("verify", "seat-1", status=None)
        statuses = [read_answer(connection, 100)[0] for connection in connections]
        refused = statuses.count(429)
        for connection in connections:
            connection.close()
        check(refused >= 100, f"only {refused} of 150 were refused: {statuses}")
        wait_for(lambda: lab.watch.read_memory() - lab.watch.first < 100 * MIB, 30,
                 lambda: f"the engine's memory comes back: {(lab.watch.read_memory() - lab.watch.first) // MIB} MiB more than before")


def test_a_revoked_seat():
    with SeatLab() as lab:
        lab.start_seats()
        certificate = lab.steal_identity("seat-2")
        write_random(os.path.join(lab.templates, "one", "disk.img"), MIB)
        expected = hash_tree(lab.templates)
        lab.publish(lab.templates)
        lab.deploy(1)
        manifest = f"/v1/manifests/{lab.get('/v1/versions')['versions'][0]['id']}"
        check(request(lab, "GET", manifest, certificate=certificate)[0] == 200, "it may read its manifest")
        lab.seats["seat-2"].stop()
        with WebSocket(lab, certificate=certificate) as socket:
            check(socket.status == 101, "it is connected")
            lab.ctl("revoke", "seat-2")
            check(socket.wait_closed(), "the open connection outlives the certificate")
        with lab.attack():
            for method, target in (("GET", manifest), *SEAT_ROUTES):
                status, answer = request(lab, method, target, body=b"{}" if method == "POST" else b"", certificate=certificate, address=ATTACKER)
                check(status == 401, f"{method} {target} of a revoked seat: {status} {answer[:200]}")
            with WebSocket(lab, certificate=certificate) as socket:
                check(socket.status == 401, f"a revoked seat connected: {socket.status}")
        lab.engine.stop()
        lab.start_engine()
        check(request(lab, "GET", manifest, certificate=certificate)[0] == 401, "a restart forgets nothing")
        lab.wait_online("seat-1")
        lab.check_seats(expected, "seat-1")


if __name__ == "__main__":
    main(globals())
