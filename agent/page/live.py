"""Recorded events as the page shows them: the auditor's words for the same integers. Pure."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

from wire import events
from wire.codes import (
    Category,
    ClipboardAction,
    EditHow,
    InsertionHow,
    InsertionSeenBy,
    KeyFlag,
    MarkerKind,
    Mode,
    ObjectKind,
    PresenceChange,
    ScreenshotOutcome,
    SourceName,
    SourceState,
)
from wire.keys import KeyClass

Json = dict[str, Any]
_CODES: dict[str, type[IntEnum]] = {
    "category": Category,
    "source": Category,
    "action": ClipboardAction,
    "outcome": ScreenshotOutcome,
    "change": PresenceChange,
    "marker": MarkerKind,
    "mode": Mode,
    "object_kind": ObjectKind,
    "state": SourceState,
    "key_class": KeyClass,
    "seen_by": InsertionSeenBy,
    "how": InsertionHow,
}
_OTHERS: dict[tuple[type[events.Event], str], type[IntEnum]] = {
    (events.Health, "source"): SourceName,
    (events.PageEdit, "how"): EditHow,
}
_HIDDEN = ("digest_", "kept_", "tag", "perceptual")
"""Names of objects and keyed tags: long numbers that tell a reader nothing."""


def shown(recorded: Iterable[tuple[int, events.Event]]) -> list[Json]:
    """Each event with its number, its kind and its fields, codes by name."""
    return [_shown(number, event) for number, event in recorded]


def _shown(number: int, event: events.Event) -> Json:
    kind = type(event)
    fields: Json = {"n": number, "kind": kind.__name__, "t_ms": event.t_us // 1000}
    for name in kind.__dataclass_fields__:  # type: ignore[attr-defined]
        if name != "t_us" and not name.startswith(_HIDDEN):
            fields[name] = _value(kind, name, getattr(event, name))
    if isinstance(event, events.Keystroke):
        fields["injected"] = bool(event.flags & KeyFlag.INJECTED)
    return fields


def _value(kind: type[events.Event], name: str, number: int) -> int | str | None:
    codes = _OTHERS.get((kind, name), _CODES.get(name))
    if codes is not None:
        try:
            return codes(number).name.lower()
        except ValueError:
            return "unknown"
    return None if number == events.MISSING_U32 else number
