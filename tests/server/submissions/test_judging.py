"""The one word, from what stands of each session and from the alignment."""

import pytest

from server.records import NOT_ASKED, Answer, Decision, Standing, Verdict
from server.submissions.aligning import Aligned
from server.submissions.judging import Considered, Judged, SessionEvidence, judge
from server.submissions.wording import WHY

FINE = Aligned((), (), 1.0, True, True, 90, 0, 0, 0)
OPEN = Aligned((), (), 0.7, False, False, 10, 0, 0, 80)
PASTED = Aligned((), (), 1.0, True, False, 10, 80, 80, 0)
ASKED = ((0, 100),)


def one(
    band: str = "consistent",
    verdict: Verdict | None = None,
    spans: tuple[tuple[int, int], ...] = (),
    *,
    under_review: bool = False,
    by_silence: bool = False,
    nobody_decides: bool = False,
) -> Considered:
    evidence = SessionEvidence("00", 1, band, None, 1.0, (), (), "m", "f")
    decision = Decision(verdict, 7, spans, by_silence) if verdict else None
    return Considered(evidence, Standing(under_review, decision, nobody_decides), ASKED)


KEEP, EXCLUDE, REJECT = Verdict.KEEP, Verdict.EXCLUDE_DATA, Verdict.REJECT_PAY
Case = tuple[list[Considered], Aligned, Answer, bool, tuple[str, ...]]
CASES: dict[str, Case] = {
    "nothing speaks against it": ([one()], FINE, Answer.CONSISTENT, False, ()),
    "flagged": ([one("review")], FINE, Answer.UNDER_REVIEW, False, ("flagged",)),
    "flagged, and nobody will decide": (
        [one("strong", nobody_decides=True)],
        FINE,
        Answer.CANNOT_DETERMINE,
        False,
        ("review_closed",),
    ),
    "not flagged, and nobody will decide": (
        [one(nobody_decides=True)],
        FINE,
        Answer.CONSISTENT,
        False,
        (),
    ),
    "flagged strongly": ([one("strong")], OPEN, Answer.UNDER_REVIEW, False, ("flagged",)),
    "being reviewed": (
        [one("review", under_review=True)],
        FINE,
        Answer.UNDER_REVIEW,
        False,
        ("under_review",),
    ),
    "kept by people": (
        [one("strong", KEEP)],
        FINE,
        Answer.CONSISTENT,
        True,
        ("decided_human",),
    ),
    "kept by silence": (
        [one("strong", KEEP, by_silence=True)],
        FINE,
        Answer.CONSISTENT,
        False,
        ("silence",),
    ),
    "kept, and another text": (
        [one("strong", KEEP)],
        OPEN,
        Answer.CANNOT_DETERMINE,
        False,
        ("not_explained", "not_all_observed"),
    ),
    "decided against": (
        [one("strong", EXCLUDE)],
        FINE,
        Answer.NOT_HUMAN_WORK,
        True,
        ("decided_not_human",),
    ),
    "pay rejected for the part": (
        [one("strong", REJECT, ((50, 60),))],
        FINE,
        Answer.NOT_HUMAN_WORK,
        True,
        ("decided_not_human",),
    ),
    "decided against another part": (
        [one("strong", EXCLUDE, ((100, 160),))],
        FINE,
        Answer.CONSISTENT,
        False,
        (),
    ),
    "decided against, and appealed": (
        [one("strong", EXCLUDE, under_review=True)],
        FINE,
        Answer.UNDER_REVIEW,
        False,
        ("under_review",),
    ),
    "somebody has to speak still": (
        [one("strong", Verdict.ASK_TRAINER)],
        FINE,
        Answer.UNDER_REVIEW,
        False,
        ("under_review",),
    ),
    "the session cannot be judged": (
        [one("cannot_determine")],
        FINE,
        Answer.CANNOT_DETERMINE,
        False,
        ("session_not_determined",),
    ),
    "inserted": ([one()], PASTED, Answer.CANNOT_DETERMINE, False, ("inserted_not_allowed",)),
    "one of two is flagged": (
        [one(), one("review")],
        FINE,
        Answer.UNDER_REVIEW,
        False,
        ("flagged",),
    ),
    "one of two was decided": (
        [one("review", KEEP), one()],
        FINE,
        Answer.CONSISTENT,
        False,
        (),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_word(name: str) -> None:
    considered, aligned, answer, people, why = CASES[name]
    found = judge(considered, aligned)
    assert (found.answer, found.decided_by_people, found.why) == (answer, people, why)
    assert (found.decided_us is not None) == (people or why == ("silence",))
    assert set(found.why) <= WHY.keys()


def test_software_alone_never_says_the_adverse_word() -> None:
    bands = ("consistent", "review", "strong", "cannot_determine")
    for band in bands:
        for aligned in (FINE, OPEN, PASTED):
            for under_review in (True, False):
                found = judge([one(band, under_review=under_review)], aligned)
                assert found.answer is not Answer.NOT_HUMAN_WORK


def test_the_same_word_with_another_model_is_not_said_anew() -> None:
    newer = SessionEvidence("00", 1, "consistent", None, 0.9, (), (), "m2", "f")
    first = judge([one()], FINE)
    second = judge([Considered(newer, NOT_ASKED, ASKED)], FINE)
    assert isinstance(first, Judged)
    assert first.says_the_same_as(second)
    assert not first.says_the_same_as(judge([one("review", KEEP)], FINE))
