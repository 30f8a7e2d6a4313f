"""Answers that come later: sessions that were not scored yet, and decisions of people."""

import base64
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from server.clock import now_us
from server.errands.all import all_errands
from server.errors import Refusal
from server.records import (
    Compacted,
    Decision,
    EventKind,
    Happened,
    How,
    NewReview,
    ReviewEvent,
    ReviewHead,
    ReviewRules,
    Scope,
    Stage,
    StoredReview,
    Verdict,
)
from server.services.asking import Asker
from server.submissions.answering import WAITS_US, Answering
from server.submissions.errand import AnswerSubmissions
from server.submissions.service import Submissions
from tests.server.browser import Browser
from tests.server.house import PASSWORD
from tests.server.submissions.work import Office, keys_of, send, watched


@pytest.fixture
def errand(office: Office) -> AnswerSubmissions:
    (found,) = (e for e in all_errands(office.house.installation) if type(e) is AnswerSubmissions)
    while found.do_next(now_us()):
        pass
    return found


def kinds_of(office: Office, submission: str) -> list[Happened]:
    found = office.house.own.announcements(0, 10_000)
    return [each.kind for each in found if each.subject == submission]


def test_a_session_still_open_is_answered_when_it_is_scored(
    office: Office, errand: AnswerSubmissions
) -> None:
    keys, text = keys_of(11, 500)
    chain = office.clock_in()
    send(chain, [*watched(), *keys], final=False)
    session = chain.session.hex()
    asked = office.ask("open", session, text=text)
    found = asked.json()
    assert (asked.status_code, found["state"], found["answer"]) == (202, "pending", None)
    assert asked.headers["retry-after"]
    assert office.get(f"/{found['id']}/attestation").status_code == 404
    again = office.ask("open", session, text=text)
    assert (again.status_code, again.json()) == (202, found)
    assert office.ask("open", session, text=text + "x").status_code == 409
    assert not errand.do_next(now_us())
    chain.send(final=True)
    assert office.get(f"/{found['id']}").json()["state"] == "pending"
    office.score()
    assert kinds_of(office, found["id"]) == []
    assert errand.do_next(now_us())
    assert kinds_of(office, found["id"]) == [Happened.SUBMISSION_ANSWERED]
    done = office.get(f"/{found['id']}").json()
    assert (done["state"], done["answer"], done["number"]) == ("answered", "consistent", 1)
    assert not errand.do_next(now_us())
    stored = office.house.own.submission(bytes.fromhex(found["id"]))
    assert stored is not None
    assert stored.sealed is None


def test_whoever_asks_again_need_not_wait_for_the_errand(office: Office) -> None:
    keys, text = keys_of(12, 400)
    chain = office.clock_in()
    send(chain, [*watched(), *keys])
    session = chain.session.hex()
    late = {"session": session, "intervals_ms": [[0, 86_400_000]]}
    assert office.ask("closed", session, text=text).status_code == 202
    outside = office.ask("closed-late", late, text=text)
    assert outside.status_code == 202
    office.score()
    assert office.ask("closed", session, text=text).json()["answer"] == "consistent"
    found = office.get(f"/{outside.json()['id']}").json()
    assert found["answer"] == "cannot determine"
    assert [why["code"] for why in found["why"]] == ["outside_session"]


def test_a_session_that_never_ends_is_no_reason_to_wait_for_ever(
    office: Office, errand: AnswerSubmissions
) -> None:
    chain = office.clock_in()
    chain.send()
    found = office.ask("never", chain.session.hex(), text="some words").json()
    assert not errand.do_next(now_us())
    assert errand.do_next(now_us() + WAITS_US)
    done = office.get(f"/{found['id']}").json()
    assert (done["state"], done["answer"]) == ("answered", "cannot determine")
    assert [why["code"] for why in done["why"]] == ["session_not_determined", "never_scored"]


def test_classes_that_do_not_open_any_more_are_said_to_be_lost(office: Office) -> None:
    chain = office.clock_in()
    chain.send(final=True)
    found = office.ask("lost", chain.session.hex(), text="some words").json()
    office.house.change(
        "UPDATE submissions SET sealed = :junk WHERE identifier = 'lost'", junk=b"VTC1junk"
    )
    office.score()
    done = office.get(f"/{found['id']}").json()
    assert [why["code"] for why in done["why"]] == ["session_not_determined", "classes_lost"]


def review_of(office: Office, session: str) -> StoredReview:
    """The session's open review, opened here if it was not flagged."""
    own = office.house.own
    entry = own.session(bytes.fromhex(session))
    assert entry is not None
    row = own.open_review(
        entry.row, NewReview(How.FLAG, 1.0, 0.9, 1.0, ReviewRules(70, 140)), now_us()
    )
    assert row is not None
    found = own.review_numbered(row)
    assert found is not None
    return found


def decide(office: Office, review: StoredReview, decision: Decision) -> StoredReview:
    head = ReviewHead(Stage.DECIDED, None, decision)
    event = ReviewEvent(EventKind.LAPSED, decision.decided_us)
    assert office.house.own.step_review(review, event, head, [Happened.REVIEW_DECIDED])
    return replace(review, events=(*review.events, event))


def appeal(office: Office, review: StoredReview, decision: Decision) -> StoredReview:
    head = ReviewHead(Stage.REVIEWER, 1 << 60, decision, appealed=True)
    event = ReviewEvent(EventKind.APPEALED, now_us(), office.house.trainer.id, text="It was me.")
    assert office.house.own.step_review(review, event, head, [Happened.APPEAL_OPENED])
    return replace(review, events=(*review.events, event))


def statement_of(office: Office, submission: str, number: int = 0) -> dict[str, Any]:
    query = f"?number={number}" if number else ""
    answer = office.get(f"/{submission}/attestation{query}")
    assert answer.headers["content-type"] == "application/vnd.dsse.envelope.v1+json"
    return dict(json.loads(base64.b64decode(answer.json()["payload"])))


def test_people_alone_make_the_adverse_word_and_an_appeal_takes_it_back(
    office: Office, errand: AnswerSubmissions
) -> None:
    work = office.work(13, 500)
    part = {"session": work.session, "intervals_ms": [[0, 30_000]]}
    id_ = office.ask("decided", work.session, text=work.text).json()["id"]
    elsewhere = office.ask("elsewhere", part, text=work.text).json()["id"]
    review = review_of(office, work.session)
    assert office.get(f"/{id_}").json()["answer"] == "under review"
    against = Decision(Verdict.EXCLUDE_DATA, now_us(), ((40_000_000, 90_000_000),))
    review = decide(office, review, against)
    while errand.do_next(now_us()):
        pass
    found = office.get(f"/{id_}").json()
    assert (found["answer"], found["decided_by"]) == ("not human work", "people")
    assert [why["code"] for why in found["why"]] == ["decided_not_human"]
    assert office.get(f"/{elsewhere}").json()["answer"] != "not human work"
    answered = kinds_of(office, id_)
    assert answered[0] is Happened.SUBMISSION_ANSWERED
    assert set(answered[1:]) == {Happened.SUBMISSION_DECIDED}
    review = appeal(office, review, against)
    assert office.get(f"/{id_}").json()["answer"] == "under review"
    decide(office, review, Decision(Verdict.KEEP, now_us()))
    found = office.get(f"/{id_}").json()
    assert (found["answer"], found["decided_by"]) == ("consistent", "people")
    assert found["decided_at"]


def test_a_later_attestation_names_the_one_it_takes_the_place_of(office: Office) -> None:
    work = office.work(14, 500)
    id_ = office.ask("superseded", work.session, text=work.text).json()["id"]
    first = office.get(f"/{id_}/attestation")
    assert office.get(f"/{id_}/attestation").content == first.content
    silence = Decision(Verdict.KEEP, now_us(), by_silence=True)
    decide(office, review_of(office, work.session), silence)
    second = statement_of(office, id_)["predicate"]
    assert second["number"] == 2
    assert second["answered"]["why"] == ["silence"]
    assert second["answered"]["decided_by"] == "nobody"
    payload = base64.b64decode(first.json()["payload"])
    digest = hashlib.sha256(payload).hexdigest()
    assert second["supersedes"] == {"number": 1, "sha256": digest}
    assert statement_of(office, id_, 1)["predicate"]["supersedes"] is None
    assert office.get(f"/{id_}/attestation?number=1").content == first.content
    assert office.get(f"/{id_}/attestation?number=3").status_code == 404


def test_two_that_answer_at_once_give_one_answer(office: Office) -> None:
    work = office.work(15, 400)
    own, house = office.house.own, office.house.installation
    id_ = bytes.fromhex(office.ask("raced", work.session, text=work.text).json()["id"])
    before = own.submission(id_)
    assert before is not None
    assert before.alignment is not None
    decide(office, review_of(office, work.session), Decision(Verdict.KEEP, now_us()))
    answering = Answering(house.store, house.objects, house.keys)
    answering.bring_up_to_date(1, before, now_us())
    (_, given) = own.answers(before.row)
    assert not own.answer_submission(before, before.alignment, given)
    assert len(own.answers(before.row)) == 2


def test_the_trainer_sees_what_the_platform_was_told_and_the_log_who_asked(office: Office) -> None:
    work = office.work(17, 300)
    id_ = office.ask("seen", work.session, text=work.text).json()["id"]
    with Browser(str(office.client.base_url)) as trainer:
        trainer.sign_in("ada", PASSWORD)
        page = trainer.get(f"/sessions/{work.session}").text
    assert "seen, handed in" in page
    assert "consistent. Of" in page
    lines = office.house.own.audit_lines(0, 10_000)
    assert id_ in [each.subject for each in lines if each.action == "submission.asked"]


def row_of(office: Office, session: str) -> int:
    entry = office.house.own.session(bytes.fromhex(session))
    assert entry is not None
    return entry.row


def test_a_recording_that_was_deleted_or_does_not_read_explains_nothing(office: Office) -> None:
    gone, broken, own = office.work(18, 300), office.work(19, 300), office.house.own
    own.forget_evidence(row_of(office, gone.session))
    row = row_of(office, broken.session)
    assert own.compact(Compacted(row, bytes(32), 1, bytes(32), 1, 1), own.batches(row))
    for identifier, work, code in (
        ("gone", gone, "evidence_gone"),
        ("broken", broken, "evidence_unreadable"),
    ):
        found = office.ask(identifier, work.session, text=work.text).json()
        assert found["answer"] == "cannot determine"
        assert [why["code"] for why in found["why"]] == [code]
        assert found["alignment"]["unexplained_chars"] == len(work.text)


def test_more_texts_than_can_be_aligned_at_once_wait_and_none_is_lost(office: Office) -> None:
    work = office.work(20, 300)

    def ask(number: int) -> int:
        return office.ask(f"crowd-{number}", work.session, text=work.text).status_code

    with ThreadPoolExecutor(12) as pool:
        assert set(pool.map(ask, range(24))) == {200}


def test_whoever_would_wait_too_long_is_told_to_come_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, installation = office.work(21, 300), office.house.installation
    monkeypatch.setattr("server.submissions.service._WAIT_S", 0.01)
    answering = Answering(installation.store, installation.objects, installation.keys)
    service = Submissions(installation.store, answering, 1)
    asker = Asker(1, "test", None, scopes=frozenset(Scope))
    place = {"session": work.session}
    body = {"identifier": "crowded", "sessions": [place], "text": work.text}
    with service._alone(), service._alone(), pytest.raises(Refusal) as refused:
        service.ask(asker, json.dumps(body).encode())
    assert refused.value.retry_after_s
    assert office.house.own.submission_called("crowded") is None


def test_after_its_person_was_erased_what_was_answered_stays(
    office: Office, errand: AnswerSubmissions
) -> None:
    work = office.work(22, 300)
    before = office.ask("erased", work.session, text=work.text).json()
    assert before["answer"] == "consistent"
    signed = office.get(f"/{before['id']}/attestation").content
    office.house.change(
        "UPDATE submissions SET alignment = NULL, look_us = 0 WHERE identifier = 'erased'"
    )
    decide(office, review_of(office, work.session), Decision(Verdict.REJECT_PAY, now_us()))
    assert errand.do_next(now_us())
    after = office.get(f"/{before['id']}").json()
    assert after == before | {"alignment": None}
    assert office.get(f"/{before['id']}/attestation").content == signed
