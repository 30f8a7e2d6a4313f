"""An answer has so long to arrive, as a whole.

The timeout of `requests` is for each read: a server that sends a byte a second would hold the
connection, and with it everything that waits, for hours. Here each read gets what is left.
"""

import http.client
import io
import socket
import time
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager


class _TimedReader(io.RawIOBase):
    """Reads from a socket until a moment."""

    def __init__(self, connection: socket.socket, deadline_s: float) -> None:
        self._connection = connection
        self._raw = connection.makefile("rb", buffering=0)
        self._deadline_s = deadline_s

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left_s = self._deadline_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the answer took too long")
        self._connection.settimeout(left_s)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    """An answer whose head and body share one deadline: the socket's timeout from now."""

    def __init__(self, sock: socket.socket, *arguments: Any, **named: Any) -> None:
        super().__init__(sock, *arguments, **named)
        timeout_s = sock.gettimeout()
        if timeout_s is None:
            return
        self.fp.close()
        self.fp = io.BufferedReader(_TimedReader(sock, time.monotonic() + timeout_s))


class _TimedConnection(HTTPConnection):
    response_class = _TimedResponse


class _TimedSecureConnection(HTTPSConnection):
    response_class = _TimedResponse


class _TimedPool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _TimedSecurePool(HTTPSConnectionPool):
    ConnectionCls = _TimedSecureConnection


class TimedAdapter(HTTPAdapter):
    """Mounted in a `requests.Session`, it makes the read timeout that of the whole answer."""

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        """As the base class, with timed connections."""
        super().init_poolmanager(*arguments, **named)
        _use_timed(self.poolmanager)

    def proxy_manager_for(self, *arguments: Any, **named: Any) -> Any:
        """As the base class, with timed connections."""
        manager = super().proxy_manager_for(*arguments, **named)
        _use_timed(manager)
        return manager


def _use_timed(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _TimedPool, "https": _TimedSecurePool}
