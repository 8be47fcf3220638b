# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who is trusted, with real processes: a seat that is shut out in mid-session, a version that is not signed."""

import os

from lab import Lab, hash_tree, write_random
from tap import check, main

RATE = 40  # Mbit/s: the stream takes 12 s
SIZE = 60 * 1000 * 1000  # more than three windows: what a seat has is whole only at the end of each


def test_a_seat_shut_out_in_mid_stream():
    with Lab() as lab:
        templates = os.path.join(lab.directory, "templates")
        write_random(os.path.join(templates, "one", "disk.img"), SIZE)
        lab.start(4, rate=RATE)
        lab.publish(templates)
        expected = hash_tree(templates)
        number = lab.start_deploy(1)
        lab.wait_receiving("seat-2", number)
        status, answer = lab.api("POST", "/v1/seats/seat-2/revoke", {})
        check(status == 200, f"it is shut out: {answer}")
        session = lab.wait_session(number)

        check(session["state"] == "done", f"the session is {session['state']}: {session['error']}")
        revoked = lab.get_session_seat(session, "seat-2")
        check(revoked["state"] == "failed" and "revoked" in revoked["reason"], f"the seat that was shut out: {revoked}")
        check(revoked["done_bytes"] < SIZE * 0.9, f"it got {revoked['done_bytes']}")
        others = ("seat-1", "seat-3", "seat-4")
        check(all(lab.get_session_seat(session, name)["state"] == "done" for name in others), f"the others: {session['seats']}")
        lab.check_seats(expected, *others)
        check(f"session {number} goes on under a new key" in lab.engine.read_log(), "the key was changed")
        # what did not come under the new key was repaired, not fetched one by one
        check(session["catch_up_bytes"] < SIZE / 10, f"by catch-up went {session['catch_up_bytes']}")
        check(session["wire_bytes"] < SIZE * 1.4 + 400000, f"on the wire went {session['wire_bytes']}")
        check(os.path.join("one", "disk.img") not in hash_tree(lab.seats["seat-2"].repository), "it has no whole file")
        lab.wait_presence("seat-2", "offline")


def test_a_version_without_a_signature():
    with Lab() as lab:
        templates = os.path.join(lab.directory, "templates")
        write_random(os.path.join(templates, "one", "disk.img"), 1000 * 1000)
        lab.start(1)
        lab.publish(templates)
        path = os.path.join(lab.engine.directory, "signatures", "1")
        with open(path, encoding="ascii") as file:
            signature = file.read()
        with open(path, "w", encoding="ascii") as file:
            file.write(signature[:8] + ("0" if signature[8] != "0" else "1") + signature[9:])
        lab.engine.stop()
        lab.start_engine()
        lab.wait_online("seat-1")
        check(not lab.get("/v1/versions")["versions"][0]["signed"], "it is seen that the signature is not right")
        error = lab.ctl_fails("deploy", 1, status=4)
        check("seatcastctl version sign 1" in error["message"], f"the remedy is told: {error}")
        lab.ctl("store", "verify", status=1)
        lab.ctl("version", "sign", 1)
        lab.ctl("store", "verify")
        lab.deploy(1)
        lab.check_seats(hash_tree(templates))


if __name__ == "__main__":
    main(globals())
