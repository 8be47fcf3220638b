# SPDX-License-Identifier: LGPL-2.1-or-later
"""The MSIs under Wine: silent installation, upgrade, repair, uninstalling, and what goes wrong."""

import contextlib
import functools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request

from wine import ENGINE_SERVICE, KEY, POLICY_KEY, SERVICE, Prefix, get_libraries, read_connection, to_windows

from lab import Skip, wait_for
from tap import check, main

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
# nobody answers there
URL, TOKEN, FINGERPRINT = "https://127.0.0.1:1", "s3cret-of-the-lab", "ab" * 32
ENROLS = "cannot enrol yet"  # it has all settings, and there is no console
OWN_KEY = os.path.join("identity", "next.key")  # of a seat that is not let in yet
TEMPLATES = "C:\\Übungen 1\\VM Vorlagen"
SETTINGS = {"CONSOLE": URL, "TOKEN": TOKEN, "CAFP": FINGERPRINT, "TEMPLATES": TEMPLATES, "ROOM": "Räume 1.03"}
FAILED = 1603 & 0xff  # what is left of it on Linux
SEAT_LIMIT = 15 * 1000 * 1000
OLD, NEW = "0.1.0", "0.1.1"
UPGRADING = "SEATCAST_UPGRADING"
EVENTS = r"HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application"
CONSOLE_KEY = r"HKLM\SOFTWARE\Seatcast\Console"


@functools.cache
def make_msi(product, version):
    """Of what SEATCAST_BUILD has, once a run."""
    for tool in ("wixl", "msibuild", "msiinfo"):
        if shutil.which(tool) is None:
            raise Skip(f"{tool} is not installed")
    directory = tempfile.mkdtemp(prefix="seatcast-msi-")
    made.append(directory)
    subprocess.run([os.path.join(ROOT, "installer/windows/make-installers"), "--version", version, os.environ["SEATCAST_BUILD"],
                    os.path.join(get_libraries(), ".."), directory, product], check=True, stdout=sys.stderr, timeout=300)
    msi = os.path.join(directory, f"seatcast-{product}.msi")
    # Wine does not tell the older one that it is being upgraded; then the environment does
    for action in ("SetUnconfigure", "SetPurge", "Unconfigure"):
        rows = [line.split("\t") for line in export(msi, "InstallExecuteSequence")]
        for row in rows:
            if row[0] == action:
                check(" AND NOT UPGRADINGPRODUCTCODE" in row[1], f"{action}: {row[1]}")
                condition = row[1].replace("UPGRADINGPRODUCTCODE", "%" + UPGRADING)
                subprocess.run(["msibuild", msi, "-q", f"UPDATE `InstallExecuteSequence` SET `Condition` = '{condition}' "
                                f"WHERE `Action` = '{action}'"], check=True)
    return msi


def export(msi, table):
    text = subprocess.run(["msiinfo", "export", msi, table], check=True, capture_output=True, text=True).stdout
    return [line.rstrip("\r") for line in text.split("\n")[3:] if line.strip()]


def get_property(msi, name):
    return next(line.split("\t")[1] for line in export(msi, "Property") if line.split("\t")[0] == name)


made = []


class Machine(Prefix):
    def __init__(self, directory):
        super().__init__(directory, "machine")
        self.log = os.path.join(directory, "msi.log")
        self.programs = os.path.join(self.drive_c, "Program Files", "Seatcast")
        self.data = os.path.join(self.drive_c, "ProgramData", "Seatcast", "Service")
        self.templates = os.path.join(self.drive_c, "Übungen 1", "VM Vorlagen")

    def msiexec(self, *arguments, status=0, **properties):
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.log)
        self.run("msiexec", *arguments, "/qn", "/l*v", to_windows(self.log), *[f"{name}={value}" for name, value in properties.items()],
                 status=status, timeout=240)

    def read_log(self):
        with open(self.log, "rb") as file:
            text = file.read()
        # UTF-16 on Windows, Wine writes it in the system's code page
        return text.decode("utf-16" if b"\0" in text else "cp1252", errors="replace")

    def install(self, version=OLD, product="service", **properties):
        self.msiexec("/i", to_windows(make_msi(product, version)), **properties)

    def upgrade(self, product="service"):
        self.environment[UPGRADING] = "1"
        self.install(NEW, product)
        del self.environment[UPGRADING]

    def get_value(self, key, name):
        text = self.run("reg", "query", key, "/v", name, status=(0, 1))
        for line in text.splitlines():
            words = line.strip().split("    ", 2)
            if words[0] == name:
                return words[2]
        check("REG_" not in text and "nable to find" in text, f"reg query {key} /v {name} says: {text!r}")
        return None

    def wait_log(self, text):
        path = os.path.join(self.data, "logs", "seatcast-service.log")

        def read():
            with contextlib.suppress(FileNotFoundError):
                with open(path, encoding="utf-8") as file:
                    return file.read()
            return ""
        wait_for(lambda: text in read(), 60, lambda: f"“{text}” in the service's log:\n{read()}")

    def check_gone(self):
        check_no_programs(self)
        self.check_service_gone()

    def check_service_gone(self):
        check(self.query_service(SERVICE) is None, "the service is still registered")
        check(not self.has_key(KEY), "settings are left in the registry")
        check(not self.has_key(EVENTS + "\\" + SERVICE), "the event log's source is left")
        check(not os.path.exists(os.path.join(self.data, "connection")), "the token is left")
        check(not os.path.exists(os.path.join(self.data, "logs")), "logs are left")


@contextlib.contextmanager
def machine():
    with tempfile.TemporaryDirectory(prefix="seatcast-machine-") as directory:
        made_machine = Machine(os.path.join(directory, "machine"))
        try:
            yield made_machine
        finally:
            made_machine.close()


def find_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def list_tree(directory):
    return sorted(os.path.relpath(os.path.join(folder, name), directory) for folder, _, names in os.walk(directory) for name in names)


def write_template(directory):
    path = os.path.join(directory, "Debian 12", "disk.vmdk")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write("a template\n")
    return path


def check_no_programs(there):
    check(not os.path.exists(there.programs), f"of the programs are left: {[folder for folder, _, _ in os.walk(there.programs)]}, {list_tree(there.programs)}")


def check_configured(there):
    check(there.query_service(SERVICE) == ("RUNNING", 0, 0), f"the service is {there.query_service(SERVICE)}")
    connection = read_connection(os.path.join(there.data, "connection"))
    check(dict(connection) == {"url": URL, "token": TOKEN, "ca-sha256": FINGERPRINT}, f"it has {dict(connection)}")
    for name, value in (("Console", URL), ("CAFingerprint", FINGERPRINT)):
        found = there.get_value(KEY, name)
        check(found == value, f"{name} is {found}")
    check(there.get_value(KEY, "Token") is None, "the token is where every user reads it")


def test_installs_silently_and_runs():
    with machine() as there:
        template = write_template(there.templates)
        there.install(**SETTINGS)
        check_configured(there)
        services = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\" + SERVICE
        command = there.get_value(services, "ImagePath")
        check(command == '"C:\\Program Files\\Seatcast\\Service\\bin\\seatcast-service.exe" --service', f"it runs {command}")
        account = there.get_value(services, "ObjectName")
        check(account == "NT AUTHORITY\\LocalService", f"it runs as {account}")
        check((there.get_value(EVENTS + "\\" + SERVICE, "EventMessageFile") or "").endswith("seatcast-service.exe"), "no event source")
        there.wait_log(ENROLS)
        check(os.path.exists(template), "the template went")
        with open(os.path.join(there.programs, "Service", "LICENSES.txt"), encoding="utf-8-sig") as file:
            listed = file.read()
        for component in ("glib 2.", "openssl 3.", "sqlite 3.", "libsoup 3.", "zstd 1."):
            check(component in listed, f"{component} is not among the licences:\n{listed}")
        check(os.path.getsize(os.path.join(there.programs, "Service", "licenses", "openssl.txt")) > 1000, "no licence of OpenSSL")


def test_fits_and_hides_the_token():
    msi = make_msi("service", OLD)
    check(os.path.getsize(msi) <= SEAT_LIMIT, f"it has {os.path.getsize(msi)} bytes")
    # Wine logs them all the same
    check({"TOKEN", "Configure"} <= set(get_property(msi, "MsiHiddenProperties").split(";")), "the token is not hidden")
    secure = set(get_property(msi, "SecureCustomProperties").split(";"))
    check({*SETTINGS, "PURGE"} <= secure, f"of the properties only these are passed on: {secure}")


def test_upgrade_keeps_settings_and_state():
    with machine() as there:
        there.install(**SETTINGS)
        there.wait_log(ENROLS)
        template = write_template(there.templates)
        state = os.path.join(there.data, OWN_KEY)
        check(os.path.exists(state), "the seat has no key")
        identity = os.stat(state).st_ino
        there.upgrade()
        check_configured(there)
        check((there.get_value(KEY, "Room") or "").endswith(" 1.03"), f"its room is {there.get_value(KEY, 'Room')}")
        check(os.stat(state).st_ino == identity, "the state is another")
        check(os.path.exists(template), "the template went")
        with open(os.path.join(there.programs, "Service", "LICENSES.txt"), encoding="utf-8-sig") as file:
            check(NEW in file.readline(), "the new version is not installed")
        # and back it does not go
        there.msiexec("/i", to_windows(make_msi("service", OLD)), status=FAILED)
        check_configured(there)


def test_repair_brings_back_programs_and_keeps_settings():
    with machine() as there:
        there.install(**SETTINGS)
        there.run("sc", "stop", SERVICE, status=None)
        there.wait_service(SERVICE, "STOPPED")
        library = os.path.join(there.programs, "Service", "bin", "libglib-2.0-0.dll")
        program = os.path.join(there.programs, "Service", "bin", "seatcast-service.exe")
        os.remove(library)
        with open(program, "wb") as file:
            file.write(b"damaged")
        # what /fa stands for, which Wine knows for no package; any user may do it, so his settings count for nothing
        there.install(REINSTALL="ALL", REINSTALLMODE="amus", CONSOLE="https://203.0.113.1:1", TOKEN="mine", CAFP="cd" * 32, TEMPLATES="C:\\windows",
                      ROOM="mine", STATE="C:\\windows")
        check(os.path.exists(library), "the library is still missing")
        check_configured(there)
        check((there.get_value(KEY, "Templates") or "").endswith("VM Vorlagen"), f"Templates is {there.get_value(KEY, 'Templates')}")
        check(there.get_value(KEY, "State") is None, f"State is {there.get_value(KEY, 'State')}")


def test_uninstall_leaves_templates_and_state():
    with machine() as there:
        there.install(**SETTINGS)
        there.wait_log(ENROLS)
        template = write_template(there.templates)
        check(os.path.exists(os.path.join(there.data, OWN_KEY)), "the seat has no key")
        there.msiexec("/x", to_windows(make_msi("service", OLD)))
        there.check_gone()
        check(os.path.exists(template), "the template went")
        check(os.path.exists(os.path.join(there.data, OWN_KEY)), "the state went without PURGE")


def test_purge_leaves_nothing_but_templates():
    with machine() as there:
        there.install(**SETTINGS)
        there.wait_log(ENROLS)
        write_template(there.templates)
        there.msiexec("/x", to_windows(make_msi("service", OLD)), PURGE=1)
        there.check_gone()
        check(not os.path.exists(there.data), f"state is left: {list_tree(there.data)}")
        check(list_tree(there.templates) == ["Debian 12/disk.vmdk"], f"beside the templates: {list_tree(there.templates)}")


def test_policy_key_is_enough():
    with machine() as there:
        for name, value in (("Console", URL), ("CAFingerprint", FINGERPRINT), ("Token", TOKEN), ("Templates", "C:\\Templates")):
            there.set_value(POLICY_KEY, name, value)
        there.install()
        check(there.query_service(SERVICE) == ("RUNNING", 0, 0), f"the service is {there.query_service(SERVICE)}")
        there.wait_log(ENROLS)
        check(os.path.isdir(os.path.join(there.drive_c, "Templates")), "the directory of the templates was not made")


def test_without_settings_it_waits_for_them():
    with machine() as there:
        there.install()
        check(there.query_service(SERVICE) == ("RUNNING", 0, 0), f"the service is {there.query_service(SERVICE)}")
        there.run("C:\\Program Files\\Seatcast\\Service\\bin\\seatcast-service.exe", "--configure", "--console=" + URL, "--token=" + TOKEN,
                  "--ca-fingerprint=" + FINGERPRINT, "--templates=" + TEMPLATES)
        check_configured(there)
        there.wait_log(ENROLS)


def test_wrong_setting_fails_and_says_why():
    with machine() as there:
        there.msiexec("/i", to_windows(make_msi("service", OLD)), status=FAILED, **dict(SETTINGS, CONSOLE="10.1.0.5"))
        check("(CONSOLE) must be https://" in there.read_log(), "the log does not say what is wrong")
        there.check_gone()
        # and nothing is in the way of the right ones
        there.install(**SETTINGS)
        check_configured(there)


def test_missing_disk_leaves_nothing():
    with machine() as there:
        there.msiexec("/i", to_windows(make_msi("service", OLD)), status=FAILED, **dict(SETTINGS, TEMPLATES="Q:\\Vorlagen"))
        log = there.read_log()
        check("“Q:\\Vorlagen” cannot be made" in log, f"the log does not say what is wrong:\n{[line for line in log.splitlines() if 'Vorlagen' in line]}")
        check(log.count("cannot be made") == 1, f"the log says it {log.count('cannot be made')} times")
        check(not os.path.exists(os.path.join(there.data, "connection")), "the token is left")
        there.check_gone()


def find_shortcuts(there):
    """On Windows everybody's start menu has it, Wine takes the user's."""
    return [path for path in list_tree(there.drive_c) if path.endswith("Seatcast.lnk")]


def test_console_installs_runs_and_goes():
    with machine() as there:
        listen = f"127.0.0.1:{find_port()}"
        metrics = f"127.0.0.1:{find_port()}"
        there.install(product="console", LISTEN=listen, DIRECTORY="C:\\Seatcast Übung", METRICS=metrics, LOGFORMAT="json")
        directory = os.path.join(there.drive_c, "Seatcast Übung")
        wait_for(lambda: os.path.exists(os.path.join(directory, "connection")), 90, "the engine's connection file")
        check(there.query_service(ENGINE_SERVICE) == ("RUNNING", 0, 0), f"the service is {there.query_service(ENGINE_SERVICE)}")
        ctl = "C:\\Program Files\\Seatcast\\Console\\bin\\seatcastctl.exe"
        said = there.run(ctl, "--connection", "C:\\Seatcast Übung\\connection", "versions")
        check("error" not in said.lower(), f"seatcastctl says: {said}")
        with urllib.request.urlopen(f"http://{metrics}/metrics", timeout=60) as answer:
            said = answer.read().decode()
        check("\nseatcast_" in said, f"the metrics are: {said}")
        check(there.get_value(CONSOLE_KEY, "LogFormat") == "json", "the log's format is not set")
        check(len(find_shortcuts(there)) == 1, f"in the start menu is {find_shortcuts(there)}")
        there.upgrade("console")
        check(there.get_value(CONSOLE_KEY, "Listen") == listen, f"it listens on {there.get_value(CONSOLE_KEY, 'Listen')}")
        there.wait_service(ENGINE_SERVICE, "RUNNING")
        there.msiexec("/x", to_windows(make_msi("console", NEW)))
        check(there.query_service(ENGINE_SERVICE) is None, "the engine's service is still registered")
        check_no_programs(there)
        check(find_shortcuts(there) == [], "the start menu still has it")
        check(not there.has_key(CONSOLE_KEY), "settings are left in the registry")
        check(not there.has_key(EVENTS + "\\" + ENGINE_SERVICE), "the event log's source is left")
        check(os.path.exists(os.path.join(directory, "connection")), "the versions' directory went")


def test_the_last_of_both_products_takes_their_directory_along():
    with machine() as there:
        there.install(**SETTINGS)
        there.install(product="console", LISTEN=f"127.0.0.1:{find_port()}", DIRECTORY="C:\\Versions")
        there.msiexec("/x", to_windows(make_msi("service", OLD)))
        there.check_service_gone()
        check(os.listdir(there.programs) == ["Console"], f"beside the console is left: {os.listdir(there.programs)}")
        check(os.path.exists(os.path.join(there.programs, "Console", "bin", "libglib-2.0-0.dll")), "what both have went with one of them")
        there.msiexec("/x", to_windows(make_msi("console", OLD)))
        check_no_programs(there)


if __name__ == "__main__":
    try:
        main(globals())
    finally:
        for each in made:
            shutil.rmtree(each)
