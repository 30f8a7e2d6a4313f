"""Windows' own functions, behind Python's types.

The libraries come from outside, so that tests can stand in for them; `load` gets the real ones.

Read from Microsoft's documentation: winuser.h, winbase.h, wtsapi32.h, "Clipboard Formats" (the
formats that mark what clipboard listeners shall leave alone).
"""

import contextlib
import ctypes
import importlib
from collections.abc import Iterator
from pathlib import PureWindowsPath
from typing import Any

from agent.picture import Box
from agent.sources.placed_windows import Placed
from agent.sources.polled_clipboard import Unread
from agent.sources.polled_focus import Front
from wire.limits import TITLE_MAX_CHARS

_U32 = ctypes.c_uint32
"""DWORD, UINT and ULONG; ctypes' own names for them are as wide as the system's `long`."""
_QUERY_LIMITED = 0x1000
"""PROCESS_QUERY_LIMITED_INFORMATION."""
_PATH_CHARS = 1024
_CF_UNICODETEXT = 13
_SECRET_FORMATS = ("ExcludeClipboardContentFromMonitorProcessing", "Clipboard Viewer Ignore")
_HISTORY_FORMAT = "CanIncludeInClipboardHistory"
"""A DWORD; zero: keep it out of the clipboard's history."""
_TEXT_MAX_BYTES = 64 * 1024 * 1024
_CURRENT_SESSION = 0xFFFF_FFFF
_WTS_SESSION_INFO_EX = 25
_LOCKED, _UNLOCKED = 0, 1
"""WTS_SESSIONSTATE_LOCK and _UNLOCK, of Windows 8 and later."""
_SM_REMOTESESSION = 0x1000
_RIM_TYPEKEYBOARD = 1
_RIDI_DEVICENAME = 0x2000_0007
_BAD_COUNT = 0xFFFF_FFFF
_SM_VIRTUALSCREEN = (76, 77, 78, 79)
"""SM_XVIRTUALSCREEN, SM_YVIRTUALSCREEN, SM_CXVIRTUALSCREEN, SM_CYVIRTUALSCREEN."""
_DWMWA_EXTENDED_FRAME_BOUNDS, _DWMWA_CLOAKED = 9, 14
_FIRMWARE = r"HARDWARE\DESCRIPTION\System\BIOS"
_FIRMWARE_VALUES = (
    "SystemManufacturer",
    "SystemProductName",
    "BIOSVendor",
    "BaseBoardManufacturer",
)
_MAKE_CALLBACK = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)
_WINDOW_CALLBACK = _MAKE_CALLBACK(ctypes.c_int, ctypes.c_void_p, ctypes.c_ssize_t)


class _Rectangle(ctypes.Structure):
    _fields_ = tuple((side, ctypes.c_int32) for side in ("left", "top", "right", "bottom"))


class _LastInput(ctypes.Structure):
    _fields_ = (("cbSize", _U32), ("dwTime", _U32))


class _SessionInfo(ctypes.Structure):
    """The head of WTSINFOEXW; its union holds 64-bit times and is aligned for them."""

    _fields_ = (
        ("Level", _U32),
        ("Gap", _U32),
        ("SessionId", _U32),
        ("SessionState", ctypes.c_int),
        ("SessionFlags", ctypes.c_int32),
    )


class _RawDevice(ctypes.Structure):
    _fields_ = (("hDevice", ctypes.c_void_p), ("dwType", _U32))


class WindowsCalls:
    """What the sources ask of Windows."""

    def __init__(
        self, user32: Any, kernel32: Any, wtsapi32: Any, dwmapi: Any, registry: Any
    ) -> None:
        """The libraries as ctypes loads them, and the module `winreg`."""
        self._user32, self._kernel32, self._wtsapi32 = user32, kernel32, wtsapi32
        self._dwmapi, self._registry = dwmapi, registry

    def front(self) -> Front | None:
        """The window in front: number, title, program."""
        window = self._user32.GetForegroundWindow()
        if not window:
            return None
        return Front(int(window), self._title(window), self._program(self._process(window)))

    def screen(self) -> Box:
        """All screens together."""
        left, top, width, height = (self._user32.GetSystemMetrics(n) for n in _SM_VIRTUALSCREEN)
        return Box(left, top, left + width, top + height)

    def placed(self) -> list[Placed]:
        """Windows that can be seen, from the highest to the lowest."""
        found: list[Placed] = []

        def each(window: int, _context: int) -> bool:
            box = self._box(window)
            if box is not None:
                process = self._process(window)
                program = self._program(process)
                found.append(Placed(box, self._title(window), program, process))
            return True

        self._user32.EnumWindows(_WINDOW_CALLBACK(each), 0)
        return found

    def clipboard_count(self) -> int:
        """Changes with every copy."""
        return int(self._user32.GetClipboardSequenceNumber())

    def clipboard_text(self) -> str | Unread:
        """The copied text, unless it is marked to be left alone."""
        user32 = self._user32
        with self._clipboard() as opened:
            if not opened:
                return Unread.BUSY
            if self._is_secret():
                return Unread.MARKED
            handle = user32.GetClipboardData(_CF_UNICODETEXT)
            data = self._bytes(handle)
        if data is None:
            return Unread.NO_TEXT
        return data[: len(data) & ~1].decode("utf-16-le", "replace").partition("\0")[0]

    def is_locked(self) -> bool | None:
        """Whether the session is locked; None if Windows does not say."""
        found, size = ctypes.c_void_p(), _U32(0)
        asked = self._wtsapi32.WTSQuerySessionInformationW(
            None, _CURRENT_SESSION, _WTS_SESSION_INFO_EX, ctypes.byref(found), ctypes.byref(size)
        )
        if not asked or not found.value:
            return None
        try:
            if size.value < ctypes.sizeof(_SessionInfo):
                return None
            flags = _SessionInfo.from_address(found.value).SessionFlags
        finally:
            self._wtsapi32.WTSFreeMemory(found)
        return {_LOCKED: True, _UNLOCKED: False}.get(flags)

    def last_input(self) -> int | None:
        """The tick of the last input of this session, also of what no hook saw."""
        seen = _LastInput(ctypes.sizeof(_LastInput), 0)
        if not self._user32.GetLastInputInfo(ctypes.byref(seen)):
            return None
        return int(seen.dwTime)

    def is_remote(self) -> bool:
        """Whether this is a Remote Desktop session."""
        return bool(self._user32.GetSystemMetrics(_SM_REMOTESESSION))

    def firmware(self) -> list[str]:
        """What the firmware calls this machine and its makers."""
        registry = self._registry
        found = []
        try:
            with registry.OpenKey(registry.HKEY_LOCAL_MACHINE, _FIRMWARE) as key:
                for name in _FIRMWARE_VALUES:
                    with contextlib.suppress(FileNotFoundError):
                        found.append(str(registry.QueryValueEx(key, name)[0]))
        except OSError:
            return []
        return found

    def excluded_windows(self) -> int:
        """Visible windows that ask not to be captured (SetWindowDisplayAffinity)."""
        found = 0

        def each(window: int, _context: int) -> bool:
            nonlocal found
            affinity = _U32(0)
            asked = self._user32.GetWindowDisplayAffinity(window, ctypes.byref(affinity))
            if asked and affinity.value and self._user32.IsWindowVisible(window):
                found += 1
            return True

        self._user32.EnumWindows(_WINDOW_CALLBACK(each), 0)
        return found

    def keyboards(self) -> list[str]:
        """The device names of keyboards, without those that Remote Desktop makes."""
        count, size = _U32(0), ctypes.sizeof(_RawDevice)
        self._user32.GetRawInputDeviceList(None, ctypes.byref(count), size)
        devices = (_RawDevice * count.value)()
        got = self._user32.GetRawInputDeviceList(devices, ctypes.byref(count), size)
        if got == _BAD_COUNT:
            return []
        names = [
            self._device_name(device.hDevice)
            for device in devices[:got]
            if device.dwType == _RIM_TYPEKEYBOARD
        ]
        return [name for name in names if name and "RDP_KBD" not in name.upper()]

    def _title(self, window: int) -> str:
        text = (ctypes.c_uint16 * (TITLE_MAX_CHARS + 1))()
        return _utf16(text, self._user32.GetWindowTextW(window, text, len(text)))

    def _process(self, window: int) -> int:
        process = _U32(0)
        self._user32.GetWindowThreadProcessId(window, ctypes.byref(process))
        return int(process.value)

    def _box(self, window: int) -> Box | None:
        """Where a window is drawn, without its shadow; None if it is not drawn."""
        if not self._user32.IsWindowVisible(window) or self._user32.IsIconic(window):
            return None
        cloaked, size = _U32(0), ctypes.sizeof(_U32)
        asked = self._dwmapi.DwmGetWindowAttribute(
            window, _DWMWA_CLOAKED, ctypes.byref(cloaked), size
        )
        if asked == 0 and cloaked.value:
            return None
        place = _Rectangle()
        size = ctypes.sizeof(place)
        frame = self._dwmapi.DwmGetWindowAttribute(
            window, _DWMWA_EXTENDED_FRAME_BOUNDS, ctypes.byref(place), size
        )
        if frame != 0 and not self._user32.GetWindowRect(window, ctypes.byref(place)):
            return None
        if place.left >= place.right or place.top >= place.bottom:
            return None
        return Box(place.left, place.top, place.right, place.bottom)

    def _device_name(self, device: int) -> str:
        text, size = (ctypes.c_uint16 * _PATH_CHARS)(), _U32(_PATH_CHARS)
        got = self._user32.GetRawInputDeviceInfoW(
            device, _RIDI_DEVICENAME, text, ctypes.byref(size)
        )
        return "" if got in (0, _BAD_COUNT) else _utf16(text, got).rstrip("\0")

    def _program(self, process: int) -> str:
        handle = self._kernel32.OpenProcess(_QUERY_LIMITED, False, process)
        if not handle:
            return ""
        try:
            text, size = (ctypes.c_uint16 * _PATH_CHARS)(), _U32(_PATH_CHARS)
            done = self._kernel32.QueryFullProcessImageNameW(handle, 0, text, ctypes.byref(size))
            return PureWindowsPath(_utf16(text, size.value)).name if done else ""
        finally:
            self._kernel32.CloseHandle(handle)

    @contextlib.contextmanager
    def _clipboard(self) -> Iterator[bool]:
        """The clipboard opened; false if another program has it open just now."""
        opened = bool(self._user32.OpenClipboard(None))
        try:
            yield opened
        finally:
            if opened:
                self._user32.CloseClipboard()

    def _is_secret(self) -> bool:
        user32 = self._user32
        for name in _SECRET_FORMATS:
            if user32.IsClipboardFormatAvailable(user32.RegisterClipboardFormatW(name)):
                return True
        history = user32.RegisterClipboardFormatW(_HISTORY_FORMAT)
        if not user32.IsClipboardFormatAvailable(history):
            return False
        return not any(self._bytes(user32.GetClipboardData(history)) or b"")

    def _bytes(self, handle: int | None) -> bytes | None:
        if not handle:
            return None
        size = self._kernel32.GlobalSize(handle)
        place = self._kernel32.GlobalLock(handle)
        if not place:
            return None
        try:
            return ctypes.string_at(place, min(size, _TEXT_MAX_BYTES))
        finally:
            self._kernel32.GlobalUnlock(handle)


def load() -> WindowsCalls:
    """The real functions; only on Windows. Handles are as wide as pointers, so types are named."""
    library = ctypes.WinDLL  # type: ignore[attr-defined]
    user32, kernel32, wtsapi32 = (library(name) for name in ("user32", "kernel32", "wtsapi32"))
    dwmapi = library("dwmapi")
    for function in (user32.GetForegroundWindow, user32.GetClipboardData):
        function.restype = ctypes.c_void_p
    for function in (kernel32.OpenProcess, kernel32.GlobalLock):
        function.restype = ctypes.c_void_p
    user32.GetWindowTextW.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
    user32.GetWindowThreadProcessId.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
    user32.GetWindowDisplayAffinity.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
    for function in (user32.IsWindowVisible, user32.IsIconic):
        function.argtypes = (ctypes.c_void_p,)
    user32.GetWindowRect.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
    dwmapi.DwmGetWindowAttribute.argtypes = (ctypes.c_void_p, _U32, ctypes.c_void_p, _U32)
    user32.RegisterClipboardFormatW.argtypes = (ctypes.c_wchar_p,)
    user32.GetRawInputDeviceInfoW.argtypes = (
        ctypes.c_void_p,
        _U32,
        ctypes.c_void_p,
        ctypes.c_void_p,
    )
    kernel32.GlobalSize.restype = ctypes.c_size_t
    for function in (kernel32.GlobalSize, kernel32.GlobalLock, kernel32.GlobalUnlock):
        function.argtypes = (ctypes.c_void_p,)
    kernel32.CloseHandle.argtypes = (ctypes.c_void_p,)
    kernel32.QueryFullProcessImageNameW.argtypes = (
        ctypes.c_void_p,
        _U32,
        ctypes.c_void_p,
        ctypes.c_void_p,
    )
    registry = importlib.import_module("winreg")
    return WindowsCalls(user32, kernel32, wtsapi32, dwmapi, registry)


def _utf16(text: Any, length: int) -> str:
    return bytes(memoryview(text).cast("B")[: 2 * max(0, length)]).decode("utf-16-le", "replace")
