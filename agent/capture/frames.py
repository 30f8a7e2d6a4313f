"""What goes over the pipe between the agent process and the process that captures.

Each frame is a length, a kind and a MessagePack body. Observations are frozen values of integers
(`agent.observations`), so nothing that was typed or copied can cross; a picture is masked before
it does. A frame that does not read ends the conversation: the watchdog starts a new process.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from agent.errors import CaptureBroken
from agent.observations import Observation
from wire.codes import SourceName, SourceState
from wire.limits import OBJECT_MAX_BYTES

FRAME_MAX_BYTES = OBJECT_MAX_BYTES + 65_536
_HEAD = struct.Struct("<IB")


@dataclass(frozen=True, slots=True)
class Ready:
    """The capturing process is up and the display takes connections."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Begin to record under this policy. Only the agent process sends it."""

    policy: bytes
    """The accepted document, as JSON."""
    tag_key: bytes
    """Key of the session's copy tags; it lives in these two processes' memory only."""
    windows_seen: int
    """Numbers of windows given away earlier in the session."""
    keyboards_seen: int
    coarse_pictures: bool
    """The trainer wants screenshots made coarse, whatever the policy says."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Close every listener; `Resting` answers when they are closed."""


@dataclass(frozen=True, slots=True)
class Started:
    """Every source that this desktop offers records."""


@dataclass(frozen=True, slots=True)
class Resting:
    """No listener is open."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Recording cannot begin on this desktop; the sentence says why."""

    why: str


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source's state."""

    name: SourceName
    state: SourceState
    why: str
    needed: bool
    """Without it a session shows nothing."""


@dataclass(frozen=True, slots=True)
class Beat:
    """The capture loop went round; every observation before it has been sent."""

    sources: tuple[SourceReport, ...]


Word = Ready | Listen | Rest | Started | Resting | Unavailable | Beat
_KINDS: tuple[type[Any], ...] = (*get_args(Word), *get_args(Observation))
_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}
_DECODERS = tuple(msgspec.msgpack.Decoder(kind) for kind in _KINDS)
_ENCODER = msgspec.msgpack.Encoder()


def encode_frame(value: Word | Observation) -> bytes:
    """One frame."""
    body = _ENCODER.encode(value)
    return _HEAD.pack(len(body), _NUMBERS[type(value)]) + body


class FrameReader:
    """Cuts a stream of bytes into frames. Without I/O."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Word | Observation]:
        """The frames that are complete with these bytes.

        Raises:
            CaptureBroken: the bytes are no frames.
        """
        self._buffer += data
        while len(self._buffer) >= _HEAD.size:
            length, kind = _HEAD.unpack_from(self._buffer)
            if length > FRAME_MAX_BYTES or kind >= len(_KINDS):
                raise CaptureBroken("The recorder said something that is no frame.")
            end = _HEAD.size + length
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_HEAD.size : end])
            del self._buffer[:end]
            yield _decoded(kind, body)


def _decoded(kind: int, body: bytes) -> Any:
    try:
        return _DECODERS[kind].decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CaptureBroken("The recorder said something that does not read.") from error
