"""What a platform may ask a list of sessions for."""

from dataclasses import dataclass

from server.records.evidence import SessionState


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Which sessions; everything that is None says nothing.

    No band and no flag: a list that could be narrowed by them would tell them by its length.
    """

    person: bytes | None = None
    project: bytes | None = None
    state: SessionState | None = None
    """Closed: waits for its score."""
    from_us: int | None = None
    """Opened at this moment or later."""
    to_us: int | None = None
    """Opened before this moment."""
