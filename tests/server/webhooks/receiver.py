"""A real receiver of webhooks on a real socket, good or bad as a test wants it."""

import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass(frozen=True)
class Received:
    """One request."""

    line: str
    fields: Mapping[str, str]
    body: bytes


@dataclass
class Receiver:
    """Answers each connection in a thread of its own, until it is closed."""

    answer: bytes = OK
    hangs: bool = False
    trust: ssl.SSLContext | None = None
    decide: Callable[[Received], bytes] | None = None
    received: list[Received] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.released = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?a=1"

    def close(self) -> None:
        self.released.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def __enter__(self) -> "Receiver":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self.trust is not None:
                connection = self.trust.wrap_socket(connection, server_side=True)
            with connection:
                got = _read(connection)
                self.received.append(got)
                if self.hangs:
                    self.released.wait(30)
                    return
                connection.sendall(self.decide(got) if self.decide else self.answer)
        except OSError:
            connection.close()


def _read(connection: socket.socket) -> Received:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65_536)
        if not more:
            raise ConnectionResetError
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    line, *rest = head.decode("ascii").split("\r\n")
    fields = {name.lower(): value for name, _, value in (each.partition(": ") for each in rest)}
    while len(body) < int(fields.get("content-length", "0")):
        body += connection.recv(65_536)
    return Received(line, fields, body)
