# SPDX-License-Identifier: LGPL-2.1-or-later
"""The console's window as a user who cannot see it finds it: by roles and names on the accessibility bus (AT-SPI).

To be run below with-display --accessible --manager.
"""

import os
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Atspi, Gdk, GLib  # noqa: E402

TIMEOUT = 30
MAX_DEPTH = 40


class WindowError(Exception):
    """Something was not found on the screen; says what was there."""


def walk(node, depth=0):
    """NODE and all below it that are shown."""
    yield node
    if depth > MAX_DEPTH:
        return
    for index in range(node.get_child_count()):
        child = node.get_child_at_index(index)
        if child is not None and child.get_state_set().contains(Atspi.StateType.SHOWING):
            yield from walk(child, depth + 1)


def describe(node):
    return f"{node.get_role_name()} “{node.get_name()}”"


class Node:
    """One accessible thing, as found by ROLE and NAME."""

    def __init__(self, accessible):
        self.accessible = accessible

    @property
    def name(self):
        return self.accessible.get_name()

    @property
    def text(self):
        text = self.accessible.get_text_iface()
        return Atspi.Text.get_text(text, 0, -1) if text else self.name

    def has(self, state):
        return self.accessible.get_state_set().contains(getattr(Atspi.StateType, state))

    def act(self, index=0):
        """What a click or Enter does."""
        action = self.accessible.get_action_iface()
        if action is None or action.get_n_actions() <= index:
            raise WindowError(f"{describe(self.accessible)} can do nothing")
        action.do_action(index)

    def type(self, text):
        editable = self.accessible.get_editable_text_iface()
        if editable is None:
            raise WindowError(f"{describe(self.accessible)} takes no text")
        editable.set_text_contents(text)

    def find_all(self, role=None, name=None):
        found = []
        for node in walk(self.accessible):
            try:
                if (role is None or node.get_role_name() == role) and (name is None or name(node.get_name() or "")):
                    found.append(Node(node))
            except GLib.Error:
                continue  # it went away while we looked
        return found

    def list(self):
        return "\n".join(describe(node) for node in walk(self.accessible) if node.get_name())


def matcher(name):
    """A name; with … at its end only how it begins."""
    if name is None or callable(name):
        return name
    if name.endswith("*"):
        return lambda found: found.startswith(name[:-1])
    return lambda found: found == name


class Window:
    """One seatcast-console process."""

    def __init__(self, build, *arguments, environment=None):
        self.program = os.path.join(build, "console", "gui", "seatcast-console")
        self.environment = {**os.environ, "SEATCAST_LOCALE_DIRECTORY": os.path.join(build, "resources", "po"), **(environment or {})}
        self.log_path = os.path.join(os.environ["XDG_RUNTIME_DIR"], f"window-{time.monotonic_ns()}.log")
        self.started = time.monotonic()
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen([self.program, *arguments], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT, env=self.environment)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.close()

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def read_log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    @property
    def application(self):
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            try:
                if child is not None and child.get_process_id() == self.process.pid:
                    return Node(child)
            except GLib.Error:
                continue
        return None

    def find(self, role=None, name=None, timeout=TIMEOUT, below=None):
        """The first that is shown, waited for."""
        wanted = matcher(name)

        def look():
            root = below or self.application
            found = root.find_all(role, wanted) if root else []
            return found[0] if found else None
        return self.wait(look, f"{role or 'anything'} “{name}”", timeout)

    def wait(self, condition, what, timeout=TIMEOUT):
        end = time.monotonic() + timeout
        while True:
            if self.process.poll() is not None:
                raise WindowError(f"the window ended with {self.process.returncode}:\n{self.read_log()}")
            try:
                value = condition()
            except GLib.Error:
                value = None
            if value:
                return value
            if time.monotonic() > end:
                root = self.application
                raise WindowError(f"not within {timeout} s: {what}; there was\n{root.list() if root else 'no window'}\n{self.read_log()}")
            time.sleep(0.05)

    def is_gone(self, role, name):
        root = self.application
        return not (root and root.find_all(role, matcher(name)))

    def click(self, role, name, timeout=TIMEOUT):
        self.find(role, name, timeout).act()

    def picture(self, path):
        """Saves what the screen shows."""
        time.sleep(0.4)  # until what is to be drawn is
        root = Gdk.get_default_root_window()
        pixbuf = Gdk.pixbuf_get_from_window(root, 0, 0, root.get_width(), root.get_height())
        pixbuf.savev(path, "png", [], [])
