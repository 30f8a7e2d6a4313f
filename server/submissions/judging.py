"""From sessions, what people decided of them, and the alignment, to one word. Pure.

| what stands | the word |
|---|---|
| people decided against a part that is asked about, and no appeal is open | `not human work` |
| a review or an appeal is open; or a session is flagged and nobody has decided | `under review` |
| a session is flagged and nobody will decide, since its person left | `cannot determine` |
| a session could not be judged, or the recording does not explain the text | `cannot determine` |
| else | `consistent` |

The first line that fits any of the sessions holds for the submission. What software found alone is
never adverse: what it cannot explain it cannot determine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from server.records import ADVERSE, Answer, Decision, Standing, Verdict
from server.scoring.assessments import FLAGGED_BANDS, not_assessed
from server.submissions.aligning import Aligned

_UNDECIDED = frozenset({Verdict.ASK_TRAINER, Verdict.ESCALATE})
"""Verdicts after which somebody still has to speak."""
_CONSISTENT_BAND = "consistent"


class SessionEvidence(msgspec.Struct, frozen=True):
    """What is known of one session, in brief; as it was when the answer was given."""

    session: str
    policy_version: int
    band: str
    main_reason: str | None
    coverage: float
    reasons: tuple[str, ...]
    """Codes; the assessment has them in words."""
    counter_evidence: tuple[str, ...]
    model_version: str
    features_version: str


class Judged(msgspec.Struct, frozen=True):
    """One answer and what it rests on."""

    answer: Answer
    decided_by_people: bool
    decided_us: int | None
    why: tuple[str, ...]
    """Codes of `server.submissions.wording.WHY`."""
    sessions: tuple[SessionEvidence, ...]

    def says_the_same_as(self, other: "Judged") -> bool:
        """Whether nothing would have to be said anew."""
        return (self.answer, self.decided_by_people, self.decided_us) == (
            other.answer,
            other.decided_by_people,
            other.decided_us,
        )


@dataclass(frozen=True, slots=True)
class Considered:
    """One session with what people say of it."""

    evidence: SessionEvidence
    standing: Standing
    stretches_us: Sequence[tuple[int, int]]
    """The parts that are asked about; none: the whole session."""


def without_evidence(judged: Judged) -> Judged:
    """What was answered, without what the detector found: the person was erased."""
    emptied = [
        msgspec.structs.replace(
            one,
            band=not_assessed().band,
            main_reason=None,
            coverage=0.0,
            reasons=(),
            counter_evidence=(),
        )
        for one in judged.sessions
    ]
    return msgspec.structs.replace(judged, sessions=tuple(emptied))


def judge(considered: Sequence[Considered], aligned: Aligned) -> Judged:
    """Say the word."""
    decisions = [d for one in considered if (d := _decision(one)) is not None]
    adverse = [d for d in decisions if d.verdict in ADVERSE]
    all_decided = len(decisions) == len(considered)
    people = all_decided and not any(d.by_silence for d in decisions)
    evidence = tuple(one.evidence for one in considered)
    if adverse:
        last_us = max(d.decided_us for d in adverse)
        return Judged(Answer.NOT_HUMAN_WORK, True, last_us, ("decided_not_human",), evidence)
    open_why = tuple(dict.fromkeys(why for one in considered for why in _open(one)))
    if open_why:
        return Judged(Answer.UNDER_REVIEW, False, None, open_why, evidence)
    doubts = tuple(dict.fromkeys([*_doubts(considered), *_gaps(aligned)]))
    if doubts:
        return Judged(Answer.CANNOT_DETERMINE, False, None, doubts, evidence)
    if not all_decided:
        return Judged(Answer.CONSISTENT, False, None, (), evidence)
    why = ("decided_human",) if people else ("silence",)
    return Judged(Answer.CONSISTENT, people, max(d.decided_us for d in decisions), why, evidence)


def _decision(one: Considered) -> Decision | None:
    """What people decided and what stands: of the parts that are asked about."""
    decision = one.standing.decision
    if decision is None or one.standing.under_review or decision.verdict in _UNDECIDED:
        return None
    if decision.verdict in ADVERSE and not _touches(decision.spans_us, one.stretches_us):
        return None
    return decision


def _touches(spans: Sequence[tuple[int, int]], stretches: Sequence[tuple[int, int]]) -> bool:
    """Whether any overlap; none given means all of it."""
    if not spans or not stretches:
        return True
    return any(a < end and start < b for a, b in spans for start, end in stretches)


def _open(one: Considered) -> Iterator[str]:
    decision = one.standing.decision
    if one.standing.under_review or (decision is not None and decision.verdict in _UNDECIDED):
        yield "under_review"
    elif _undecided_flag(one) and not one.standing.nobody_decides:
        yield "flagged"


def _undecided_flag(one: Considered) -> bool:
    return one.standing.decision is None and one.evidence.band in FLAGGED_BANDS


def _doubts(considered: Sequence[Considered]) -> Iterator[str]:
    """Sessions that neither people nor the detector could speak for."""
    for one in considered:
        judged = one.evidence.band == _CONSISTENT_BAND or one.standing.decision is not None
        if _undecided_flag(one):
            yield "review_closed"
        elif not judged:
            yield "session_not_determined"


def _gaps(aligned: Aligned) -> Iterator[str]:
    yield from aligned.faults
    if aligned.explained or aligned.faults:
        return
    yield "inserted_not_allowed" if aligned.not_allowed_chars else "not_explained"
    if not aligned.all_seen:
        yield "not_all_observed"
