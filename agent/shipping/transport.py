"""HTTP to the server: requests in, small frozen answers out. No decisions are made here.

Whatever goes wrong on the way becomes an `Answer` with a sentence in `failure`; nothing raises.
"""

import email.utils
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit
from urllib.request import getproxies

import msgspec
import requests

from agent import AGENT_VERSION
from agent.errors import InsecureServer
from agent.shipping.deadline import TimedAdapter
from wire import limits
from wire.decoding import decoder_of
from wire.problems import CONTENT_TYPE, Problem

JSON = "application/json"
"""Content type of every message but a batch."""

_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_CHUNK_BYTES = 16_384
_OK = 200
_DOWNLOAD_S = 900.0
"""So long may a whole file take."""
_RETRY_AFTER_MAX_S = 3600.0
_NO_ANSWER = "The server took the request and did not answer in time."


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `failure` is a sentence when nothing usable did; then `status` may be 0."""

    status: int = 0
    body: bytes = b""
    content_type: str = ""
    retry_after_s: float | None = None
    failure: str = ""
    date_s: float | None = None
    """The server's clock, in whole seconds since 1970, if it said."""

    @property
    def ok(self) -> bool:
        """A whole answer that says yes."""
        return not self.failure and 200 <= self.status < 300

    def problem(self) -> Problem | None:
        """The problem in the answer, if it has the documented shape."""
        if self.ok or self.content_type != CONTENT_TYPE:
            return None
        try:
            return decoder_of(Problem).decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None


class Transport:
    """Requests to one server, over kept connections."""

    def __init__(
        self, server: str, token: str = "", connect_s: float = 5.0, read_s: float = 20.0
    ) -> None:
        """Set up for one server.

        Raises:
            InsecureServer: the address is none, or plain http to another machine.
        """
        self._server = check_server(server)
        self._timeouts = (connect_s, read_s)
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, TimedAdapter())
        # The environment's .netrc would replace the token; its proxies are taken below.
        self._session.trust_env = False
        if not _is_loopback(self._server):
            self._session.proxies.update(getproxies())
        self._session.headers["User-Agent"] = f"veritype/{AGENT_VERSION}"
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> Answer:
        """GET a JSON message."""
        return self._ask("GET", path, None, JSON)

    def post(self, path: str, body: bytes, content_type: str = JSON) -> Answer:
        """POST a message."""
        return self._ask("POST", path, body, content_type)

    def put(self, path: str, body: bytes, content_type: str) -> Answer:
        """PUT an object."""
        return self._ask("PUT", path, body, content_type)

    def delete(self, path: str) -> Answer:
        """DELETE what the path names."""
        return self._ask("DELETE", path, None, JSON)

    def download(self, path: str, into: BinaryIO, most_bytes: int) -> Answer:
        """GET a file into an open one; a good answer's own body stays empty."""

        def take(response: requests.Response, deadline_s: float) -> Answer:
            if response.status_code != _OK:
                return _answer(response, deadline_s)
            return _into(response, into, most_bytes, deadline_s)

        timeouts = (self._timeouts[0], max(_DOWNLOAD_S, self._timeouts[1]))
        return self._ask("GET", path, None, JSON, take, timeouts)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None,
        content_type: str,
        take: Callable[[requests.Response, float], Answer] | None = None,
        timeouts: tuple[float, float] | None = None,
    ) -> Answer:
        timeouts = timeouts or self._timeouts
        deadline_s = time.monotonic() + sum(timeouts)
        try:
            # A redirect would carry the token to wherever it points.
            with self._session.request(
                method,
                self._server + path,
                data=body,
                headers={"Content-Type": content_type} if body is not None else None,
                timeout=timeouts,
                allow_redirects=False,
                stream=True,
            ) as response:
                return (take or _answer)(response, deadline_s)
        except requests.exceptions.SSLError:
            return Answer(failure="The server's certificate could not be verified.")
        except requests.exceptions.ConnectTimeout:
            return Answer(failure="The server did not take the connection in time.")
        except requests.exceptions.Timeout:
            return Answer(failure=_NO_ANSWER)
        except requests.exceptions.ChunkedEncodingError:
            return Answer(failure="The server's answer broke off.")
        except requests.exceptions.ConnectionError as error:
            return Answer(failure=_connection_sentence(error))
        except (requests.exceptions.RequestException, ValueError):
            return Answer(failure="The server's answer could not be read.")


def check_server(server: str) -> str:
    """The server's address without a trailing slash.

    Raises:
        InsecureServer: it is none, or plain http to another machine.
    """
    try:
        parts = urlsplit(server)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InsecureServer("The server's address is not a URL.") from error
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query:
        raise InsecureServer("The server's address must look like https://veritype.example.org.")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise InsecureServer(
            "Plain http would let others read along: use https (http is for this machine only)."
        )
    return server.rstrip("/")


def _is_loopback(server: str) -> bool:
    return urlsplit(server).hostname in _LOOPBACK


def _answer(response: requests.Response, deadline_s: float) -> Answer:
    body = bytearray()
    for chunk in response.iter_content(_CHUNK_BYTES):
        body += chunk
        if len(body) > limits.MESSAGE_MAX_BYTES:
            return Answer(response.status_code, failure="The server's answer is too large.")
        if time.monotonic() > deadline_s:
            return Answer(response.status_code, failure="The server's answer took too long.")
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Answer(
        response.status_code,
        bytes(body),
        kind,
        _retry_after_s(response.headers.get("Retry-After")),
        date_s=_date_s(response.headers.get("Date")),
    )


def _into(
    response: requests.Response, file: BinaryIO, most_bytes: int, deadline_s: float
) -> Answer:
    size_bytes = 0
    for chunk in response.iter_content(_CHUNK_BYTES):
        size_bytes += len(chunk)
        if size_bytes > most_bytes:
            return Answer(response.status_code, failure="The server sent more than it announced.")
        if time.monotonic() > deadline_s:
            return Answer(response.status_code, failure="The server's answer took too long.")
        file.write(chunk)
    return Answer(response.status_code)


def _date_s(value: str | None) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(value).timestamp() if value else None
    except (ValueError, OverflowError, TypeError):
        return None


def _retry_after_s(value: str | None) -> float | None:
    """Seconds from a Retry-After header, RFC 9110 section 10.2.3: a number or a date."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return min(float(value), _RETRY_AFTER_MAX_S)
    moment_s = _date_s(value)
    if moment_s is None:
        return None
    return max(0.0, min(moment_s - time.time(), _RETRY_AFTER_MAX_S))


def _connection_sentence(error: requests.exceptions.ConnectionError) -> str:
    text = str(error)
    if "Read timed out" in text:
        return _NO_ANSWER
    if "refused" in text:
        return "The server refuses connections: it seems to be down."
    if "resolve" in text or "Name or service" in text:
        return "The server's name was not found."
    if "Remote end closed" in text or "reset by peer" in text or "IncompleteRead" in text:
        return "The server closed the connection without a whole answer."
    return "The server cannot be reached."
