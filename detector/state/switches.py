"""How long something was on, told by switches that come in order; two parts of a session merge."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

NEVER = -1


@dataclass(frozen=True, slots=True)
class Switched:
    """What the switches of one part of a session come to; times in session microseconds.

    The first stretch is kept by its ends, since an earlier part may have begun it.

    Attributes:
        lead_off_us: the first switch, if it is off: it ends what an earlier part began.
        first_on_us: when this part first switched on.
        first_end_us: when that stretch ended.
        later_us: how long the stretches after it were that have ended.
        since_us: since when it has been on at the part's end.
    """

    lead_off_us: int = NEVER
    first_on_us: int = NEVER
    first_end_us: int = NEVER
    later_us: int = 0
    since_us: int = NEVER

    @property
    def ended_us(self) -> int:
        """Return how long the stretches were that have ended, an earlier part's left out."""
        first = 0 if self.first_end_us == NEVER else max(self.first_end_us - self.first_on_us, 0)
        return first + self.later_us

    def after(self, before: "Switched") -> "Switched":
        """Return what this part comes to with the one before it."""
        if before.first_on_us == NEVER:
            lead = self.lead_off_us if before.lead_off_us == NEVER else before.lead_off_us
            return replace(self, lead_off_us=lead)
        if before.since_us == NEVER:
            later = before.later_us + self.ended_us
            return replace(before, later_us=later, since_us=self.since_us)
        if self.lead_off_us != NEVER:
            return before._ended(self.lead_off_us, self.ended_us, self.since_us)
        if self.first_end_us != NEVER:
            # Switched on again while it was on: only the end of that stretch is news.
            return before._ended(self.first_end_us, self.later_us, self.since_us)
        return before

    def _ended(self, end_us: int, further_us: int, since_us: int) -> "Switched":
        if self.first_end_us == NEVER:
            return replace(self, first_end_us=end_us, later_us=further_us, since_us=since_us)
        later = self.later_us + max(end_us - self.since_us, 0) + further_us
        return replace(self, later_us=later, since_us=since_us)

    def until(self, end_us: int) -> int:
        """Return how long it was on in all, up to the end of the session so far."""
        still = max(end_us - self.since_us, 0) if self.since_us != NEVER else 0
        return self.ended_us + still


def switched(changes: Iterable[tuple[int, bool]]) -> Switched:
    """Return what one part's switches, (time, whether on) in order, come to."""
    found, before = Switched(), None
    for t_us, on in changes:
        if on is before:
            # Switched to what it was: no change, and the commonest.
            continue
        before = on
        one = Switched(first_on_us=t_us, since_us=t_us) if on else Switched(lead_off_us=t_us)
        found = one.after(found)
    return found
