# SPDX-License-Identifier: LGPL-2.1-or-later
"""A seat's whole life on Windows: the MSI, its service, versions from a Linux engine, and uninstalling. (The MSI by itself: test-msi.py.)"""

import os
import shutil
import subprocess
import sys

from wine import KEY, SERVICE, WineLab, WineSeat, get_libraries, to_windows

import disk_images
from lab import LabError, Skip, differences, hash_repository, hash_tree
from tap import check, main

MAKE_INSTALLERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "installer", "windows", "make-installers")
PROPERTIES = {"console": "CONSOLE", "token": "TOKEN", "ca-fingerprint": "CAFP", "templates": "TEMPLATES", "room": "ROOM",
              "name": "NAME", "interface": "INTERFACE"}


class InstalledSeat(WineSeat):
    """Its service comes from the MSI, which also starts it."""

    def __init__(self, lab, name, msi):
        super().__init__(lab, name, "Räume 1.03")
        self.msi = msi
        self.programs = os.path.join(self.prefix.drive_c, "Program Files", "Seatcast")

    def msiexec(self, *arguments):
        log = os.path.join(self.directory, "msi.log")
        try:
            self.prefix.run("msiexec", *arguments, "/qn", "/l*v", to_windows(log), timeout=240)
        except LabError as error:
            with open(log, "rb") as file:
                text = file.read().decode("utf-8", errors="replace").replace("\0", "")
            raise LabError(f"{error}\n{text[-3000:]}") from None

    def install(self, **settings):
        properties = [f"{PROPERTIES[name]}={value}" for name, value in self.settings(**settings).items()]
        self.msiexec("/i", to_windows(self.msi), *properties)

    def uninstall(self):
        self.msiexec("/x", to_windows(self.msi))


def make_msi(lab):
    for tool in ("wixl", "msibuild"):
        if shutil.which(tool) is None:
            raise Skip(f"{tool} is not installed")
    directory = os.path.join(lab.directory, "installers")
    subprocess.run([MAKE_INSTALLERS, lab.windows_build, os.path.join(get_libraries(), ".."), directory, "service"], check=True,
                   stdout=sys.stderr, timeout=300)
    return os.path.join(directory, "seatcast-service.msi")


def test_installed_silently_kept_up_to_date_and_uninstalled():
    with WineLab() as lab:
        msi = make_msi(lab)
        templates = os.path.join(lab.directory, "templates")
        disk_images.make_images(templates, 20)
        lab.start_engine()
        seat = InstalledSeat(lab, "win-1", msi)
        lab.seats["win-1"] = seat
        seat.install()
        state = seat.prefix.wait_service(SERVICE, "RUNNING")
        check(state == ("RUNNING", 0, 0), f"the service is {state}")
        lab.wait_online("win-1", timeout=90)
        check(lab.get_seat("win-1")["room"] == "Räume 1.03", f"it is {lab.get_seat('win-1')}")

        first = hash_tree(templates)
        lab.publish(templates, "first")
        lab.deploy(1)
        lab.check_seats(first)
        disk_images.change_images(templates)
        second = hash_tree(templates)
        lab.publish(templates, "changed")
        lab.deploy(2)
        lab.check_seats(second)
        lab.ctl("rollback")
        lab.check_seats(first)

        seat.uninstall()
        check(seat.prefix.query_service(SERVICE) is None, "the service is still registered")
        check(not seat.is_running(), "the service still runs")
        check(not os.path.exists(seat.programs), f"of the programs are left: {[folder for folder, _, _ in os.walk(seat.programs)]}")
        check(not seat.prefix.has_key(KEY), "settings are left in the registry")
        left = differences(first, hash_repository(seat.repository), "the templates")
        check(not left, "\n".join(left))
        lab.wait_presence("win-1", "offline")


if __name__ == "__main__":
    main(globals())
