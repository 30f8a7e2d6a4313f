"""What is answered about the work of somebody who left, or was erased, with a review open."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from server.clock import now_us
from server.errands.all import all_errands
from server.privacy.erasing import Erasure
from server.records import Decision, Happened, How, NewReview, Person, ReviewRules, Role, Verdict
from server.scoring.assessments import Assessed, ReasonText
from server.scoring.assessor import DetectorAssessor
from server.submissions.errand import AnswerSubmissions
from tests.server.house import House, browsing, serving
from tests.server.submissions.test_later import decide, kinds_of, review_of, row_of
from tests.server.submissions.work import Office, Work


@pytest.fixture(scope="module")
def assessor() -> DetectorAssessor:
    return DetectorAssessor()


@pytest.fixture
def office(house: House, assessor: DetectorAssessor, one_thread: None) -> Iterator[Office]:
    """One of its own for each test, on either storage: people leave here."""
    with serving(house.path) as address, browsing(address) as client:
        yield Office(house, client, assessor)


@pytest.fixture
def errand(office: Office) -> AnswerSubmissions:
    (found,) = (e for e in all_errands(office.house.installation) if type(e) is AnswerSubmissions)
    return found


@pytest.fixture
def leaver(house: House) -> Person:
    return house.own.add_person("Lou Leaver", Role.TRAINER, None, None)


def flag(office: Office, work: Work) -> None:
    """Let the detector have flagged a session strongly, with a reason."""
    own, row = office.house.own, row_of(office, work.session)
    stored = own.assessment(row)
    assert stored is not None
    found = msgspec.json.decode(stored.document, type=Assessed)
    reason = ReasonText("typed_by_a_machine", 3.0, "", "By a machine.", "So it was.", ())
    flagged = msgspec.structs.replace(found, band="strong", reasons=(reason,))
    office.house.change(
        "UPDATE assessments SET band = 'strong', document = :document WHERE session = :row",
        document=msgspec.json.encode(flagged),
        row=row,
    )


def flagged(office: Office, seed: int, person: Person) -> Work:
    work = office.work(seed, 300, person=person)
    flag(office, work)
    return work


def answer_of(office: Office, id_: str) -> dict[str, Any]:
    return dict(office.get(f"/{id_}").json())


def codes(answer: dict[str, Any]) -> list[str]:
    return [why["code"] for why in answer["why"]]


def attested(office: Office, id_: str) -> dict[str, Any]:
    payload = office.get(f"/{id_}/attestation").json()["payload"]
    return dict(json.loads(base64.b64decode(payload))["predicate"])


def answer_all(errand: AnswerSubmissions) -> None:
    while errand.do_next(now_us()):
        pass


def erase(office: Office, person: Person) -> None:
    there = office.house.installation
    Erasure(there.store, there.objects, there.keys, 1, "operator").erase(person, now_us())


def test_after_a_removal_nobody_will_decide_and_that_is_said(
    office: Office, errand: AnswerSubmissions, leaver: Person
) -> None:
    work, own = flagged(office, 41, leaver), office.house.own
    review_of(office, work.session)
    before = office.ask("left", work.session, text=work.text).json()
    assert (before["answer"], codes(before)) == ("under review", ["under_review"])
    own.remove_person(leaver.id, now_us())
    answer_all(errand)
    assert kinds_of(office, before["id"])[-1] is Happened.SUBMISSION_DECIDED
    after = answer_of(office, before["id"])
    assert (after["answer"], codes(after)) == ("cannot determine", ["review_closed"])
    assert (after["number"], after["decided_by"]) == (2, "nobody")
    signed = attested(office, before["id"])
    assert (signed["number"], signed["supersedes"]["number"]) == (2, 1)
    asked = office.ask("left-asked-later", work.session, text=work.text).json()
    assert (asked["answer"], codes(asked)) == ("cannot determine", ["review_closed"])


def test_a_session_scored_after_the_removal_waits_for_nobody(
    office: Office, leaver: Person
) -> None:
    work, own = flagged(office, 42, leaver), office.house.own
    own.remove_person(leaver.id, now_us())
    new = NewReview(How.FLAG, 1.0, 0.9, 1.0, ReviewRules(70, 140))
    assert own.open_review(row_of(office, work.session), new, now_us()) is None
    asked = office.ask("scored-later", work.session, text=work.text).json()
    assert (asked["answer"], codes(asked)) == ("cannot determine", ["review_closed"])


def test_after_an_erasure_neither_band_nor_reasons_are_left_and_nothing_is_open(
    office: Office, errand: AnswerSubmissions, leaver: Person
) -> None:
    work, own = flagged(office, 43, leaver), office.house.own
    review_of(office, work.session)
    before = office.ask("erased-open", work.session, text=work.text).json()
    (seen,) = before["evidence"]
    assert (seen["band"], seen["reasons"]) == ("strong", ["typed_by_a_machine"])
    erase(office, leaver)
    answer_all(errand)
    after = answer_of(office, before["id"])
    assert after["answer"] == "cannot determine"
    assert "evidence_gone" in codes(after)
    (left,) = after["evidence"]
    assert (left["band"], left["reasons"], left["counter_evidence"]) == ("cannot_determine", [], [])
    signed = attested(office, before["id"])
    assert signed["answered"]["answer"] == "cannot determine"
    assert signed["supersedes"]["number"] == signed["number"] - 1
    submission = own.submission(bytes.fromhex(before["id"]))
    assert submission is not None
    for given in own.answers(submission.row):
        assert b"strong" not in given.document
        assert b"typed_by_a_machine" not in given.document
    assert answer_of(office, before["id"]) == after, "and it is not said again"
    asked = office.ask("erased-asked-later", work.session, text=work.text).json()
    assert (asked["answer"], "evidence_gone" in codes(asked)) == ("cannot determine", True)


def test_after_a_removal_and_an_erasure_it_is_the_evidence_that_is_gone(
    office: Office, errand: AnswerSubmissions, leaver: Person
) -> None:
    work = flagged(office, 45, leaver)
    review_of(office, work.session)
    id_ = office.ask("left-then-erased", work.session, text=work.text).json()["id"]
    office.house.own.remove_person(leaver.id, now_us())
    answer_all(errand)
    assert codes(answer_of(office, id_)) == ["review_closed"]
    erase(office, leaver)
    answer_all(errand)
    after = answer_of(office, id_)
    assert (after["answer"], after["number"]) == ("cannot determine", 3)
    assert codes(after) == ["session_not_determined", "evidence_gone"]


def test_after_an_erasure_what_people_decided_stays_without_the_evidence(
    office: Office, errand: AnswerSubmissions, leaver: Person
) -> None:
    work = flagged(office, 44, leaver)
    review = review_of(office, work.session)
    decide(office, review, Decision(Verdict.EXCLUDE_DATA, now_us()))
    before = office.ask("erased-decided", work.session, text=work.text).json()
    assert before["answer"] == "not human work"
    erase(office, leaver)
    answer_all(errand)
    after = answer_of(office, before["id"])
    assert (after["answer"], after["number"], codes(after)) == (
        "not human work",
        1,
        ["decided_not_human"],
    )
    assert [one["band"] for one in after["evidence"]] == ["cannot_determine"]


def test_what_waited_for_its_session_is_answered_when_its_person_is_erased(
    office: Office, errand: AnswerSubmissions, leaver: Person
) -> None:
    chain = office.clock_in(leaver)
    chain.send()
    waits = office.ask("erased-pending", chain.session.hex(), text="some words").json()
    assert waits["state"] == "pending"
    erase(office, leaver)
    answer_all(errand)
    after = answer_of(office, waits["id"])
    assert (after["state"], after["answer"]) == ("answered", "cannot determine")
    assert "evidence_gone" in codes(after)
