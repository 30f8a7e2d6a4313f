"""What a worker did since it started, for metrics and for the log."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Counters:
    """Totals of one worker.

    Attributes:
        scored: jobs that ended: with an assessment, with hours alone, or with nothing new.
        provisional: open sessions that were looked at.
        batches: batches that were opened for them.
        failures: jobs and rounds that failed.
        lost_claims: results that were thrown away, since another worker had taken over.
        busy_s: how long it worked.
        slowest_s: the longest that a closed session waited from its last batch to its score.
    """

    scored: int = 0
    provisional: int = 0
    batches: int = 0
    failures: int = 0
    lost_claims: int = 0
    busy_s: float = 0.0
    slowest_s: float = 0.0


class Tally:
    """Holds a worker's counters."""

    def __init__(self) -> None:
        self.counters = Counters()

    def add(self, *, waited_s: float = 0.0, **more: float) -> None:
        """Raise counters by what is named."""
        now = self.counters
        raised = {name: getattr(now, name) + value for name, value in more.items()}
        self.counters = replace(now, slowest_s=max(now.slowest_s, waited_s), **raised)
