"""What the window manager says about windows (EWMH), reduced to categories at once."""

import os
from typing import Any

import psutil
from Xlib import X, Xatom
from Xlib import error as xerror
from Xlib.ext import res

from agent.redact import category_of
from agent.sources.x11_display import XConnection
from wire.codes import Category
from wire.limits import TITLE_MAX_CHARS
from wire.policy import Policy

_TITLE_WORDS = TITLE_MAX_CHARS
"""32-bit units to read: four bytes a character at most."""
_CACHE_MAX = 256


class Windows:
    """Reads window properties over one connection; titles stay inside `category`."""

    def __init__(self, connection: XConnection, policy: Policy) -> None:
        self._connection = connection
        self._policy = policy
        self._processes: dict[tuple[int, float], str] = {}
        self._active = connection.atom("_NET_ACTIVE_WINDOW")
        self._title = connection.atom("_NET_WM_NAME")
        self._pid = connection.atom("_NET_WM_PID")
        self._clients = connection.atom("_NET_CLIENT_LIST")
        self._check = connection.atom("_NET_SUPPORTING_WM_CHECK")
        self._utf8 = connection.atom("UTF8_STRING")

    @property
    def active_atom(self) -> int:
        """The property that names the window in front."""
        return self._active

    @property
    def title_atoms(self) -> frozenset[int]:
        """The properties that hold a window's title."""
        return frozenset((self._title, Xatom.WM_NAME))

    def has_manager(self) -> bool:
        """Whether a window manager says which window is in front."""
        return bool(self._numbers(self._connection.root, self._check, X.AnyPropertyType))

    def active(self) -> int:
        """The window in front; 0 if none."""
        numbers = self._numbers(self._connection.root, self._active, X.AnyPropertyType)
        return numbers[0] if numbers else 0

    def clients(self) -> list[int]:
        """All managed windows."""
        return self._numbers(self._connection.root, self._clients, X.AnyPropertyType)

    def window(self, number: int) -> Any:
        """A window to make requests on."""
        return self._connection.display.create_resource_object("window", number)

    def category(self, number: int) -> Category:
        """The category of a window by the policy's rules."""
        if not number:
            return Category.UNKNOWN
        window = self.window(number)
        try:
            title, process = self._read_title(window), self._process(window)
        except xerror.XError:
            return Category.UNKNOWN
        return category_of(self._policy, title, process)

    def title(self, number: int) -> str:
        """A window's title without what does not print; empty if it has gone."""
        try:
            read = self._read_title(self.window(number))
        except xerror.XError:
            return ""
        return "".join(char for char in read[:TITLE_MAX_CHARS] if char.isprintable())

    def _read_title(self, window: Any) -> str:
        for atom in (self._title, Xatom.WM_NAME):
            found = window.get_property(atom, X.AnyPropertyType, 0, _TITLE_WORDS)
            if found is not None and found.format == 8:
                value = found.value
                raw = value if isinstance(value, bytes) else str(value).encode()
                return raw.decode("utf-8" if atom == self._title else "latin-1", "replace")
        return ""

    def _process(self, window: Any) -> str:
        numbers = self._numbers(window, self._pid, X.AnyPropertyType)
        if not numbers:
            return ""
        try:
            process = psutil.Process(numbers[0])
            key = (numbers[0], process.create_time())
            if key not in self._processes:
                if len(self._processes) >= _CACHE_MAX:
                    self._processes.clear()
                self._processes[key] = process.name()
            return self._processes[key]
        except (psutil.Error, ValueError, OverflowError):
            return ""

    def _numbers(self, window: Any, atom: int, kind: int) -> list[int]:
        try:
            found = window.get_property(atom, kind, 0, 1024)
        except xerror.XError:
            return []
        return [int(value) for value in found.value] if found and found.format == 32 else []


def same_program(control: XConnection, one: int, other: int) -> bool:
    """Whether two of the display's resources belong to one client, or to one other process."""
    mask = ~control.display.display.info.resource_id_mask
    if one & mask == other & mask:
        return True
    first, second = _process(control, one), _process(control, other)
    return bool(first) and first == second and first != os.getpid()


def _process(control: XConnection, resource: int) -> int:
    """The process behind a resource, as the X server knows it; 0 if it does not."""
    if not control.has(res.extname):
        return 0
    try:
        asked = [{"client": resource, "mask": res.LocalClientPIDMask}]
        found = control.display.res_query_client_ids(asked).ids
    except xerror.XError:
        return 0
    return next((int(pid) for client in found for pid in client.value), 0)
