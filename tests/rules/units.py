#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""units.py SOURCE UNIT…: how much of the system the services are exposed to, by systemd's own measure. Prints TAP.

Needs systemd-analyze, but no systemd that runs; without it the test fails, as a ceiling that nobody measures holds nothing."""
import math
import re
import subprocess
import sys
from pathlib import Path

# of 10.0; what is left is network, netlink and local sockets, which they live from
CEILINGS = {'seatcast-consoled.service': 1.5, 'seatcast-service.service': 1.5}
ACCOUNTS = {'seatcast-consoled.service': 'seatcast-console', 'seatcast-service.service': 'seatcast'}
# what sysctl.d must allow, and which constant says how much
BUFFERS = {'net.core.rmem_max': ('common/platform/sc-multicast-receiver.h', 'SC_MULTICAST_RECEIVE_BUFFER'),
           'net.core.wmem_max': ('common/platform/sc-multicast-sender-unix.c', 'SEND_BUFFER')}


def analyze(*arguments):
    result = subprocess.run(['systemd-analyze', '--no-pager', *map(str, arguments)], capture_output=True, text=True, check=False)
    return result.returncode, result.stdout + result.stderr


def measure(unit):
    """Returns the exposure, or why there is none."""
    _, text = analyze('security', '--offline=true', unit)
    found = re.search(r'Overall exposure level for \S+: ([0-9.]+)', text)
    return float(found.group(1)) if found else text


def read_unit(unit):
    """[(name, value)] of a unit, in their order."""
    lines = unit.read_text(encoding='utf-8').splitlines()
    return [tuple(line.split('=', 1)) for line in lines if '=' in line and not line.startswith(('#', ';'))]


def check_exposure(unit):
    """The ceiling holds, and is one: the same unit without its hardening is above it."""
    ceiling = CEILINGS[unit.name]
    status, text = analyze('security', '--offline=true', f'--threshold={round(ceiling * 10)}', unit)
    exposure = measure(unit)
    if status != 0 or not isinstance(exposure, float):
        return f'systemd-analyze security must find at most {ceiling}: {exposure} {text.splitlines()[-1:]}'
    return None


def check_syntax(unit):
    # that neither program nor manual are installed here is no fault of the unit's
    expected = re.compile(r'is not executable: No such file|Command .man .* failed with code|^\S+: Unit .* not found')
    _, text = analyze('verify', '--recursive-errors=no', unit)
    wrong = [line for line in text.splitlines() if unit.name in line and not expected.search(line)]
    return '; '.join(wrong) or None


def check_account(unit, source):
    """It is no root, the account is one that is made, and it tells when it is ready."""
    settings = dict(read_unit(unit))
    accounts = re.findall(r'^u\s+(\S+)', (source / 'installer/linux/sysusers.conf').read_text(encoding='utf-8'), re.MULTILINE)
    if settings.get('User') != ACCOUNTS[unit.name] or settings['User'] not in accounts:
        return f'User={settings.get("User")} is not the account that sysusers.d makes: {accounts}'
    if settings.get('CapabilityBoundingSet') != '' or settings.get('Type') != 'notify':
        return 'it must have no capability and be of Type=notify'
    return None


def check_buffers(source):
    """The programs have no capability to take larger buffers than sysctl.d allows: it must allow what they ask for."""
    allowed = dict(re.findall(r'^(net\.core\.[rw]mem_max) = (\d+)$', (source / 'installer/linux/sysctl.conf').read_text(encoding='utf-8'),
                              re.MULTILINE))
    for name, (path, constant) in BUFFERS.items():
        text = (source / path).read_text(encoding='utf-8')
        factors = re.search(rf'^#define {constant} \(([\du* ]+)\)', text, re.MULTILINE)
        if factors is None:
            return f'{path} does not say {constant}'
        wanted = math.prod(int(factor) for factor in re.findall(r'\d+', factors[1]))
        if int(allowed.get(name, 0)) < wanted:
            return f'sysctl.conf must allow the {wanted} bytes of {constant}: {name} = {allowed.get(name)}'
    return None


def check_measure(unit):
    """What the ceiling is worth: of a unit that says nothing of all this, systemd-analyze finds more."""
    bare = Path(unit.parent) / f'bare-{unit.name}'
    bare.write_text('[Service]\nExecStart=/usr/bin/true\n', encoding='utf-8')
    exposure = measure(bare)
    bare.unlink()
    return None if isinstance(exposure, float) and exposure > 9 else f'a bare unit is exposed by {exposure}'


def main():
    source = Path(sys.argv[1])
    units = [Path(name) for name in sys.argv[2:]]
    tests = [('systemd-analyze measures', lambda: check_measure(units[0])),
             ('sysctl.d allows the buffers that sockets ask for', lambda: check_buffers(source))]
    for unit in units:
        tests += [(f'{unit.name}: its exposure is at most {CEILINGS[unit.name]}', lambda unit=unit: check_exposure(unit)),
                  (f'{unit.name}: systemd understands all of it', lambda unit=unit: check_syntax(unit)),
                  (f'{unit.name}: an account of its own, no privilege', lambda unit=unit: check_account(unit, source))]
    print(f'1..{len(tests)}')
    failed = 0
    for number, (name, function) in enumerate(tests, 1):
        try:
            problem = function()
        except FileNotFoundError as error:
            problem = f'{error.filename} is missing: installer/linux/install-build-dependencies installs it'
        print(f'{"not ok" if problem else "ok"} {number} - {name}')
        if problem:
            failed = 1
            print('#', problem)
            print(problem, file=sys.stderr)
    return failed


sys.exit(main())
