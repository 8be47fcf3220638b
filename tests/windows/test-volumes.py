# SPDX-License-Identifier: LGPL-2.1-or-later
"""A disk that Deep Freeze holds, as the registry says it: the seat takes no update until it is thawed or that is accepted."""

import os

from wine import KEY, WineLab

from lab import MIB, hash_tree, wait_for, write_random
from tap import check, main

FROZEN_KEY = r"HKLM\SOFTWARE\WOW6432Node\Faronics\Deep Freeze 6"


def freeze(seat, state):
    seat.prefix.set_value(FROZEN_KEY, "DF Status", state)


def catch_up(lab, name):
    lab.ctl("catch-up", name)
    lab.wait_version(name, 1)


def test_frozen_drive_is_refused_until_it_is_thawed_or_accepted():
    with WineLab() as lab:
        templates = os.path.join(lab.directory, "templates")
        write_random(os.path.join(templates, "one", "disk.img"), MIB)
        tree = hash_tree(templates)
        lab.start_engine()
        lab.add_seat("linux")
        seat = lab.add_wine_seat("win", templates=r"C:\Templates")
        seat.repository = os.path.join(seat.prefix.drive_c, "Templates")
        lab.wait_online("linux", "win")
        volume = lab.get_seat("win")["volume"]
        check(volume["file_system"] and not volume["traits"], f"nothing is the matter yet: {volume}")

        freeze(seat, "Frozen")
        lab.publish(templates)
        session = lab.get_session(lab.deploy(1, status=1)["id"])
        row = lab.get_session_seat(session, "win")
        check(row["state"] == "failed", f"it is refused: {row}")
        for part in ("Deep Freeze is frozen", "Windows is on C:", "--accept-volume=forgets"):
            check(part in row["reason"], f"the reason says “{part}”: {row['reason']}")
        check(lab.get_session_seat(session, "linux")["state"] == "done", "the other goes on")
        lab.check_seats(tree, "linux")
        wait_for(lambda: lab.get_seat("win")["volume"]["refused"] == ["forgets"], 20, "the console shows it")
        check(lab.get_seat("win")["state_volume"]["traits"] == ["forgets"], "its own data lie there, too")
        lab.check_seats({}, "win")

        seat.prefix.set_value(KEY, "AcceptVolume", "forgets")
        wait_for(lambda: lab.get_seat("win")["volume"]["traits"] == ["forgets"] and not lab.get_seat("win")["volume"]["refused"],
                 60, lambda: f"the setting is taken up while it runs; it is {lab.get_seat('win')['volume']}")
        catch_up(lab, "win")
        lab.check_seats(tree, "win")

        freeze(seat, "Thawed")
        seat.prefix.remove_value(KEY, "AcceptVolume")
        wait_for(lambda: not lab.get_seat("win")["volume"]["traits"], 90,
                 lambda: f"the console sees that it was thawed; it is {lab.get_seat('win')['volume']}")
        catch_up(lab, "win")


if __name__ == "__main__":
    main(globals())
