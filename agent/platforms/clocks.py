"""Each system's clocks: one that goes on while the machine sleeps, one that does not, its zone.

Linux: CLOCK_BOOTTIME and CLOCK_MONOTONIC (clock_gettime(2)). macOS: CLOCK_MONOTONIC goes on during
sleep there, CLOCK_UPTIME_RAW does not (its clock_gettime(3)). Windows: QueryInterruptTimePrecise
and QueryUnbiasedInterruptTimePrecise, in units of 100 ns (realtimeapiset.h, Windows 10).
"""

import ctypes
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID, uuid4

_UNIT_NS = 100
_ZONE_UNITS = 128
_ZONEINFO = "zoneinfo/"


class Clocks(Protocol):
    """What `agent.clock` asks of a system."""

    def running_ns(self) -> int:
        """A clock that goes on while the machine sleeps."""

    def awake_ns(self) -> int:
        """A clock that stands still while the machine sleeps."""

    def zone(self) -> str:
        """The time zone's IANA name; empty if it is not known."""

    def boot(self) -> bytes:
        """The machine's boot; random where the system does not name it."""


class PosixClocks:
    """Linux and macOS, which differ in the names of the clocks."""

    def __init__(self, running: int, awake: int, boot: Callable[[], str]) -> None:
        """`running` and `awake` are clock numbers; `boot` reads a UUID."""
        self._running, self._awake, self._boot = running, awake, boot

    def running_ns(self) -> int:
        """See `Clocks`."""
        return time.clock_gettime_ns(self._running)

    def awake_ns(self) -> int:
        """See `Clocks`."""
        return time.clock_gettime_ns(self._awake)

    def zone(self) -> str:
        """The file that /etc/localtime is a link to."""
        try:
            return str(Path("/etc/localtime").resolve()).partition(_ZONEINFO)[2]
        except OSError:
            return ""

    def boot(self) -> bytes:
        """See `Clocks`."""
        try:
            return UUID(self._boot().strip()).bytes
        except (OSError, ValueError, AttributeError):
            return uuid4().bytes


class WindowsClocks:
    """Windows 10 and later."""

    def __init__(self, kernelbase: Any, icu: Any) -> None:
        """The two system libraries, as ctypes loads them; `icu` may be None before 1903."""
        self._kernelbase, self._icu = kernelbase, icu

    def running_ns(self) -> int:
        """See `Clocks`."""
        return self._time_ns("QueryInterruptTimePrecise")

    def awake_ns(self) -> int:
        """See `Clocks`."""
        return self._time_ns("QueryUnbiasedInterruptTimePrecise")

    def zone(self) -> str:
        """By ICU, which knows the IANA name of Windows' own zone (ucal.h)."""
        if self._icu is None:
            return ""
        text = (ctypes.c_uint16 * _ZONE_UNITS)()
        error = ctypes.c_int(0)
        length = self._icu.ucal_getDefaultTimeZone(text, _ZONE_UNITS, ctypes.byref(error))
        if error.value > 0 or not 0 < length < _ZONE_UNITS:
            return ""
        return bytes(memoryview(text).cast("B")[: 2 * length]).decode("utf-16-le", "replace")

    def boot(self) -> bytes:
        """Windows does not name its boots."""
        return uuid4().bytes

    def _time_ns(self, function: str) -> int:
        units = ctypes.c_uint64(0)
        getattr(self._kernelbase, function)(ctypes.byref(units))
        return units.value * _UNIT_NS


def clocks_of(platform: str = sys.platform) -> Clocks:
    """The clocks of a platform."""
    if platform == "win32":
        load = ctypes.WinDLL if hasattr(ctypes, "WinDLL") else ctypes.CDLL
        return WindowsClocks(load("kernelbase"), _icu(load))
    if platform == "darwin":
        awake = getattr(time, "CLOCK_UPTIME_RAW", time.CLOCK_MONOTONIC)
        return PosixClocks(time.CLOCK_MONOTONIC, awake, _mac_boot)
    running = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return PosixClocks(running, time.CLOCK_MONOTONIC, _linux_boot)


def _icu(load: Any) -> Any:
    try:
        return load("icu")
    except OSError:
        return None


def _linux_boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text()


def _mac_boot() -> str:
    """The sysctl `kern.bootsessionuuid`."""
    text = ctypes.create_string_buffer(64)
    size = ctypes.c_size_t(len(text))
    library = ctypes.CDLL(None)
    if library.sysctlbyname(b"kern.bootsessionuuid", text, ctypes.byref(size), None, 0) != 0:
        raise OSError(os.strerror(ctypes.get_errno()))
    return text.value.decode()
