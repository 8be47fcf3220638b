# SPDX-License-Identifier: LGPL-2.1-or-later
"""File systems of their own in files, by loop devices: ext4, Btrfs, XFS. Needs root.

They are mounted where only this process and those that it starts see them, and the device and the file behind them go with the
mount: whatever ends this process, nothing is left.
"""

import ctypes
import os
import subprocess
import tempfile
import time

from lab import MIB, Lab, Skip
from meter import Meter

CLONE_NEWNS = 0x00020000
MS_REC_PRIVATE = 0x4000 | 0x40000

# no background initialisation: what is written to the device is ours. Btrfs below 1 GB wants its groups mixed
MAKERS = {
    "ext4": ["mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0"],
    "btrfs": ["mkfs.btrfs", "-q", "-f"],
    "xfs": ["mkfs.xfs", "-q", "-f"],
}
KINDS = tuple(MAKERS)
CLONING = ("btrfs", "xfs")
# more than what stays free by default; the files behind hold only what is written
ROOMY = 8192 * MIB
SMALLEST = {"ext4": 16 * MIB, "btrfs": 128 * MIB, "xfs": 300 * MIB}

_private = False


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True, check=False,
                            env=dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin", LC_ALL="C"))
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {result.stderr.strip() or result.stdout.strip()}")
    return result.stdout.strip()


def enter_private_mounts():
    """From now on nobody else sees what this process mounts, and it is unmounted when the last of its processes ends."""
    global _private  # pylint: disable=global-statement
    if _private:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0 or libc.mount(b"none", b"/", None, MS_REC_PRIVATE, None) != 0:
        raise Skip(f"no mounts of our own: {os.strerror(ctypes.get_errno())}")
    _private = True


class Volume:
    def __init__(self, kind, path, device):
        self.kind = kind
        self.path = path
        self.device = device  # "loop3"

    @property
    def statistics(self):
        return f"/sys/block/{self.device}/stat"

    @property
    def free(self):
        """Bytes that may be used."""
        status = os.statvfs(self.path)
        return status.f_bavail * status.f_frsize

    def unmount(self):
        for _ in range(20):
            try:
                return run("umount", self.path)
            except RuntimeError:
                time.sleep(0.1)
        return run("umount", "-l", self.path)


def make_volume(kind, size, path, direct=False, folder=None):
    """A new file system of SIZE bytes, mounted at PATH. DIRECT: past this machine's page cache, as a disk is. FOLDER: where the
    file behind it lies [the directory for temporary files]. Skip, with the reason, where it cannot be."""
    if os.geteuid() != 0:
        raise Skip("mounting a file system takes root")
    size = max(size, SMALLEST[kind])
    os.makedirs(path, exist_ok=True)
    enter_private_mounts()
    handle, image = tempfile.mkstemp(prefix="seatcast-volume-", dir=folder)
    device = None
    try:
        os.truncate(handle, size)
        more = ["--mixed"] if kind == "btrfs" and size < 1000 * MIB else []
        run(*MAKERS[kind], *more, image)
        device = run("losetup", "--find", "--show", f"--direct-io={'on' if direct else 'off'}", image)
        run("mount", "-t", kind, device, path)
    except (RuntimeError, OSError) as error:
        raise Skip(f"no {kind} can be made: {error}") from None
    finally:
        os.close(handle)
        os.unlink(image)
        if device:
            run("losetup", "--detach", device)  # done when it is unmounted
    return Volume(kind, path, os.path.basename(device))


def list_kinds():
    """The file systems of KINDS that can be made here, and {kind: why not} for the others."""
    there, missing = [], {}
    for kind in KINDS:
        with tempfile.TemporaryDirectory(prefix="seatcast-volume-") as folder:
            try:
                make_volume(kind, 0, os.path.join(folder, "mount")).unmount()
                there.append(kind)
            except Skip as reason:
                missing[kind] = str(reason)
    return there, missing


class VolumeLab(Lab):
    """A lab whose seats have volumes of their own and are metered. The engine must be started first."""

    def add_volume_seat(self, name, kind, size=ROOMY, arguments=(), **options):
        """A seat whose repository is a volume (seat.volume); seat.meter counts what it is sent. ARGUMENTS: of its service."""
        meter = Meter(self, name)
        seat = self.add_seat(name, connection=meter.connection, start=False, **options)
        seat.meter = meter
        seat.volume = make_volume(kind, size, seat.repository)
        self.closers.append(seat.volume.unmount)
        seat.command += arguments
        seat.start()
        return seat
