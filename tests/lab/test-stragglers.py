# SPDX-License-Identifier: LGPL-2.1-or-later
"""One bad seat of eight: it is named with the reason and ends by catch-up, and the others do not wait for it. Namespaces;
skipped without root. How long the others take with and without it is measured by tests/bench/cast."""

import os
import signal

from cast_lab import CastLab
from lab import hash_tree, wait_for, write_random
from tap import check, main

SIZE = 32 * 1000 * 1000
SEATS = 8
BAD = f"s{SEATS}"
GOOD = [f"s{number}" for number in range(1, SEATS)]


def start(lab, size=SIZE, **bad):
    """Returns the templates, published as version 1. BAD: the last seat's conditions."""
    templates = os.path.join(lab.directory, "templates")
    write_random(os.path.join(templates, "one", "disk.img"), size)
    lab.start(SEATS - 1, rate=1000)
    lab.add_cast_seats(BAD, **bad)
    lab.wait_online(BAD)
    lab.publish(templates)
    return templates


def check_good(cast):
    for name in GOOD:
        seat = cast.seats[name]
        check(seat["state"] == "done" and not seat["catch_up"] and not seat["reason"], f"{name} is as good as ever: {seat}")
        check(cast.ended[name] <= cast.ended.get(BAD, cast.ended[name]), f"{name} was ready before {BAD}: {cast.ended}")


def check_bad(cast, reason, words):
    bad = cast.seats[BAD]
    check(cast.caught_up == [BAD] and bad["state"] == "done", f"it ends by catch-up: {bad}")
    check([entry["reason"] for entry in bad["demotions"]] == [reason], f"it is kept why: {bad['demotions']}")
    check(words in bad["reason"], f"and said to people: {bad}")
    check(cast.session["catch_up_bytes"] > 0, f"{cast.session}")
    return bad


def test_one_that_loses_a_fifth():
    with CastLab() as lab:
        templates = start(lab, loss=0.2)
        cast = lab.cast(1, "--rate", 300)
        lab.check_seats(hash_tree(templates))
        check_good(cast)
        bad = check_bad(cast, "over-budget", "too much loss")
        check(100000 < bad["loss_ppm"] < 300000, f"the loss is seen as it is: {bad}")
        check(cast.socket_drops == bad["dropped_packets"] == 0, f"and was lost on its way: {bad}, {cast.counters[BAD]}")


def test_one_that_stops():
    with CastLab() as lab:
        templates = start(lab, 3 * SIZE)  # more than its socket keeps for it

        def stop(number):
            lab.wait_receiving(BAD, number, 0.02)
            lab.seats[BAD].signal(signal.SIGSTOP)
            for name in GOOD:
                lab.wait_version(name, 1)
            wait_for(lambda: lab.get_session_seat(lab.get_session(number), BAD)["catch_up"], 60,
                     lambda: f"it is moved to catch-up: {lab.get_session(number)}")
            lab.seats[BAD].signal(signal.SIGCONT)
        cast = lab.cast(1, "--rate", 300, during=stop)
        check_good(cast)
        check_bad(cast, "silent", "nothing was heard of it")
        check(cast.socket_drops == cast.counters[BAD]["socket_drops"] > 0, f"only its socket was full: {cast.counters}")
        lab.check_seats(hash_tree(templates))


def test_one_with_a_slow_disk():
    with CastLab() as lab:
        templates = start(lab, 5 * SIZE, disk_rate=16e6)  # more than it may keep in memory
        cast = lab.cast(1, "--rate", 600)
        lab.check_seats(hash_tree(templates))
        check_good(cast)
        bad = check_bad(cast, "strained", "check its disk")
        check(bad["lost_packets"] == 0 < bad["dropped_packets"], f"its network is good, its memory was full: {bad}")


if __name__ == "__main__":
    main(globals())
