"""Keyboards among the names of input devices. Pure."""

from collections.abc import Iterable

_OWN = ("virtual core", "xtest", "xvfb", "xwayland")
"""What the display's server makes itself."""
_REMOTE = ("vnc", "xrdp")
"""Devices that carry what somebody types elsewhere."""
_PARTS = (
    " consumer control",
    " system control",
    " radio control",
    " wireless radio control",
    " keyboard",
    " wmi hotkeys",
)
"""One device shows up as several, told apart by these endings."""
_BUTTONS = (
    "button",
    "switch",
    "video bus",
    "hotkeys",
    "camera",
    "webcam",
    "headset",
    "headphone",
    "microphone",
    "hdmi",
    "hid events",
    "speaker",
    "audio",
    "mouse",
    "touchpad",
    "avrcp",
)
"""Things that send a key or two and that nobody types on."""


def is_remote(names: Iterable[str]) -> bool:
    """Whether one of the devices carries input from elsewhere (VNC, xrdp)."""
    return any(word in name.lower() for name in names for word in _REMOTE)


def keyboards(names: Iterable[str]) -> int:
    """How many keyboards are attached, each counted once; `names` are those of slave devices."""
    found = set()
    for name in names:
        plain = name.strip().lower()
        if any(word in plain for word in (*_OWN, *_REMOTE, *_BUTTONS)):
            continue
        for part in _PARTS:
            plain = plain.removesuffix(part)
        found.add(plain)
    return len(found)
