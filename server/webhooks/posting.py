"""One POST to an address that was judged: bounded in time and in bytes, and nothing else.

Written on sockets, since clients of the web resolve a name once more when they connect, follow
redirects, and ask the environment for proxies.
"""

import asyncio
import contextlib
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httptools

from server.records.webhooks import Failure
from server.webhooks.targets import Resolve, Target, TargetRefused, TargetRules, resolve

DEADLINE_S = 10.0
"""For all of it: name, connection, TLS, request and answer."""
_ANSWER_MAX_BYTES = 16_384
_BODY_S = 1.0
"""So long is the beginning of the answer's body waited for, once its status is known."""
_BODY_CHARS = 200
_FIRST_SUCCESS, _FIRST_REDIRECT, _FIRST_ERROR = 200, 300, 400


@dataclass(frozen=True, slots=True)
class Sent:
    """How it ended."""

    status: int | None
    error: Failure | None
    answer: str
    duration_ms: int


class _Answer:
    """Hears what httptools reads."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.body = b""
        self.complete = False
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Read on; raises `httptools.HttpParserError`."""
        self._parser.feed_data(data)

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        self.body += body[: _BODY_CHARS - len(self.body)]

    def on_message_complete(self) -> None:
        self.complete = True


class Poster:
    """Sends to what the rules allow."""

    def __init__(
        self,
        rules: TargetRules,
        trust: ssl.SSLContext | None = None,
        resolver: Resolve = resolve,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        """`trust`: whose certificates are taken; the system's if left out."""
        self._rules = rules
        self._trust = trust or ssl.create_default_context()
        self._resolve = resolver
        self._deadline_s = deadline_s

    async def post(self, url: str, fields: Mapping[str, str], body: bytes) -> Sent:
        """Send once; never raises for what the other side does."""
        began_s = time.monotonic()
        answer = _Answer()
        error: Failure | None = None
        try:
            async with asyncio.timeout(self._deadline_s):
                await self._post(self._rules.target(url), fields, body, answer)
        except TargetRefused:
            error = Failure.REFUSED_ADDRESS
        except TimeoutError:
            error = Failure.TIMEOUT
        except _Unresolved:
            error = Failure.UNRESOLVED
        except ssl.SSLError:
            error = Failure.TLS
        except httptools.HttpParserError:
            error = Failure.NOT_HTTP
        except (OSError, asyncio.IncompleteReadError):
            error = Failure.UNREACHABLE
        duration_ms = round((time.monotonic() - began_s) * 1_000)
        said = _printable(answer.body)
        return Sent(answer.status, error or _failure(answer.status), said, duration_ms)

    async def _connect(
        self, target: Target, addresses: Sequence[str]
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """One after the other: a name may have addresses of a kind that this machine lacks."""
        for address in addresses[:-1]:
            with contextlib.suppress(OSError):
                return await _opened(target, address, self._trust)
        return await _opened(target, addresses[-1], self._trust)

    async def _post(
        self, target: Target, fields: Mapping[str, str], body: bytes, answer: _Answer
    ) -> None:
        try:
            found = await self._resolve(target.host, target.port)
        except (OSError, UnicodeError) as error:
            raise _Unresolved from error
        # From here on the address is used, and the name only to say whom it is meant for.
        reader, writer = await self._connect(target, self._rules.judge(found))
        try:
            writer.write(_request(target, fields, body))
            await writer.drain()
            await _read(reader, answer)
        finally:
            writer.transport.abort()


async def _opened(
    target: Target, address: str, trust: ssl.SSLContext
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if not target.tls:
        return await asyncio.open_connection(address, target.port)
    return await asyncio.open_connection(
        address, target.port, ssl=trust, server_hostname=target.host
    )


class _Unresolved(Exception):  # noqa: N818
    """The name leads nowhere."""


async def _read(reader: asyncio.StreamReader, answer: _Answer) -> None:
    left = _ANSWER_MAX_BYTES
    while answer.status is None:
        left = await _feed(reader, answer, left)
    with contextlib.suppress(TimeoutError, httptools.HttpParserError, OSError):
        async with asyncio.timeout(_BODY_S):
            while not answer.complete and len(answer.body) < _BODY_CHARS and left > 0:
                left = await _feed(reader, answer, left)


async def _feed(reader: asyncio.StreamReader, answer: _Answer, left: int) -> int:
    data = await reader.read(min(left, 4_096))
    if not data:
        raise ConnectionResetError if left == _ANSWER_MAX_BYTES else httptools.HttpParserError
    answer.feed(data)
    return left - len(data)


def _request(target: Target, fields: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"POST {target.path} HTTP/1.1", f"Host: {target.authority}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("ascii") + body


def _failure(status: int | None) -> Failure | None:
    if status is None:
        return Failure.NOT_HTTP
    if _FIRST_SUCCESS <= status < _FIRST_REDIRECT:
        return None
    return Failure.REDIRECT if _FIRST_REDIRECT <= status < _FIRST_ERROR else Failure.STATUS


def _printable(body: bytes) -> str:
    return "".join(chr(each) if 32 <= each < 127 else "?" for each in body[:_BODY_CHARS])
