"""Assessments, and sessions that wait for theirs."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Why(StrEnum):
    """Why an assessment was made."""

    CLOSED = "closed"
    """The session's last batch came: the first and only one of most sessions."""
    LATE_TEXT = "late-text"
    """What was submitted came after the session was scored."""
    NEWER_MODEL = "newer-model"
    """The operator had everything judged again that an older model had judged."""
    ASKED = "asked"
    """The operator asked for it."""


class Priority(IntEnum):
    """Which job goes first; the lowest."""

    WAITED_FOR = 0
    CLOSED = 1
    LATE_TEXT = 2
    RESCORE = 3


@dataclass(frozen=True, slots=True)
class StoredAssessment:
    """One assessment of one session, kept as it was made."""

    model_version: str
    features_version: str
    band: str
    main_reason: str | None
    document: bytes
    """JSON of `server.scoring.assessments.Assessed`."""
    created_us: int
    why: Why = Why.CLOSED


ATTEMPTS_MAX = 5
"""So often is a session scored in vain before its hours are published without a score."""
ROUND_US = 15 * 60 * 1_000_000
"""So often is an open session looked at."""
LATE_TEXTS_MAX = 3
"""So often is a session scored again because a class sequence came late."""


@dataclass(frozen=True, slots=True)
class Job:
    """A closed session that waits for its score, claimed by a worker."""

    organisation: int
    session_row: int
    attempts: int
    """This one included."""
    worker: str
    claim: int
    """Number of the claim. Only who holds the newest one may end the job."""
    due_us: int
    why: Why


@dataclass(frozen=True, slots=True)
class DueState:
    """An open session whose provisional assessment is due, claimed by a worker."""

    organisation: int
    session_row: int
    session: bytes
    project: bytes
    policy_version: int
    claim: int
    due_us: int
    next_sequence: int
    """The first batch that the state has not seen."""
    quiet: int
    """Rounds in a row that found nothing new."""
    state: bytes | None
    """None at the beginning, and where what is stored cannot be opened: it is then made anew."""


@dataclass(frozen=True, slots=True)
class NewState:
    """A session's state after a round."""

    session_row: int
    session: bytes
    claim: int
    due_us: int
    next_sequence: int
    quiet: int
    state: bytes | None
    provisional: bytes | None
    """What is judged of the open session; no query but the scorer's reads it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the scorers have not done yet."""

    jobs: int
    oldest_job_us: int | None
    """When the one that waits longest was due."""
    states: int
    """Open sessions whose provisional assessment is due."""
    oldest_state_us: int | None
