#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""confine.py UNIT UID [--write DIR]… -- PROGRAM [ARG…]: runs PROGRAM as systemd would by the unit's hardening, where no systemd runs.

The account, no capabilities, the mask and limit, the system calls, address families, namespaces, memory that is written and run; as root
also a file system of which only the DIRs can be written. What the unit forbids ends the program by SIGSYS, so that nothing is overlooked;
systemd lets it fail with EPERM. Not here: ProtectHome=, PrivateTmp=, PrivateDevices=, ProcSubset=, control groups.
"""

import ctypes
import os
import resource
import subprocess
import sys

ALLOW = 0x7FFF0000
KILL = 0x80000000
EPERM, ENOSYS = 1, 38
NOT_EQUAL, EQUAL, GREATER, MASKED = 1, 4, 6, 7
PROT_WRITE, PROT_EXEC = 2, 4
SHM_EXEC = 0o100000
NAMESPACES = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}
LAST_FAMILY = 45
# GLib asks whether it may copy a thread's scheduling to another, and does without where it may not
TOLERATED = ("sched_setattr",)
CLONE_NEWNS = 0x00020000
MS_REC, MS_SLAVE, MS_BIND = 0x4000, 0x80000, 0x1000
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, ATTR_RDONLY = 442, -100, 0x8000, 1


class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


class MountAttributes(ctypes.Structure):
    _fields_ = [("set", ctypes.c_uint64), ("clear", ctypes.c_uint64), ("propagation", ctypes.c_uint64), ("userns", ctypes.c_uint64)]


def read_unit(path):
    """{name: [value, …]} of a unit."""
    settings = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if "=" in line and not line.startswith(("#", ";")):
                name, value = line.rstrip("\n").split("=", 1)
                settings.setdefault(name, []).append(value)
    return settings


def read_sets():
    """{"@set": [member, …]} as this system's systemd has them."""
    text = subprocess.run(["systemd-analyze", "--no-pager", "syscall-filter"], capture_output=True, text=True, check=True).stdout
    sets, members = {}, []
    for line in text.splitlines():
        if line.startswith("@"):
            members = sets.setdefault(line.strip(), [])
        elif line.startswith("    ") and not line.strip().startswith("#"):
            members.append(line.strip())
    return sets


def expand(sets, name):
    if not name.startswith("@"):
        return {name}
    return set().union(*(expand(sets, member) for member in sets[name]))


def list_calls(settings):
    """The system calls that SystemCallFilter= allows."""
    sets = read_sets()
    allowed = expand(sets, "@default")  # always, as systemd has it
    for line in settings["SystemCallFilter"]:
        names = set().union(*(expand(sets, word) for word in line.lstrip("~").split()))
        allowed = allowed - names if line.startswith("~") else allowed | names
    return allowed


class Filters:
    """libseccomp's. Each filter that is loaded stays, and the strictest decides."""

    def __init__(self):
        self.seccomp = ctypes.CDLL("libseccomp.so.2")
        self.seccomp.seccomp_init.restype = ctypes.c_void_p
        self.seccomp.seccomp_init.argtypes = [ctypes.c_uint32]
        self.seccomp.seccomp_load.argtypes = self.seccomp.seccomp_release.argtypes = [ctypes.c_void_p]
        self.seccomp.seccomp_rule_add_array.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint,
                                                        ctypes.POINTER(Comparison)]
        self.context = None

    def begin(self, default):
        self.context = self.seccomp.seccomp_init(default)

    def add(self, action, call, *comparisons):
        number = self.seccomp.seccomp_syscall_resolve_name(call.encode())
        if number < 0:  # of another architecture
            return
        array = (Comparison * len(comparisons))(*comparisons)
        result = self.seccomp.seccomp_rule_add_array(self.context, action, number, len(comparisons), array)
        if result != 0:
            raise OSError(-result, f"libseccomp refuses the rule for {call}")

    def load(self):
        result = self.seccomp.seccomp_load(self.context)
        if result != 0:
            raise OSError(-result, "libseccomp cannot load the filter")
        self.seccomp.seccomp_release(self.context)


def forbid_calls(filters, settings):
    filters.begin(KILL)
    for call in sorted(list_calls(settings)):
        filters.add(ALLOW, call)
    for call in TOLERATED:
        filters.add(0x00050000 | EPERM, call)
    filters.load()


def forbid_arguments(filters, settings):
    filters.begin(ALLOW)
    allowed = {FAMILIES[name] for name in settings["RestrictAddressFamilies"][0].split()}
    for family in set(range(LAST_FAMILY + 1)) - allowed:
        filters.add(KILL, "socket", Comparison(0, EQUAL, family, 0))
    filters.add(KILL, "socket", Comparison(0, GREATER, LAST_FAMILY, 0))
    if settings["MemoryDenyWriteExecute"] == ["yes"]:
        filters.add(KILL, "mmap", Comparison(2, MASKED, PROT_WRITE | PROT_EXEC, PROT_WRITE | PROT_EXEC))
        filters.add(KILL, "mprotect", Comparison(2, MASKED, PROT_EXEC, PROT_EXEC))
        filters.add(KILL, "pkey_mprotect", Comparison(2, MASKED, PROT_EXEC, PROT_EXEC))
        filters.add(KILL, "shmat", Comparison(2, MASKED, SHM_EXEC, SHM_EXEC))
    if settings["RestrictNamespaces"] == ["yes"]:
        for flag in NAMESPACES:
            filters.add(KILL, "clone", Comparison(0, MASKED, flag, flag))
            filters.add(KILL, "unshare", Comparison(0, MASKED, flag, flag))
        filters.add(KILL, "setns")
        filters.add(0x00050000 | ENOSYS, "clone3")  # its flags cannot be seen; libc takes clone() then
    if settings["RestrictSUIDSGID"] == ["yes"]:
        for bit in (0o4000, 0o2000):
            for call, argument in (("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("mkdir", 1), ("mkdirat", 2), ("mknodat", 2)):
                filters.add(KILL, call, Comparison(argument, MASKED, bit, bit))
            filters.add(KILL, "openat", Comparison(2, MASKED, os.O_CREAT, os.O_CREAT), Comparison(3, MASKED, bit, bit))
    if settings["LockPersonality"] == ["yes"]:
        filters.add(KILL, "personality", Comparison(0, NOT_EQUAL, 0xFFFFFFFF, 0))  # other than to ask
    filters.load()


def protect_files(writable):
    """ProtectSystem=strict with ReadWritePaths=WRITABLE."""
    libc = ctypes.CDLL(None, use_errno=True)

    def check(result, what):
        if result != 0:
            error = ctypes.get_errno()
            raise OSError(error, f"{what}: {os.strerror(error)}")

    def set_attributes(path, flags, **attributes):
        value = MountAttributes(**attributes)
        check(libc.syscall(MOUNT_SETATTR, AT_FDCWD, path, flags, ctypes.byref(value), ctypes.sizeof(value)), f"mount_setattr {path}")

    check(libc.unshare(CLONE_NEWNS), "unshare")
    check(libc.mount(None, b"/", None, MS_REC | MS_SLAVE, None), "mount --make-rslave /")
    paths = [os.path.realpath(path).encode() for path in writable]
    for path in paths:
        check(libc.mount(path, path, None, MS_BIND | MS_REC, None), f"mount --bind {path}")
    set_attributes(b"/", AT_RECURSIVE, set=ATTR_RDONLY)
    for path in paths:
        set_attributes(path, AT_RECURSIVE, clear=ATTR_RDONLY)


def become(uid):
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)  # which takes all capabilities, too


def confine(unit, uid, writable):
    settings = read_unit(unit)
    filters = Filters()
    if os.geteuid() == 0:
        protect_files(writable)
    limit = min(int(settings["LimitNOFILE"][0]), resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    os.umask(int(settings["UMask"][0], 8))
    if os.geteuid() == 0:
        become(uid)
    forbid_arguments(filters, settings)  # sets no-new-privileges
    forbid_calls(filters, settings)


def main():
    split = sys.argv.index("--")
    unit, uid = sys.argv[1], int(sys.argv[2])
    writable = sys.argv[4:split:2]
    confine(unit, uid, writable)
    os.execv(sys.argv[split + 1], sys.argv[split + 1:])


if __name__ == "__main__":
    main()
