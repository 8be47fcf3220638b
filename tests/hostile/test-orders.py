#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Orders to a seat that are old, another's, or changed, from a console that has the real one's TLS key. Prints TAP."""

import contextlib
import copy
import os
import time

from authority import Authority
from hostile import HostileLab, check
from lab import hash_tree, wait_for, write_random
from proxy import Proxy
from tap import main

SIZE = 600_000


class OrderLab(HostileLab):
    """Seats whose connections go through a console that says what the test wants."""

    def __init__(self):
        super().__init__()
        self.templates = os.path.join(self.directory, "templates")
        self.proxies = {}
        self.versions = {}

    def add_deceived_seat(self, name, certificate=None):
        """CERTIFICATE: (chain, key) that is shown to it, instead of the console's own; then it is not waited for."""
        trust = os.path.join(self.engine.directory, "trust")
        proxy = Proxy(self, *(certificate or (self.make_chain(trust), os.path.join(trust, "console.key"))))
        self.closers.append(proxy.close)
        with open(self.make_seat_connection("A101"), encoding="utf-8") as file:
            text = file.read()
        path = os.path.join(self.directory, f"{name}.connection")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(f":{self.engine.port}", f":{proxy.port}"))
        os.chmod(path, 0o600)
        seat = self.add_seat(name, connection=path, start=False)
        identity = os.path.join(seat.state, "identity")
        proxy.identity = (os.path.join(identity, "seat.crt"), os.path.join(identity, "seat.key"))
        self.proxies[name] = proxy
        seat.start()
        if certificate is None:
            self.wait_online(name)
        return proxy

    def make_chain(self, trust):
        """The console's certificate with its authority's, as the engine shows them."""
        path = os.path.join(self.directory, "chain")
        with open(path, "w", encoding="ascii") as chain:
            for name in ("console.crt", "authority.crt"):
                with open(os.path.join(trust, name), encoding="ascii") as file:
                    chain.write(file.read())
        return path

    def publish_another(self):
        number = len(self.versions) + 1
        write_random(os.path.join(self.templates, "one", "disk.img"), SIZE, seed=number)
        self.publish(self.templates)
        self.versions[number] = hash_tree(self.templates)
        return number

    def order(self, name, version):
        """The genuine order that brings the seat to VERSION, as it went over the wire."""
        orders = self.proxies[name].orders
        before = len(orders)
        self.ctl("catch-up", name, "--to", version)
        self.wait_version(name, version)
        return next(order for order in orders[before:] if "order_signature" in order)

    def check_refused(self, name, order, what, version):
        """The seat says no to ORDER and stays at VERSION."""
        proxy = self.proxies[name]
        before = len(proxy.answers)
        proxy.say(order)
        wait_for(lambda: any(answer["type"] == "failed" for answer in proxy.answers[before:]), 20,
                 lambda: f"{name} refuses {what}; it says {proxy.answers[before:]}\n{self.seats[name].tail()}")
        answer = next(answer for answer in proxy.answers[before:] if answer["type"] == "failed")
        check(answer.get("code") == "denied", f"{what}: {answer}")
        time.sleep(0.2)  # what it would begin would be seen
        self.check_seats(self.versions[version], name)


def test_consoles_that_are_none():
    """A seat that looks for its console tells nobody else its token, nor anything."""
    with OrderLab() as lab:
        lab.start_engine()
        trust = os.path.join(lab.engine.directory, "trust")
        own = Authority(os.path.join(lab.directory, "authority"), os.path.join(trust, "authority.crt"), os.path.join(trust, "authority.key"))
        foreign = Authority(os.path.join(lab.directory, "foreign"))
        below = Authority(os.path.join(lab.directory, "below"), *own.issue("below", ca=True, name="DNS:below"))
        certificates = {
            "of a foreign authority": foreign.issue("console", purpose="serverAuth", name="IP:127.0.0.1"),
            "of another host": own.issue("console", purpose="serverAuth", name="IP:127.0.0.2,DNS:elsewhere"),
            "expired": own.issue("console", purpose="serverAuth", name="IP:127.0.0.1", end="20210101000000Z"),
            "of a seat": own.issue("console", name="IP:127.0.0.1"),
            "of an authority below": below.issue("console", purpose="serverAuth", name="IP:127.0.0.1"),
        }
        proxies = {what: lab.add_deceived_seat(f"seat-{number}", certificate) for number, (what, certificate) in enumerate(certificates.items())}
        for what, proxy in proxies.items():
            wait_for(lambda proxy=proxy: proxy.knocks >= 2, 60, f"the seat tries a console {what}")
            check(not proxy.heads, f"a console {what} heard {proxy.heads}")
        check(lab.get_seats() == [] and all(seat.is_running() for seat in lab.seats.values()), "they wait for the right one")
        # the same way with the right certificate leads there
        proxy = lab.add_deceived_seat("right")
        check(proxy.heads and b"POST /v1/enrol" in proxy.heads[0], f"the test hears what is said: {proxy.heads}")


def change(message, **members):
    changed = copy.deepcopy(message)
    changed.update(members)
    return changed


def flip(text):
    return text[:10] + ("1" if text[10] != "1" else "2") + text[11:]


def test_orders_that_are_old_or_changed():
    with OrderLab() as lab:
        lab.start_engine()
        lab.add_deceived_seat("seat-1")
        for _ in range(3):
            lab.publish_another()
        old = lab.order("seat-1", 1)
        new = lab.order("seat-1", 2)
        check(new["order"] > old["order"], f"orders are numbered: {old} {new}")
        lab.check_refused("seat-1", old, "the order from before", 2)
        lab.check_refused("seat-1", new, "the order that it has obeyed", 2)
        lab.check_refused("seat-1", change(old, order=new["order"] + 1), "an old order with a new number", 2)
        lab.check_refused("seat-1", change(old, order=new["order"] + 1, order_signature=new["order_signature"]), "another's signature", 2)
        lab.check_refused("seat-1", change(new, order=2**62), "a number of the attacker's", 2)
        lab.check_refused("seat-1", change(old, signature=flip(old["signature"])), "a version with another signature", 2)
        lab.check_refused("seat-1", change(new, order=new["order"] + 1, order_signature=flip(new["order_signature"])), "a broken signature", 2)
        # a restart forgets nothing
        lab.seats["seat-1"].stop()
        lab.seats["seat-1"].start()
        lab.wait_online("seat-1")
        wait_for(lambda: lab.proxies["seat-1"].seat, 20, "it is connected through the attacker again")
        lab.check_refused("seat-1", old, "the order from before, after a restart", 2)
        lab.check_refused("seat-1", new, "the last order, after a restart", 2)
        # and none of it keeps the seat from the next genuine one
        lab.order("seat-1", 3)
        lab.check_seats(lab.versions[3], "seat-1")
        lab.order("seat-1", 1)
        lab.check_seats(lab.versions[1], "seat-1")


def test_orders_of_another_seat():
    with OrderLab() as lab:
        lab.start_engine()
        for name in ("seat-1", "seat-2"):
            lab.add_deceived_seat(name)
        lab.publish_another()
        lab.publish_another()
        lab.order("seat-1", 1)
        others = lab.order("seat-2", 2)
        lab.check_refused("seat-1", others, "an order of another seat", 1)
        lab.check_refused("seat-1", change(others, order=others["order"] + 5), "an order of another seat with a new number", 1)


def test_a_session_that_is_replayed():
    """PREPARE and JOIN of a session that is long over, in turn and each alone."""
    with OrderLab() as lab:
        lab.start_engine()
        lab.add_deceived_seat("seat-1")
        proxy = lab.proxies["seat-1"]
        lab.publish_another()
        lab.publish_another()
        lab.deploy(1)
        session = [order for order in proxy.orders if order["type"] in ("prepare", "join")]
        check([order["type"] for order in session[-2:]] == ["prepare", "join"], f"the session was heard: {session}")
        prepare, join = session[-2:]
        lab.deploy(2)
        lab.check_refused("seat-1", prepare, "the session's first order", 2)
        for order in (join, change(join, session=join["session"] + 7)):
            with contextlib.suppress(OSError):
                proxy.say(order)
            time.sleep(0.5)
            lab.check_seats(lab.versions[2], "seat-1")
        lab.wait_online("seat-1")
        lab.deploy(1)
        lab.check_seats(lab.versions[1], "seat-1")


if __name__ == "__main__":
    main(globals())
