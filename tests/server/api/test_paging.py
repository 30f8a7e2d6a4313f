"""Cursors: opaque, bound to who asked for what, and steady while things are added."""

import base64

import httpx
import pytest

from server.operation.keys import hash_of
from server.records import Role, Scope
from tests.server.device import problem_of
from tests.server.house import House
from wire.problems import ProblemCode


def refused(answer: httpx.Response) -> bool:
    return problem_of(answer).code is ProblemCode.INVALID_CURSOR


def test_pages_give_everything_once_though_somebody_comes_in_between(
    shared: House, platform: httpx.Client
) -> None:
    there = {person.id.hex() for person in shared.own.people(removed=True)}
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = platform.get("/v1/people", params=params).json()
        seen += [person["id"] for person in page["people"]]
        if len(seen) < 20:
            shared.own.add_person(f"Late {len(seen)}", Role.TRAINER, None, None)
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen))
    assert there <= set(seen)


def test_cursor_of_another_list_or_organisation_or_of_nobody_is_refused(
    shared: House, platform: httpx.Client
) -> None:
    cursor = platform.get("/v1/people", params={"limit": 1}).json()["next"]
    assert refused(platform.get("/v1/sessions", params={"cursor": cursor}))
    store = shared.installation.store
    other = store.of(store.add_organisation("Other", 1))
    other.add_platform_key("theirs", hash_of("vtp_theirs"), frozenset(Scope), 1)
    theirs = {"authorization": "Bearer vtp_theirs"}
    assert refused(platform.get("/v1/people", params={"cursor": cursor}, headers=theirs))


@pytest.mark.parametrize("made_up", ["x", "é", "====", "AAAA", "A" * 100, ""])
def test_made_up_cursor_is_refused(platform: httpx.Client, made_up: str) -> None:
    assert refused(platform.get("/v1/people", params={"cursor": made_up}))


def test_changed_cursor_is_refused_at_any_byte(platform: httpx.Client) -> None:
    cursor = platform.get("/v1/people", params={"limit": 1}).json()["next"]
    whole = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 1
        text = base64.urlsafe_b64encode(changed).decode()
        assert refused(platform.get("/v1/people", params={"cursor": text})), at


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many"])
def test_limit_out_of_bounds_is_refused(platform: httpx.Client, limit: str) -> None:
    answer = platform.get("/v1/people", params={"limit": limit})
    assert problem_of(answer).code is ProblemCode.INVALID_REQUEST
