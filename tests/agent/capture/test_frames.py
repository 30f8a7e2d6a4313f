import contextlib
import dataclasses
import typing
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.capture.frames import (
    FRAME_MAX_BYTES,
    Beat,
    FrameReader,
    Listen,
    Rest,
    SourceReport,
    Unavailable,
    Word,
    encode_frame,
)
from agent.errors import CaptureBroken
from agent.observations import Observation
from wire.codes import SourceName, SourceState

WORDS: list[Word] = [
    Rest(),
    Listen(b"{}", b"k" * 32, 3, 1, coarse_pictures=True),
    Unavailable("There is no display."),
    Beat((SourceReport(SourceName.KEYBOARD, SourceState.DEGRADED, "a fallback", needed=True),)),
]


def sample(kind: type[typing.Any]) -> typing.Any:
    """An observation of a kind: each integer another, enumerations by their first member."""
    values: list[typing.Any] = []
    for number, hint in enumerate(typing.get_type_hints(kind).values()):
        (part, *_) = [each for each in (*typing.get_args(hint), hint) if isinstance(each, type)]
        if dataclasses.is_dataclass(part):
            values.append(sample(part))
        elif issubclass(part, bytes):
            values.append(b"\x00\xff" * 16)
        elif issubclass(part, Enum):
            values.append(next(iter(part)))
        else:
            values.append(number + 1 if part is int else True)
    return kind(*values)


@pytest.mark.parametrize("kind", typing.get_args(Observation))
def test_every_observation_crosses_the_pipe_unchanged(kind: type[Observation]) -> None:
    seen = sample(kind)
    assert list(FrameReader().feed(encode_frame(seen))) == [seen]


def test_words_and_observations_are_read_in_order_however_the_bytes_are_cut() -> None:
    data = b"".join(map(encode_frame, WORDS))
    for size in (1, 3, 7, len(data)):
        reader = FrameReader()
        read: list[Word | Observation] = []
        for start in range(0, len(data), size):
            read += reader.feed(data[start : start + size])
        assert read == WORDS


@given(st.binary(max_size=200))
def test_any_bytes_are_frames_or_one_error(data: bytes) -> None:
    frames = FrameReader().feed(data)
    with contextlib.suppress(CaptureBroken):
        assert all(isinstance(frame, typing.get_args(Word | Observation)) for frame in frames)


def test_a_frame_too_long_is_refused_before_it_is_gathered() -> None:
    head = (FRAME_MAX_BYTES + 1).to_bytes(4, "little") + b"\x00"
    with pytest.raises(CaptureBroken):
        list(FrameReader().feed(head))
