# SPDX-License-Identifier: LGPL-2.1-or-later
"""Real disk images: ext4 file systems with this machine's own files, in the formats that hypervisors use.

A repository made here is changed in place as a hypervisor would: the file system by debugfs, and then only the clusters that
differ are written into the existing image. Beside the repository, DIR.raw holds each disk as a raw image, to compare with.
No root is needed.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile

CLUSTER = 65536
# /usr/sbin is not on everybody's path
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"

SOURCES = ["/usr/share/doc", "/usr/lib/python3", "/usr/include", "/usr/share/perl", "/usr/share/locale",
           "/usr/lib/gcc", "/usr/lib/x86_64-linux-gnu", "/usr/bin", "/usr/lib/git-core", "/usr/share"]
NAME = re.compile(r"^[A-Za-z0-9._+/-]+$")

# template, image, qemu-img's format and options, and whether the format can be written in place
TEMPLATES = [
    ("debian-workstation", "debian-workstation.vmdk", "vmdk", "subformat=monolithicSparse", True),
    ("debian-split", "debian-split.vmdk", "vmdk", "subformat=twoGbMaxExtentSparse", True),
    ("appliance", "appliance-disk1.vmdk", "vmdk", "subformat=streamOptimized", False),
    ("hyperv-server", "hyperv-server.vhdx", "vhdx", "subformat=dynamic", True),
    ("virtualbox-lab", "virtualbox-lab.vdi", "vdi", "", True),
    ("kvm-database", "kvm-database.qcow2", "qcow2", "", True),
]
NEW_TEMPLATE = ("kvm-webserver", "kvm-webserver.qcow2", "qcow2", "", True)


def run(*command, stdin=None):
    result = subprocess.run(command, input=stdin, capture_output=True, text=True, env=dict(os.environ, PATH=PATH, LC_ALL="C"))
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {result.stderr.strip() or result.stdout.strip()}")
    return result.stdout


def list_pool(max_file):
    """Readable files of this machine in an order that mixes kinds and is the same at each call: (path, size)."""
    seen = set()
    files = []
    for source in SOURCES:
        for folder, folders, names in os.walk(source):
            folders.sort()
            for name in sorted(names):
                path = os.path.join(folder, name)
                if path in seen or not NAME.match(path) or os.path.islink(path) or not os.access(path, os.R_OK):
                    continue
                seen.add(path)
                size = os.stat(path).st_size
                if os.path.isfile(path) and 0 < size <= max_file:
                    files.append((path, size))
    files.sort(key=lambda item: hashlib.sha1(item[0].encode()).digest())
    return files


def take(pool, position, amount):
    """Files of about AMOUNT bytes from POSITION on, round the pool. Returns them and the next position."""
    chosen = []
    total = 0
    for step in range(len(pool)):
        if total >= amount:
            break
        path, size = pool[(position + step) % len(pool)]
        chosen.append(path)
        total += size
    return chosen, (position + len(chosen)) % len(pool)


def write_text(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def descriptor(template, image, revision):
    return (f'.encoding = "UTF-8"\nconfig.version = "8"\nvirtualHW.version = "19"\ndisplayName = "{template}"\n'
            f'guestOS = "debian12-64"\nmemsize = "2048"\nsata0:0.present = "TRUE"\nsata0:0.fileName = "{image}"\n'
            f'annotation = "revision {revision}"\n')


def make_disk(raw, files, folder):
    tree = tempfile.mkdtemp(prefix="tree-", dir=folder)
    try:
        used = 0
        for path in files:
            target = os.path.join(tree, path.lstrip("/"))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copyfile(path, target)
            used += os.stat(path).st_size
        megabytes = int(used * 1.25 / 1e6) + 4 * len(files) // 1000 + 24
        # no lazy initialisation: nothing but our own changes may touch the disk later
        run("mke2fs", "-q", "-F", "-t", "ext4", "-E", "lazy_itable_init=0,root_owner=0:0", "-d", tree, raw, f"{megabytes}M")
    finally:
        shutil.rmtree(tree)


def convert(raw, image, kind, options):
    extra = ["-o", options] if options else []
    run("qemu-img", "convert", "-f", "raw", "-O", kind, *extra, raw, image)


def make_template(directory, raws, spec, files):
    template, image, kind, options, _ = spec
    folder = os.path.join(directory, template)
    os.makedirs(folder)
    raw = os.path.join(raws, template + ".img")
    make_disk(raw, files, raws)
    convert(raw, os.path.join(folder, image), kind, options)
    write_text(os.path.join(folder, template + ".vmx"), descriptor(template, image, 1))


def make_images(directory, megabytes):
    """Makes a repository of about MEGABYTES in DIRECTORY (which must not exist) and DIRECTORY.raw beside it."""
    directory = os.path.abspath(directory)
    raws = directory + ".raw"
    os.makedirs(directory)
    os.makedirs(raws)
    share = megabytes * 1000 * 1000 // len(TEMPLATES)
    pool = list_pool(max(share // 8, 65536))
    position = 0
    inside = {}
    for spec in TEMPLATES:
        files, position = take(pool, position, share)
        make_template(directory, raws, spec, files)
        inside[spec[0]] = files
    write_text(os.path.join(directory, "kvm-database", "notes.txt"), "Passwords are in the safe.\n")
    write_text(os.path.join(directory, "kvm-database", "install.log"), "installed\n" * 5000)
    write_text(os.path.join(directory, "README.txt"), "The templates of the lab.\n")
    with open(os.path.join(raws, "state.json"), "w", encoding="utf-8") as file:
        json.dump({"share": share, "position": position, "inside": inside, "revision": 1}, file)


def changed_runs(old, new):
    """(offset, length) of what differs, in clusters joined."""
    runs = []
    with open(old, "rb") as a, open(new, "rb") as b:
        offset = 0
        while True:
            left, right = a.read(CLUSTER), b.read(CLUSTER)
            if not right:
                return runs
            if left != right:
                if runs and sum(runs[-1]) == offset:
                    runs[-1] = (runs[-1][0], runs[-1][1] + len(right))
                else:
                    runs.append((offset, len(right)))
            offset += len(right)


def write_runs(image, kind, raw, runs, folder):
    """Writes the clusters into the image where they are, through its own format's driver."""
    commands = []
    with tempfile.TemporaryDirectory(prefix="runs-", dir=folder) as pieces, open(raw, "rb") as source:
        for number, (offset, length) in enumerate(runs):
            piece = os.path.join(pieces, str(number))
            source.seek(offset)
            with open(piece, "wb") as file:
                file.write(source.read(length))
            commands.append(f"write -q -s {piece} {offset} {length}\n")
        output = run("qemu-io", "-f", kind, image, stdin="".join(commands) + "quit\n")
    if "failed" in output or "rror" in output:
        raise RuntimeError(f"qemu-io on {image}: {output}")


def change_disk(raw, inside, pool, position, amount):
    """As an update does: some files go, some get other content, some are new. Returns what is inside then, and the position."""
    fresh, position = take(pool, position, amount)
    # neighbours, as the files of one package are
    count = max(len(inside) // 60, 2)
    removed, replaced = inside[:count], inside[count:2 * count]
    commands = []
    for path in removed + replaced:
        commands.append(f"rm {path}\n")
    for path, source in zip(replaced, fresh):
        commands.append(f"write {source} {path}\n")
    commands.append("mkdir /update\n")
    added = []
    for number, source in enumerate(fresh[len(replaced):]):
        target = f"/update/{number}-{os.path.basename(source)}"
        commands.append(f"write {source} {target}\n")
        added.append(target)
    run("debugfs", "-w", "-f", "/dev/stdin", raw, stdin="".join(commands))
    kept = [path for path in inside if path not in set(removed)]
    return kept + added, position


def change_images(directory):
    """Changes a repository made by make_images() in place: every disk; a template is new, a file gone, another renamed."""
    directory = os.path.abspath(directory)
    raws = directory + ".raw"
    with open(os.path.join(raws, "state.json"), encoding="utf-8") as file:
        state = json.load(file)
    if state["revision"] != 1:
        raise RuntimeError(f"{directory} was changed already")
    pool = list_pool(max(state["share"] // 8, 65536))
    position = state["position"]
    for template, image, kind, options, in_place in TEMPLATES:
        raw = os.path.join(raws, template + ".img")
        before = raw + ".before"
        run("cp", "--sparse=always", raw, before)
        inside, position = change_disk(raw, state["inside"][template], pool, position, state["share"] // 25)
        state["inside"][template] = inside
        path = os.path.join(directory, template, image)
        if in_place:
            write_runs(path, kind, raw, changed_runs(before, raw), raws)
        else:
            convert(raw, path, kind, options)
        os.unlink(before)
        run("qemu-img", "compare", "-f", "raw", "-F", kind, raw, path)
        write_text(os.path.join(directory, template, template + ".vmx"), descriptor(template, image, 2))

    files, position = take(pool, position, state["share"] // 4)
    make_template(directory, raws, NEW_TEMPLATE, files)
    os.unlink(os.path.join(directory, "kvm-database", "install.log"))
    os.rename(os.path.join(directory, "kvm-database", "notes.txt"), os.path.join(directory, "kvm-database", "safe.txt"))
    state.update(position=position, revision=2)
    with open(os.path.join(raws, "state.json"), "w", encoding="utf-8") as file:
        json.dump(state, file)
