# SPDX-License-Identifier: LGPL-2.1-or-later
"""An HTTP cache between seats and console: real nginx, configured by what “seatcastctl cache create” has made."""

import glob
import hashlib
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time

from lab import CHUNK, MIB, Lab, LabError, Skip, change_chunks, hash_tree, wait_for, write_random
from meter import Meter
from tap import check, main

ROOM = "A101"
LOAD_SEATS = 80
SIZE = 64 * MIB
HEADER = 64  # of an entry in a pack
ORIGIN_MAX = 1.05  # of the content


def find_nginx():
    path = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if path is None:
        raise Skip("nginx is not installed")
    return path


class Cache:
    """nginx on this machine, as the cache of a room. It reaches the engine at URL, which counts."""

    def __init__(self, lab, url, name="lab-1", port=0):
        self.lab = lab
        self.name = name
        self.directory = os.path.join(lab.directory, "cache")
        self.store = os.path.join(lab.directory, "cache-store")
        self.log = os.path.join(lab.directory, "nginx.log")
        if not port:
            with socket.create_server((lab.address, 0)) as free:
                port = free.getsockname()[1]
        self.url = f"https://{lab.address}:{port}"
        self.created = lab.ctl("cache", "create", name, "--name", lab.address, "--output", self.directory, "--port", port)[-1]
        self.adapt(os.path.join(self.directory, "seatcast-cache.conf"), url)
        self.popen = None

    def adapt(self, path, url):
        """Only where things lie, as this is not the machine that the file is for."""
        with open(path, encoding="utf-8") as file:
            text = file.read()
        own = self.lab.get("/v1/settings")["url"]
        check(own.split("//", 1)[1] in text and "/var/cache/seatcast" in text and "@" not in text, f"the configuration is filled in:\n{text}")
        text = text.replace(own.split("//", 1)[1], url.split("//", 1)[1]).replace("/var/cache/seatcast", self.store)
        if not socket.has_ipv6 or not os.path.exists("/proc/net/if_inet6"):
            text = "\n".join(line for line in text.splitlines() if "listen [::]" not in line)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        with open(os.path.join(self.directory, "nginx.conf"), "w", encoding="utf-8") as file:
            folders = "".join(f"{kind}_temp_path {self.lab.directory}/{kind}-temp;" for kind in
                              ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
            user = "user root;" if os.geteuid() == 0 else ""
            file.write(f"{user} daemon off; worker_processes 2; pid {self.lab.directory}/nginx.pid; error_log {self.log} info;"
                       "events { worker_connections 4096; }"
                       f"http {{ access_log {self.log}.access; {folders} include {path}; }}")

    def start(self):
        log = open(self.log + ".out", "ab")  # pylint: disable=consider-using-with
        self.popen = subprocess.Popen([find_nginx(), "-c", os.path.join(self.directory, "nginx.conf")], stdin=subprocess.DEVNULL,
                                      stdout=log, stderr=log, start_new_session=True)
        log.close()
        self.lab.closers.append(self.stop)  # a signal that nginx hears: killed, it would leave its workers behind

        def listens():
            if self.popen.poll() is not None:
                with open(self.log + ".out", encoding="utf-8") as file:
                    raise LabError(f"nginx ended: {file.read()}")
            try:
                socket.create_connection((self.lab.address, int(self.url.rsplit(":", 1)[1]))).close()
                return True
            except OSError:
                return False
        wait_for(listens, 20, "nginx listens")

    def stop(self):
        self.popen.send_signal(signal.SIGTERM)
        self.popen.wait(20)

    def request(self, identity, path, headers=None, method="GET"):
        """(status, body), asked as the seat whose identity lies in the directory."""
        context = ssl.create_default_context(cafile=os.path.join(self.directory, "ca.crt"))
        context.load_cert_chain(os.path.join(identity, "seat.crt"), os.path.join(identity, "seat.key"))
        host = self.url.split("//", 1)[1]
        connection = http.client.HTTPSConnection(host, context=context, timeout=30)
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body

    def count_files(self):
        return sum(len(names) for _, _, names in os.walk(self.store))


class World:
    """A console with versions, 80 seats that have enrolled, a relay that counts what the console sends, a cache."""

    def __init__(self, lab, n_seats=LOAD_SEATS):
        find_nginx()
        self.lab = lab
        self.n_seats = n_seats
        lab.start_engine()
        self.templates = os.path.join(lab.directory, "templates")
        self.image = os.path.join(self.templates, "one", "disk.img")
        self.meter = Meter(lab, "load", ROOM)
        with open(self.meter.connection, encoding="utf-8") as file:
            self.relay = next(line.split("=", 1)[1].strip() for line in file if line.startswith("url"))
        self.seats = os.path.join(lab.directory, "load")
        self.run("enrol")
        self.cache = Cache(lab, self.relay)
        self.cache.start()

    def publish(self, note="a version"):
        return self.lab.publish(self.templates, note)["version"]

    def get_manifest(self, version):
        return self.lab.get(f"/v1/versions/{version}")["id"]

    def run(self, what, *arguments, status=0):
        """Returns what cache-seats printed, and what it said."""
        program = os.path.join(self.lab.build, "tests", "lab", "cache-seats")
        result = subprocess.run([program, what, self.seats, self.meter.connection, str(self.n_seats), *map(str, arguments)],
                                capture_output=True, text=True, timeout=200, check=False, stdin=subprocess.DEVNULL)
        if result.returncode != status:
            raise LabError(f"cache-seats {what} exited with {result.returncode}: {result.stderr[-2000:]} {result.stdout}")
        return json.loads(result.stdout), result.stderr

    def assign(self, version, room=ROOM):
        status, answer = self.lab.api("POST", f"/v1/rooms/{room}/assign-version", {"version": version})
        check(status == 200, f"assigned: {status} {answer}")

    def fetch(self, version, *arguments, has=None, cache=True, complete=None, status=0):
        """What all seats' fetching of a version has come to, and the bytes that the console sent meanwhile."""
        before = self.meter.received
        options = ["--manifest", self.get_manifest(version), *arguments]
        options += ["--has", self.get_manifest(has)] if has else []
        options += ["--cache", self.cache.url] if cache else []
        result, said = self.run("fetch", *options, status=status)
        check(result["complete"] == (self.n_seats if complete is None else complete), f"they have all of it: {result} {said[-2000:]}")
        result["origin"] = self.meter.received - before
        result["said"] = said
        return result

    def identity(self, number=0):
        return os.path.join(self.seats, str(number), "identity")


def report(what, result, seats=LOAD_SEATS):
    print(f"# {what}: content {result['bytes'] / MIB:.1f} MiB, {seats} seats, the console sent {result['origin'] / MIB:.2f} MiB: "
          f"{result['origin'] / result['bytes']:.3f} × content, in {result['seconds']} s", flush=True)


def check_origin(what, result):
    """All that the console has sent counts: handshakes, places, manifests and answers about each range, too."""
    report(what, result)
    check(result["origin"] <= ORIGIN_MAX * result["bytes"], f"{what}: {result}")


def test_the_console_sends_it_once_for_80_seats():
    with Lab() as lab:
        world = World(lab)
        write_random(world.image, SIZE)
        first = world.publish()
        world.assign(first)
        whole = world.fetch(first)
        check(whole["bytes"] >= SIZE, f"all of it: {whole}")
        check_origin("a whole version", whole)

        changed = change_chunks(world.image, 2, 7)
        second = world.publish()
        world.assign(second)
        delta = world.fetch(second, has=first)
        check(delta["bytes"] == changed + changed // CHUNK * HEADER, f"what changed, no more: {delta}, {changed}")
        check_origin("a changed disk image", delta)

        again = world.fetch(second, has=first)
        report("the same again", again)
        check(again["origin"] < 0.1 * again["bytes"], f"from the cache alone: {again}")


def locate(world, offset=0):
    """(path, Range) of a chunk of the image at a cache, as its seat is told by the console."""
    with open(world.image, "rb") as file:
        file.seek(offset)
        chunk = hashlib.sha256(file.read(CHUNK)).digest()
    connection = world.lab.read_connection()
    context = ssl.create_default_context(cadata=world.lab.read_authority(connection["ca-sha256"]))
    identity = world.identity(1)
    context.load_cert_chain(os.path.join(identity, "seat.crt"), os.path.join(identity, "seat.key"))
    http_connection = http.client.HTTPSConnection(connection["url"].split("//", 1)[1], context=context, timeout=30)
    http_connection.request("POST", "/v1/chunks/locate", body=chunk)
    answer = json.loads(http_connection.getresponse().read())
    http_connection.close()
    entry = answer["entries"][0]
    end = entry["offset"] + HEADER + entry["stored_length"] - 1
    return f"/v1/cache/packs/{entry['pack']}/{answer['packs'][0]['size']}", f"bytes={entry['offset']}-{end}"


def test_a_seat_reads_there_what_it_may_read_and_nothing_else():
    with Lab() as lab:
        world = World(lab, n_seats=2)
        write_random(world.image, 2 * MIB)
        first = world.publish()
        world.assign(first)
        world.fetch(first)
        path, allowed = locate(world)
        own, other = world.identity(0), world.identity(1)

        def get(identity, where, headers, method="GET"):
            return world.cache.request(identity, where, headers, method)[0]
        status, body = world.cache.request(own, path, {"Range": allowed})
        with open(world.image, "rb") as file:
            check(status == 206 and body[HEADER:] == file.read(CHUNK), f"its chunk: {status}")
        begin, last = (int(number) for number in allowed[6:].split("-"))
        for wrong in (f"bytes={begin}-{last - 1}", f"bytes={begin}-{last + 1}", f"bytes={begin + 1}-{last}", f"bytes={begin}-",
                      f"bytes={begin}-{last},{begin}-{last}", "bytes=0-9", None):
            check(get(own, path, {"Range": wrong} if wrong else {}) == 403, f"{wrong} is refused")
        check(get(own, path, {"Range": allowed, "If-Range": '"x"'}) == 400, "no way around the range")
        for condition in ("0", ""):  # no value to nginx's “if”, and a condition to its ranges: it would send the whole pack
            status, body = world.cache.request(own, path, {"Range": allowed, "If-Range": condition})
            check(status == 403 and len(body) < 1024, f"nor by “If-Range: {condition}”: {status}, {len(body)} bytes")
        check(get(own, path, {"Range": allowed}, "HEAD") == 403 and get(own, path + "?x", {"Range": allowed}) == 403, "nothing but that")
        check(get(own, path.replace("/packs/", "/packs/./"), {"Range": allowed}) == 403, "nor by another name")
        for where in ("/", "/v1/seats", "/v1/cache/check", "/may", "/v1/packs/1"):
            check(get(own, where, {}) == 404, f"{where} is not there")

        # another version: in the cache, and still not for a seat that was not ordered to have it
        lab.api("POST", "/v1/rooms", {"name": "B202"})
        status, _ = lab.api("POST", "/v1/rooms/assign", {"seats": ["load-1"], "room": "B202"})
        check(status == 200, f"moved: {status}")
        change_chunks(world.image, 1, 3)
        second = world.publish()
        world.assign(second, "B202")
        path, allowed = locate(world)
        check(get(other, path, {"Range": allowed}) == 206, "the seat that is to have it")
        check(get(own, path, {"Range": allowed}) == 403, "and the one that is not")

        # revoked: at once, though all of it lies there
        lab.ctl("revoke", "load-1")
        check(get(other, path, {"Range": allowed}) == 403, "a seat that was shut out")
        context = ssl.create_default_context(cafile=os.path.join(world.cache.directory, "ca.crt"))
        stranger = http.client.HTTPSConnection(world.cache.url.split("//", 1)[1], context=context, timeout=30)
        stranger.request("GET", path, headers={"Range": allowed})
        check(stranger.getresponse().status == 400, "nor who shows no certificate")
        stranger.close()

        # the cache itself: renewed by the same key, then revoked
        key = os.path.join(world.cache.directory, "cache.key")
        check(os.stat(key).st_mode & 0o777 == 0o600, "its key is its own")
        before = hash_tree(world.cache.directory)
        lab.ctl("cache", "create", "lab-1", "--name", lab.address, "--output", world.cache.directory)
        after = hash_tree(world.cache.directory)
        check({name for name in before if before[name] != after[name]} == {"cache.crt"}, "only the certificate is another one")
        path, allowed = None, None
        check(world.fetch(first, complete=1, status=2)["complete"] == 1, "it is still answered")
        check([cache["state"] for cache in lab.ctl("cache", "list")] == ["good"], "listed")
        lab.ctl("cache", "revoke", "lab-1")
        check([cache["state"] for cache in lab.ctl("cache", "list")] == ["revoked"], "revoked")
        refused = world.fetch(first, complete=1, status=2)
        check("The cache answered" in refused["said"], f"the seat says so, and fetches from the console: {refused}")
        error = lab.ctl_fails("cache", "create", "lab-1", "--name", lab.address, "--output", world.cache.directory, status=4)
        check("revoked" in error["message"], f"{error}")
        lab.ctl_fails("cache", "create", "lab-1", status=2)
        lab.ctl_fails("cache", "revoke", "lab-9", status=3)


def test_one_seat_does_not_take_all_of_it():
    """While a part is on its way, one seat asks for it on many connections: the console answers a cache 256 requests at once."""
    with Lab() as lab:
        world = World(lab, n_seats=2)
        write_random(world.image, 2 * MIB)
        first = world.publish()
        world.assign(first)
        path, allowed = locate(world)
        lab.api("POST", "/v1/settings", {"catch_up_rate_bits_per_second": 1_000_000})  # 4 s for a part
        answers = []

        def ask(identity):
            answers.append(world.cache.request(identity, path, {"Range": allowed})[0])
        ask(world.identity(1))  # what comes next has to wait for it
        path, allowed = locate(world, MIB)
        threads = [threading.Thread(target=ask, args=(world.identity(0),)) for _ in range(40)]
        for thread in threads:
            thread.start()
        ask(world.identity(1))
        for thread in threads:
            thread.join()
        print(f"# {answers}", flush=True)
        check(set(answers) == {206, 429} and answers.count(429) <= 16, "as many as it needs, and no more")


def damage_store(world):
    """One byte of each part of a pack that nginx keeps, near its end. Returns how many."""
    count = 0
    for folder, _, names in os.walk(world.cache.store):
        for name in names:
            with open(os.path.join(folder, name), "r+b") as file:
                if b"KEY: /v1/cache/packs/" not in file.read(2048):
                    continue
                file.seek(-5, os.SEEK_END)
                byte = file.read(1)
                file.seek(-5, os.SEEK_END)
                file.write(bytes([byte[0] ^ 1]))
                count += 1
    return count


def test_what_the_cache_spoils_comes_from_the_console():
    with Lab() as lab:
        world = World(lab, n_seats=4)
        write_random(world.image, 12 * MIB)
        first = world.publish()
        world.assign(first)
        world.fetch(first)

        check(damage_store(world) > 20, "many files")
        spoilt = world.fetch(first)
        report("all files of the cache damaged", spoilt, 4)
        check("came damaged from pack" in spoilt["said"] and "this seat fetches it from the console" in spoilt["said"], spoilt["said"])
        check(spoilt["said"].count("this seat fetches") == 4, f"told once of each kind: {spoilt['said']}")
        check(spoilt["origin"] > 3 * spoilt["bytes"], "by each seat")

        world.cache.stop()
        down = world.fetch(first)
        report("nginx is down", down, 4)
        check(down["said"].count("this seat fetches") == 4 and "does not answer" in down["said"], down["said"])
        shutil.rmtree(world.cache.store)
        world.cache.start()
        up = world.fetch(first)
        report("it is up again, and empty", up, 4)
        check(up["origin"] < 1.2 * up["bytes"] and "this seat fetches" not in up["said"], f"{up}")


def test_services_use_the_cache_of_their_room():
    with Lab() as lab:
        world = World(lab, n_seats=1)
        write_random(world.image, 12 * MIB)
        first = world.publish()
        lab.ctl("policy", ROOM, "--cache", world.cache.url)
        for name in ("seat-1", "seat-2"):  # of three the planner would make a session
            lab.add_seat(name, ROOM, connection=world.meter.connection)
        lab.wait_online(*lab.seats)
        before = world.meter.received
        for name in lab.seats:
            lab.ctl("catch-up", name, "--to", first)
        for name in lab.seats:
            lab.wait_version(name, first)
        lab.check_seats(hash_tree(world.templates))
        origin = world.meter.received - before
        print(f"# two services: {origin / MIB:.2f} MiB for {os.path.getsize(world.image) / MIB:.1f} MiB each", flush=True)
        check(origin < 1.5 * os.path.getsize(world.image), f"once for both: {origin}")
        check(world.cache.count_files() > 20, "and the cache has it")


if __name__ == "__main__":
    main(dict(globals()))
