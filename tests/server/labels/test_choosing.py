"""Only what people said labels a session, and it says how far it can be trusted."""

from dataclasses import replace

import msgspec
import pytest

from server.labels.choosing import (
    WEIGHT_MAX,
    Label,
    Source,
    label_of_control,
    label_of_review,
)
from server.records import (
    Decision,
    EventKind,
    How,
    ReviewEvent,
    ReviewHead,
    ReviewRules,
    Stage,
    StoredReview,
    Truth,
    Verdict,
)
from server.scoring.assessments import Assessed, not_assessed

KINDS = {"composition": 0.1, "transcription": 0.7, "synthetic": 0.15, "insertion": 0.05}
FOUND = Assessed("review", 0.9, KINDS, 1.0, (), (), None, (), "m", "f")


def said(verdict: Verdict, *, blind: bool = True, heard: bool = False) -> ReviewEvent:
    kind = EventKind.COMMITTED
    return ReviewEvent(kind, 1, bytes(16), verdict, text="because", blind=blind, heard=heard)


def review(
    verdict: Verdict,
    *events: ReviewEvent,
    how: How = How.FLAG,
    selected_with: float = 1.0,
    appealed: bool = False,
    by_silence: bool = False,
) -> StoredReview:
    decision = Decision(verdict, 9, by_silence=by_silence)
    return StoredReview(
        row=1,
        id=bytes(16),
        session_row=1,
        session=bytes(16),
        trainer=bytes(16),
        how=how,
        selected_with=selected_with,
        probability=0.9,
        stake=1.0,
        rules=ReviewRules(1, 1),
        opened_us=0,
        head=ReviewHead(Stage.DECIDED, None, decision, appealed=appealed),
        claimed_by=None,
        claimed_until_us=0,
        events=events or (said(verdict), said(verdict)),
    )


def labelled(found: StoredReview, assessed: Assessed | None = FOUND) -> Label:
    label = label_of_review(found, assessed)
    assert label is not None
    return label


def test_what_was_kept_is_genuine_and_what_was_rejected_is_what_the_evidence_said() -> None:
    assert labelled(review(Verdict.KEEP)).label == "genuine"
    assert labelled(review(Verdict.KEEP), None).label == "genuine"
    assert labelled(review(Verdict.REJECT_PAY)).label == "retyped"
    assert labelled(review(Verdict.EXCLUDE_DATA)).source is Source.DECISION


@pytest.mark.parametrize(("kind", "label"), [("synthetic", "synthetic"), ("insertion", "pasted")])
def test_each_way_has_its_word(kind: str, label: str) -> None:
    found = msgspec.structs.replace(FOUND, kinds=KINDS | {kind: 0.8})
    assert labelled(review(Verdict.REJECT_PAY), found).label == label


def test_silence_and_open_reviews_say_nothing() -> None:
    assert label_of_review(review(Verdict.KEEP, by_silence=True), FOUND) is None
    decided = review(Verdict.KEEP)
    waiting = replace(decided, head=replace(decided.head, stage=Stage.REVIEWER))
    assert label_of_review(waiting, FOUND) is None
    closed = replace(decided, head=replace(decided.head, stage=Stage.CLOSED, decision=None))
    assert label_of_review(closed, FOUND) is None
    assert label_of_review(review(Verdict.ASK_TRAINER), FOUND) is None


def test_an_adverse_decision_without_a_reading_of_the_session_says_not_which_way() -> None:
    assert label_of_review(review(Verdict.REJECT_PAY), None) is None
    assert label_of_review(review(Verdict.REJECT_PAY), not_assessed()) is None


def test_an_appeal_is_named_and_counts_as_what_it_decided() -> None:
    label = labelled(review(Verdict.KEEP, appealed=True))
    assert (label.label, label.source) == ("genuine", Source.APPEAL)


def test_one_verdict_that_knew_the_score_keeps_the_label_from_evaluating() -> None:
    assert labelled(review(Verdict.KEEP)).may_evaluate
    for seen in (said(Verdict.KEEP, blind=False), said(Verdict.KEEP, heard=True)):
        assert not labelled(review(Verdict.KEEP, said(Verdict.KEEP), seen)).may_evaluate


def test_a_session_stands_for_those_like_it_that_were_not_drawn() -> None:
    assert labelled(review(Verdict.KEEP)).weight == 1
    assert labelled(review(Verdict.KEEP, how=How.RANDOM, selected_with=0.25)).weight == 4
    rare = labelled(review(Verdict.KEEP, how=How.RANDOM, selected_with=0.01))
    assert rare.weight == WEIGHT_MAX


def test_a_control_is_what_its_maker_said() -> None:
    label = label_of_control(Truth.RETYPED, 5)
    assert (label.label, label.source, label.weight) == ("retyped", Source.CONTROL, 1)
    assert label.may_evaluate
