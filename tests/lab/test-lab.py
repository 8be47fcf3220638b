# SPDX-License-Identifier: LGPL-2.1-or-later
"""The lab's own network: what it loses, limits, keeps back and counts. Namespaces; skipped without root."""

import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time

from lab import Skip, wait_for
from network import CONSOLE, CONSOLE_ADDRESS, HUB, Network, list_namespaces, run, why_not
from tap import check, main

GROUP, PORT = "239.77.7.7", 27777
UDP_SEGMENT = 103
HEADERS = 14 + 20 + 8  # Ethernet, IP, UDP
TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab")


@contextlib.contextmanager
def network(n_seats, **options):
    reason = why_not()
    if reason is not None:
        raise Skip(f"no network of our own: {reason}")
    made = Network(f"t{os.getpid()}", **options)
    made.up([f"seat-{number}" for number in range(1, n_seats + 1)])
    try:
        yield made
    finally:
        made.down()


def listen(net, seat, buffer=4 * 1024 * 1024):
    with net.entered(seat):
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    one.bind((GROUP, PORT))
    one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + socket.inet_aton(net.address(seat)))
    one.settimeout(0.3)
    return one


def open_sender(net):
    with net.entered(CONSOLE):
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(CONSOLE_ADDRESS))
    return one


def send_burst(sender, n, size):
    """N datagrams of SIZE bytes as one, which the kernel cuts."""
    segment = struct.pack("=H", size)
    sender.sendmsg([bytes(n * size)], [(socket.IPPROTO_UDP, UDP_SEGMENT, segment)], 0, (GROUP, PORT))


def count(receiver):
    """Datagrams that are there, until none comes for a while."""
    n = 0
    with contextlib.suppress(TimeoutError):
        while receiver.recv(65536):
            n += 1
    return n


def ctl(*arguments, status=0):
    result = subprocess.run([sys.executable, TOOL, "--name", f"t{os.getpid()}", *arguments], capture_output=True, text=True, check=False)
    check(result.returncode == status, f"lab {' '.join(arguments)} exited with {result.returncode}: {result.stderr}")
    return result.stdout + result.stderr


def test_the_wire_counts_each_segment_of_a_burst():
    with network(2) as net:
        receiver, sender = listen(net, "seat-2"), open_sender(net)
        before = net.get_wire()
        for _ in range(10):
            send_burst(sender, 40, 1472)
        check(count(receiver) == 400, "all came")
        wire = net.get_wire() - before
        check(wire.packets["cast"] == 400, f"{wire.to_dict()}")
        check(wire.bytes["cast"] == 400 * (1472 + HEADERS), f"{wire.to_dict()}")
        check(wire.bytes["tcp"] == wire.bytes["udp"] == 0, f"only multicast was sent: {wire.to_dict()}")


def test_loss_hits_the_seat_that_has_it_and_is_not_a_sockets():
    with network(2) as net:
        net.set_loss("seat-2", 50)
        receivers, sender = [listen(net, seat) for seat in net.seats], open_sender(net)
        for _ in range(400):
            sender.sendto(bytes(100), (GROUP, PORT))
        counts = [count(receiver) for receiver in receivers]
        check(counts[0] == 400 and 100 < counts[1] < 300, f"{counts}")
        seen = net.get_counters("seat-2")
        check(seen["lost_packets"] == 400 - counts[1] and seen["cast_packets"] == counts[1], f"{seen}")
        check(seen["socket_drops"] == 0, f"no socket was full: {seen}")


def test_a_burst_that_was_cut_is_not_lost_as_a_whole():
    with network(1, segments=True) as net:
        net.set_loss("seat-1", 50)
        receiver, sender = listen(net, "seat-1"), open_sender(net)
        for _ in range(10):
            send_burst(sender, 40, 1000)
        came = count(receiver)
        check(came % 40 != 0 and 100 < came < 300, f"{came} of 400 came")


def test_what_a_full_socket_drops_is_counted_apart():
    with network(1) as net:
        receiver, sender = listen(net, "seat-1", buffer=20000), open_sender(net)
        for _ in range(400):
            sender.sendto(bytes(1000), (GROUP, PORT))
        came = count(receiver)
        seen = net.get_counters("seat-1")
        check(seen["lost_packets"] == 0 and seen["socket_drops"] == 400 - came > 0, f"{came} came, {seen}")


def test_a_switch_that_snoops_needs_a_querier():
    for querier in (True, False):
        with network(2, snooping=True, querier=querier) as net:
            member, sender = listen(net, "seat-1"), open_sender(net)

            def heard():
                sender.sendto(b"x", (GROUP, PORT))
                return net.get_counters("seat-1")["cast_packets"] > 0
            if querier:
                wait_for(heard, 20, "the member hears the group")
            else:
                for _ in range(20):
                    check(not heard(), "nobody asks for members, so the switch knows of none")
            check(net.get_counters("seat-2")["cast_packets"] == 0, "who has not joined hears nothing")
            member.close()


def test_jumbo_frames_pass_and_others_are_not_cut():
    for mtu, passes in ((9000, True), (1500, False)):
        with network(1, mtu=mtu) as net:
            receiver, sender = listen(net, "seat-1"), open_sender(net)
            sender.setsockopt(socket.IPPROTO_IP, 10, 2)  # IP_MTU_DISCOVER: IP_PMTUDISC_DO
            try:
                sender.sendto(bytes(8972), (GROUP, PORT))
            except OSError as error:
                check(not passes, f"{error}")
            check(count(receiver) == int(passes), f"an MTU of {mtu} bytes")


def test_the_consoles_link_is_limited():
    rate = 100e6
    with network(1, rate=rate) as net:
        receiver, sender = listen(net, "seat-1"), open_sender(net)
        before, start = net.get_wire(), time.monotonic()
        while time.monotonic() - start < 0.3:
            send_burst(sender, 40, 1472)
        sent, elapsed = net.get_wire() - before, time.monotonic() - start
        check(sent.bytes["cast"] <= rate / 8 * elapsed + 2 * 256 * 1024, f"{sent.to_dict()} in {elapsed:.3f} s")
        check(count(receiver) > 0, "something came")


def test_conditions_that_nobody_understands():
    program = os.path.join(os.environ.get("SEATCAST_BUILD", "build"), "tests", "lab", "seatcast-service-lossy")
    for name, value in (("LOSS", "often"), ("LOSS", "1.5"), ("SEED", "-1"), ("DISK_RATE", "2 MB/s"), ("LOSS", "0.5")):
        result = subprocess.run([program, "--version"], capture_output=True, text=True, check=False,
                                env=dict(os.environ, **{"SEATCAST_LAB_" + name: value}))
        wrong = (name, value) != ("LOSS", "0.5")
        check((result.returncode != 0 and f"SEATCAST_LAB_{name} is “{value}”" in result.stderr) == wrong,
              f"{name} {value}: {result.returncode} {result.stderr}")


def test_by_hand():
    with network(1):
        pass  # skipped where none can be made
    check("lab up 80 --loss 1 --rate 1gbit" in ctl("--help"), "the help shows how")
    for wrong in (["up", "0"], ["up", "3", "--loss", "101"], ["up", "3", "--rate", "fast"], ["up", "3", "--mtu", "9"]):
        ctl(*wrong, status=2)
    try:
        check("seat-5 10.77.1.5" in ctl("up", "5", "--loss", "1", "--rate", "1gbit"), "it says what there is")
        check("take it down" in ctl("up", "5", status=1), "not twice")
        check("10.77.1.3" in ctl("exec", "3", "ip", "addr", "show", "dev", "eth0"), "a command runs at a seat")
        check("seat-1 to seat-5" in ctl("exec", "6", "true", status=1), "of those that there are")
        ctl("loss", "100", "seat-2")
        seats = json.loads(ctl("status", "--json"))["seats"]
        check(sorted(seats) == [f"seat-{number}" for number in range(1, 6)], f"{seats}")
        check("10.77.1.5" in ctl("status"), "for people, too")
        forgotten = subprocess.Popen([TOOL, "--name", f"t{os.getpid()}", "exec", "seat-1", "sleep", "600"])
        wait_for(lambda: run("ip", "netns", "pids", f"t{os.getpid()}-seat-1").split(), 10, lambda: "a program runs at a seat")
        # as after a crash: a part of it is gone
        run("ip", "netns", "del", f"t{os.getpid()}-{HUB}")
        check("no network" in ctl("status", status=1), "it is no lab any more")
        check(f" ({forgotten.pid})" in ctl("down"), "what runs there is ended, and told")
        check(forgotten.wait(10) == -signal.SIGTERM, "by the signal that lets it tidy up")
    finally:
        ctl("down")
    check(not list_namespaces(f"t{os.getpid()}"), "nothing is left")
    ctl("down")


if __name__ == "__main__":
    main(globals())
