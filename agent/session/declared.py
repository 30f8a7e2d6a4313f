"""Aids declared before clock-in: remembered for the next session of the same day."""

from collections.abc import Iterable
from datetime import date

import msgspec

from agent.paths import Paths, write_private
from wire.codes import Mode
from wire.decoding import decoder_of


class _Remembered(msgspec.Struct, frozen=True):
    day: date
    modes: frozenset[Mode] = frozenset()


def remember(paths: Paths, mode: Mode, *, on: bool, today: date) -> frozenset[Mode]:
    """Declare an aid, or take it back, for the next session of this day; returns all of them."""
    modes = set(remembered(paths, today))
    (modes.add if on else modes.discard)(mode)
    stored = _Remembered(today, frozenset(modes))
    write_private(paths.declared, msgspec.json.encode(stored))
    return stored.modes


def remembered(paths: Paths, today: date) -> Iterable[Mode]:
    """What was declared for the next session of this day."""
    try:
        found = decoder_of(_Remembered).decode(paths.declared.read_bytes())
    except (OSError, msgspec.DecodeError):
        return frozenset()
    return sorted(found.modes) if found.day == today else frozenset()


def forget(paths: Paths) -> None:
    """The session that it was for has begun."""
    paths.declared.unlink(missing_ok=True)
