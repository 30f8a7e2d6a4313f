"""A browser of the page, reduced to what it sends."""

import http.client
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Answer:
    status: int
    fields: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """A browser, reduced to what it sends."""

    port: int
    ticket: str
    fields: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: bytes | None = None, /, **fields: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        own = {"Origin": f"http://127.0.0.1:{self.port}", "Content-Type": "application/json"}
        headers = {**self.fields, **(own if method == "POST" else {}), **named}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def enter(self) -> Answer:
        answer = self.ask("POST", "/enter", json.dumps({"ticket": self.ticket}).encode())
        if answer.status == 200:
            cookie = answer.fields["Set-Cookie"].partition(";")[0]
            self.fields = {"Cookie": cookie, "Veritype-Key": answer.json()["key"]}
        return answer

    def ask_or_none(self) -> int | None:
        """The status, or None if the connection was refused."""
        try:
            return self.ask("GET", "/now").status
        except (OSError, http.client.HTTPException):
            return None

    def do(self, **order: object) -> Answer:
        return self.ask("POST", "/do", json.dumps(order).encode())


def client_of(address: str) -> Client:
    """The browser that is given this address."""
    parts = urlsplit(address)
    assert parts.hostname == "127.0.0.1"
    assert parts.port is not None
    return Client(parts.port, parts.fragment)
