"""What is noted of a request that must be done once, however often it is sent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Once:
    """A request that came with an idempotency key, as far as it got."""

    fingerprint: bytes
    """A keyed digest of what was asked: the same key must come with the same request."""
    begun_us: int
    answered: "KeptAnswer | None"
    """None: it is being done, or whoever did it was cut off."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer that is given again."""

    route: str
    """The route's template, for the log."""
    status: int
    sealed: bytes
    """Header fields and body; opens with the client's own key only."""
