# SPDX-License-Identifier: LGPL-2.1-or-later
"""A network of namespaces for up to some hundred seats: a console and each seat have one of their own, cabled to one bridge (the
switch), which has another. Needs root, iproute2, nftables and util-linux. Python's standard library only.

Names: of a network NAME the namespaces NAME-console, NAME-hub and NAME-SEAT; everybody's interface is eth0. What is left of a
network after a crash is found by these names, so down() always cleans up.

What is counted, and where:
- get_wire(): at the console's interface, by HTB classes, UDP multicast apart from TCP. A queueing discipline counts each segment
  of a burst (UDP GSO, TSO) with its own headers, from Ethernet's on; an interface's counter sees a burst as one packet.
- get_counters(seat): what nft let in and what it dropped (injected loss: it sees bursts, so count its bytes rather than packets),
  and what the seat's sockets dropped because they were full (RcvbufErrors).
"""

import contextlib
import ctypes
import json
import os
import re
import signal
import subprocess
import time

CLONE_NEWNET = 0x40000000
NETNS = "/run/netns"
CONSOLE, HUB = "console", "hub"
CONSOLE_ADDRESS = "10.77.0.1"
PER_NET = 250
MAX_SEATS = 1000
CAST = "ip daddr 224.0.1.0-239.255.255.255 meta l4proto udp"  # not the router's and IGMP's own groups
CLASSES = {"cast": "1", "udp": "2", "tcp": "3", "other": "4"}
BURST = 256 * 1024  # bytes that the limited link takes at once: more than the largest burst, so that none is cut for its sake
QUEUE = 4 * 1024 * 1024
END_TIMEOUT = 5  # s that a program has to end by itself
ENVIRONMENT = dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


class NetworkError(Exception):
    """The network could not be made or changed; says what failed."""


def run(*command, text=None):
    """What COMMAND prints; NetworkError with what it says when it fails."""
    try:
        result = subprocess.run(command, capture_output=True, input=text, text=True, check=False, env=ENVIRONMENT)
    except OSError as error:
        raise NetworkError(f"{command[0]}: {error.strerror}; install iproute2, nftables and util-linux") from None
    if result.returncode != 0:
        raise NetworkError(f"{' '.join(command)}: {result.stderr.strip()}")
    return result.stdout


def batch(lines, *options):
    """Many commands to one ip(8): a process for each would take longer than what they do."""
    if lines:
        run("ip", *options, "-batch", "-", text="\n".join(lines) + "\n")


def why_not():
    """What keeps this process from making networks, for lack of rights alone; None: nothing, and what fails then is a fault."""
    name = f"try{os.getpid()}"
    try:
        run("ip", "netns", "add", name)
    except NetworkError as error:
        return str(error)
    try:
        run("ip", "netns", "exec", name, "true")  # a container may let us make one and not enter it
    except NetworkError as error:
        return str(error)
    finally:
        with contextlib.suppress(NetworkError):
            run("ip", "netns", "del", name)
    return None


def set_namespace(fd):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(fd, CLONE_NEWNET) != 0:
        raise NetworkError("setns: " + os.strerror(ctypes.get_errno()))


def list_namespaces(name):
    """Of the network NAME, without the network's name."""
    with contextlib.suppress(FileNotFoundError):
        return sorted(entry[len(name) + 1:] for entry in os.listdir(NETNS) if entry.startswith(name + "-"))
    return []


def read_name(pid):
    with contextlib.suppress(OSError):
        return os.path.basename(os.readlink(f"/proc/{pid}/exe"))
    return "a program"


class Wire:
    """Bytes (from Ethernet's header on, without its checksum) and packets that left the console, by kind."""

    def __init__(self, **counts):
        self.bytes = {kind: counts.get(kind, (0, 0))[0] for kind in CLASSES}
        self.packets = {kind: counts.get(kind, (0, 0))[1] for kind in CLASSES}

    def __sub__(self, before):
        return Wire(**{kind: (self.bytes[kind] - before.bytes[kind], self.packets[kind] - before.packets[kind]) for kind in CLASSES})

    @property
    def total_bytes(self):
        return sum(self.bytes.values())

    def to_dict(self):
        return {kind: {"bytes": self.bytes[kind], "packets": self.packets[kind]} for kind in CLASSES}


class Network:
    """NAME: letters and digits. RATE: bit/s of the console's link (None: as fast as the machine). SNOOPING: the switch
    passes a group on only to ports that have asked for it and are asked by a QUERIER now and then; without one it forgets them, and
    the group reaches nobody. SEGMENTS: bursts are cut before they enter the network, as real packets are, so
    that nft's loss hits each by itself; it costs a lot of CPU time."""

    def __init__(self, name, rate=None, mtu=1500, snooping=False, querier=False, segments=False):
        if not re.fullmatch("[a-z][a-z0-9]{0,30}", name):
            raise NetworkError(f"a network's name is made of letters and digits, not “{name}”")
        self.name = name
        self.rate = rate
        self.mtu = mtu
        self.snooping = snooping
        self.querier = querier
        self.segments = segments
        self.seats = {}

    # names

    def namespace(self, seat):
        return f"{self.name}-{seat}"

    def address(self, seat):
        if seat == CONSOLE:
            return CONSOLE_ADDRESS
        number = self.seats[seat] - 1
        return f"10.77.{1 + number // PER_NET}.{1 + number % PER_NET}"

    def prefix(self, seat):
        """Before a command: it runs in the namespace, as the same process."""
        return ("nsenter", f"--net={NETNS}/{self.namespace(seat)}")

    # making and removing

    def up(self, seats=()):
        if len(seats) > MAX_SEATS:
            raise NetworkError(f"at most {MAX_SEATS} seats")
        if list_namespaces(self.name):
            raise NetworkError(f"there is something of a network “{self.name}” already; take it down first")
        try:
            batch([f"netns add {self.namespace(end)}" for end in (HUB, CONSOLE)])
            self._make_hub()
            self._connect(CONSOLE, "up0", "02:4d:00:00:00:01")
            self._shape()
            self.add_seats(seats)
        except BaseException:
            self.down()
            raise

    def down(self):
        batch([f"netns del {self.namespace(end)}" for end in list_namespaces(self.name)], "-force")
        self.seats = {}

    def end_programs(self):
        """What runs in the network: without it nobody could reach it any more. Returns: program names with their numbers."""
        names = {pid: read_name(pid) for pid in self._list_programs()}
        for sign in (signal.SIGTERM, signal.SIGKILL):
            for pid in self._list_programs():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, sign)
            until = time.monotonic() + END_TIMEOUT
            while self._list_programs() and time.monotonic() < until:
                time.sleep(0.05)
        return [f"{name} ({pid})" for pid, name in sorted(names.items())]

    def _list_programs(self):
        found = set()
        for end in list_namespaces(self.name):
            with contextlib.suppress(NetworkError):  # it may just have been removed
                found.update(map(int, run("ip", "netns", "pids", self.namespace(end)).split()))
        return found - {os.getpid()}

    @classmethod
    def find(cls, name):
        """The network that another process has made, its seats named as there (seat-1 …)."""
        network = cls(name)
        found = list_namespaces(name)
        if HUB not in found:
            raise NetworkError(f"there is no network “{name}”")
        for link in json.loads(run("ip", "-n", network.namespace(HUB), "-json", "link", "show", "type", "veth")):
            if link.get("ifalias") in found and link["ifalias"] != CONSOLE:
                network.seats[link["ifalias"]] = int(link["ifname"][1:])
        return network

    def _make_hub(self):
        options = "mcast_snooping 0"
        if self.snooping:
            # the querier is not relied on for the first response interval (unit: 10 ms) after it began
            options = "mcast_snooping 1 mcast_query_response_interval 10 mcast_startup_query_interval 10"
        # an address of its own: else it changes with each port that is added, under everybody's connections
        batch([f"link add name br0 address 02:4d:00:00:00:00 type bridge {options}",
               f"link set br0 type bridge mcast_querier {int(self.snooping and self.querier)}", "link set br0 up"],
              "-n", self.namespace(HUB))

    def _connect(self, end, port, mac):
        flood = "off" if self.snooping else "on"
        hub, there = self.namespace(HUB), self.namespace(end)
        batch([f"link add name {port} mtu {self.mtu} type veth peer name eth0 address {mac} mtu {self.mtu} netns {there}",
               f"link set {port} alias {end}", f"link set {port} master br0", f"link set {port} type bridge_slave mcast_flood {flood}",
               f"link set {port} up"], "-n", hub)
        segments = " gso_max_segs 1" if self.segments and end == CONSOLE else ""
        batch(["link set lo up", f"addr add {self.address(end)}/16 brd + dev eth0", f"link set eth0 addrgenmode none{segments} up",
               "route add default dev eth0"], "-n", there)

    def add_seats(self, seats):
        first = max(self.seats.values(), default=0) + 1
        numbers = {seat: first + i for i, seat in enumerate(seats)}
        batch([f"netns add {self.namespace(seat)}" for seat in numbers])
        for seat, number in numbers.items():
            self.seats[seat] = number
            self._connect(seat, f"p{number}", f"02:4d:00:01:{number // 256:02x}:{number % 256:02x}")
            self.nft(seat)

    def _shape(self):
        """The limit of the console's link, and beneath it a class for each kind that is counted."""
        there, parent = self.namespace(CONSOLE), "root"
        lines = []
        if self.rate:
            lines.append(f"qdisc add dev eth0 root handle 1: tbf rate {int(self.rate)}bit burst {BURST} limit {QUEUE}")
            parent = "parent 1:1"
        lines.append(f"qdisc add dev eth0 {parent} handle 2: htb default {CLASSES['other']}")
        lines += [f"class add dev eth0 parent 2: classid 2:{number} htb rate 200gbit quantum 65536" for number in CLASSES.values()]
        wanted = (("cast", "match ip protocol 17 0xff match ip dst 224.0.0.0/4"), ("udp", "match ip protocol 17 0xff"),
                  ("tcp", "match ip protocol 6 0xff"))
        lines += [f"filter add dev eth0 parent 2: protocol ip prio {prio} u32 {match} flowid 2:{CLASSES[kind]}"
                  for prio, (kind, match) in enumerate(wanted, 1)]
        run("tc", "-n", there, "-batch", "-", text="\n".join(lines) + "\n")

    # what may be changed while it is up

    def nft(self, seat, *rules):
        """Replaces the seat's packet filter by RULES on what comes in; what they let in is counted."""
        lines = ["table inet lab", "delete table inet lab", "table inet lab {", "counter lost { }", "counter cast { }", "chain in {",
                 "type filter hook input priority 0;", *rules, CAST + " counter name cast", "}", "}"]
        run(*self.prefix(seat), "nft", "-f", "-", text="\n".join(lines) + "\n")

    def set_loss(self, seat, percent):
        """PERCENT (to 0.001) of the multicast packets that reach the seat are lost, of bursts as a whole."""
        share = f" numgen random mod 100000 < {round(percent * 1000)}" if percent < 100 else ""
        self.nft(seat, *([f"{CAST}{share} counter name lost drop"] if percent else []))

    def set_link(self, seat, up):
        """Pulls the seat's cable, or puts it back."""
        port = "up0" if seat == CONSOLE else f"p{self.seats[seat]}"
        run("ip", "-n", self.namespace(HUB), "link", "set", port, "up" if up else "down")

    # what is seen

    def get_wire(self):
        text = run("tc", "-n", self.namespace(CONSOLE), "-s", "class", "show", "dev", "eth0")  # its -json leaves classes out
        found = {number: (int(count), int(packets))
                 for number, count, packets in re.findall(r"class htb 2:(\d+) .*?Sent (\d+) bytes (\d+) pkt", text, re.DOTALL)}
        return Wire(**{kind: found[number] for kind, number in CLASSES.items()})

    def get_counters(self, seat):
        """Of this seat so far: cast_bytes and cast_packets that nft let in, lost_bytes and lost_packets that it dropped, socket_drops
        (datagrams that a full socket of the seat refused). A burst that arrives whole is one packet here."""
        text = run(*self.prefix(seat), "nft", "-j", "list", "counters", "table", "inet", "lab")
        counters = {entry["counter"]["name"]: entry["counter"] for entry in json.loads(text)["nftables"] if "counter" in entry}
        counts = {f"{name}_{unit}": counters[name][unit] for name in ("cast", "lost") for unit in ("bytes", "packets")}
        return counts | {"socket_drops": self.get_snmp(seat)["RcvbufErrors"]}

    def get_snmp(self, seat):
        """The kernel's counters of UDP in the seat's namespace."""
        with self.entered(seat), open("/proc/thread-self/net/snmp", encoding="ascii") as file:
            names, values = [line.split()[1:] for line in file if line.startswith("Udp:")]
        return dict(zip(names, map(int, values)))

    @contextlib.contextmanager
    def entered(self, seat):
        """This thread is in the seat's namespace: its sockets are made there, and its children begin there."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = None
        try:
            there = os.open(f"{NETNS}/{self.namespace(seat)}", os.O_RDONLY)
            set_namespace(there)
            yield
        finally:
            set_namespace(home)
            os.close(home)
            if there is not None:
                os.close(there)
