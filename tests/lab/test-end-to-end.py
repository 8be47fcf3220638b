# SPDX-License-Identifier: LGPL-2.1-or-later
"""The main job on real disk images: publish, deploy, change, deploy the difference, go back."""

import os

import disk_images
from lab import Lab, hash_tree, wait_for, write_random
from tap import check, main


def test_publish_deploy_change_deploy_and_roll_back():
    with Lab() as lab:
        templates = os.path.join(lab.directory, "templates")
        disk_images.make_images(templates, 24)
        lab.start(3)
        first = hash_tree(templates)
        published = lab.publish(templates, "first")
        check(published["version"] == 1, f"the first version is {published}")
        session = lab.deploy(1)
        lab.check_seats(first)
        check(session["wire_bytes"] < session["content_bytes"] * 1.2 + 200000,
              f"three seats took {session['wire_bytes']} bytes of multicast for {session['content_bytes']} of content")
        check(session["catch_up_bytes"] < session["content_bytes"] / 10, f"by catch-up went {session['catch_up_bytes']}")
        check(all(seat["done_bytes"] == seat["total_bytes"] > 0 for seat in session["seats"]), str(session["seats"]))

        # a file that was changed just now may change again within one tick of its clock, so it is read once more; later no more
        again = lab.publish(templates, "the same again")
        check(again["new_chunks"] == 0, f"nothing is new: {again}")

        disk_images.change_images(templates)
        third = hash_tree(templates)
        check(lab.publish(templates, "changed")["version"] == 3, "numbers go up by one")
        diff = lab.ctl("diff", 1, 3)[-1]
        changes = {item["name"]: item for item in diff["templates"]}
        check(changes["kvm-webserver"]["change"] == "added", "the new template is added")
        files = {file["path"]: file["change"] for file in changes["kvm-database"]["files"]}
        check(files["install.log"] == "removed" and files["notes.txt"] == "removed" and files["safe.txt"] == "added"
              and files["kvm-database.qcow2"] == "changed", f"the diff's files: {files}")

        update = lab.deploy(3)
        lab.check_seats(third)
        check(update["content_bytes"] <= diff["bytes_to_send"], f"sent {update['content_bytes']}, the diff said {diff['bytes_to_send']}")
        check(update["wire_bytes"] < session["wire_bytes"] * 0.7, f"the difference took {update['wire_bytes']} of {session['wire_bytes']}")

        back = lab.ctl("rollback")[-1]
        check(back["version"] == 1, f"rollback went to {back['version']}")
        lab.check_seats(first)
        nothing = lab.deploy(1)
        check(nothing["content_bytes"] == 0, "a seat that has the version is sent nothing")
        lab.check_seats(first)


def test_only_the_room_or_the_seat_that_was_named():
    with Lab() as lab:
        templates = os.path.join(lab.directory, "templates")
        write_random(os.path.join(templates, "one", "disk.img"), 3 * 1000 * 1000)
        lab.start_engine()
        lab.add_seat("a-1", "A")
        lab.add_seat("b-1", "B")
        lab.add_seat("b-2", "B")
        lab.wait_online("a-1", "b-1", "b-2")
        expected = hash_tree(templates)
        lab.publish(templates)
        lab.deploy(1, "--room", "B")
        lab.check_seats(expected, "b-1", "b-2")
        lab.check_seats({}, "a-1")
        rooms = {room["name"]: room for room in lab.ctl("rooms")}
        check(rooms["B"]["current"] == 2 and rooms["A"]["current"] == 0, f"rooms: {rooms}")

        write_random(os.path.join(templates, "one", "disk.img"), 3 * 1000 * 1000, seed=1)
        lab.publish(templates)
        lab.deploy(2, "--seat", "b-2")
        lab.check_seats(hash_tree(templates), "b-2")
        lab.check_seats(expected, "b-1")


def test_a_seat_that_was_off_is_named_and_catches_up():
    with Lab() as lab:
        templates = os.path.join(lab.directory, "templates")
        write_random(os.path.join(templates, "one", "disk.img"), 3 * 1000 * 1000)
        lab.start(2)
        lab.publish(templates)
        lab.deploy(1)
        lab.seats["seat-2"].stop()
        lab.wait_presence("seat-2", "offline")
        write_random(os.path.join(templates, "one", "disk.img"), 4 * 1000 * 1000, seed=1)
        expected = hash_tree(templates)
        lab.publish(templates)
        session = lab.deploy(2, status=1)
        absent = next(seat for seat in session["seats"] if seat["name"] == "seat-2")
        check(absent["state"] == "failed" and "offline" in absent["reason"], f"it is named: {absent}")
        lab.check_seats(expected, "seat-1")
        lab.seats["seat-2"].start()
        lab.wait_online("seat-2")
        lab.ctl("catch-up", "seat-2")
        lab.wait_version("seat-2", 2)
        lab.check_seats(expected)


def test_a_drifted_file_is_found_and_mended_by_the_next_deploy():
    with Lab() as lab:
        templates = os.path.join(lab.directory, "templates")
        write_random(os.path.join(templates, "one", "disk.img"), 3 * 1000 * 1000)
        write_random(os.path.join(templates, "two", "disk.img"), 1000 * 1000, seed=7)
        expected = hash_tree(templates)
        lab.start(1)
        lab.publish(templates)
        lab.deploy(1)
        seat = lab.seats["seat-1"]
        with open(os.path.join(seat.repository, "one", "disk.img"), "r+b") as file:
            file.seek(1500000)
            file.write(b"somebody was here")
        seat.stop()
        seat.start()
        lab.wait_online("seat-1")
        wait_for(lambda: lab.get_seat("seat-1")["version_state"] == "drifted", 30, lambda: f"drifted; it is {lab.get_seat('seat-1')}")
        session = lab.deploy(1)
        lab.check_seats(expected)
        check(0 < session["content_bytes"] < 200000, f"one chunk was wrong, {session['content_bytes']} bytes were sent")


if __name__ == "__main__":
    main(globals())
