# SPDX-License-Identifier: LGPL-2.1-or-later
"""Seats in network namespaces of their own on a bridge, so that a network can lose packets or go away. Needs root."""

import contextlib
import os

from lab import Lab, Skip
from network import NetworkError, run, set_namespace, why_not

class NetworkLab(Lab):
    """The engine and this process are in one namespace with a bridge, each seat is in its own."""

    def __init__(self, **options):
        super().__init__(address="10.77.0.1", **options)
        self.prefix = f"sc{os.getpid()}"
        self.hub = self.prefix + "h"
        self.home = None

    def __enter__(self):
        reason = why_not()
        if reason is not None:
            super().close()
            raise Skip(f"no network of our own: {reason}")
        try:
            self.make_hub()
        except BaseException:
            self.close()
            raise
        return self

    def make_hub(self):
        run("ip", "netns", "add", self.hub)
        self.closers.append(lambda: run("ip", "netns", "del", self.hub))
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.closers.append(self.leave)
        hub = os.open(f"/run/netns/{self.hub}", os.O_RDONLY)
        set_namespace(hub)
        os.close(hub)
        run("ip", "link", "set", "lo", "up")
        # an address of its own: else it changes with each port that is added, under everybody's connections
        run("ip", "link", "add", "br0", "address", "02:00:0a:4d:00:01", "type", "bridge", "mcast_snooping", "0")
        run("ip", "addr", "add", "10.77.0.1/24", "dev", "br0")
        run("ip", "link", "set", "br0", "up")

    def leave(self):
        set_namespace(self.home)
        os.close(self.home)

    def namespace(self, name):
        return f"{self.prefix}{name}"

    def add_network_seat(self, name):
        number = len(self.seats) + 1
        namespace, inside, outside = self.namespace(name), f"{self.prefix}i{number}", f"{self.prefix}o{number}"
        run("ip", "netns", "add", namespace)
        self.closers.append(lambda: run("ip", "netns", "del", namespace))
        run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside)
        run("ip", "link", "set", inside, "netns", namespace)
        run("ip", "link", "set", outside, "master", "br0", "up")
        address = f"10.77.0.{10 + number}"
        for command in (["ip", "link", "set", "lo", "up"], ["ip", "addr", "add", address + "/24", "dev", inside],
                        ["ip", "link", "set", inside, "up"]):
            run("ip", "netns", "exec", namespace, *command)
        return self.add_seat(name, address=address, prefix=("ip", "netns", "exec", namespace))

    def nft(self, name, *rules):
        """Replaces the seat's packet filter by RULES on what comes in."""
        namespace = self.namespace(name)
        with contextlib.suppress(NetworkError):
            run("ip", "netns", "exec", namespace, "nft", "delete", "table", "inet", "lab")
        if rules:
            lines = ["table inet lab {", "chain in {", "type filter hook input priority 0", *rules, "}", "}"]
            run("ip", "netns", "exec", namespace, "nft", "\n".join(lines))

    def set_link(self, name, up):
        number = list(self.seats).index(name) + 1
        run("ip", "link", "set", f"{self.prefix}o{number}", "up" if up else "down")
