"""The native messaging host: the process a browser starts so that its extension reaches the agent.

It keeps nothing and decides nothing: frames from the browser are read as strict messages and go
to the agent process over its socket; what the agent says goes back. Without an agent it looks for
one every second and drops what comes. It ends when the browser closes its end.
"""

import contextlib
import os
import select
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from agent.extension.frames import FrameReader, FrameTooLong, LineReader, framed
from agent.extension.messages import DORMANT, BrowserMessage, PageScope, Refused
from agent.local_socket import connect
from agent.platforms.inbox import inbox

RETRY_S = 1.0
"""How often an absent agent is looked for: one connection that fails at once."""
_SEND_S = 5.0
_READ_BYTES = 65_536


class BrowserGone(Exception):  # noqa: N818 - an end, not a fault
    """The browser closed its end."""


class Host:
    """Relays between a browser (two file descriptors) and the agent's socket at `path`."""

    def __init__(self, path: Path, read_from: int, write_to: int) -> None:
        self._path = path
        self._read_from = inbox(read_from)
        self._write_to = write_to
        self._frames = FrameReader()
        self._messages = msgspec.json.Decoder(BrowserMessage)
        self._scopes = msgspec.json.Decoder(PageScope)

    def run(self) -> None:
        """Relay until the browser is gone."""
        try:
            while True:
                agent = self._agent()
                with agent:
                    self._relay(agent)
                self._say(DORMANT)
        except (BrowserGone, FrameTooLong, BrokenPipeError):
            return

    def _agent(self) -> socket.socket:
        """The agent's socket, as soon as there is one; what the browser says until then is dropped.

        Raises:
            BrowserGone: nobody needs it any more.
        """
        while True:
            with contextlib.suppress(OSError):
                return connect(self._path, _SEND_S)
            if select.select([self._read_from], [], [], RETRY_S)[0]:
                self._drop(self._from_browser())

    def _relay(self, agent: socket.socket) -> None:
        """Carry messages until the agent is gone."""
        lines = LineReader()
        while True:
            readable, _, _ = select.select([self._read_from.fileno(), agent.fileno()], [], [])
            if self._read_from.fileno() in readable:
                try:
                    agent.sendall(b"".join(self._checked(self._from_browser())))
                except OSError:
                    return
            if agent.fileno() in readable and not self._from_agent(agent, lines):
                return

    def _from_browser(self) -> Iterator[bytes]:
        data = self._read_from.read(_READ_BYTES)
        if not data:
            raise BrowserGone
        return self._frames.feed(data)

    def _drop(self, frames: Iterator[bytes]) -> None:
        for _ in frames:
            pass

    def _checked(self, frames: Iterator[bytes]) -> Iterator[bytes]:
        """Each message built anew from what it was read as; what is none is counted."""
        for frame in frames:
            message: BrowserMessage | Refused
            try:
                message = self._messages.decode(frame)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                message = Refused(1)
            yield msgspec.json.encode(message) + b"\n"

    def _from_agent(self, agent: socket.socket, lines: LineReader) -> bool:
        """Hand on what the agent says; false: it is gone."""
        try:
            data = agent.recv(_READ_BYTES)
            for line in lines.feed(data):
                self._say(self._scopes.decode(line))
        except (TimeoutError, ConnectionError, FrameTooLong, msgspec.DecodeError):
            return False
        return bool(data)

    def _say(self, scope: PageScope) -> None:
        data = memoryview(framed(msgspec.json.encode(scope)))
        while data:
            data = data[os.write(self._write_to, data) :]


def main(arguments: Sequence[str]) -> int:
    """Be the host for the agent whose socket is the first argument; browsers add their own."""
    if not arguments:
        print("usage: python -m agent native-host SOCKET", file=sys.stderr)
        return 2
    Host(Path(arguments[0]), sys.stdin.fileno(), sys.stdout.fileno()).run()
    return 0
