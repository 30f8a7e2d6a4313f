"""What the pages about reviews may show: typed, so that a template cannot reach further."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.console.contexts import added_lines, clock, loss_lines, time_lines
from server.console.desk import Form, one
from server.console.review_wording import (
    DECISION_TITLES,
    VERDICT_CHOICES,
    VERDICT_TITLES,
)
from server.console.spans import spans_text
from server.console.text_contexts import TextRow, text_rows
from server.console.wording import CLASSES_DELETED, device_lines, policy_lines
from server.language import _, moment
from server.records import Decision, EventKind, How, ReviewEvent, StoredReview, Verdict
from server.reviews.glimpse import BlindSession
from server.reviews.machine import REASON_MAX_CHARS, REASON_MIN_CHARS
from server.reviews.reviewing import Queue


@dataclass(frozen=True, slots=True)
class DoneRow:
    """A review in which the reader gave their verdict."""

    id: str
    opened: str


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The queue: how much waits, never what or in which order."""

    waiting: int
    held: str | None
    done: tuple[DoneRow, ...]


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A session's evidence for somebody who has not given their verdict yet."""

    id: str
    facts: tuple[tuple[str, str], ...]
    losses: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]
    added: tuple[str, ...]
    device: tuple[str, ...]
    policy: tuple[str, ...]
    statements: tuple[str, ...]
    texts: tuple[TextRow, ...]
    name: str | None
    redacted: str | None
    """What was deleted of the recording since, in a sentence."""
    choices: tuple[tuple[str, str, str], ...]
    """Verdicts: code, title, what follows."""
    verdict: str
    spans: str
    reason: str
    said: str
    """What was wrong with the form."""
    reason_min_chars: int
    reason_max_chars: int


@dataclass(frozen=True, slots=True)
class SaidRow:
    """One verdict, without whose it is."""

    who: str
    verdict: str
    about: str
    reason: str


@dataclass(frozen=True, slots=True)
class DonePage:
    """What a reviewer sees after their verdict."""

    session: str | None
    said: tuple[SaidRow, ...]
    statements: tuple[str, ...]
    outcome: str


def queue_page(queue: Queue) -> QueuePage:
    """The context of the queue."""
    held = queue.held.id.hex() if queue.held else None
    done = tuple(DoneRow(each.id.hex(), day(each.opened_us)) for each in queue.done)
    return QueuePage(queue.waiting, held, done)


def review_page(review: StoredReview, blind: BlindSession, form: Form, said: str) -> ReviewPage:
    """The context of a review that somebody holds."""
    return ReviewPage(
        id=review.id.hex(),
        facts=time_lines(blind.facts),
        losses=loss_lines(blind.facts),
        notes=tuple((clock(at), text) for at, text in blind.notes),
        added=added_lines(blind.facts),
        device=(*device_lines(blind.facts.device), *blind.observes),
        policy=policy_lines(blind.policy) if blind.policy else (),
        statements=blind.statements,
        texts=text_rows(blind.texts),
        name=blind.name,
        redacted=_(CLASSES_DELETED) if blind.redacted else None,
        choices=VERDICT_CHOICES,
        verdict=one(form, "verdict"),
        spans=one(form, "spans"),
        reason=one(form, "reason"),
        said=said,
        reason_min_chars=REASON_MIN_CHARS,
        reason_max_chars=REASON_MAX_CHARS,
    )


def done_page(review: StoredReview, reader: bytes) -> DonePage:
    """The context of a review after the reader's verdict; a control looks like any other."""
    verdicts = [each for each in review.events if each.kind is EventKind.COMMITTED]
    return DonePage(
        session=review.session.hex() if review.session else None,
        said=tuple(_said(each, number, reader) for number, each in enumerate(verdicts, 1)),
        statements=_statements(review),
        outcome=_outcome(review, verdicts),
    )


def day(at_us: int) -> str:
    """A moment in words."""
    return moment(at_us)


def _said(event: ReviewEvent, number: int, reader: bytes) -> SaidRow:
    return SaidRow(
        who="You" if event.person == reader else f"Reviewer {number}",
        verdict=VERDICT_TITLES[event.verdict] if event.verdict else "",
        about=spans_text(event.spans_us),
        reason=event.text or "No longer kept.",
    )


def _statements(review: StoredReview) -> tuple[str, ...]:
    said = (EventKind.STATED, EventKind.APPEALED)
    return tuple(each.text for each in review.events if each.kind in said and each.text)


def _outcome(review: StoredReview, verdicts: Sequence[ReviewEvent]) -> str:
    if review.how is How.CONTROL:
        # What an ordinary session would show after the same verdict.
        kept = verdicts[-1].verdict is Verdict.KEEP
        return DECISION_TITLES[Verdict.KEEP] if kept else "Not decided yet."
    decision = review.head.decision
    return _decision(decision) if decision else "Not decided yet."


def _decision(decision: Decision) -> str:
    title = DECISION_TITLES[decision.verdict]
    if decision.by_silence:
        return f"{title} Nobody decided in time, so it fell to the trainer."
    return title if not decision.spans_us else f"{title} About {spans_text(decision.spans_us)}."
