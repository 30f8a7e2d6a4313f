"""A stand-in for macOS' frameworks, at the level of their functions as pyobjc shows them.

Recorded from Apple's documentation (developer.apple.com: NSWorkspace, NSRunningApplication,
NSPasteboard, Quartz Window Services, Quartz Event Services, HIToolbox) and nspasteboard.org, not
from a running Mac.
"""

# ruff: noqa: N802 - the functions have the names that Apple gave them

import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from agent.sources.macos_calls import MacCalls


@dataclass
class Mac:
    """The state of a made-up Mac; `calls` is what the sources ask it by."""

    program: tuple[int, str] | None = (7, "Safari")
    windows: list[dict[str, Any]] = field(default_factory=list)
    copies: int = 1
    types: tuple[str, ...] = ()
    text: str | None = None
    session: dict[str, Any] | None = field(default_factory=dict)
    input_s: float = 0.0
    """When hardware last sent something, by `time.monotonic`."""
    secure: int = 0
    virtual: int | None = 0
    titles_allowed: bool = True
    screens: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Left, top, width, height of each, in points."""

    @property
    def calls(self) -> MacCalls:
        return MacCalls(AppKit(self), Quartz(self), lambda: self.secure, Library(self))

    def copy(self, text: str | None, *types: str) -> None:
        self.copies += 1
        self.text, self.types = text, ("public.utf8-plain-text", *types)


class AppKit:
    """`NSWorkspace.sharedWorkspace()`, `NSPasteboard.generalPasteboard()` and what they give."""

    def __init__(self, mac: Mac) -> None:
        self.mac = mac
        self.NSWorkspace = self.NSPasteboard = self

    def sharedWorkspace(self) -> "AppKit":
        return self

    def generalPasteboard(self) -> "AppKit":
        return self

    def frontmostApplication(self) -> "AppKit | None":
        return self if self.mac.program is not None else None

    def processIdentifier(self) -> int:
        assert self.mac.program is not None
        return self.mac.program[0]

    def localizedName(self) -> str:
        assert self.mac.program is not None
        return self.mac.program[1]

    def changeCount(self) -> int:
        return self.mac.copies

    def types(self) -> tuple[str, ...]:
        return self.mac.types

    def stringForType_(self, kind: str) -> str | None:
        assert kind == "public.utf8-plain-text"
        return self.mac.text


class Quartz:
    def __init__(self, mac: Mac) -> None:
        self.mac = mac

    def CGWindowListCopyWindowInfo(self, option: int, window: int) -> list[dict[str, Any]]:
        assert (option, window) == (17, 0)
        if self.mac.titles_allowed:
            return self.mac.windows
        return [
            {k: v for k, v in each.items() if k != "kCGWindowName"} for each in self.mac.windows
        ]

    def CGGetActiveDisplayList(
        self, most: int, displays: None, count: None
    ) -> tuple[int, tuple[int, ...], int]:
        assert (most, displays, count) == (32, None, None)
        return 0, tuple(range(len(self.mac.screens))), len(self.mac.screens)

    def CGDisplayBounds(self, display: int) -> SimpleNamespace:
        left, top, width, height = self.mac.screens[display]
        return SimpleNamespace(
            origin=SimpleNamespace(x=float(left), y=float(top)),
            size=SimpleNamespace(width=float(width), height=float(height)),
        )

    def CGSessionCopyCurrentDictionary(self) -> dict[str, Any] | None:
        return self.mac.session

    def CGEventSourceSecondsSinceLastEventType(self, state: int, kind: int) -> float:
        assert (state, kind) == (1, 0xFFFFFFFF)
        return time.monotonic() - self.mac.input_s


class Library:
    """`sysctlbyname(3)`."""

    def __init__(self, mac: Mac) -> None:
        self.mac = mac

    def sysctlbyname(self, name: bytes, found: Any, _size: Any, new: None, length: int) -> int:
        assert (name, new, length) == (b"kern.hv_vmm_present", None, 0)
        if self.mac.virtual is None:
            return -1
        found._obj.value = self.mac.virtual
        return 0


def window(process: int, title: str, number: int, layer: int = 0, sharing: int = 1) -> Any:
    return {
        "kCGWindowOwnerPID": process,
        "kCGWindowName": title,
        "kCGWindowNumber": number,
        "kCGWindowLayer": layer,
        "kCGWindowSharingState": sharing,
        "kCGWindowOwnerName": "Safari" if process == 7 else "Other",
        "kCGWindowBounds": {"X": 10.0, "Y": 20.0, "Width": 300.0, "Height": 200.0},
    }
