"""Native messaging's frames: a length in the machine's byte order, then JSON. No I/O here."""

import struct
from collections.abc import Iterator

from agent.extension.messages import FRAME_MAX_BYTES

_LENGTH = struct.Struct("=I")


class FrameTooLong(ValueError):  # noqa: N818 - the agent's word for refusals
    """The other end is no browser extension, or lost its place."""


def framed(data: bytes) -> bytes:
    """One message as the browser reads it."""
    return _LENGTH.pack(len(data)) + data


class FrameReader:
    """Cuts what came in into messages, however it was split on the way."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The messages that are whole now.

        Raises:
            FrameTooLong: a length that no message of ours has; nothing after it can be read.
        """
        self._held += data
        while len(self._held) >= _LENGTH.size:
            length = int(_LENGTH.unpack_from(self._held)[0])
            if length > FRAME_MAX_BYTES:
                raise FrameTooLong
            end = _LENGTH.size + length
            if len(self._held) < end:
                return
            yield bytes(self._held[_LENGTH.size : end])
            del self._held[:end]


class LineReader:
    """Cuts what came in into lines without their ends; the socket to the agent speaks these."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The lines that are whole now.

        Raises:
            FrameTooLong: a line that no message of ours has.
        """
        self._held += data
        while (end := self._held.find(b"\n")) >= 0:
            yield bytes(self._held[:end])
            del self._held[: end + 1]
        if len(self._held) > FRAME_MAX_BYTES:
            raise FrameTooLong
