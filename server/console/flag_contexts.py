"""What a trainer is shown of reviews of their sessions."""

from dataclasses import dataclass

from server.console.cards import place_lines
from server.console.flag_wording import how_means, standing
from server.console.own_time import OwnTime
from server.records import EventKind, StoredReview
from server.reviews.answering import Own
from server.reviews.machine import STATEMENT_MAX_CHARS
from server.scoring.assessments import Assessed, ReasonText

_SAID = (EventKind.STATED, EventKind.APPEALED)


@dataclass(frozen=True, slots=True)
class FlagRow:
    """A review of one's own session."""

    id: str
    opened: str
    how: str
    title: str
    left: str
    asks: bool


@dataclass(frozen=True, slots=True)
class FlagPage:
    """A review of one's own session, and what can be said to it."""

    id: str
    session: str
    opened: str
    how: str
    title: str
    what: str
    silence: str
    left: str
    places: tuple[str, ...]
    """What stands out by the evidence alone, as reviewers see it first."""
    seen: tuple[ReasonText, ...]
    """What the program saw, in the words in which it was said then."""
    counter: tuple[ReasonText, ...]
    reasons: tuple[str, ...]
    """What reviewers gave as theirs, once it is decided."""
    statements: tuple[tuple[str, str], ...]
    """When, and what."""
    may_state: bool
    may_appeal: bool
    said: str
    text: str
    text_max_chars: int


def flag_row(review: StoredReview, time: OwnTime) -> FlagRow:
    """A line of one's own reviews."""
    stand = standing(review, time.when)
    return FlagRow(
        review.id.hex(),
        time.when(review.opened_us),
        how_means(review.how),
        stand.title,
        time.left(stand.due_us) if stand.due_us is not None else "",
        stand.asks and stand.due_us is not None and stand.due_us > time.now_us,
    )


def flag_page(own: Own, found: Assessed | None, time: OwnTime, said: str, text: str) -> FlagPage:
    """The context of a review of one's own session."""
    review, stand = own.review, standing(own.review, time.when)
    verdicts = [each for each in review.events if each.kind is EventKind.COMMITTED]
    decided = review.head.decision
    return FlagPage(
        id=review.id.hex(),
        session=review.session.hex() if review.session else "",
        opened=time.when(review.opened_us),
        how=how_means(review.how),
        title=stand.title,
        what=stand.what,
        silence=stand.silence,
        left=time.left(stand.due_us) if stand.due_us is not None else "",
        places=tuple(each.text for each in place_lines(own.card)) if own.card else (),
        seen=found.reasons if found is not None else (),
        counter=found.counter_evidence if found is not None else (),
        reasons=tuple(each.text for each in verdicts if each.text) if decided else (),
        statements=tuple(
            (time.when(each.at_us), each.text)
            for each in review.events
            if each.kind in _SAID and each.text
        ),
        may_state=own.may_state,
        may_appeal=own.may_appeal,
        said=said,
        text=text,
        text_max_chars=STATEMENT_MAX_CHARS,
    )
