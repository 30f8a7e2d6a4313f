"""Requests that other programs send to the X server, through its RECORD extension.

RECORD needs a connection of its own: the server answers nothing else on it while the context is
enabled. python-xlib would wait for the last answer, so the request is sent deferred and its
answers are taken as they come.
"""

import select
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from Xlib.ext import record

from agent.errors import SourceUnavailable
from agent.sources.x11_display import XConnection

CONVERT_SELECTION = 24
"""Opcode of the core request (X11 protocol, appendix B)."""
_START_S = 2.0
_LENGTH_WORDS = 6
# Element header (the server's time), then ConvertSelection: opcode, unused, length in words,
# requestor, selection, target, property, time.
_TIME = "I"
_REQUEST = "BBHIIIII"
_NO_RANGE = (0, 0)


@dataclass(frozen=True, slots=True)
class Conversion:
    """A program asked for a selection's contents in some form."""

    server_ms: int
    """When the server took the request."""
    requestor: int
    selection: int
    target: int


class ConversionRecord:
    """Every ConvertSelection request on the display but those of `data` itself."""

    def __init__(self, control: XConnection, data: XConnection) -> None:
        """Enable the recording; returns when the server has begun.

        Raises:
            SourceUnavailable: the server has no RECORD, or does not begin.
        """
        if not control.has(record.extname):
            raise SourceUnavailable("The display offers no RECORD extension.")
        self._data = data
        self._begun = False
        self._taken: list[Conversion] = []
        clients, ranges = [record.AllClients], [_only(CONVERT_SELECTION)]
        context = control.display.record_create_context(record.FromClientTime, clients, ranges)
        control.display.sync()
        record.EnableContext(
            self._answered,
            display=data.display.display,
            defer=True,
            opcode=data.display.display.get_extension_major(record.extname),
            context=context,
        )
        data.display.flush()
        self._wait()

    def fileno(self) -> int:
        """The connection the requests come on."""
        return self._data.fileno()

    def take(self) -> list[Conversion]:
        """What came, without waiting; one of `x11_display.LOST` if the connection is gone."""
        for _ in self._data.pending():
            continue
        taken, self._taken = self._taken, []
        return taken

    def _wait(self) -> None:
        ready = True
        while ready and not self._begun:
            ready = bool(select.select([self._data.fileno()], [], [], _START_S)[0])
            self._taken += self.take()
        if not self._begun:
            raise SourceUnavailable("The display's RECORD extension does not begin to record.")

    def _answered(self, answer: Any) -> None:
        if answer.category == record.StartOfData:
            self._begun = True
        elif answer.category == record.FromClient:
            swapped = bool(answer.client_swapped)
            self._taken.extend(conversions(bytes(answer.data), swapped=swapped))


def conversions(data: bytes, *, swapped: bool = False) -> Iterator[Conversion]:
    """The ConvertSelection requests in one answer's data; what is not one ends it.

    `swapped`: the program that asked is of the other byte order than this machine.
    """
    order = "=" if not swapped else ">" if struct.pack("=H", 1) == b"\x01\x00" else "<"
    time, request = struct.Struct("=" + _TIME), struct.Struct(order + _REQUEST)
    size = time.size + request.size
    for at in range(0, len(data) - size + 1, size):
        (server_ms,) = time.unpack_from(data, at)
        opcode, _, words, requestor, selection, target, _, _ = request.unpack_from(
            data, at + time.size
        )
        if (opcode, words) != (CONVERT_SELECTION, _LENGTH_WORDS):
            return
        yield Conversion(server_ms, requestor, selection, target)


def _only(opcode: int) -> dict[str, object]:
    """A RECORD range that holds one core request and nothing else."""
    return {
        "core_requests": (opcode, opcode),
        "core_replies": _NO_RANGE,
        "ext_requests": (*_NO_RANGE, *_NO_RANGE),
        "ext_replies": (*_NO_RANGE, *_NO_RANGE),
        "delivered_events": _NO_RANGE,
        "device_events": _NO_RANGE,
        "errors": _NO_RANGE,
        "client_started": False,
        "client_died": False,
    }
