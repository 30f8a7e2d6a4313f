"""Entity tags: what is known is not told again, and nothing is changed unseen."""

import httpx

from server.http.etags import etag_of
from server.routes.v1.people import PersonOut
from tests.server.device import problem_of
from tests.server.house import House
from wire.problems import ProblemCode


def test_what_did_not_change_is_answered_304_without_a_body(platform: httpx.Client) -> None:
    first = platform.get("/v1/people")
    again = platform.get("/v1/people", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_a_tag_survives_a_proxy_that_weakens_it_and_a_list_of_others(
    platform: httpx.Client,
) -> None:
    etag = platform.get("/v1/people").headers["etag"]
    for field in (f"W/{etag}", f'"other", {etag}', "*"):
        assert platform.get("/v1/people", headers={"if-none-match": field}).status_code == 304
    other = platform.get("/v1/people", headers={"if-none-match": '"other"'})
    assert other.status_code == 200


def test_refusals_have_no_tag(platform: httpx.Client) -> None:
    assert "etag" not in platform.get("/v1/people/00").headers


def test_change_of_what_was_not_seen_is_refused_and_nothing_is_done(
    shared: House, platform: httpx.Client
) -> None:
    path = f"/v1/people/{shared.other.id.hex()}"
    seen = platform.get(path)
    assert seen.headers["etag"] == etag_of(PersonOut(**seen.json()))
    shared.own.rename_person(shared.other.id, "Renamed")
    stale = platform.delete(path, headers={"if-match": seen.headers["etag"]})
    assert stale.status_code == 412
    assert problem_of(stale).code is ProblemCode.PRECONDITION_FAILED
    assert platform.get(path).json()["removed_at"] is None
    fresh = platform.get(path).headers["etag"]
    removed = platform.delete(path, headers={"if-match": fresh})
    assert removed.json()["removed_at"] is not None
    assert platform.delete(path).json() == removed.json(), "removing twice changes nothing"
