"""Which consents are in force on a device, and what withdrawing one leaves."""

import msgspec
import pytest
from msgspec.structs import replace

from agent.errors import ConsentMissing
from agent.face import consents, rules
from agent.face.consent import accepted_policy, consent_file, consent_text
from agent.paths import Paths
from tests.agent.conftest import POLICY
from wire.messages import ProjectOffer
from wire.policy import AllowedUse, Policy, Retention, ReviewRules, Thresholds

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


STRICTER = replace(POLICY, version=POLICY.version + 2, allowed=AllowedUse(paste_chars=1))
MORE = replace(STRICTER, retention=Retention(evidence_days=366))


def offered(policy: Policy, *, covered: bool = True) -> ProjectOffer:
    return ProjectOffer(ESSAYS.project, "Essays", policy, POLICY.version, covered)


def test_a_consent_is_carried_to_rules_that_record_no_more_and_told_once(home: Paths) -> None:
    consents.give(home, ESSAYS, 5)
    offer = offered(STRICTER)
    assert not consents.holds(home, offer)
    assert consents.can_be_carried(home, offer)
    consents.carry(home, offer)
    assert consents.holds(home, offer)
    assert accepted_policy(home, STRICTER.digest()) == STRICTER
    (given,) = consents.all_given(home)
    assert (given.version, given.covers_version) == (POLICY.version, STRICTER.version)
    assert consents.document_of(home, given) == POLICY
    gone = consents.withdraw(home, given, 9)
    assert not consents.holds(home, offer)
    for digest in (gone.digest, gone.covers_digest):
        with pytest.raises(ConsentMissing):
            accepted_policy(home, digest)


def test_what_was_accepted_is_compared_and_never_what_it_covered(home: Paths) -> None:
    consents.give(home, ESSAYS, 5)
    shorter = replace(STRICTER, retention=Retention(evidence_days=10))
    consents.carry(home, offered(shorter))
    later = replace(POLICY, version=POLICY.version + 3)
    assert consents.can_be_carried(home, offered(later))
    consents.carry(home, offered(later))
    assert not consents.can_be_carried(home, offered(replace(MORE, version=POLICY.version + 4)))


@pytest.mark.parametrize(
    "offer",
    [
        offered(MORE),
        offered(STRICTER, covered=False),
        ProjectOffer(ESSAYS.project, "Essays", STRICTER, 0, True),
        ProjectOffer(b"n" * 16, "New", STRICTER, POLICY.version, True),
    ],
)
def test_rules_that_record_more_or_that_the_server_asks_for_are_not_carried(
    home: Paths, offer: ProjectOffer
) -> None:
    consents.give(home, ESSAYS, 5)
    assert not consents.can_be_carried(home, offer)
    with pytest.raises(ConsentMissing, match="consent of their own"):
        consents.carry(home, offer)
    assert not consents.holds(home, offer)


def test_an_accepted_document_that_was_changed_carries_nothing(home: Paths) -> None:
    consents.give(home, ESSAYS, 5)
    consent_file(home, POLICY.digest()).write_bytes(msgspec.json.encode(STRICTER))
    assert not consents.can_be_carried(home, offered(STRICTER))


def test_what_grew_is_said_first_and_what_did_not_is_said_too() -> None:
    grew = rules.what_grew("Essays", POLICY, MORE)
    assert grew.index("MORE would be recorded") < grew.index("366 days") < grew.index("Also")
    assert "Nothing more is recorded" in rules.nothing_more("Essays", POLICY, STRICTER)
    assert "MORE" not in rules.nothing_more("Essays", POLICY, STRICTER)
    assert "you are asked first" in rules.while_recording(POLICY, MORE)
    assert "Nothing more is recorded" in rules.while_recording(POLICY, STRICTER)


def test_the_text_names_what_is_allowed_and_how_people_decide() -> None:
    policy = replace(
        POLICY,
        allowed=AllowedUse(ai_translation=True, ai_search=True),
        thresholds=Thresholds(0.6, 0.9),
        review=ReviewRules(answer_days=5, blind_first_review=False),
    )
    text = consent_text("Essays", policy)
    for said in ("translation", "for facts", "5 days to answer", "0.90", "sees who you are"):
        assert said in text
    assert "sees who you are" not in consent_text("Essays", POLICY)
