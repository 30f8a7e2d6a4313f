"""Questions that do not hold: each is refused in the one error shape, and nothing is stored."""

import json
import secrets
from typing import Any

import httpx
import pytest

from server.operation.keys import hash_of, new_token
from server.records import Scope
from tests.server.device import problem_of
from tests.server.submissions.work import Office, Work
from wire import limits
from wire.problems import ProblemCode

_JSON = {"content-type": "application/json"}
MARK = "xyzzyqwv"
"""Stands in what is sent; must not stand in what is answered."""


@pytest.fixture(scope="module")
def other_work(office: Office) -> Work:
    """A session of somebody else."""
    return office.work(6, 300, person=office.house.other)


def refused(office: Office, answer: httpx.Response, status: int, code: ProblemCode) -> str:
    problem = problem_of(answer)
    assert (problem.status, problem.code) == (status, code), problem.detail
    assert MARK not in answer.text
    assert problem.detail
    stored = [each["identifier"] for each in office.get("").json()["submissions"]]
    assert not [each for each in stored if each.startswith("bad")]
    return problem.detail


@pytest.mark.parametrize(
    "change",
    [
        {"text": ""},
        {"text": None},
        {"classes": "a"},
        {"text": None, "classes": MARK},
        {"text": None, "classes": "\u05d0"},
        {"identifier": ""},
        {"identifier": f"bad {MARK}"},
        {"identifier": "b" * 121},
        {"sessions": []},
        {"sessions": [{"session": MARK}]},
        {"unknown": MARK},
        {"sessions": [{"session": "0" * 32, MARK: 1}]},
        {"project": MARK},
        {"person": "00"},
        {"sessions": [{"session": "0" * 32, "tasks": [1], "intervals_ms": [[0, 1]]}]},
        {"sessions": [{"session": "0" * 32, "intervals_ms": [[5_000, 1_000]]}]},
        {"sessions": [{"session": "0" * 32, "intervals_ms": [[5, 5]]}]},
        {"sessions": [{"session": "0" * 32, "intervals_ms": [[-5, 5]]}]},
        {"sessions": [{"session": "0" * 32}, {"session": "0" * 32}]},
        {"sessions": [{"session": f"{n:032x}"} for n in range(21)]},
    ],
)
def test_what_does_not_hold_to_its_form(office: Office, work: Work, change: dict[str, Any]) -> None:
    body = {"identifier": "bad", "sessions": [{"session": work.session}], "text": MARK} | change
    answer = office.client.post("/v1/submissions", json=body, headers=office.auth())
    refused(office, answer, 400, ProblemCode.INVALID_REQUEST)


@pytest.mark.parametrize(
    "raw", [b'"\\ud800 xyzzyqwv"', b'"\\udc00\\ud800"', b'"\xed\xa0\x80"', b'"\xff"', b"7", b'"']
)
def test_a_lone_surrogate_and_other_bytes_that_are_no_text(
    office: Office, work: Work, raw: bytes
) -> None:
    head = json.dumps({"identifier": "bad", "sessions": [{"session": work.session}]})
    body = head[:-1].encode() + b', "text": ' + raw + b"}"
    answer = office.client.post("/v1/submissions", content=body, headers=office.auth() | _JSON)
    refused(office, answer, 400, ProblemCode.INVALID_REQUEST)


def test_a_text_over_the_limit(office: Office, work: Work) -> None:
    text = "a" * (limits.SUBMISSION_MAX_CHARS + 1)
    refused(office, office.ask("bad", work.session, text=text), 413, ProblemCode.TOO_LARGE)
    text = "a" * limits.SUBMISSION_MAX_BYTES
    refused(office, office.ask("bad", work.session, text=text), 413, ProblemCode.TOO_LARGE)


def test_the_longest_text_fits_however_it_is_escaped(office: Office, work: Work) -> None:
    text = "\U0001f600" * limits.SUBMISSION_MAX_CHARS
    body = {"identifier": "long", "sessions": [{"session": work.session}], "text": text}
    escaped = json.dumps(body).encode()
    answer = office.client.post("/v1/submissions", content=escaped, headers=office.auth() | _JSON)
    assert (answer.status_code, answer.json()["answer"]) == (200, "cannot determine")


def test_another_text_under_the_same_identifier(office: Office, work: Work) -> None:
    first = office.ask("twice", work.session, text=work.text)
    second = office.ask("twice", work.session, text=f"{work.text} {MARK}")
    detail = refused(office, second, 409, ProblemCode.CONFLICT)
    assert "another text" in detail
    assert office.ask("twice", work.session, text=work.text).json() == first.json()
    part = {"session": work.session, "intervals_ms": [[0, 1_000]]}
    other = office.ask("twice", part, text=work.text)
    assert "other sessions or parts" in refused(office, other, 409, ProblemCode.CONFLICT)


def test_sessions_that_do_not_go_together(office: Office, work: Work, other_work: Work) -> None:
    both = office.ask("bad", work.session, other_work.session, text=MARK)
    assert "different people" in refused(office, both, 409, ProblemCode.CONFLICT)
    theirs = office.ask("bad", work.session, text=MARK, person=office.house.other.id.hex())
    assert "another person's" in refused(office, theirs, 409, ProblemCode.CONFLICT)
    mine = office.ask("mine", work.session, text=work.text, person=office.house.trainer.id.hex())
    assert mine.status_code == 200


def test_sessions_and_projects_that_are_not_there(office: Office, work: Work) -> None:
    for places, more in (
        ([secrets.token_hex(16)], {}),
        ([work.session, secrets.token_hex(16)], {}),
        ([work.session], {"project": secrets.token_hex(16)}),
    ):
        answer = office.ask("bad", *places, text=MARK, **more)
        refused(office, answer, 404, ProblemCode.NOT_FOUND)


def test_a_session_of_another_organisation_is_as_one_that_is_not_there(
    office: Office, work: Work
) -> None:
    store = office.house.installation.store
    other = store.of(store.add_organisation("Another", 1))
    key = new_token("vtp")
    other.add_platform_key("theirs", hash_of(key), frozenset(Scope), 1)
    real = office.ask("bad", work.session, text=work.text, key=key)
    made_up = office.ask("bad", secrets.token_hex(16), text=work.text, key=key)
    assert real.status_code == made_up.status_code == 404
    assert real.json() == made_up.json()
    mine = office.ask("hidden", work.session, text=work.text).json()
    for tail in ("", "/attestation"):
        assert office.get(f"/{mine['id']}{tail}", key).status_code == 404
    assert office.get("", key).json()["submissions"] == []


def test_an_interval_outside_its_session(office: Office, work: Work) -> None:
    late = [[0, 1_000], [work.duration_ms + 5_000, work.duration_ms + 9_000]]
    answer = office.ask("bad", {"session": work.session, "intervals_ms": late}, text=MARK)
    refused(office, answer, 409, ProblemCode.CONFLICT)


@pytest.mark.parametrize("name", ["", "zz", "0" * 31, "0" * 32, "\u05d0" * 32])
def test_a_submission_that_is_not_there(office: Office, name: str) -> None:
    answer = office.get(f"/{name or '0'}")
    assert answer.status_code == 404


def test_a_key_that_may_only_read_asks_nothing(office: Office, work: Work) -> None:
    key = office.key({Scope.SUBMISSIONS_READ})
    answer = office.ask("bad", work.session, text=MARK, key=key)
    refused(office, answer, 403, ProblemCode.FORBIDDEN)
