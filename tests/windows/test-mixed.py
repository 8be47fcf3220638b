# SPDX-License-Identifier: LGPL-2.1-or-later
"""One session for Linux and Windows seats: both hear the same stream."""

import os
import signal
import time

from wine import WineLab

import disk_images
from lab import hash_tree, write_random
from tap import check, main

RATE = 40  # Mbit/s: what Wine hears without loss
MEGABYTES = 24
FAST = 80  # loses more or less, which is repaired, or comes by catch-up
DEAF_SECONDS = 1.5


def deafen(seat):
    """Datagrams that come meanwhile are lost when the socket's buffer is full."""
    pid = seat.pid
    os.kill(pid, signal.SIGSTOP)
    time.sleep(DEAF_SECONDS)
    os.kill(pid, signal.SIGCONT)


def describe(session):
    for seat in session["seats"]:
        print(f"# {seat['name']}: {seat['received_packets']} packets, {seat['lost_packets']} lost, {seat['repair_symbols']} repaired"
              f"{', by catch-up' if seat['catch_up'] else ''}", flush=True)
    print(f"# {session['content_bytes']} bytes of content, {session['wire_bytes']} sent in {session['source_packets']} packets and "
          f"{session['parity_packets']} of parity, {session['catch_up_bytes']} by catch-up", flush=True)


def check_session(lab, session, expected, all_hear):
    describe(session)
    lab.check_seats(expected)
    check(all(seat["state"] == "done" for seat in session["seats"]), f"all are done: {session['seats']}")
    for seat in session["seats"] if all_hear else []:
        heard = seat["received_packets"] > session["source_packets"] / 2
        check(heard, f"{seat['name']} got most of it by multicast: {seat['received_packets']} of {session['source_packets']} packets")


def test_four_linux_and_two_windows_seats_in_one_session():
    with WineLab() as lab:
        templates = os.path.join(lab.directory, "templates")
        disk_images.make_images(templates, MEGABYTES)
        write_random(os.path.join(templates, "random", "disk.img"), 48 * 1000 * 1000)
        lab.start_engine()
        for number in range(1, 5):
            lab.add_seat(f"linux-{number}")
        for number in range(1, 3):
            lab.add_wine_seat(f"win-{number}")
        lab.wait_online(*lab.seats)
        first = hash_tree(templates)
        lab.publish(templates)
        number = lab.start_deploy(1, "--rate", FAST)
        lab.wait_receiving("win-1", number, 0.02)
        deafen(lab.seats["win-1"])
        session = lab.wait_session(number)
        check_session(lab, session, first, False)
        deaf = lab.get_session_seat(session, "win-1")
        # how much is lost is the machine's matter; that it was repaired is not
        if deaf["lost_packets"] > 0:
            check(deaf["repair_symbols"] > 0 or session["catch_up_bytes"] > 0, f"what was lost was not repaired: {deaf}")

        disk_images.change_images(templates)
        second = hash_tree(templates)
        lab.publish(templates)
        check_session(lab, lab.deploy(2, "--rate", RATE), second, True)
        lab.ctl("rollback")
        lab.check_seats(first)


if __name__ == "__main__":
    main(globals())
