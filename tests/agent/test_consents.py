"""Which consents are in force on a device, and what withdrawing one leaves."""

import msgspec
import pytest

from agent.errors import ConsentMissing
from agent.face import consents
from agent.face.consent import accepted_policy
from agent.paths import Paths
from tests.agent.conftest import POLICY
from wire.messages import ProjectOffer

ESSAYS = ProjectOffer(b"e" * 16, "Essays", POLICY, POLICY.version)
OTHER = ProjectOffer(b"o" * 16, "Other", POLICY, POLICY.version)


def test_a_withdrawn_consent_no_longer_holds_and_its_text_is_kept(home: Paths) -> None:
    given = consents.give(home, ESSAYS, 5)
    assert consents.holds(home, ESSAYS)
    gone = consents.withdraw(home, given, 9)
    assert (gone.accepted_us, gone.withdrawn_us) == (5, 9)
    assert not consents.holds(home, ESSAYS)
    with pytest.raises(ConsentMissing):
        accepted_policy(home, POLICY.digest())
    assert consents.document_of(home, gone) == POLICY
    consents.give(home, ESSAYS, 11)
    assert consents.holds(home, ESSAYS)
    assert accepted_policy(home, POLICY.digest()) == POLICY


def test_withdrawing_leaves_another_project_with_the_same_rules_alone(home: Paths) -> None:
    consents.give(home, OTHER, 1)
    consents.withdraw(home, consents.give(home, ESSAYS, 1), 2)
    assert consents.holds(home, OTHER)
    assert not consents.holds(home, ESSAYS)
    consents.check_not_withdrawn(home, OTHER.project)
    with pytest.raises(ConsentMissing, match="withdrew"):
        consents.check_not_withdrawn(home, ESSAYS.project)


def test_a_consent_that_the_server_does_not_know_does_not_hold(home: Paths) -> None:
    consents.give(home, ESSAYS, 1)
    assert not consents.holds(home, msgspec.structs.replace(ESSAYS, consented_version=0))


def test_the_project_must_be_named_when_there_are_several(home: Paths) -> None:
    with pytest.raises(ConsentMissing, match="In force: none"):
        consents.given_to(home, "")
    essays = consents.give(home, ESSAYS, 1)
    assert consents.given_to(home, "") == essays
    consents.give(home, OTHER, 1)
    with pytest.raises(ConsentMissing, match="--project"):
        consents.given_to(home, "")
    assert consents.given_to(home, "essays") == essays
    consents.withdraw(home, essays, 2)
    with pytest.raises(ConsentMissing, match="In force: Other"):
        consents.given_to(home, "essays")


def test_a_damaged_record_is_passed_over(home: Paths) -> None:
    consents.give(home, ESSAYS, 1)
    next(home.consents.glob("project-*")).write_bytes(b"{")
    assert consents.all_given(home) == []
    assert consents.name_of(home, b"e" * 16) == (b"e" * 16).hex()
