"""A state as bytes: fixed-width little-endian numbers, and nothing of another version."""

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import BadStateError
from detector.features.vector import FEATURES_VERSION
from detector.state.state import KEPT_KINDS, State
from detector.state.stretches import PRESS, STRETCH, VECTOR_NAMES, Stretches
from detector.state.switches import Switched
from wire.schema import schema_of

STATE_VERSION = 1
_HEAD = struct.Struct("<4sHHH")
_MAGIC = b"VTST"
_VERSIONS = (_MAGIC, STATE_VERSION, int(FEATURES_VERSION), len(VECTOR_NAMES))
_SUMS = ("first", "stop", "end_us", "spoken_us", "presses", "text_keys")
_SWITCHES = ("keyboard_down", "paused")
_NUMBERS = struct.Struct(f"<{len(_SUMS)}q{len(_SWITCHES) * len(Switched.__slots__)}q")
_COUNT = struct.Struct("<i")
_OPEN = struct.Struct("<qi")


def to_bytes(state: State) -> bytes:
    """Return the state as it is stored."""
    switches = [getattr(state, name) for name in _SWITCHES]
    numbers = [getattr(state, name) for name in _SUMS]
    numbers.extend(getattr(one, name) for one in switches for name in Switched.__slots__)
    parts = [_HEAD.pack(*_VERSIONS), _NUMBERS.pack(*numbers)]
    parts += [_COUNT.pack(len(state.stretches.done)), state.stretches.done.tobytes()]
    parts.append(_COUNT.pack(len(state.stretches.open)))
    for block, rows in state.stretches.open.items():
        parts += [_OPEN.pack(block, len(rows)), rows.tobytes()]
    for kind in KEPT_KINDS:
        rows = state.kept.get(kind, np.zeros((0, len(schema_of(kind))), np.int64))
        parts += [_COUNT.pack(len(rows)), rows.astype("<i8").tobytes()]
    return b"".join(parts)


def from_bytes(data: bytes) -> State:
    """Read what `to_bytes` returned.

    Raises:
        BadStateError: another version stored it, or the bytes are no state; rebuild it from the
            session's batches.
    """
    try:
        if _HEAD.unpack_from(data) != _VERSIONS:
            raise BadStateError("another version stored this state: rebuild it")
        reader = _Reader(data, _HEAD.size)
        numbers = reader.numbers(_NUMBERS)
        done = reader.rows(reader.numbers(_COUNT)[0], STRETCH)
        open_blocks = {}
        for _ in range(reader.numbers(_COUNT)[0]):
            block, count = reader.numbers(_OPEN)
            open_blocks[block] = reader.rows(count, PRESS)
        kept = {}
        for kind in KEPT_KINDS:
            width = len(schema_of(kind))
            count = reader.numbers(_COUNT)[0]
            if count:
                kept[kind] = reader.rows(count * width, np.dtype("<i8")).reshape(count, width)
        reader.end()
    except (struct.error, ValueError) as error:
        raise BadStateError(f"the stored state is damaged: rebuild it ({error})") from error
    size = len(Switched.__slots__)
    switches = numbers[len(_SUMS) :]
    return State(
        **dict(zip(_SUMS, numbers, strict=False)),
        keyboard_down=Switched(*switches[:size]),
        paused=Switched(*switches[size:]),
        stretches=Stretches(done, open_blocks),
        kept=kept,
    )


class _Reader:
    """Takes one part after another off the bytes."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self._at = at

    def numbers(self, layout: struct.Struct) -> tuple[int, ...]:
        found = layout.unpack_from(self._data, self._at)
        self._at += layout.size
        return found

    def rows(self, count: int, kind: np.dtype[Any]) -> NDArray[Any]:
        if count < 0:
            raise ValueError("a count is negative")
        found = np.frombuffer(self._data, kind, count, self._at)
        self._at += found.nbytes
        return found

    def end(self) -> None:
        if self._at != len(self._data):
            raise ValueError("bytes are left over")
