# SPDX-License-Identifier: LGPL-2.1-or-later
"""A keyboard for the display that DISPLAY names: the X server's own test extension, so that keys go where a user's would."""

import ctypes
import time

MODIFIERS = {"Control": "Control_L", "Shift": "Shift_L", "Alt": "Alt_L"}


class Keyboard:
    def __init__(self):
        self.x11 = ctypes.CDLL("libX11.so.6")
        self.test = ctypes.CDLL("libXtst.so.6")
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.x11.XStringToKeysym.restype = ctypes.c_ulong
        self.x11.XKeysymToKeycode.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
        self.x11.XKeysymToKeycode.restype = ctypes.c_ubyte
        self.x11.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
        self.test.XTestFakeKeyEvent.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_ulong]
        self.display = self.x11.XOpenDisplay(None)

    def _send(self, key, down):
        code = self.x11.XKeysymToKeycode(self.display, self.x11.XStringToKeysym(key.encode()))
        if code == 0:
            raise ValueError(f"no key is {key}")
        self.test.XTestFakeKeyEvent(self.display, code, down, 0)
        self.x11.XSync(self.display, 0)

    def press(self, keys):
        """One stroke: "Tab", "Control+d", "Shift+F10"; a key by its X name."""
        *modifiers, key = keys.split("+")
        for modifier in modifiers:
            self._send(MODIFIERS[modifier], 1)
        self._send(key, 1)
        self._send(key, 0)
        for modifier in reversed(modifiers):
            self._send(MODIFIERS[modifier], 0)
        time.sleep(0.05)  # as fast as fingers are: a toolkit may take what follows at once for the same stroke
