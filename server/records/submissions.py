"""What a platform asked about a submission, and what it was answered."""

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """The one word. The last one exists only once people have decided."""

    CONSISTENT = "consistent"
    UNDER_REVIEW = "under review"
    CANNOT_DETERMINE = "cannot determine"
    NOT_HUMAN_WORK = "not human work"


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """A submission as it is stored. Its text is not: neither here nor anywhere."""

    id: bytes
    identifier: str
    """The platform's own."""
    person: bytes
    project: bytes
    asked_us: int
    asked: bytes
    """JSON of `server.submissions.asked.Place`s: the sessions and which parts of them."""
    commitment: bytes
    """Keyed digest of the class sequence; the key lies in no database."""
    length_chars: int
    sealed: bytes | None
    """The class sequence, sealed, until it is answered; None: it is answered at once."""


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer; a later one takes the place of an earlier one, and both stay."""

    number: int
    """From 1."""
    answer: Answer
    answered_us: int
    document: bytes
    """JSON of `server.submissions.judging.Judged`."""
    attestation: bytes
    """The signed statement: a DSSE envelope, as JSON."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A stored submission with its newest word."""

    row: int
    id: bytes
    identifier: str
    person: bytes
    project: bytes
    asked_us: int
    asked: bytes
    commitment: bytes
    length_chars: int
    sealed: bytes | None
    alignment: bytes | None
    """JSON of `server.submissions.aligning.Aligned`; None until it is answered."""
    answer: Answer | None
    answers: int
    """How many there were."""
    answered_us: int | None
    """The newest one."""


@dataclass(frozen=True, slots=True)
class DueSubmission:
    """A submission that has to be looked at again."""

    organisation: int
    id: bytes
