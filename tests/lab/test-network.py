# SPDX-License-Identifier: LGPL-2.1-or-later
"""Networks that lose packets, lose multicast, or go away. Namespaces; skipped without root."""

import os

from lab import hash_tree, wait_for, write_random
from namespaces import NetworkLab
from tap import check, main

SIZE = 32 * 1000 * 1000


def make_templates(lab):
    templates = os.path.join(lab.directory, "templates")
    write_random(os.path.join(templates, "one", "disk.img"), SIZE)
    return templates


def start(lab, n_seats):
    lab.start_engine()
    for number in range(1, n_seats + 1):
        lab.add_network_seat(f"s{number}")
    lab.wait_online(*lab.seats)


def test_one_percent_of_multicast_is_lost():
    with NetworkLab() as lab:
        templates = make_templates(lab)
        start(lab, 4)
        for name in lab.seats:
            lab.nft(name, "ip daddr 224.0.0.0/4 numgen random mod 100 0 drop")
        lab.publish(templates)
        session = lab.deploy(1, "--rate", 300)
        lab.check_seats(hash_tree(templates))
        lost = [seat["lost_packets"] for seat in session["seats"]]
        check(all(count > 20 for count in lost), f"packets were lost: {lost}")
        check(session["parity_packets"] > 0, "and repaired by parity")
        # the kernel drops a whole UDP GSO burst at once, so this is no measurement of the code's overhead
        check(session["wire_bytes"] < 1.6 * session["content_bytes"], f"{session['wire_bytes']} for {session['content_bytes']}")


def test_a_seat_without_multicast_is_named_and_catches_up():
    with NetworkLab() as lab:
        templates = make_templates(lab)
        start(lab, 2)
        lab.nft("s2", "ip daddr 224.0.0.0/4 drop")
        lab.publish(templates)
        session = lab.deploy(1, "--rate", 300)
        lab.check_seats(hash_tree(templates))
        seats = {seat["name"]: seat for seat in session["seats"]}
        check(seats["s2"]["catch_up"] and not seats["s1"]["catch_up"], f"it is known who hears nothing: {seats}")
        check(session["catch_up_bytes"] >= SIZE, f"it got all by catch-up: {session['catch_up_bytes']}")


def test_a_seat_loses_its_network_in_mid_session():
    with NetworkLab() as lab:
        templates = make_templates(lab)
        start(lab, 2)
        lab.publish(templates)
        number = lab.start_deploy(1, "--rate", 80)
        lab.wait_receiving("s2", number, 0.3)
        lab.set_link("s2", False)
        lab.wait_version("s1", 1)
        check(lab.get_seat("s2")["version"] == 0, "it has not the version")
        lab.set_link("s2", True)
        lab.wait_session(number)
        lab.wait_version("s2", 1)
        wait_for(lambda: lab.get_seat("s2")["presence"] == "online", 60, "it is back")
        lab.check_seats(hash_tree(templates))


if __name__ == "__main__":
    main(globals())
