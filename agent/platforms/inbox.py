"""The reading end of a pipe that can be waited on beside sockets.

Windows' `select` takes nothing but sockets, so there a thread carries what comes through the pipe
into a pair of connected sockets.
"""

import contextlib
import os
import socket
import sys
import threading
from typing import Protocol

_PIECE_BYTES = 65_536


class Inbox(Protocol):
    """The reading end."""

    def fileno(self) -> int:
        """What to wait on."""

    def read(self, most: int) -> bytes:
        """What has come, at most so many bytes; empty when the other end has hung up."""


class PipeInbox:
    """A pipe that can be waited on itself."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        """The pipe."""
        return self._descriptor

    def read(self, most: int) -> bytes:
        """See `Inbox`."""
        return os.read(self._descriptor, most)


class CarriedInbox:
    """A pipe whose bytes a thread carries into a socket."""

    def __init__(self, descriptor: int) -> None:
        self._near, self._far = socket.socketpair()
        self._thread = threading.Thread(
            target=self._carry, args=(descriptor,), name="inbox", daemon=True
        )
        self._thread.start()

    def fileno(self) -> int:
        """The socket."""
        return self._near.fileno()

    def read(self, most: int) -> bytes:
        """See `Inbox`."""
        return self._near.recv(most)

    def close(self) -> None:
        """Give up: what comes from here on is lost."""
        self._near.close()

    def _carry(self, descriptor: int) -> None:
        with self._far, contextlib.suppress(OSError):
            while piece := os.read(descriptor, _PIECE_BYTES):
                self._far.sendall(piece)


def inbox(descriptor: int, platform: str = sys.platform) -> Inbox:
    """The reading end of a pipe on a platform."""
    return CarriedInbox(descriptor) if platform == "win32" else PipeInbox(descriptor)
