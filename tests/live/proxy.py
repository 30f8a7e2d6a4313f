"""A proxy between agent and server that keeps every byte, and can play a server in trouble."""

import contextlib
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum

_CHUNK = 65_536
_POLL_S = 0.05


class Mood(Enum):
    """How the server behaves as seen from the agent."""

    WELL = "passes everything on"
    DOWN = "closes each connection at once"
    FAILING = "answers 500 to every request"
    HANGING = "takes requests and never answers"
    CUTTING = "cuts each answer in half"


FAILURE = (
    b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\n"
    b"Content-Length: 5\r\nConnection: close\r\n\r\nsorry"
)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request of the agent."""

    line: str
    head: bytes
    body: bytes


@dataclass(slots=True)
class Exchange:
    """The bytes of one connection in both directions."""

    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)


class RecordingProxy:
    """Listens on a port of its own and passes on what comes, as its mood allows."""

    def __init__(self, target_port: int, listener: socket.socket) -> None:
        self.exchanges: list[Exchange] = []
        self._target_port = target_port
        self._listener = listener
        self._mood = Mood.WELL
        self._open: set[socket.socket] = set()
        self._closing = threading.Event()
        self._guard = threading.Lock()

    @property
    def url(self) -> str:
        """What the agent takes for the server."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def become(self, mood: Mood) -> None:
        """Change the mood; open connections end."""
        with self._guard:
            self._mood = mood
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def requests(self) -> list[Request]:
        """All whole requests so far."""
        return [
            request
            for exchange in list(self.exchanges)
            for request in _parsed(bytes(exchange.sent))
        ]

    def accept(self) -> None:
        """Serve until closed; the body of the proxy's thread."""
        while not self._closing.is_set():
            if not select.select([self._listener], [], [], _POLL_S)[0]:
                continue
            client, _ = self._listener.accept()
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def close(self) -> None:
        """End all connections and stop listening."""
        self._closing.set()
        self.become(Mood.DOWN)

    def _serve(self, client: socket.socket) -> None:
        exchange = Exchange()
        self.exchanges.append(exchange)
        with client, self._known(client), contextlib.suppress(OSError):
            mood = self._mood
            if mood is Mood.FAILING:
                self._fail(client, exchange)
            elif mood is Mood.HANGING:
                self._swallow(client, exchange)
            elif mood is not Mood.DOWN:
                self._pass_on(client, exchange, cut=mood is Mood.CUTTING)

    @contextmanager
    def _known(self, connection: socket.socket) -> Iterator[None]:
        with self._guard:
            self._open.add(connection)
        try:
            yield
        finally:
            with self._guard:
                self._open.discard(connection)

    def _fail(self, client: socket.socket, exchange: Exchange) -> None:
        while not _parsed(bytes(exchange.sent)):
            data = client.recv(_CHUNK)
            if not data:
                return
            exchange.sent += data
        client.sendall(FAILURE)

    def _swallow(self, client: socket.socket, exchange: Exchange) -> None:
        while data := client.recv(_CHUNK):
            exchange.sent += data

    def _pass_on(self, client: socket.socket, exchange: Exchange, *, cut: bool) -> None:
        with socket.create_connection(("127.0.0.1", self._target_port)) as server:
            while not self._closing.is_set():
                for ready in select.select([client, server], [], [], _POLL_S)[0]:
                    data = ready.recv(_CHUNK)
                    if not data:
                        return
                    if ready is client:
                        exchange.sent += data
                        server.sendall(data)
                        continue
                    exchange.received += data
                    client.sendall(data[: len(data) // 2] if cut else data)
                    if cut:
                        return


@contextmanager
def recording_proxy(target_port: int) -> Iterator[RecordingProxy]:
    """A proxy in front of a server on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = RecordingProxy(target_port, listener)
        thread = threading.Thread(target=proxy.accept)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.close()
            thread.join()


def _parsed(stream: bytes) -> list[Request]:
    """The whole requests at the beginning of a connection's bytes."""
    found: list[Request] = []
    while b"\r\n\r\n" in stream:
        head, _, rest = stream.partition(b"\r\n\r\n")
        size = _content_length(head)
        if len(rest) < size:
            break
        line = head.split(b"\r\n", 1)[0].decode("ascii", "replace")
        found.append(Request(line, head, rest[:size]))
        stream = rest[size:]
    return found


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0
