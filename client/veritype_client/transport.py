"""Requests to one server: what is safe to send again is sent again, and nothing is done twice."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

import msgspec
import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.util import Retry

from veritype_client.errors import AnswerInvalid, Unreachable, refusal_of

TRIES = 5
BACKOFF_S = 0.3
TIMEOUT_S = 30.0
_BUSY = (429, 502, 503, 504)
_PAGE = 200
_PIECE_BYTES = 1 << 16
_METHODS = frozenset(("GET", "POST", "PATCH", "DELETE"))
"""All that the API has: each POST carries a key by which the server does it once."""
Method = Literal["GET", "POST", "PATCH", "DELETE"]
Params = Mapping[str, str | int | None]
_RAW = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Answer(NamedTuple):
    """The body of an answer, and the tag of what it says, empty if it has none."""

    body: bytes
    etag: str


class _Patient(Retry):
    """Also waits for a request of ours that the server is just doing: 409 with `Retry-After`."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Whether to send it again."""
        doing = status_code == 409 and has_retry_after
        return doing or super().is_retry(method, status_code, has_retry_after)


class _Bearer(AuthBase):
    """The key, whatever a `.netrc` says of the host: as a mere header it would be replaced."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Say who asks."""
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


class Transport:
    """A session of requests with a key."""

    def __init__(self, base_url: str, key: str, timeout_s: float, tries: int) -> None:
        self._base = base_url.rstrip("/")
        self._timeout_s = timeout_s
        retries = _Patient(
            total=tries - 1,
            backoff_factor=BACKOFF_S,
            backoff_jitter=BACKOFF_S,
            status_forcelist=_BUSY,
            allowed_methods=_METHODS,
            raise_on_status=False,
        )
        self._session = requests.Session()
        self._session.mount(self._base, HTTPAdapter(max_retries=retries))
        self._session.auth = _Bearer(key)
        self._session.headers["User-Agent"] = "veritype-client"

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def ask(
        self,
        method: Method,
        path: str,
        params: Params | None = None,
        body: object = None,
        key: str | None = None,
        seen: str | None = None,
    ) -> Answer:
        """What is answered.

        Args:
            method: of HTTP.
            path: from the root, such as `/v1/people`.
            params: of the query; what is None is left out.
            body: encoded as JSON if it is given.
            key: the idempotency key of a POST; one is drawn if none is given.
            seen: the tag of what was seen, if nothing may be done once that changed.

        Raises:
            Refused: the server answered with a problem.
            Unreachable: no answer came.
            ValueError: `seen` is empty.
        """
        headers = {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if method == "POST":
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        if seen is not None:
            headers["If-Match"] = _tag(seen)
        encoded = None if body is None else msgspec.json.encode(body)
        with _answering(f"{method} {path}"):
            answer = self._send(method, path, params, encoded, headers)
        return Answer(answer.content, answer.headers.get("ETag", ""))

    def stream(self, path: str, params: Params | None = None) -> Iterator[bytes]:
        """The body of an answer piece by piece; it is asked for when the first is wanted.

        Raises:
            Refused: the server answered with a problem.
            Unreachable: no answer came, or it ended early: what was given is not all.
        """
        with (
            _answering(f"GET {path}"),
            self._send("GET", path, params, stream=True) as answer,
        ):
            yield from answer.iter_content(_PIECE_BYTES)

    def _send(
        self,
        method: Method,
        path: str,
        params: Params | None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        stream: bool = False,
    ) -> requests.Response:
        answer = self._session.request(
            method,
            self._base + path,
            params={name: value for name, value in (params or {}).items() if value is not None},
            data=body,
            headers=headers,
            timeout=self._timeout_s,
            # A key must not follow to wherever somebody else points.
            allow_redirects=False,
            stream=stream,
        )
        if answer.status_code >= 300:
            raise refusal_of(answer.status_code, answer.content, answer.headers.get("Retry-After"))
        return answer

    def pages(self, path: str, name: str, params: Params | None = None) -> Iterator[bytes]:
        """Page by page, the JSON list that stands under `name`."""
        cursor: str | None = None
        while True:
            asked = {"limit": _PAGE, **(params or {}), "cursor": cursor}
            page = decoded(_RAW, self.ask("GET", path, asked).body)
            if name not in page or "next" not in page:
                raise AnswerInvalid(f"{path} answered no page of {name}")
            yield bytes(page[name])
            cursor = decoded(_CURSOR, bytes(page["next"]))
            if cursor is None:
                return


_CURSOR = msgspec.json.Decoder(str | None)


@contextmanager
def _answering(what: str) -> Iterator[None]:
    """Names what was not answered."""
    try:
        yield
    except requests.RequestException as error:
        raise Unreachable(f"{what}: {type(error).__name__}") from error


def _tag(seen: str) -> str:
    if not seen:
        # Without it the change would go past whatever somebody else did meanwhile.
        raise ValueError("an answer to a change, or in a list, has no tag: fetch it to see it")
    return seen


def decoded(decoder: "msgspec.json.Decoder[Any]", body: bytes) -> Any:
    """What an answer says; raises `AnswerInvalid`."""
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AnswerInvalid(
            f"the server's answer is not what this client knows: {error}"
        ) from error
