# SPDX-License-Identifier: LGPL-2.1-or-later
"""An HTTP cache between seats and console: real nginx, configured by what “seatcastctl cache create” has made."""

import glob
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time

from lab import CHUNK, MIB, Lab, LabError, Skip, change_chunks, hash_tree, wait_for, write_random
from meter import Meter
from tap import check, main

ROOM = "A101"
LOAD_SEATS = 80
SIZE = 48 * MIB
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
        self.lab.background.append(self.popen)

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


def test_the_console_sends_it_once_for_80_seats():
    with Lab() as lab:
        world = World(lab)
        write_random(world.image, SIZE)
        first = world.publish()
        world.assign(first)
        whole = world.fetch(first)
        report("a whole version", whole)
        check(whole["bytes"] >= SIZE, "all of it")
        check(whole["origin"] <= ORIGIN_MAX * whole["bytes"], f"{whole}")


if __name__ == "__main__":
    main(dict(globals()))
