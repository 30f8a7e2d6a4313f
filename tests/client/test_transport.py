"""The client against a server that fails in every way it can, on a real socket."""

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

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

from tests.client.scripted import Reply, problem, scripted

PERSON = {"id": "00", "name": "Ada", "role": "trainer", "removed_at": None, "added_later": 1}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "BACKOFF_S", 0.0)


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


def test_the_key_is_sent_whatever_a_netrc_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with scripted(Reply(200, PERSON)) as (address, asked):
        Platform(address, "vtp_x").person("00")
    assert asked[0].authorization == "Bearer vtp_x"


def test_an_id_is_never_a_path() -> None:
    with (
        scripted(Reply(404, problem("not-found"))) as (address, asked),
        pytest.raises(NotFound),
    ):
        Platform(address, "vtp_x").person("../sessions?x=1")
    assert asked[0].path == "/v1/people/..%2Fsessions%3Fx%3D1"


def test_an_export_is_given_piece_by_piece_while_it_comes() -> None:
    taken = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield b"x" * 65_536
        if taken.wait(5):
            yield b"y"

    with scripted(Reply(200, pieces(), length=65_537)) as (address, asked):
        found = Platform(address, "vtp_x").export_hours(date(2026, 11, 1), date(2026, 11, 30))
        assert asked == [], "it is asked for when it is wanted"
        assert len(next(found)) == 65_536
        taken.set()
        assert list(found) == [b"y"]
    assert asked[0].path == "/v1/exports/hours?from=2026-11-01&to=2026-11-30&format=csv"


def test_an_export_that_ends_early_or_is_refused_says_so() -> None:
    forbidden = Reply(403, problem("forbidden"))
    with scripted(Reply(200, b"day,week", length=99), forbidden) as (address, _):
        for kind in (Unreachable, Forbidden):
            with pytest.raises(kind):
                list(Platform(address, "vtp_x").export_hours(date(2026, 11, 1), date(2026, 11, 2)))
    with pytest.raises(Unreachable):
        list(Platform(address, "x", tries=1).export_hours(date(2026, 11, 1), date(2026, 11, 2)))


def test_what_was_seen_goes_with_the_change_and_nothing_is_changed_unseen() -> None:
    with scripted(Reply(200, PERSON, etag='"a"'), Reply(200, PERSON)) as (address, asked):
        platform = Platform(address, "vtp_x")
        seen = platform.person("00")
        removed = platform.remove_person("00", seen=seen.etag)
        assert [each.if_match for each in asked] == [None, '"a"']
        with pytest.raises(ValueError, match="fetch it"):
            platform.remove_person("00", seen=removed.etag)
    assert len(asked) == 2
