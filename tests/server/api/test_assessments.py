"""The list of assessments: what is in it, how it is narrowed, and whom it tells."""

from collections.abc import Iterator

import httpx
import pytest
from veritype_client import Platform

from bench.api.population import Population, populate
from server.clock import iso_utc
from server.records import Scope
from tests.server.device import problem_of
from tests.server.house import House, browsing, serving

FEW = Population(sessions=40, people=3, projects=2, open=3, waiting=2)
SCORED = FEW.sessions - FEW.open - FEW.waiting
PATH = "/v1/assessments"


@pytest.fixture(scope="module")
def platform(shared: House) -> Iterator[httpx.Client]:
    populate(shared.database.writing, FEW)
    with serving(shared.path) as address, browsing(address) as client:
        client.headers["authorization"] = f"Bearer {shared.platform_key}"
        yield client


def test_of_each_scored_session_the_newest_stands_there_in_brief(
    shared: House, platform: httpx.Client
) -> None:
    with Platform(str(platform.base_url), shared.platform_key) as client:
        found = list(client.assessments())
        listed = [each.id for each in client.sessions(state="scored")]
        whole = client.assessment(found[0].session)
        session = client.session(found[0].session)
    assert len(found) == SCORED
    assert [each.session for each in found] == listed
    brief = found[0]
    for name in ("session", "band", "flagged", "score", "coverage", "main_reason", "made_at"):
        assert getattr(brief, name) == getattr(whole, name)
    assert (brief.person, brief.project) == (session.person, session.project)


def test_an_assessment_that_was_made_again_is_there_once(
    shared: House, platform: httpx.Client
) -> None:
    before = platform.get(PATH).json()["assessments"][0]
    entry = shared.own.session(bytes.fromhex(before["session"]))
    assert entry is not None
    shared.change(
        "INSERT INTO assessments (organisation, session, model_version, features_version, band,"
        " main_reason, document, created_us, why) SELECT organisation, session, model_version,"
        " features_version, band, main_reason, document, created_us + 1000000, 'asked'"
        " FROM assessments WHERE session = :row",
        row=entry.row,
    )
    shared.change(
        "UPDATE facts SET assessment = (SELECT max(row) FROM assessments) WHERE session = :row",
        row=entry.row,
    )
    found = platform.get(PATH).json()["assessments"]
    assert len(found) == SCORED
    assert (found[0]["session"], found[0]["why"]) == (before["session"], "asked")
    assert found[0]["made_at"] > before["made_at"]


def test_assessments_are_narrowed_and_come_page_by_page(platform: httpx.Client) -> None:
    def ids(**params: str) -> list[str]:
        answer = platform.get(PATH, params={"limit": "200"} | params)
        assert answer.status_code == 200, answer.text
        return [each["session"] for each in answer.json()["assessments"]]

    every = ids()
    person, project = FEW.person(0).hex(), FEW.project(0).hex()
    of_person, of_project = ids(person=person), ids(project=project)
    assert 0 < len(of_person) < SCORED
    assert 0 < len(of_project) < SCORED
    assert ids(person=person, project=project) == [each for each in of_person if each in of_project]
    assert ids(project="0" * 32) == []
    middle = iso_utc(FEW.opened_us(20))
    assert ids(**{"from": middle}) + ids(to=middle) == every
    for narrow in ({}, {"person": person}, {"project": project}, {"to": middle}):
        found, more = list[str](), {"limit": "2"}
        while True:
            page = platform.get(PATH, params=narrow | more).json()
            found += [each["session"] for each in page["assessments"]]
            if page["next"] is None:
                break
            more["cursor"] = page["next"]
        assert found == ids(**narrow)


def test_what_is_known_is_not_said_again_and_what_is_wrong_is_refused(
    platform: httpx.Client,
) -> None:
    tag = platform.get(PATH).headers["etag"]
    assert platform.get(PATH, headers={"if-none-match": tag}).status_code == 304
    for params, status in (
        ({"person": "x"}, 404),
        ({"from": "yesterday"}, 400),
        ({"cursor": "x"}, 400),
    ):
        answer = platform.get(PATH, params=params)
        assert answer.status_code == status
        assert problem_of(answer).detail
    others = platform.get("/v1/sessions", params={"limit": "1"}).json()["next"]
    assert platform.get(PATH, params={"cursor": others}).status_code == 400


@pytest.mark.parametrize("lacks", [Scope.ASSESSMENTS_READ, Scope.SESSIONS_READ])
def test_it_takes_the_scopes_of_sessions_and_of_assessments(
    shared: House, platform: httpx.Client, lacks: Scope
) -> None:
    key = shared.administration.add_platform_key(f"not {lacks}", set(Scope) - {lacks})
    answer = platform.get(PATH, headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 403
    assert lacks.value in answer.text
