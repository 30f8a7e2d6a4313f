"""Firefox's own remote protocol: JSON with its length in front, over TCP on loopback."""

import json
import socket
import time
from typing import Any

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_CONNECT_S = 120


class Marionette:
    """A session with a Firefox that was started with `--marionette`."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), _CONNECT_S)
        self._socket.settimeout(_CONNECT_S)
        self._file = self._socket.makefile("rb")
        self._said = 0
        self._read()
        self.ask("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {}}})

    def ask(self, command: str, parameters: dict[str, Any] | None = None) -> Any:
        """Give a command and return its value; an error fails the test."""
        self._said += 1
        data = json.dumps([0, self._said, command, parameters or {}]).encode()
        self._socket.sendall(str(len(data)).encode() + b":" + data)
        _, _, error, value = self._read()
        assert error is None, f"{command}: {error}"
        return value["value"] if isinstance(value, dict) and set(value) == {"value"} else value

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()

    def _read(self) -> Any:
        length = bytearray()
        while not length.endswith(b":"):
            length += self._file.read(1)
        return json.loads(self._file.read(int(length[:-1])))


def connect(port: int) -> Marionette:
    """Connect as soon as Firefox listens."""
    until = time.monotonic() + _CONNECT_S
    while True:
        try:
            return Marionette(port)
        except OSError:
            assert time.monotonic() < until, "Firefox does not listen"
            time.sleep(0.05)
