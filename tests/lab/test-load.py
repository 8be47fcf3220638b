# SPDX-License-Identifier: LGPL-2.1-or-later
"""What staff and fate do to a session while it sends to several seats that lose packets. Namespaces; skipped without root."""

import os
import time

from cast_lab import CastLab
from lab import change_chunks, hash_tree, wait_for, write_random
from tap import check, main

MBIT = 1000 * 1000
SIZE = 24 * 1000 * 1000
LOSSY = {"loss": 0.01}
STILL = 0.3       # s between two looks at a wire that is to be still
OVERHEAD = 1.16   # on the wire for each byte of content: framing, plan, 1 % loss at each of some seats, of a few small windows
QUEUED = 2 * 1024 * 1024  # bytes that may be on their way when something is said to the engine


def make_templates(lab, size=SIZE):
    templates = os.path.join(lab.directory, "templates")
    write_random(os.path.join(templates, "one", "disk.img"), size)
    return templates


def cast_bytes(lab):
    return lab.network.get_wire().bytes["cast"]


def wait_still(lab):
    """Until nothing goes out any more."""
    last = [-1]

    def still():
        now = cast_bytes(lab)
        last[0], before = now, last[0]
        return now == before
    wait_for(still, 30, lambda: "the stream stands still", STILL)
    return last[0]


def wait_sent(lab, number, fraction):
    """Until FRACTION of the session's content was sent; it is still sending then."""
    def sent():
        session = lab.get_session(number)
        check(session["state"] not in ("done", "finishing", "failed"), f"it was not caught in mid-session: {session}")
        return session["state"] == "sending" and session["content_sent_bytes"] >= fraction * session["content_bytes"] > 0
    wait_for(sent, 60, lambda: f"in the middle: {lab.get_session(number)}", 0.01)


def test_pause_and_resume():
    with CastLab() as lab:
        lab.start(6, seat_options=LOSSY)
        templates = make_templates(lab)
        lab.publish(templates)

        def pause(number):
            wait_sent(lab, number, 0.3)
            lab.ctl("pause", number)
            still = wait_still(lab)
            session = lab.get_session(number)
            check(session["state"] == "paused" and session["content_sent_bytes"] < session["content_bytes"], f"{session}")
            time.sleep(2 * STILL)
            check(cast_bytes(lab) == still, "a paused session sends nothing")
            lab.ctl("resume", number)
        cast = lab.cast(1, "--rate", 80, during=pause)
        lab.check_seats(hash_tree(templates))
        check(cast.session["state"] == "done" and not cast.caught_up, f"all heard it to the end: {cast.session}")
        check(cast.sent < OVERHEAD, f"nothing was sent again because of the pause: {cast.sent:.3f}, {cast.session}")
        check(min(seat["lost_packets"] for seat in cast.seats.values()) > 0, f"packets were lost everywhere: {cast.session}")


def test_cancel_and_deploy_again():
    with CastLab() as lab:
        lab.start(6, seat_options=LOSSY)
        templates = make_templates(lab, 2 * SIZE)
        lab.publish(templates)

        def cancel(number):
            # a window and more, so that something is whole
            wait_sent(lab, number, 0.6)
            lab.ctl("cancel", number)
        cast = lab.cast(1, "--rate", 160, during=cancel)
        check(cast.session["state"] == "cancelled", f"{cast.session}")
        check({seat["state"] for seat in cast.seats.values()} == {"cancelled"}, f"{cast.seats}")
        still = wait_still(lab)
        time.sleep(2 * STILL)
        check(cast_bytes(lab) == still, "a cancelled session sends nothing")
        check({seat["version"] for seat in lab.get_seats()} == {0}, "nobody has the version")

        again = lab.cast(1, "--rate", 300)
        check(again.session["state"] == "done", f"{again.session}")
        lab.check_seats(hash_tree(templates))
        check(again.session["content_bytes"] < 2 * SIZE, f"what they had received is not sent again: {again.session['content_bytes']}")


def test_the_engine_dies_and_comes_back():
    with CastLab() as lab:
        lab.start(6, seat_options=LOSSY)
        templates = make_templates(lab, 2 * SIZE)
        lab.publish(templates)

        def kill(number):
            wait_sent(lab, number, 0.6)
            lab.engine.kill()
            lab.start_engine()
        cast = lab.cast(1, "--rate", 160, during=kill)
        check(cast.session["state"] == "done", f"it was resumed and came to its end: {cast.session}")
        check(all(seat["state"] == "done" for seat in cast.seats.values()), f"{cast.seats}")
        lab.check_seats(hash_tree(templates))
        check(cast.wire.bytes["cast"] < 1.8 * 2 * SIZE, f"it went on and did not begin anew: {cast.wire.to_dict()}")


def test_a_seat_that_comes_late_joins_the_stream():
    size = 120 * MBIT  # some windows, so that there is one to come late to
    with CastLab() as lab:
        lab.start(4, rate=2000)
        templates = make_templates(lab, size)
        lab.publish(templates)

        def come_late(number):
            lab.wait_receiving("s4", number, 0.01)
            lab.seats["s4"].kill()
            wait_sent(lab, number, 0.3)
            lab.seats["s4"].start()
        cast = lab.cast(1, "--rate", 240, during=come_late)
        check(cast.session["state"] == "done" and cast.seats["s4"]["state"] == "done", f"{cast.session}")
        lab.check_seats(hash_tree(templates))
        check(cast.sent < OVERHEAD, f"the others are not sent anything twice for its sake: {cast.sent:.3f}")
        check(0 < cast.session["catch_up_bytes"] < 0.8 * size, f"it had the end from the stream, the rest by catch-up: {cast.session}")


def test_two_sessions_share_the_cap():
    rate = 80
    with CastLab() as lab:
        lab.start(2, room="A", rate=rate)
        lab.add_cast_seats("s3", "s4", room="B")
        lab.wait_online("s3", "s4")
        templates = make_templates(lab)
        lab.publish(templates)
        start, before = time.monotonic(), cast_bytes(lab)
        numbers = [lab.start_deploy(1, "--room", room) for room in ("A", "B")]

        def both():
            sessions = [lab.get_session(number) for number in numbers]
            check("done" not in [session["state"] for session in sessions], f"they ran one after the other: {sessions}")
            return all(session["state"] == "sending" for session in sessions) and sessions
        shares = [session["share_bits_per_second"] for session in wait_for(both, 60, "both send", 0.01)]
        check(shares == [rate * MBIT // 2] * 2, f"each has half: {shares}")
        sessions = [lab.wait_session(number) for number in numbers]
        sent, elapsed = cast_bytes(lab) - before, time.monotonic() - start
        check(all(session["state"] == "done" for session in sessions), f"{sessions}")
        check(sent <= rate * MBIT / 8 * elapsed * 1.02 + QUEUED, f"{sent} bytes in {elapsed:.2f} s are more than {rate} Mbit/s")
        lab.check_seats(hash_tree(templates))


def test_the_consoles_own_link_is_the_limit():
    rate = 60 * MBIT
    with CastLab(rate=rate) as lab:
        lab.start(2)
        templates = make_templates(lab)
        lab.ctl("settings", "--rate", "0")
        lab.publish(templates)
        seen = {}

        def look(number):
            session = lab.get_session(number)
            if session["rate_limit"] == "uplink":
                seen.setdefault("rate", []).append(session["rate_bits_per_second"])
            return session["state"] in ("finishing", "done")
        cast = lab.cast(1, during=lambda number: wait_for(lambda: look(number), 60, lambda: f"all is sent: {lab.get_session(number)}", 0.02))
        check(cast.session["state"] == "done" and cast.caught_up == [], f"{cast.session}")
        check(seen.get("rate"), "it is told that the link holds it")
        # the first ones are of before the socket's buffer was full
        check(min(seen["rate"]) < 1.1 * rate, f"and how fast it really is: {seen}")
        lab.check_seats(hash_tree(templates))


def test_seats_at_different_versions_get_the_union_once():
    with CastLab() as lab:
        lab.start(2, room="one", rate=300)
        lab.add_cast_seats("s3", "s4", room="two")
        lab.wait_online("s3", "s4")
        templates = make_templates(lab)
        disk = os.path.join(templates, "one", "disk.img")
        lab.publish(templates)
        lab.cast(1)
        change_chunks(disk, 4, 2)
        lab.publish(templates)
        lab.cast(2, "--room", "two")
        change_chunks(disk, 6, 3)  # of which every second one has changed before
        lab.publish(templates)
        cast = lab.cast(3)
        lab.check_seats(hash_tree(templates))
        check(cast.session["state"] == "done", f"{cast.session}")
        lacked = [cast.seats[f"s{number}"]["total_bytes"] for number in range(1, 5)]
        check(lacked[0] == lacked[1] > lacked[2] == lacked[3], f"they lack different things: {lacked}")
        check(cast.session["content_bytes"] == max(lacked), f"the union: {cast.session['content_bytes']} for {lacked}")
        check(cast.sent < OVERHEAD, f"once: {cast.sent:.3f}, {cast.wire.to_dict()}")


if __name__ == "__main__":
    main(globals())
