"""A stand-in for Windows' libraries, at the level of their C functions.

Recorded from Microsoft's documentation (learn.microsoft.com: winuser.h, winbase.h, wtsapi32.h,
"Clipboard Formats"), not from a running Windows. It answers as documented there: lengths without
the ending zero, UTF-16 text, 0 for failure, output through pointers.
"""

# ruff: noqa: N802 - the functions have the names that Windows gave them

import ctypes
from dataclasses import dataclass, field
from typing import Any

from agent.sources.windows_calls import WindowsCalls

CF_UNICODETEXT = 13


@dataclass
class Window:
    title: str
    process: int
    affinity: int = 0
    visible: bool = True
    box: tuple[int, int, int, int] = (0, 0, 100, 100)
    """Left, top, right, bottom, with the shadow: the frame is 7 pixels narrower on each side."""
    minimised: bool = False
    cloaked: bool = False


@dataclass
class Windows:
    """The state of a made-up Windows; `calls` is what the sources ask it by."""

    windows: dict[int, Window] = field(default_factory=dict)
    front: int = 0
    programs: dict[int, str] = field(default_factory=dict)
    copies: int = 1
    formats: dict[str | int, bytes] = field(default_factory=dict)
    clipboard_busy: bool = False
    locked: int | None = 1
    """WTSINFOEX_LEVEL1's SessionFlags: 0 locked, 1 unlocked; None: the call fails."""
    tick: int = 100
    remote: bool = False
    composed: bool = True
    """The desktop window manager answers."""
    keyboards: list[str] = field(default_factory=list)
    bios: dict[str, str] = field(default_factory=dict)
    opened: int = 0
    """Handles and the like that were not given back."""

    @property
    def calls(self) -> WindowsCalls:
        return WindowsCalls(
            User32(self), Kernel32(self), Wtsapi32(self), Dwmapi(self), Registry(self)
        )

    def copy(self, text: str, *formats: str, history: int | None = None) -> None:
        self.copies += 1
        self.formats = {CF_UNICODETEXT: (text + "\0").encode("utf-16-le")}
        self.formats |= dict.fromkeys(formats, b"\0")
        if history is not None:
            self.formats["CanIncludeInClipboardHistory"] = history.to_bytes(4, "little")


def put(buffer: Any, text: str) -> None:
    for index, unit in enumerate(memoryview(text.encode("utf-16-le")).cast("H")):
        buffer[index] = unit


class User32:
    def __init__(self, system: Windows) -> None:
        self.system = system
        self.names: list[str] = []

    def GetForegroundWindow(self) -> int:
        return self.system.front

    def GetWindowTextW(self, window: int, buffer: Any, room: int) -> int:
        title = self.system.windows[window].title
        put(buffer, title)
        units = len(title.encode("utf-16-le")) // 2
        assert units < room
        return units

    def GetWindowThreadProcessId(self, window: int, process: Any) -> int:
        process._obj.value = self.system.windows[window].process
        return 1

    def GetClipboardSequenceNumber(self) -> int:
        return self.system.copies

    def OpenClipboard(self, _window: None) -> int:
        if self.system.clipboard_busy:
            return 0
        self.system.opened += 1
        return 1

    def CloseClipboard(self) -> int:
        self.system.opened -= 1
        return 1

    def RegisterClipboardFormatW(self, name: str) -> int:
        if name not in self.names:
            self.names.append(name)
        return 0xC000 + self.names.index(name)

    def _key(self, number: int) -> str | int:
        return self.names[number - 0xC000] if number >= 0xC000 else number

    def IsClipboardFormatAvailable(self, number: int) -> int:
        return int(self._key(number) in self.system.formats)

    def GetClipboardData(self, number: int) -> int | None:
        key = self._key(number)
        return None if key not in self.system.formats else 1 + list(self.system.formats).index(key)

    def GetLastInputInfo(self, seen: Any) -> int:
        assert seen._obj.cbSize == 8
        seen._obj.dwTime = self.system.tick
        return 1

    def GetSystemMetrics(self, number: int) -> int:
        return {0x1000: int(self.system.remote), 76: -800, 77: 0, 78: 2720, 79: 1080}[number]

    def IsIconic(self, window: int) -> int:
        return int(self.system.windows[window].minimised)

    def GetWindowRect(self, window: int, place: Any) -> int:
        place._obj.left, place._obj.top, place._obj.right, place._obj.bottom = self.system.windows[
            window
        ].box
        return 1

    def EnumWindows(self, each: Any, context: int) -> int:
        for window in self.system.windows:
            if not each(window, context):
                break
        return 1

    def GetWindowDisplayAffinity(self, window: int, affinity: Any) -> int:
        affinity._obj.value = self.system.windows[window].affinity
        return 1

    def IsWindowVisible(self, window: int) -> int:
        return int(self.system.windows[window].visible)

    def GetRawInputDeviceList(self, devices: Any, count: Any, size: int) -> int:
        assert size == (16 if ctypes.sizeof(ctypes.c_void_p) == 8 else 8)
        found = [(100, 0), *((number, 1) for number in range(len(self.system.keyboards)))]
        count._obj.value = len(found)
        if devices is None:
            return 0
        for device, (number, kind) in zip(devices, found, strict=True):
            device.hDevice, device.dwType = number, kind
        return len(found)

    def GetRawInputDeviceInfoW(self, device: int | None, what: int, buffer: Any, size: Any) -> int:
        assert what == 0x20000007
        name = self.system.keyboards[device or 0] + "\0"
        put(buffer, name)
        size._obj.value = len(name)
        return len(name)


class Kernel32:
    def __init__(self, system: Windows) -> None:
        self.system = system

    def OpenProcess(self, access: int, _inherit: bool, process: int) -> int:
        assert access == 0x1000
        if process not in self.system.programs:
            return 0
        self.system.opened += 1
        return process

    def QueryFullProcessImageNameW(self, handle: int, _flags: int, buffer: Any, size: Any) -> int:
        put(buffer, self.system.programs[handle])
        size._obj.value = len(self.system.programs[handle])
        return 1

    def CloseHandle(self, _handle: int) -> int:
        self.system.opened -= 1
        return 1

    def _data(self, handle: int) -> bytes:
        return list(self.system.formats.values())[handle - 1]

    def GlobalSize(self, handle: int) -> int:
        return len(self._data(handle))

    def GlobalLock(self, handle: int) -> int:
        self.system.opened += 1
        self.kept = ctypes.create_string_buffer(self._data(handle))
        return ctypes.addressof(self.kept)

    def GlobalUnlock(self, _handle: int) -> int:
        self.system.opened -= 1
        return 1


class Dwmapi:
    def __init__(self, system: Windows) -> None:
        self.system = system

    def DwmGetWindowAttribute(self, window: int, what: int, found: Any, size: int) -> int:
        seen = self.system.windows[window]
        if what == 14:
            assert size == 4
            found._obj.value = 2 if seen.cloaked else 0
            return 0
        assert (what, size) == (9, 16)
        if not self.system.composed:
            return -0x7FF8FFAA  # E_INVALIDARG
        left, top, right, bottom = seen.box
        place = found._obj
        place.left, place.top, place.right, place.bottom = left + 7, top, right - 7, bottom - 7
        return 0


class Wtsapi32:
    def __init__(self, system: Windows) -> None:
        self.system = system

    def WTSQuerySessionInformationW(
        self, server: None, session: int, what: int, found: Any, size: Any
    ) -> int:
        assert (server, session, what) == (None, 0xFFFFFFFF, 25)
        if self.system.locked is None:
            return 0
        self.system.opened += 1
        self.kept = (ctypes.c_int32 * 64)(1, 0, 1, 0, self.system.locked)
        found._obj.value = ctypes.addressof(self.kept)
        size._obj.value = ctypes.sizeof(self.kept)
        return 1

    def WTSFreeMemory(self, _memory: Any) -> None:
        self.system.opened -= 1


class Registry:
    HKEY_LOCAL_MACHINE = 0

    def __init__(self, system: Windows) -> None:
        self.system = system

    def OpenKey(self, _root: int, path: str) -> "Registry":
        if not self.system.bios:
            raise FileNotFoundError(path)
        return self

    def __enter__(self) -> "Registry":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def QueryValueEx(self, _key: object, name: str) -> tuple[str, int]:
        if name not in self.system.bios:
            raise FileNotFoundError(name)
        return self.system.bios[name], 1
