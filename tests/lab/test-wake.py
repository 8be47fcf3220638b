# SPDX-License-Identifier: LGPL-2.1-or-later
"""Magic packets that really leave: from the console, to a subnet's broadcast, and by a seat that is on. Namespaces and
packet sockets; skipped without root."""

import os
import socket
import struct
import time

from lab import hash_tree, wait_for, write_random
from namespaces import NetworkLab
from network import run
from tap import check, main

ALL_PACKETS = 0x0003
IPV4 = 0x0800
UDP = 17
PACKETS = 3
LIMITED = "255.255.255.255"


class Capture:
    """What goes through an interface of this namespace."""

    def __init__(self, interface):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PACKETS))
        self.socket.bind((interface, 0))
        self.socket.settimeout(0.2)
        self.magic = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    @staticmethod
    def parse(frame):
        """(from, to, port, MAC address) of a frame with a magic packet, else None."""
        if struct.unpack_from("!H", frame, 12)[0] != IPV4 or frame[14 + 9] != UDP:
            return None
        header = 4 * (frame[14] & 0xf)
        payload = frame[14 + header + 8:]
        if len(payload) < 102 or payload[:6] != b"\xff" * 6 or payload[6:102] != payload[6:12] * 16:
            return None
        return (socket.inet_ntoa(frame[14 + 12:14 + 16]), socket.inet_ntoa(frame[14 + 16:14 + 20]),
                struct.unpack_from("!H", frame, 14 + header + 2)[0], ":".join(f"{byte:02x}" for byte in payload[6:12]))

    def poll(self):
        try:
            found = self.parse(self.socket.recv(65536))
        except TimeoutError:
            return
        if found:
            self.magic.append(found)

    def count(self, sender):
        return sum(packet[0] == sender for packet in self.magic)

    def wait(self, sender, number):
        def enough():
            self.poll()
            return self.count(sender) >= number
        wait_for(enough, 30, lambda: f"{number} magic packets from {sender}: {self.magic}", interval=0)

    def collect(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.poll()


class WakeLab(NetworkLab):
    """Seats whose numbers begin with 10 are on another network, behind a router: this namespace."""

    def port(self, name):
        return f"{self.prefix}o{list(self.seats).index(name) + 1}"

    def add_far_network(self):
        run("sysctl", "-qw", "net.ipv4.ip_forward=1")
        run("ip", "link", "add", "br1", "address", "02:00:0a:4e:00:01", "type", "bridge", "mcast_snooping", "0")
        run("ip", "addr", "add", "10.78.0.1/24", "dev", "br1")
        run("ip", "link", "add", "port0", "type", "veth", "peer", "name", "port1")  # without a port it is not running
        run("ip", "link", "set", "port0", "master", "br1", "up")
        run("ip", "link", "set", "port1", "up")
        run("ip", "link", "set", "br1", "up")

    def add_far_seat(self, name):
        number = len(self.seats) + 1
        namespace, inside, outside = self.namespace(name), f"{self.prefix}i{number}", f"{self.prefix}o{number}"
        run("ip", "netns", "add", namespace)
        self.closers.append(lambda: run("ip", "netns", "del", namespace))
        run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside)
        run("ip", "link", "set", inside, "netns", namespace)
        run("ip", "link", "set", outside, "master", "br1", "up")
        address = f"10.78.0.{10 + number}"
        for command in (["ip", "link", "set", "lo", "up"], ["ip", "addr", "add", address + "/24", "dev", inside],
                        ["ip", "link", "set", inside, "up"], ["ip", "route", "add", "default", "via", "10.78.0.1"]):
            run("ip", "netns", "exec", namespace, *command)
        return self.add_seat(name, address=address, prefix=("ip", "netns", "exec", namespace))

    def switch_off(self, name):
        self.seats[name].stop()
        self.wait_presence(name, "offline")
        return self.get_seat(name)["mac"]


def start(lab, n_seats):
    lab.start_engine()
    for number in range(1, n_seats + 1):
        lab.add_network_seat(f"s{number}")
    lab.wait_online(*lab.seats)


def check_woken(result, name, lab):
    check(result["woken"] == [lab.get_seat(name)["id"]] and result["failed"] == [], f"{result}")


def test_packets_of_the_console_and_of_a_neighbour():
    with WakeLab() as lab:
        start(lab, 2)
        mac = lab.switch_off("s2")
        with Capture(lab.port("s2")) as capture:
            check_woken(lab.ctl("wake", "s2")[-1], "s2", lab)
            capture.wait("10.77.0.1", PACKETS)
            capture.wait("10.77.0.11", 1)
        for packet in capture.magic:
            check(packet[1:] == (LIMITED, 9, mac), f"to everybody on this link, for {mac}: {packet}")
        check(capture.count("10.77.0.1") == PACKETS, f"{PACKETS} of the console's: {capture.magic}")


def test_a_subnet_directed_broadcast():
    with WakeLab() as lab:
        start(lab, 1)
        mac = lab.switch_off("s1")
        lab.ctl("policy", "A101", "--wake-destination", "10.77.0.255:7")
        with Capture(lab.port("s1")) as capture:
            check_woken(lab.ctl("wake", "--room", "A101")[-1], "s1", lab)
            capture.wait("10.77.0.1", PACKETS)
        check(all(packet == ("10.77.0.1", "10.77.0.255", 7, mac) for packet in capture.magic), f"{capture.magic}")


def test_the_interface_that_staff_name():
    with WakeLab() as lab:
        lab.add_far_network()
        start(lab, 1)
        lab.switch_off("s1")
        lab.ctl("policy", "A101", "--wake-address", "10.78.0.1")
        with Capture("br1") as far, Capture("br0") as near:
            lab.ctl("wake", "s1")
            far.wait("10.78.0.1", PACKETS)
            near.collect(1)
        check(near.magic == [], f"and from no other one: {near.magic}")


def test_behind_a_router_a_seat_relays():
    with WakeLab() as lab:
        lab.add_far_network()
        start(lab, 1)
        lab.add_far_seat("f2")
        lab.add_far_seat("f3")
        lab.wait_online("f2", "f3")
        mac = lab.switch_off("f3")
        with Capture(lab.port("f3")) as capture:
            check_woken(lab.ctl("wake", "f3")[-1], "f3", lab)
            capture.wait("10.78.0.12", 1)
            capture.collect(1)
        check({packet for packet in capture.magic} == {("10.78.0.12", LIMITED, 9, mac)},
              f"only its neighbour's get there: {capture.magic}")


def test_a_session_wakes_who_is_off_and_awaits_it():
    with WakeLab() as lab:
        templates = os.path.join(lab.directory, "templates")
        write_random(os.path.join(templates, "one", "disk.img"), 6 * 1000 * 1000)
        start(lab, 2)
        lab.publish(templates)
        mac = lab.switch_off("s2")
        lab.ctl("policy", "A101", "--wake", "yes")
        with Capture(lab.port("s2")) as capture:
            lab.ctl("assign", "A101", 1)
            capture.wait("10.77.0.1", 1)
        check(capture.magic[0][3] == mac, f"{capture.magic}")
        check(lab.get_seat("s1")["version"] == 0, "the session awaits it")
        lab.seats["s2"].start()
        lab.wait_version("s1", 1)
        lab.wait_version("s2", 1)
        lab.check_seats(hash_tree(templates))
        sessions = lab.get("/v1/sessions")["sessions"]
        check(len(sessions) == 1 and sessions[0]["catch_up_bytes"] == 0, f"by one stream for both: {sessions}")


if __name__ == "__main__":
    main(globals())
