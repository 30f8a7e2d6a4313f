"""What the pages about reviews may show: typed, so that a template cannot reach further."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.console.cards import (
    TIMING_EXCLUDED,
    PlaceLine,
    innocent_lines,
    place_lines,
    rules_line,
)
from server.console.contexts import added_lines, clock, loss_lines, time_lines
from server.console.desk import Form, one
from server.console.review_wording import (
    DECISION_TITLES,
    VERDICT_TITLES,
    verdict_choices,
)
from server.console.spans import spans_text
from server.console.text_contexts import TextRow, text_rows
from server.console.wording import CLASSES_DELETED, device_lines, policy_lines
from server.language import _, percent
from server.records import Decision, EventKind, How, ReviewEvent, StoredReview, Verdict
from server.reviews.card import Card
from server.reviews.glimpse import BlindSession
from server.reviews.machine import REASON_MAX_CHARS, REASON_MIN_CHARS
from server.reviews.reviewing import Committed


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A session's evidence for somebody who has not given their verdict yet."""

    id: str
    case: tuple[int, int]
    """Which one of how many that were taken together and are still held."""
    places: tuple[PlaceLine, ...]
    innocent: tuple[str, ...]
    rules: str
    observed: str
    aid: str
    """What a declared aid does, never which one it is."""
    ticked: frozenset[str]
    """Stretches that are ticked."""
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

    whole: bool
    """They are through with the case, and see everything."""
    next: str | None
    """What else they hold."""
    session: str | None
    said: tuple[SaidRow, ...]
    statements: tuple[str, ...]
    outcome: str


def review_page(
    review: StoredReview,
    held: Sequence[StoredReview],
    card: Card | None,
    blind: BlindSession,
    form: Form,
    said: str,
) -> ReviewPage:
    """The context of a review that somebody holds, beside what else they hold."""
    rows = sorted(each.row for each in held)
    shown = card or Card((), 0.0)
    return ReviewPage(
        id=review.id.hex(),
        case=(rows.index(review.row) + 1 if review.row in rows else 1, max(len(rows), 1)),
        places=place_lines(shown),
        innocent=innocent_lines(shown),
        rules=rules_line(blind.policy.allowed) if blind.policy else "",
        observed=percent(shown.observed) if card else "",
        aid=_(TIMING_EXCLUDED) if shown.timing_excluded else "",
        ticked=frozenset(form.get("stretch", [])),
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
        choices=verdict_choices(),
        verdict=one(form, "verdict"),
        spans=one(form, "spans"),
        reason=one(form, "reason"),
        said=said,
        reason_min_chars=REASON_MIN_CHARS,
        reason_max_chars=REASON_MAX_CHARS,
    )


def done_page(found: Committed, reader: bytes) -> DonePage:
    """The context of a review after the reader's verdict; a control looks like any other."""
    review = found.review
    verdicts = [each for each in review.events if each.kind is EventKind.COMMITTED]
    said = [(number, each) for number, each in enumerate(verdicts, 1)]
    if not found.whole:
        said = [(number, each) for number, each in said if each.person == reader]
    return DonePage(
        whole=found.whole,
        next=found.next_id.hex() if found.next_id else None,
        session=review.session.hex() if review.session and found.whole else None,
        said=tuple(_said(each, number, reader) for number, each in said),
        statements=_statements(review),
        outcome=_outcome(review, verdicts) if found.whole else "",
    )


def _said(event: ReviewEvent, number: int, reader: bytes) -> SaidRow:
    return SaidRow(
        who=_("You") if event.person == reader else _("Reviewer %(number)s", number=number),
        verdict=_(VERDICT_TITLES[event.verdict]) if event.verdict else "",
        about=spans_text(event.spans_us),
        reason=event.text or _("No longer kept."),
    )


def _statements(review: StoredReview) -> tuple[str, ...]:
    said = (EventKind.STATED, EventKind.APPEALED)
    return tuple(each.text for each in review.events if each.kind in said and each.text)


def _outcome(review: StoredReview, verdicts: Sequence[ReviewEvent]) -> str:
    if review.how is How.CONTROL:
        # What an ordinary session would show after the same verdict.
        kept = verdicts[-1].verdict is Verdict.KEEP
        return _(DECISION_TITLES[Verdict.KEEP]) if kept else _("Not decided yet.")
    decision = review.head.decision
    return _decision(decision) if decision else _("Not decided yet.")


def _decision(decision: Decision) -> str:
    title = _(DECISION_TITLES[decision.verdict])
    if decision.by_silence:
        silence = _("Nobody decided in time, so it fell to the trainer.")
        return f"{title} {silence}"
    if not decision.spans_us:
        return title
    about = _("About %(stretches)s.", stretches=spans_text(decision.spans_us))
    return f"{title} {about}"
