# SPDX-License-Identifier: LGPL-2.1-or-later
"""The console's window as a user who cannot see it finds it: by roles and names on the accessibility bus (AT-SPI).

To be run below with-display --accessible --manager. SEATCAST_PICTURES=DIR: what was on the screen when something was not found.
"""

import os
import re
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Atspi, Gdk, GLib  # noqa: E402

TIMEOUT = 30
DEPLOY = "Deploy version…"  # in the header bar
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


def name_of(node):
    """Its own, or that of its label."""
    name = node.get_name()
    if name:
        return name
    for relation in node.get_relation_set():
        if relation.get_relation_type() == Atspi.RelationType.LABELLED_BY and relation.get_n_targets() > 0:
            return relation.get_target(0).get_name() or ""
    return ""


def describe(node):
    return f"{node.get_role_name()} “{name_of(node)}”"


class Node:
    """One accessible thing, as found by ROLE and NAME."""

    def __init__(self, accessible):
        self.accessible = accessible

    @property
    def name(self):
        return name_of(self.accessible)

    @property
    def role(self):
        return self.accessible.get_role_name()

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

    def select(self):
        """In the list that it is in."""
        Atspi.Selection.select_child(self.accessible.get_parent(), self.accessible.get_index_in_parent())

    def type(self, text):
        editable = self.accessible.get_editable_text_iface()
        if editable is None:
            raise WindowError(f"{describe(self.accessible)} takes no text")
        editable.set_text_contents(text)

    def find_all(self, role=None, name=None):
        found = []
        for node in walk(self.accessible):
            try:
                if (role is None or node.get_role_name() == role) and (name is None or name(name_of(node))):
                    found.append(Node(node))
            except GLib.Error:
                continue  # it went away while we looked
        return found

    def list(self):
        return "\n".join(describe(node) for node in walk(self.accessible) if name_of(node))


def matcher(name):
    """A name, with * for anything; a function is one already."""
    if name is None or callable(name):
        return name
    pattern = re.compile(".*".join(re.escape(part) for part in name.split("*")), re.DOTALL)
    return lambda found: pattern.fullmatch(found) is not None


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
                    child.clear_cache()  # nobody here listens to what would keep it up to date
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
                if "SEATCAST_PICTURES" in os.environ:
                    self.picture(os.path.join(os.environ["SEATCAST_PICTURES"], "not-found.png"))
                raise WindowError(f"not within {timeout} s: {what}; there was\n{root.list() if root else 'no window'}\n{self.read_log()}")
            time.sleep(0.05)

    def find_all(self, role=None, name=None):
        """All that is shown now."""
        root = self.application
        return root.find_all(role, matcher(name)) if root else []

    def find_now(self, role=None, name=None):
        """The first that is shown, or None."""
        return next(iter(self.find_all(role, name)), None)

    def wait_gone(self, role, name, timeout=TIMEOUT):
        self.wait(lambda: self.find_now(role, name) is None, f"{role} “{name}” is gone", timeout)

    def find_sensitive(self, role, name, timeout=TIMEOUT, below=None):
        def look():
            root = below or self.application
            return next((node for node in root.find_all(role, matcher(name)) if node.has("SENSITIVE")), None) if root else None
        return self.wait(look, f"{role} “{name}” that can be used", timeout)

    def click(self, role, name, timeout=TIMEOUT, below=None):
        self.find_sensitive(role, name, timeout, below).act()

    def show_page(self, name):
        button = self.find("radio button", name)

        def shown():
            if not button.has("CHECKED"):
                button.act()  # again: what comes before the window is drawn is lost
                time.sleep(0.1)
            return button.has("CHECKED")
        self.wait(shown, f"page {name}")

    @property
    def focused(self):
        """What the keyboard acts on, or None."""
        return next((node for node in self.find_all() if node.has("FOCUSED")), None)

    def wait_ready(self):
        """Until it is connected and the keyboard is its own."""
        self.find_sensitive("push button", DEPLOY)
        self.wait(lambda: any(frame.has("ACTIVE") for frame in self.find_all("frame")), "active window")

    def picture(self, path):
        """Saves what the screen shows."""
        root = Gdk.get_default_root_window()
        # where the pointer is nothing may happen: no tooltip, no scrollbar that opens
        Gdk.Display.get_default().get_default_seat().get_pointer().warp(root.get_screen(), root.get_width() // 5, 1)
        Gdk.Display.get_default().sync()
        time.sleep(0.4)  # until what is to be drawn is
        pixbuf = Gdk.pixbuf_get_from_window(root, 0, 0, root.get_width(), root.get_height())
        pixbuf.savev(path, "png", [], [])
