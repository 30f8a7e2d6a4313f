"""Connections that agents post batches on: what is plain goes straight to `Ingest`.

uvicorn's connection does everything else, also on the same connection, before and after. What a
batch would cost there (a parser that calls back for each field, a scope, a task, messages to and
fro) is as much as checking its signature.
"""

import asyncio
import time
from functools import partial
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from server.http.one_write import OneWriteProtocol
from server.ingest.eager import run_eagerly
from server.ingest.posts import START, plain_post
from server.ingest.route import Answer, Ingest
from server.operation.readiness import Readiness

_HELD_MAX_BYTES = 65_536


def connections_of(ingest: Ingest, readiness: Readiness) -> type[asyncio.Protocol]:
    """What uvicorn makes its connections with."""
    return cast("type[asyncio.Protocol]", partial(IngestConnection, ingest, readiness))


class IngestConnection(OneWriteProtocol):
    """uvicorn's HTTP/1.1, with a short way for plain posts of batches."""

    def __init__(self, ingest: Ingest, readiness: Readiness, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self._ingest = ingest
        self._readiness = readiness
        self._parsing = False
        """The general parser is inside a request."""
        self._answering = False
        """A batch that came the short way waits for its answer."""
        self._held = b""
        """What came meanwhile."""
        self._used_s = 0.0

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        if self._answering:
            self._hold(data)
        elif not data.startswith(START) or not self._at_rest() or not self._take(data):
            super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        super().connection_lost(exc)
        self._unset_keepalive_if_required()

    def on_message_begin(self) -> None:
        """See uvicorn: a request begins in the general parser."""
        self._parsing = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """See uvicorn: the request is whole."""
        self._parsing = False
        super().on_message_complete()

    def shutdown(self) -> None:
        """See uvicorn: no more requests, but the one under way is answered."""
        if not self._answering:
            super().shutdown()

    def timeout_keep_alive_handler(self) -> None:
        """See uvicorn. One timer lasts for many batches; it looks when the last of them was."""
        left_s = self._used_s + self.timeout_keep_alive - time.monotonic()
        if left_s > 0 or self._answering:
            self._wake_in(max(left_s, 1.0))
        else:
            super().timeout_keep_alive_handler()

    def _at_rest(self) -> bool:
        """Nothing is under way by the general way, nor is anybody asked to connect anew."""
        idle = self.cycle is None or self.cycle.response_complete
        return idle and not self._parsing and not self._readiness.stopping

    def _take(self, data: bytes) -> bool:
        post = plain_post(data)
        if post is None or self.flow.write_paused:
            return False
        self._answering = True
        self._used_s = time.monotonic()
        if self.timeout_keep_alive_task is None:
            self._wake_in(self.timeout_keep_alive)
        self.server_state.total_requests += 1
        run_eagerly(self._ingest.answer(*post), self._answer)
        return True

    def _answer(self, answer: Answer) -> None:
        self._answering = False
        if self.transport.is_closing():
            return
        closes = self._readiness.stopping
        self.transport.write(self._head(answer, closes=closes))
        self.transport.write(answer.body)
        held, self._held = self._held, b""
        if closes:
            self.transport.close()
        elif held:
            self.flow.resume_reading()
            self.data_received(held)

    def _head(self, answer: Answer, *, closes: bool) -> bytes:
        fields = [*self.server_state.default_headers, *answer.fields]
        if closes:
            fields.append((b"connection", b"close"))
        lines = [b"%b: %b\r\n" % field for field in fields]
        return b"".join((STATUS_LINE[answer.status], *lines, b"\r\n"))

    def _hold(self, data: bytes) -> None:
        self._held += data
        if len(self._held) > _HELD_MAX_BYTES:
            self.flow.pause_reading()

    def _wake_in(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )
