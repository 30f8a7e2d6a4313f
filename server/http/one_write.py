"""An answer leaves in one system call, head and body together.

uvicorn writes an answer's head and its body apart, and uvloop hands each to the system at once: of
what a batch costs the server, a fifth was these two calls.
"""

from asyncio import BaseTransport, Transport
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_HEAD = b"HTTP/1.1 "
_INTERIM = b"HTTP/1.1 1"


class OneWrite:
    """A transport that keeps an answer's head back until the first of its body comes."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send, or keep back for a moment."""
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(_HEAD) and not data.startswith(_INTERIM):
            self._head = data
            return
        self._transport.write(data)

    def flush(self) -> None:
        """Send a head that no body follows."""
        if self._head:
            self.write(b"")

    def close(self) -> None:
        """Send what is kept back and close."""
        self.flush()
        self._transport.close()


class OneWriteProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 on such a transport."""

    def connection_made(self, transport: BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        super().connection_made(cast("Transport", OneWrite(cast("Transport", transport))))

    def on_response_complete(self) -> None:
        """The answer is whole: nothing of it may wait."""
        cast("OneWrite", self.transport).flush()
        super().on_response_complete()
