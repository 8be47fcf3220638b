# SPDX-License-Identifier: LGPL-2.1-or-later
"""A school's lab as it looks after a term: 80 seats in three rooms, real-looking templates with a history, and what goes wrong
in a lab: seats that are off, one with a file that somebody changed, one with a template in use, one whose disk is small.
"""

import contextlib
import fcntl
import os
import shutil

from disk_volumes import make_volume
from lab import MIB, Lab, LabError, Skip, change_chunks, wait_for, write_random

# room, how its seats are named, how many, columns in the map (an aisle in the middle)
ROOMS = (
    ("Lab A101", "a101-%02d", 30, 5),
    ("Lab A102", "a102-%02d", 30, 5),
    ("Media room", "media-%02d", 20, 4),
)
TEMPLATES = {  # in MB
    "Debian 12 Server": 9,
    "Kali Linux 2026.3": 8,
    "pfSense Router": 2,
    "Windows 11 Client": 14,
    "Windows Server 2025": 10,
}
AUTHORS = ("A. Weber", "J. Okafor")
OFF = ("a101-17", "a102-08", "media-20")
DRIFTED = "a102-21"
BUSY = "a101-12"
SMALL = "media-07"
SMALL_SIZE = 95 * MIB
RESERVE = 16 * MIB


def hold_open(path):
    """As a hypervisor does with the disk of a machine that runs. Returns the file."""
    file = open(path, "r+b")  # pylint: disable=consider-using-with
    fcntl.lockf(file, fcntl.LOCK_EX)
    return file


class School(Lab):
    """SCALE: of the templates' sizes."""

    def __init__(self, *arguments, scale=1.0, **options):
        super().__init__(*arguments, **options)
        self.scale = scale
        self.templates = os.path.join(self.directory, "templates")

    def print_logs(self):
        # 80 of them would hide what has failed
        print("\n".join("# " + line for line in self.engine.tail().splitlines()), flush=True)

    def start_rooms(self, rooms=ROOMS, rate=0, small=True):
        self.start_engine(rate=rate)
        for room, names, n_seats, _ in rooms:
            for number in range(1, n_seats + 1):
                seat = self.add_seat(names % number, room, start=False)
                if small and seat.name == SMALL:
                    self._put_on_small_volume(seat)
                seat.start()
        self.wait_online(*self.seats, timeout=120)

    def _put_on_small_volume(self, seat):
        with contextlib.suppress(Skip):  # only root can
            volume = make_volume("ext4", SMALL_SIZE, seat.repository)
            self.closers.append(volume.unmount)
            seat.command += ["--reserve", str(RESERVE)]

    def set_rate(self, megabits):
        self.post("/v1/settings", {"rate_cap_bits_per_second": megabits * 1000 * 1000})

    def post(self, path, body):
        status, answer = self.api("POST", path, body)
        if status not in (200, 201):
            raise LabError(f"POST {path} {body}: {status} {answer}")
        return answer

    def place_seats(self, rooms=ROOMS):
        """Where they stand: rows of tables with an aisle in their middle, and a gap behind the first row."""
        for room, names, n_seats, columns in rooms:
            places = []
            for index in range(n_seats):
                column, row = index % columns, index // columns
                places.append({"seat": names % (index + 1), "column": column + (column >= columns // 2), "row": row})
            self.post(f"/v1/rooms/{room.replace(' ', '%20')}/places", {"places": places, "clear": True})

    # the templates

    def disk(self, template):
        return os.path.join(self.templates, template, "disk.vmdk")

    def make_template(self, name, megabytes):
        folder = os.path.join(self.templates, name)
        write_random(self.disk(name), int(megabytes * 1000 * 1000 * self.scale), seed=name)
        write_random(os.path.join(folder, "machine.nvram"), 8684, seed=name)
        with open(os.path.join(folder, "machine.vmx"), "w", encoding="utf-8") as file:
            file.write(f'.encoding = "UTF-8"\nconfig.version = "8"\nvirtualHW.version = "21"\ndisplayName = "{name}"\n'
                       'memsize = "4096"\nsata0:0.present = "TRUE"\nsata0:0.fileName = "disk.vmdk"\n')

    def change_template(self, name, every, seed):
        change_chunks(self.disk(name), every, seed)

    def publish_as(self, author, note):
        return self.ctl("publish", self.templates, "-m", note, "--author", author)[-1]["result"]["version"]

    def publish_history(self):
        """Six versions of a term. Returns the last one's number."""
        weber, okafor = AUTHORS
        for name, megabytes in TEMPLATES.items():
            self.make_template(name, megabytes)
        self.publish_as(weber, "Templates for the winter term")
        self.change_template("Debian 12 Server", 9, 1)
        self.publish_as(weber, "Debian 12: security updates of October")
        self.change_template("Windows 11 Client", 5, 2)
        self.publish_as(okafor, "Windows 11: Visual Studio Code, Git and the printers of the first floor")
        self.change_template("Kali Linux 2026.3", 7, 3)
        self.change_template("pfSense Router", 3, 3)
        self.publish_as(okafor, "Network security course: Kali with the new exercises, pfSense with two more networks")
        self.change_template("Windows Server 2025", 6, 4)
        return self.publish_as(weber, "Windows Server 2025: Active Directory exercise reset")

    def prepare_next(self):
        """The templates as the next version will have them: enough to watch it being sent."""
        self.make_template("Docker and Kubernetes", 34)
        self.change_template("Windows 11 Client", 1, 5)
        self.change_template("Debian 12 Server", 3, 5)
        shutil.rmtree(os.path.join(self.templates, "pfSense Router"))

    # what goes wrong

    def switch_off(self, *names):
        for name in names:
            self.seats[name].kill()
        for name in names:
            self.wait_presence(name, "offline")

    def spoil(self, name, template="Windows Server 2025"):
        """Somebody changed a file of a seat."""
        path = os.path.join(self.seats[name].repository, template, "disk.vmdk")
        with open(path, "r+b") as file:
            file.seek(100000)
            file.write(b"changed")
        self.ctl("verify", name, status=1)
        wait_for(lambda: self.get_seat(name)["version_state"] == "drifted", 60, lambda: f"{name} drifted: {self.get_seat(name)}")

    def use(self, name, template="Windows 11 Client"):
        """A machine runs on a seat. Returns the file that it holds open."""
        file = hold_open(os.path.join(self.seats[name].repository, template, "disk.vmdk"))
        self.closers.append(file.close)
        return file
