"""From pynput's keys, which differ by system, to X11 keysyms, which classes are made from. Pure.

A named key has the same name on every system and a number of that system's own; other keys have a
character, or only a number. What comes in here goes out as a class.
"""

from typing import Any

from agent.redact import class_of_character, class_of_keysym
from wire.keys import KeyClass

_KEYSYMS = {
    "enter": 0xFF0D,
    "tab": 0xFF09,
    "backspace": 0xFF08,
    "delete": 0xFFFF,
    "space": 0x20,
    "esc": 0xFF1B,
    "shift": 0xFFE1,
    "shift_l": 0xFFE1,
    "shift_r": 0xFFE2,
    "ctrl": 0xFFE3,
    "ctrl_l": 0xFFE3,
    "ctrl_r": 0xFFE4,
    "alt": 0xFFE9,
    "alt_l": 0xFFE9,
    "alt_r": 0xFFEA,
    "alt_gr": 0xFE03,
    "cmd": 0xFFEB,
    "cmd_l": 0xFFEB,
    "cmd_r": 0xFFEC,
    "caps_lock": 0xFFE5,
    "num_lock": 0xFF7F,
    "left": 0xFF51,
    "up": 0xFF52,
    "right": 0xFF53,
    "down": 0xFF54,
    "home": 0xFF50,
    "end": 0xFF57,
    "page_up": 0xFF55,
    "page_down": 0xFF56,
    "insert": 0xFF63,
} | {f"f{number}": 0xFFBD + number for number in range(1, 25)}
_LETTERS_VK = range(0x41, 0x5B)
"""Windows' virtual keys A to Z (winuser.h); with control down their character is a control code."""


def key_identity(key: Any) -> str:
    """A key's name while it is down: the named key, or its number; never a character."""
    name = getattr(key, "name", None)
    return str(name) if name else f"vk{getattr(key, 'vk', None) or hash(key)}"


def class_and_keysym(key: Any) -> tuple[KeyClass, int]:
    """The class of a key, and the keysym that shortcuts are recognised by; 0: none."""
    name = getattr(key, "name", None)
    if name is not None:
        keysym = _KEYSYMS.get(name, 0)
        return class_of_keysym(keysym), keysym
    number = int(getattr(key, "vk", 0) or 0)
    character = getattr(key, "char", None)
    if character and ord(character[0]) >= 0x20:
        return class_of_character(character[0]), ord(character[0])
    if character and number in _LETTERS_VK:
        return KeyClass.LETTER, number
    return class_of_keysym(number), number
