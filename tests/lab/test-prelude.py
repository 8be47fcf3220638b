# SPDX-License-Identifier: LGPL-2.1-or-later
"""What comes before a session: who hears multicast and how large packets, and manifests sent once for all. Namespaces; skipped
without root."""

import os
import re
import signal

from cast_lab import CastLab
from lab import hash_tree, wait_for, write_random
from network import HUB, run
from tap import check, main

SEATS = 4
SIZE = 16 * 1000 * 1000
ORDINARY, JUMBO = 1444, 8944  # bytes of a symbol
FILES = 1500                  # small ones: a manifest of some 100 kB of little content


def make_templates(lab, size=SIZE):
    templates = os.path.join(lab.directory, "templates")
    write_random(os.path.join(templates, "one", "disk.img"), size)
    return templates


def symbol_size(lab):
    return int(re.findall(r"by symbols of (\d+) bytes", lab.engine.read_log())[-1])


def cast(lab, templates):
    result = lab.cast(1, "--rate", 400)
    lab.check_seats(hash_tree(templates))
    check(result.session["state"] == "done", f"{result.session}")
    return result


def start(lab, **options):
    lab.start(SEATS, **options)
    templates = make_templates(lab)
    lab.publish(templates)
    return templates


def set_mtu(lab, seat, mtu):
    """Of the seat's cable, at both ends."""
    run("ip", "-n", lab.network.namespace(HUB), "link", "set", f"p{lab.network.seats[seat]}", "mtu", str(mtu))
    run("ip", "-n", lab.network.namespace(seat), "link", "set", "eth0", "mtu", str(mtu))


def test_all_hear_large_packets():
    with CastLab(mtu=9000) as lab:
        templates = start(lab)
        result = cast(lab, templates)
        check(symbol_size(lab) == JUMBO, f"all hear jumbo frames, so they are used: {symbol_size(lab)}")
        check(not result.caught_up and result.sent < 1.02, f"hardly more than the content was sent: {result.sent:.4f}")


def test_one_hears_ordinary_packets():
    with CastLab(mtu=9000) as lab:
        lab.start_engine()
        lab.add_cast_seats(*(f"s{number}" for number in range(1, SEATS + 1)), room="A101", start=False)
        set_mtu(lab, "s2", 1500)
        for seat in lab.seats.values():
            seat.start()
        lab.wait_online(*lab.seats)
        templates = make_templates(lab)
        lab.publish(templates)
        result = cast(lab, templates)
        check(symbol_size(lab) == ORDINARY, f"one does not hear jumbo frames, so nobody is sent any: {symbol_size(lab)}")
        check(not result.caught_up and result.session["catch_up_bytes"] == 0, f"all got it by the stream: {result.session}")


def test_the_network_bears_ordinary_packets():
    with CastLab() as lab:
        templates = start(lab)
        result = cast(lab, templates)
        check(symbol_size(lab) == ORDINARY and not result.caught_up, f"{symbol_size(lab)}, {result.session}")


def test_what_is_said_is_the_bound():
    with CastLab(mtu=9000) as lab:
        templates = start(lab, mtu=1400)
        result = cast(lab, templates)
        check(symbol_size(lab) == 1344, f"no packet is larger than --mtu, though all would hear it: {symbol_size(lab)}")
        check(not result.caught_up, f"{result.session}")


def test_one_hears_nothing():
    with CastLab(mtu=9000) as lab:
        templates = start(lab)
        lab.network.set_loss("s3", 100)
        result = cast(lab, templates)
        check(result.caught_up == ["s3"], f"it is served by catch-up: {result.session}")
        check(result.seats["s3"]["reason"].startswith("no multicast reaches this seat"), f"and named: {result.seats['s3']}")
        check([entry["reason"] for entry in result.seats["s3"]["demotions"]] == ["unheard"], f"{result.seats['s3']}")
        check(symbol_size(lab) == JUMBO, "what the others hear does not depend on it")
        for name in ("s1", "s2", "s4"):
            check(not result.seats[name]["reason"] and not result.seats[name]["demotions"], f"{result.seats[name]}")


def test_manifests_are_sent_once():
    with CastLab() as lab:
        lab.start(SEATS)
        templates = os.path.join(lab.directory, "templates")
        for number in range(FILES):
            write_random(os.path.join(templates, "many", f"directory-{number % 50}", f"a-file-with-a-name-{number}"), 20, number)
        lab.publish(templates)
        result = cast(lab, templates)
        found = re.findall(r"sends (\d+) manifests, (\d+) bytes, by multicast to (\d+) seats", lab.engine.read_log())
        check([(int(count), int(seats)) for count, _, seats in found] == [(2, SEATS)], f"the version's and the template's: {found}")
        size = int(found[0][1])
        check(size > 100 * 1000, f"they have some weight: {size}")
        tcp = result.wire.bytes["tcp"]
        check(tcp < size, f"none of the {SEATS} seats fetched them: {tcp} bytes by HTTPS in all, {size} of manifests")

        # who has them already does not listen to them again
        before = lab.engine.read_log().count("by multicast to")
        again = lab.cast(1)
        check(again.session["state"] == "done" and lab.engine.read_log().count("by multicast to") == before, f"{again.session}")


def in_prelude(lab, act):
    """Does ACT (number) while the seats, who stand still, have not yet answered. Returns the Cast."""
    for seat in lab.seats.values():
        seat.signal(signal.SIGSTOP)

    def during(number):
        wait_for(lambda: lab.get_session(number)["state"] == "preparing", 20, lambda: f"{lab.get_session(number)}", 0.02)
        act(number)
        for seat in lab.seats.values():
            seat.signal(signal.SIGCONT)
    return lab.cast(1, during=during)


def test_cancelled_in_the_prelude():
    with CastLab() as lab:
        start(lab)
        result = in_prelude(lab, lambda number: lab.ctl("cancel", number))
        check(result.session["state"] == "cancelled", f"{result.session}")
        check(result.wire.bytes["cast"] < SIZE / 100, f"nothing was sent but probes: {result.wire.to_dict()}")
        check(lab.cast(1).session["state"] == "done", "they are ready for another one")


def test_the_engine_dies_in_the_prelude():
    with CastLab() as lab:
        templates = start(lab)

        def kill(number):
            lab.engine.kill()
            lab.start_engine()
        result = in_prelude(lab, kill)
        check(result.session["state"] == "done" and not result.caught_up, f"it went on: {result.session}")
        lab.check_seats(hash_tree(templates))


if __name__ == "__main__":
    main(globals())
