# SPDX-License-Identifier: LGPL-2.1-or-later
"""Names travel as they are, from Linux to Windows and back; what one of them could not hold is refused when it is published."""

import os

from wine import WineLab

from lab import hash_tree
from tap import check, main

LONG = "ein sehr langer Name " + "x" * 150
NAMES = [
    "plain/disk.vmdk",
    "Größe & Maß/Übung №5 (½).vmx",
    "ディスク/日本語の仮想ディスク.vhdx",
    "עברית/דיסק.vdi",
    "Emoji \U0001F4BE/\U0001F5A5 screen.qcow2",
    "decomposed/A\u0308rger.txt",
    " leading space/ .hidden",
    "dots.in..between/a.b..c.vmx",
    "signs/+,;=[]{}()!#$%&'@^`~-_.iso",
    "short/LONGFI~1.VMD",
    "short/PROGRA~1/disk.vmdk",
    "kurz/com10.txt",
    "kurz/console.log",
    f"{LONG}/{LONG}/{LONG}/disk.vmdk",  # more than 500 characters
    "deep/" + "/".join(f"level {number}" for number in range(2, 16)) + "/disk.vmdk",
    "loose file.txt",
]
REFUSED = [("case/Disk.vmdk", "case/disk.VMDK"), ("form/Ä.txt", "form/A\u0308.txt"), ("short/Long file.vmdk", "short/LONGFI~1.VMD"),
           ("device/aux.txt",), ("dot/end.",), ("sign/a:b",)]


def make(directory, names):
    for number, name in enumerate(names):
        path = os.path.join(directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(name.encode() + bytes(1000 * number))


def test_published_on_linux_installed_on_windows():
    with WineLab() as lab:
        templates = os.path.join(lab.directory, "templates")
        make(templates, NAMES)
        lab.start_engine()
        lab.add_wine_seat("win-1")
        lab.add_seat("linux-1")
        lab.wait_online("win-1", "linux-1")
        first = hash_tree(templates)
        check(len(first) == len(NAMES) and max(map(len, first)) > 500, f"{len(first)} files")
        lab.publish(templates)
        lab.deploy(1)
        lab.check_seats(first)
        for number, names in enumerate(REFUSED):
            bad = os.path.join(lab.directory, f"bad-{number}")
            make(bad, names)
            error = lab.ctl_fails("publish", bad, "-m", "bad", status=1)
            check(names[-1] in error["message"], f"the message names {names[-1]}: {error}")

        # every name goes, every name comes back
        os.rename(templates, templates + ".old")
        make(templates, ["other/disk.vmdk"])
        lab.publish(templates)
        lab.deploy(2)
        lab.check_seats(hash_tree(templates))
        lab.ctl("rollback")
        lab.check_seats(first)


def test_published_on_windows_installed_on_linux():
    with WineLab() as lab:
        engine = lab.start_wine_engine()
        templates = os.path.join(engine.machine.drive_c, "templates")
        make(templates, NAMES)
        lab.add_seat("linux-1")
        lab.wait_online("linux-1")
        expected = hash_tree(templates)
        result = engine.ctl("publish", engine.machine.to_drive_c(templates), "-m", "from Windows")[-1]["result"]
        check(result["version"] == 1, f"it is {result}")
        session = engine.ctl("deploy", "1", "--rate", "40")[-1]
        check(session["state"] == "done", f"it is {session}")
        lab.check_seats(expected)


if __name__ == "__main__":
    main(globals())
