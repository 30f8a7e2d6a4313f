"""Consent is asked again where collection grew, and only there."""

import msgspec
import pytest
from msgspec.structs import replace

from server.console.contexts import _policy
from server.errors import PolicyMovedOn
from server.records import Given, Project
from server.services.agents.consents import covers
from server.services.review import SessionView
from tests.server.agents.refusals import refusal
from tests.server.device import Chain
from tests.server.house import POLICY, House
from tests.server.kinds import NewDevice, ProblemOf
from tests.server.storages import ON_BOTH
from wire.policy import AllowedUse, Policy, Screenshots
from wire.problems import ProblemCode

STRICTER = replace(POLICY, allowed=AllowedUse(paste_chars=5))
MORE = replace(POLICY, record_titles=True)


def put_in_force(house: House, policy: Policy, version: int) -> None:
    document = msgspec.json.encode(replace(policy, version=version))
    house.administration.policies.change("Demo", document)


def test_a_consent_covers_a_later_version_that_records_nothing_more(
    chain: Chain, house: House
) -> None:
    put_in_force(house, STRICTER, 2)
    put_in_force(house, STRICTER, 3)
    offer = chain.device.projects().projects[0]
    assert (offer.policy.version, offer.consented_version, offer.covered) == (3, 1, True)
    session = b"s" * 16
    assert chain.device.open(session, policy_version=3).status_code == 200
    line = house.own.line(session)
    assert line is not None
    assert (line.policy_version, line.consent_version) == (3, 1)
    assert house.rows("consents") == 1


def test_a_session_under_the_policy_that_was_accepted_names_its_own_version(
    chain: Chain, house: House
) -> None:
    line = house.own.line(chain.session)
    assert line is not None
    assert (line.policy_version, line.consent_version) == (1, 1)


def test_where_more_is_recorded_consent_is_asked_again(
    chain: Chain, house: House, problem: ProblemOf
) -> None:
    put_in_force(house, MORE, 2)
    offer = chain.device.projects().projects[0]
    assert (offer.consented_version, offer.covered) == (1, False)
    refusal(problem, chain.device.open(policy_version=2), ProblemCode.CONSENT_MISSING, 403)
    chain.device.consent()
    assert chain.device.open(policy_version=2).status_code == 200


def test_what_was_accepted_is_compared_with_what_is_in_force_and_not_step_by_step(
    chain: Chain, house: House, problem: ProblemOf
) -> None:
    put_in_force(house, MORE, 2)
    put_in_force(house, MORE, 3)
    refusal(problem, chain.device.open(policy_version=3), ProblemCode.CONSENT_MISSING, 403)
    put_in_force(house, POLICY, 4)
    assert chain.device.open(policy_version=4).status_code == 200


def test_the_version_before_the_one_in_force_opens_nothing(
    chain: Chain, house: House, problem: ProblemOf
) -> None:
    put_in_force(house, STRICTER, 2)
    refusal(problem, chain.device.open(policy_version=1), ProblemCode.CONSENT_MISSING, 403)


def test_a_withdrawn_consent_covers_nothing(
    new_device: NewDevice, house: House, problem: ProblemOf
) -> None:
    device = new_device()
    device.consent()
    project = device.projects().projects[0].project
    device.online.delete(f"/agent/v1/consents/{project.hex()}", headers=device.auth)
    put_in_force(house, STRICTER, 2)
    refusal(problem, device.open(policy_version=2), ProblemCode.CONSENT_MISSING, 403)
    assert not device.projects().projects[0].covered


@pytest.mark.parametrize("given", [Given(1, bytes(32), 1), Given(9, POLICY.digest(), 1), None])
def test_a_consent_to_a_document_that_is_not_there_covers_nothing(
    house: House, given: Given | None
) -> None:
    project = house.own.projects()[0]
    later = Project(project.id, project.name, replace(STRICTER, version=2))
    assert not covers(house.own, given, later)
    assert covers(house.own, Given(1, POLICY.digest(), 1), later)


@ON_BOTH
def test_two_editors_at_once_one_gets_a_conflict(house: House) -> None:
    policies = house.administration.policies
    documents = [
        msgspec.json.encode(replace(POLICY, version=version, screenshots=Screenshots(interval)))
        for version, interval in ((2, 500), (3, 600))
    ]
    assert policies.change("Demo", documents[0], after=1)
    with pytest.raises(PolicyMovedOn, match="version 2 is in force"):
        policies.change("Demo", documents[1], after=1)
    with pytest.raises(PolicyMovedOn, match="version 2 is in force"):
        policies.change("Demo", documents[0], after=2)
    assert [each.policy.version for each in policies.history("Demo")] == [1, 2]
    assert policies.change("Demo", documents[1], after=2)


def test_a_version_knows_its_author_and_its_time(house: House) -> None:
    put_in_force(house, STRICTER, 2)
    for each in house.administration.policies.history("Demo"):
        assert each.author == "operator"
        assert each.created_us is not None
        assert each.created_us > 1_700_000_000_000_000


def test_the_page_says_which_version_was_accepted(chain: Chain, house: House) -> None:
    put_in_force(house, STRICTER, 2)
    carried = b"s" * 16
    chain.device.open(carried, policy_version=2)
    said = []
    for session in (chain.session, carried):
        line = house.own.line(session)
        assert line is not None
        said.append(_policy(SessionView(line, None)))
    assert said == ["version 1", "version 2; accepted as version 1, which covers it"]
