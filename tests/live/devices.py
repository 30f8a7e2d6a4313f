"""Key presses and pointer moves as an X server delivers them, by two routes.

`Route.HARDWARE` fakes the events of the server's own input devices ("Xvfb keyboard", "Xvfb
mouse"): a listener sees them come from there, as it sees a person's on a real keyboard.
`Route.XTEST` goes through the XTEST devices, as every typing program and remapper on X11 does.
"""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int, c_uint, c_ulong, c_void_p
from enum import Enum
from functools import cache
from typing import Any


class Route(Enum):
    """Which of the server's devices an event comes from."""

    HARDWARE = ("Xvfb keyboard", "Xvfb mouse")
    XTEST = ("Virtual core XTEST keyboard", "Virtual core XTEST pointer")

    @property
    def keyboard(self) -> str:
        """The keyboard's name."""
        return self.value[0]

    @property
    def pointer(self) -> str:
        """The pointer's name."""
        return self.value[1]


class DeviceError(RuntimeError):
    """The X server does not do what was asked."""


class _DeviceInfo(ctypes.Structure):
    _fields_ = [
        ("id", c_ulong),
        ("type", c_ulong),
        ("name", c_char_p),
        ("num_classes", c_int),
        ("use", c_int),
        ("inputclassinfo", c_void_p),
    ]


_ErrorHandler = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)


def _ignore(_display: object, _event: object) -> int:
    return 0


_KEEP_GOING = _ErrorHandler(_ignore)
"""Xlib's own handler would end this process, the tests, on any error."""


class _Libraries:
    """libX11, libXi and libXtst with their signatures."""

    def __init__(self) -> None:
        self.x11 = ctypes.CDLL("libX11.so.6")
        self.xi = ctypes.CDLL("libXi.so.6")
        self.xtst = ctypes.CDLL("libXtst.so.6")
        self.x11.XInitThreads()
        self.x11.XOpenDisplay.restype = c_void_p
        self.x11.XOpenDisplay.argtypes = [c_char_p]
        for name in ("XFlush", "XCloseDisplay", "XAutoRepeatOff"):
            getattr(self.x11, name).argtypes = [c_void_p]
        self.x11.XSync.argtypes = [c_void_p, c_int]
        self.x11.XKeysymToKeycode.restype = ctypes.c_ubyte
        self.x11.XKeysymToKeycode.argtypes = [c_void_p, c_ulong]
        self.x11.XSetErrorHandler.argtypes = [_ErrorHandler]
        self.x11.XSetErrorHandler(_KEEP_GOING)
        self.xi.XListInputDevices.restype = POINTER(_DeviceInfo)
        self.xi.XListInputDevices.argtypes = [c_void_p, POINTER(c_int)]
        self.xi.XFreeDeviceList.argtypes = [POINTER(_DeviceInfo)]
        self.xi.XOpenDevice.restype = c_void_p
        self.xi.XOpenDevice.argtypes = [c_void_p, c_ulong]
        fake = self.xtst
        fake.XTestFakeKeyEvent.argtypes = [c_void_p, c_uint, c_int, c_ulong]
        fake.XTestFakeButtonEvent.argtypes = [c_void_p, c_uint, c_int, c_ulong]
        fake.XTestFakeMotionEvent.argtypes = [c_void_p, c_int, c_int, c_int, c_ulong]
        device_event: Sequence[Any] = [
            c_void_p,
            c_void_p,
            c_uint,
            c_int,
            POINTER(c_int),
            c_int,
            c_ulong,
        ]
        fake.XTestFakeDeviceKeyEvent.argtypes = device_event
        fake.XTestFakeDeviceButtonEvent.argtypes = device_event
        fake.XTestFakeDeviceMotionEvent.argtypes = [
            c_void_p,
            c_void_p,
            c_int,
            c_int,
            POINTER(c_int),
            c_int,
            c_ulong,
        ]


@cache
def _libraries() -> _Libraries:
    return _Libraries()


class Devices:
    """A keyboard and a pointer of one X server. Each call is sent at once."""

    def __init__(self, display: int, route: Route) -> None:
        self.route = route
        self._lib = _libraries()
        self._display = display
        if route is Route.HARDWARE:
            ids = self._ids()
            self._keyboard = self._opened(ids, route.keyboard)
            self._pointer = self._opened(ids, route.pointer)

    def keycode(self, keysym: int) -> int:
        """The key that carries a symbol in its first level.

        Raises:
            DeviceError: no key does.
        """
        code = int(self._lib.x11.XKeysymToKeycode(self._display, keysym))
        if not code:
            raise DeviceError(f"no key for the symbol {keysym:#x}")
        return code

    def key(self, keycode: int, *, down: bool) -> None:
        """Press or release a key."""
        fake = self._lib.xtst
        if self.route is Route.XTEST:
            fake.XTestFakeKeyEvent(self._display, keycode, down, 0)
        else:
            fake.XTestFakeDeviceKeyEvent(self._display, self._keyboard, keycode, down, None, 0, 0)
        self._lib.x11.XFlush(self._display)

    def button(self, number: int, *, down: bool) -> None:
        """Press or release a pointer button (1 left, 2 middle, 4 and 5 the wheel)."""
        fake = self._lib.xtst
        if self.route is Route.XTEST:
            fake.XTestFakeButtonEvent(self._display, number, down, 0)
        else:
            fake.XTestFakeDeviceButtonEvent(self._display, self._pointer, number, down, None, 0, 0)
        self._lib.x11.XFlush(self._display)

    def move_to(self, x: int, y: int) -> None:
        """Put the pointer somewhere on the screen."""
        fake = self._lib.xtst
        if self.route is Route.XTEST:
            fake.XTestFakeMotionEvent(self._display, -1, x, y, 0)
        else:
            axes = (c_int * 2)(x, y)
            fake.XTestFakeDeviceMotionEvent(self._display, self._pointer, 0, 0, axes, 2, 0)
        self._lib.x11.XFlush(self._display)

    def _ids(self) -> dict[str, int]:
        count = c_int()
        found = self._lib.xi.XListInputDevices(self._display, byref(count))
        ids = {found[i].name.decode(): int(found[i].id) for i in range(count.value)}
        self._lib.xi.XFreeDeviceList(found)
        return ids

    def _opened(self, ids: dict[str, int], name: str) -> int:
        if name not in ids:
            raise DeviceError(f"this X server has no {name!r}; it has {sorted(ids)}")
        device = self._lib.xi.XOpenDevice(self._display, ids[name])
        if not device:
            raise DeviceError(f"{name!r} cannot be opened")
        return int(device)


@contextmanager
def devices(display: str, route: Route) -> Iterator[Devices]:
    """The devices of a display. Held keys do not repeat: a table has a row for each press.

    Raises:
        DeviceError: the display is not there, or lacks the devices.
    """
    lib = _libraries()
    connection = lib.x11.XOpenDisplay(display.encode())
    if not connection:
        raise DeviceError(f"no X server at {display}")
    try:
        lib.x11.XAutoRepeatOff(connection)
        lib.x11.XSync(connection, 0)
        yield Devices(connection, route)
        lib.x11.XSync(connection, 0)
    finally:
        lib.x11.XCloseDisplay(connection)
