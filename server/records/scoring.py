"""Assessments, and sessions that wait for theirs."""

from dataclasses import dataclass


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


ATTEMPTS_MAX = 5
"""So often is a session scored in vain before its hours are published without a score."""


@dataclass(frozen=True, slots=True)
class Job:
    """A closed session that waits for its score."""

    organisation: int
    session_row: int
    attempts: int
    """This one included."""
