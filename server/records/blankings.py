"""What a trainer asks of pictures that were sent."""

from dataclasses import dataclass

REASON_MAX_CHARS = 500
"""Of a request, and of the answer to it."""


@dataclass(frozen=True, slots=True)
class BlankingRequest:
    """One picture that a trainer asks to be shown to nobody any more, and what became of it."""

    row: int
    session: bytes
    person: bytes
    person_name: str
    opened_us: int
    """When its session began."""
    digest: bytes
    reason: str
    asked_us: int
    decided_us: int | None
    granted: bool | None
    answer: str | None
