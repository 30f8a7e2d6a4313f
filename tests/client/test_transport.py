"""The client against a server that fails in every way it can, on a real socket."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import pytest
from veritype_client import (
    AnswerInvalid,
    Busy,
    Changed,
    Conflict,
    Failed,
    Forbidden,
    Invalid,
    NotFound,
    OutcomeUnknown,
    Platform,
    Refused,
    Unauthenticated,
    Unreachable,
    VeritypeError,
    transport,
)

PERSON = {"id": "00", "name": "Ada", "role": "trainer", "removed_at": None, "added_later": 1}


class Reply(NamedTuple):
    """What the server says next; None: it hangs up in the middle of the exchange."""

    status: int | None
    body: object = None
    retry_after: str | None = None


class Asked(NamedTuple):
    """What came."""

    method: str
    path: str
    key: str | None
    authorization: str | None


@contextmanager
def scripted(*replies: Reply) -> Iterator[tuple[str, list[Asked]]]:
    left, asked = list(replies), list[Asked]()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            key = self.headers.get("idempotency-key")
            asked.append(Asked(self.command, self.path, key, self.headers.get("authorization")))
            reply = left.pop(0)
            if reply.status is None:
                self.close_connection = True
                return
            body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            self.send_header("content-length", str(len(body)))
            if reply.retry_after:
                self.send_header("retry-after", reply.retry_after)
            if reply.status == 302:
                self.send_header("location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_DELETE = do_GET  # noqa: N815 - the standard library's

        def log_message(self, *_given: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "BACKOFF_S", 0.0)


def problem(code: str, detail: str = "Do it.") -> dict[str, str]:
    return {"type": f"urn:veritype:problem:{code}", "title": code, "detail": detail}


@pytest.mark.parametrize("busy", [Reply(503), Reply(429), Reply(502), Reply(None)])
def test_a_post_is_sent_again_with_the_same_key(busy: Reply) -> None:
    done = {"link": "x", "role": "trainer", "expires_at": "2026-12-01T00:00:00.000Z"}
    with scripted(busy, busy, Reply(201, done)) as (address, asked):
        Platform(address, "vtp_x").invite()
    assert len(asked) == 3
    assert len({each.key for each in asked}) == 1
    assert asked[0].key


def test_what_is_being_done_just_now_is_waited_for_and_another_conflict_is_not() -> None:
    done = {"link": "x", "role": "trainer", "expires_at": "2026-12-01T00:00:00.000Z"}
    doing = Reply(409, problem("in-progress"), retry_after="0")
    with scripted(doing, Reply(201, done)) as (address, asked):
        Platform(address, "vtp_x").invite(key="mine")
    assert [each.key for each in asked] == ["mine", "mine"]
    with scripted(Reply(409, problem("conflict"))) as (address, asked), pytest.raises(Conflict):
        Platform(address, "vtp_x").invite()
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "invalid-request", Invalid),
        (401, "unauthenticated", Unauthenticated),
        (403, "forbidden", Forbidden),
        (404, "not-found", NotFound),
        (409, "outcome-unknown", OutcomeUnknown),
        (412, "precondition-failed", Changed),
        (413, "too-large", Invalid),
        (422, "idempotency-mismatch", Invalid),
        (418, "later-than-this-client", Refused),
        (500, "internal", Failed),
    ],
)
def test_each_problem_is_an_exception_of_its_own(
    status: int, code: str, kind: type[Refused]
) -> None:
    with (
        scripted(Reply(status, problem(code))) as (address, _),
        pytest.raises(VeritypeError) as caught,
    ):
        Platform(address, "vtp_secret").person("00")
    assert type(caught.value) is kind
    assert isinstance(caught.value, Refused)
    assert (caught.value.status, caught.value.code) == (status, code)
    assert "Do it." in str(caught.value)
    assert "secret" not in str(caught.value)


def test_busy_says_when_to_try_again_once_it_is_given_up() -> None:
    with (
        scripted(Reply(503, problem("overloaded"), "0"), Reply(503, b"", "7")) as (address, _),
        pytest.raises(Busy) as caught,
    ):
        Platform(address, "vtp_x", tries=2).person("00")
    assert caught.value.retry_after_s == 7


def test_nobody_there_is_unreachable() -> None:
    with scripted() as (address, _):
        pass
    with pytest.raises(Unreachable) as caught:
        Platform(address, "vtp_secret", tries=2).person("00")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"[]", b"\xff"])
def test_an_answer_of_another_form_says_so(body: bytes) -> None:
    with scripted(Reply(200, body), Reply(200, body)) as (address, _):
        platform = Platform(address, "vtp_x")
        with pytest.raises(AnswerInvalid):
            platform.person("00")
        with pytest.raises(AnswerInvalid):
            next(platform.people())


def test_a_redirect_is_not_followed_with_the_key() -> None:
    with scripted(Reply(302)) as (address, asked), pytest.raises(Refused):
        Platform(address, "vtp_x").person("00")
    assert len(asked) == 1


def test_a_list_asks_for_the_next_page_when_it_is_needed() -> None:
    first = Reply(200, {"people": [PERSON], "next": "cursor"})
    with scripted(first, Reply(200, {"people": [PERSON, PERSON], "next": None})) as found:
        address, asked = found
        people = Platform(address, "vtp_x").people()
        assert next(people).name == "Ada"
        assert len(asked) == 1
        assert len(list(people)) == 2
    assert "cursor=cursor" in asked[1].path
    assert {each.authorization for each in asked} == {"Bearer vtp_x"}


def test_an_id_is_never_a_path() -> None:
    with (
        scripted(Reply(404, problem("not-found"))) as (address, asked),
        pytest.raises(NotFound),
    ):
        Platform(address, "vtp_x").person("../sessions?x=1")
    assert asked[0].path == "/v1/people/..%2Fsessions%3Fx%3D1"
