# SPDX-License-Identifier: LGPL-2.1-or-later
"""A switch that snoops on IGMP passes the cast on to its seats while somebody asks for members. Where nobody does, it cuts
multicast off: the seats are named and get all by catch-up. Namespaces; skipped without root."""

import os

from cast_lab import CastLab
from lab import hash_tree, write_random
from tap import check, main

SIZE = 8 * 1000 * 1000
SEATS = 4


def cast(lab):
    templates = os.path.join(lab.directory, "templates")
    write_random(os.path.join(templates, "one", "disk.img"), SIZE)
    lab.start(SEATS)
    lab.network.add_seats(["stranger"])  # a machine that has not joined
    lab.publish(templates)
    result = lab.cast(1, "--rate", 300)
    lab.check_seats(hash_tree(templates))
    check(result.session["state"] == "done", f"{result.session}")
    check(result.counters["stranger"]["cast_bytes"] == 0, f"it reached a port that had not asked: {result.counters}")
    return result


def test_with_a_querier():
    with CastLab(snooping=True, querier=True) as lab:
        result = cast(lab)
        check(not result.caught_up and result.session["catch_up_bytes"] == 0, f"all heard it: {result.session}")
        check(all(result.counters[name]["cast_bytes"] >= SIZE for name in lab.seats), f"{result.counters}")


def test_without_a_querier():
    with CastLab(snooping=True, querier=False) as lab:
        result = cast(lab)
        check(result.caught_up == sorted(lab.seats), f"it is known that none of them hears it: {result.session}")
        for seat in result.seats.values():
            check("no multicast reaches this seat: check IGMP snooping" in seat["reason"], f"{seat}")
        check(result.session["catch_up_bytes"] >= SEATS * SIZE, f"each got all by catch-up: {result.session}")
        check(result.wire.bytes["cast"] < SIZE, f"and the stream was not sent to nobody: {result.wire.to_dict()}")


if __name__ == "__main__":
    main(globals())
