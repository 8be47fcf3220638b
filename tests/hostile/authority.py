# SPDX-License-Identifier: LGPL-2.1-or-later
"""Certificates as an attacker might have them, also some that only the console's own authority could make: by its real key. Needs openssl."""

import os
import subprocess

CONFIGURATION = """
[ca]
default_ca = lab
[lab]
new_certs_dir = {directory}
database = {directory}/index.txt
serial = {directory}/serial
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
[extensions]
basicConstraints = critical,CA:{ca}
keyUsage = critical,{key_usage}
{extended}
subjectAltName = {name}
"""


def run(*command, cwd=None):
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, stdin=subprocess.DEVNULL)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {result.stderr.strip()}")
    return result.stdout


class Authority:
    """One that issues whatever it is asked for, in DIRECTORY. CERTIFICATE, KEY: the console's own; without them it makes its own."""

    def __init__(self, directory, certificate=None, key=None, name="Seatcast authority"):
        self.directory = directory
        os.makedirs(directory, exist_ok=True)
        self.certificate = certificate or os.path.join(directory, "ca.crt")
        self.key = key or os.path.join(directory, "ca.key")
        self.n_issued = 0
        if certificate is None:
            run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                "-keyout", self.key, "-out", self.certificate, "-subj", f"/CN={name}")

    def issue(self, seat, begin="20200101000000Z", end="20990101000000Z", purpose="clientAuth", ca=False, name=None):
        """Returns (certificate with its authority, key) for the seat's id. END: YYYYMMDDHHMMSSZ."""
        self.n_issued += 1
        path = os.path.join(self.directory, f"issued-{self.n_issued}")
        os.makedirs(path)
        key, request, certificate, configuration = (os.path.join(path, file) for file in ("key", "request", "certificate", "configuration"))
        with open(configuration, "w", encoding="ascii") as file:
            file.write(CONFIGURATION.format(directory=path, ca="TRUE" if ca else "FALSE", name=name or f"URI:urn:seatcast:seat:{seat}",
                                            key_usage="keyCertSign" if ca else "digitalSignature",
                                            extended=f"extendedKeyUsage = {purpose}" if purpose else ""))
        with open(os.path.join(path, "index.txt"), "w", encoding="ascii"):
            pass
        with open(os.path.join(path, "serial"), "w", encoding="ascii") as file:
            file.write(os.urandom(8).hex().replace("f", "1", 1) + "\n")
        run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", request,
            "-subj", f"/CN={seat}")
        run("openssl", "ca", "-batch", "-notext", "-config", configuration, "-extensions", "extensions", "-cert", self.certificate,
            "-keyfile", self.key, "-in", request, "-out", certificate, "-startdate", begin, "-enddate", end)
        with open(self.certificate, encoding="ascii") as file, open(certificate, "a", encoding="ascii") as chain:
            chain.write(file.read())
        return certificate, key
