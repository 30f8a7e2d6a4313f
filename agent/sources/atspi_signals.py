"""What accessible programs say on their bus (AT-SPI2), reduced to numbers as it is read.

A `TextChanged` signal carries the text. It is never decoded: its code points are counted in the
bytes that came, and the bytes are dropped with the message. Pure.
"""

import struct
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any

from jeepney import Header, HeaderFields, Message

OBJECT_EVENTS = "org.a11y.atspi.Event.Object"
TEXT_CHANGED = "TextChanged"
_CONTINUATION = bytes(range(0x80, 0xC0))
"""UTF-8: bytes that begin no code point."""
_STRING_SIGNATURE = b"\x01s\x00"


class Role(IntEnum):
    """The roles that matter here (`AtspiRole`)."""

    PASSWORD_TEXT = 40
    TERMINAL = 60


class StateBit(IntEnum):
    """The states that matter here (`AtspiStateType`): bits of two words."""

    EDITABLE = 7
    FOCUSED = 12


class Change(Enum):
    """What a signal is about."""

    INSERTED = "insert"
    DELETED = "delete"
    FOCUSED = "focused"
    ROLE = "accessible-role"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Accessible:
    """One object of one program: its connection's name and the object's path."""

    program: str
    path: str


@dataclass(frozen=True, slots=True)
class Said:
    """One signal, as numbers."""

    change: Change
    about: Accessible
    value: int = 0
    """Code points of a text change; 1 or 0 for the focus."""


def text_length_only(header: Header, body: memoryview) -> tuple[Any, ...] | None:
    """Kind and length of a text change, from its raw body (signature `siiv...`).

    None for every other signal: those hold no text.
    """
    fields = header.fields
    if fields.get(HeaderFields.member) != TEXT_CHANGED:
        return None
    if not str(fields.get(HeaderFields.signature, "")).startswith("siiv"):
        return ("", 0)
    word = header.endianness.struct_code() + "i"
    (size,) = struct.unpack_from(word, body, 0)
    kind = bytes(body[4 : 4 + size]).decode("ascii", "replace")
    at = _aligned(4 + size + 1)
    (told,) = struct.unpack_from(word, body, at + 4)
    variant = at + 8
    if bytes(body[variant : variant + 3]) != _STRING_SIGNATURE:
        return (kind, max(0, told))
    start = _aligned(variant + 3)
    (length,) = struct.unpack_from(word, body, start)
    text = body[start + 4 : start + 4 + length]
    return (kind, len(bytes(text).translate(None, _CONTINUATION)))


def said(message: Message) -> Said | None:
    """What a signal means, if it is one of those that matter."""
    fields = message.header.fields
    about = Accessible(fields.get(HeaderFields.sender, ""), fields.get(HeaderFields.path, ""))
    match fields.get(HeaderFields.member), message.body:
        case ("TextChanged", (str(kind), int(length))):
            # Firefox adds ":system" where no person's input was the cause.
            change = _TEXT_CHANGES.get(kind.partition(":")[0])
            return Said(change, about, length) if change is not None else None
        case ("StateChanged", ("focused", int(on), *_)):
            return Said(Change.FOCUSED, about, on)
        case ("PropertyChange", ("accessible-role", *_)):
            return Said(Change.ROLE, about)
        case ("NameOwnerChanged", (str(name), str(), "")):
            return Said(Change.GONE, Accessible(name, ""))
    return None


_TEXT_CHANGES = {"insert": Change.INSERTED, "delete": Change.DELETED}


def has_state(words: object, bit: StateBit) -> bool:
    """Whether a state is set in the answer of `GetState`."""
    if not isinstance(words, list) or len(words) <= bit // 32:
        return False
    word = words[bit // 32]
    return isinstance(word, int) and bool(word >> bit % 32 & 1)


def _aligned(at: int) -> int:
    return (at + 3) // 4 * 4
