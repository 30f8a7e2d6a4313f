"""The queue of reviews as somebody is offered it, and what is noted of how it is worked."""

from dataclasses import dataclass

CASE_MAX = 5
"""So many open reviews of one person make a case; more of them are another."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who is offered reviews."""

    person: bytes
    senior: bool
    """A lead: is offered also what somebody could not judge."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases of a queue; everything that is None or nothing says nothing.

    No band, score, person or name of a project: whoever reviews is shown none of these.
    """

    projects: tuple[bytes, ...] | None = None
    """Some session of the case is of one of these; named by their rules alone."""
    kinds: int = 0
    """Some session's card names one of these kinds, as bits."""
    from_us: int | None = None
    """Has waited since this moment or later."""
    to_us: int | None = None
    """Has waited since before this moment."""
    several: bool | None = None
    """More than one session; False: one alone."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One review that somebody may take, with what its card is made of."""

    id: bytes
    session_row: int
    project: bytes
    policy_version: int
    began_us: int
    facts: bytes | None
    card: bytes | None
    """JSON of `server.reviews.card.Card`; None: not worked out yet."""


@dataclass(frozen=True, slots=True)
class StoredCard:
    """A card, and what it is looked for by."""

    document: bytes
    kinds: int


@dataclass(frozen=True, slots=True)
class OpenReview:
    """An open review, for whoever sees its session in full and does not review it."""

    row: int
    session: bytes
    person_name: str
    project_name: str
    band: str | None
    main_reason: str | None
    stage: str
    appealed: bool
    held: bool
    began_us: int
    due_us: int | None


@dataclass(frozen=True, slots=True)
class OpenFilter:
    """Which of the open reviews that somebody sees in full."""

    person: bytes | None = None
    project: bytes | None = None
    band: str | None = None
    kinds: int = 0
    from_us: int | None = None
    to_us: int | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """How one verdict came about."""

    reviewer: bytes
    ahead: int | None
    """Cases that went before it when it was taken; None: not noted then."""
    looked_us: int | None
    """From its first opening to the verdict."""
    zooms: int
    replays: int


@dataclass(frozen=True, slots=True)
class Unreviewed:
    """A project's reviews that ended for the trainer because nobody had the time."""

    project_name: str
    a_day: int | None
    """So many are reviewed a day at most."""
    unreviewed: int
    decided: int
    """Of all that were decided, those included."""
