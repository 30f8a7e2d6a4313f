"""Did scoring keep its pace: what waited when the last batch had come, and how soon it was done."""

import time
from dataclasses import dataclass

from server.clock import now_us
from server.storage.protocols import Store

CATCH_UP_S = 60.0
_LOOK_S = 0.25


@dataclass(frozen=True, slots=True)
class Pace:
    """At the end of the batches, and after."""

    looks_waiting: int
    """Open sessions whose look was due and not done."""
    looks_late_s: float
    """How late the one was that had waited longest."""
    jobs_waiting: int
    """Closed sessions without their flag decision."""
    jobs_late_s: float
    jobs_caught_up_s: float
    """Until no closed session waited any more, or it was given up after `CATCH_UP_S`."""
    looks_caught_up_s: float
    """Until no look did."""


def watch_pace(store: Store) -> Pace:
    """Look at what waits now, and until nothing does."""
    began_s = time.monotonic()
    now, first = now_us(), store.waiting(now_us())
    jobs_s = looks_s = 0.0
    while True:
        # What comes due later is not what waited.
        waiting = store.waiting(now)
        passed_s = time.monotonic() - began_s
        jobs_s = passed_s if waiting.jobs else jobs_s
        looks_s = passed_s if waiting.states else looks_s
        if passed_s > CATCH_UP_S or not (waiting.jobs or waiting.states):
            break
        time.sleep(_LOOK_S)
    return Pace(
        looks_waiting=first.states,
        looks_late_s=_late_s(first.oldest_state_us, now),
        jobs_waiting=first.jobs,
        jobs_late_s=_late_s(first.oldest_job_us, now),
        jobs_caught_up_s=jobs_s,
        looks_caught_up_s=looks_s,
    )


def _late_s(due_us: int | None, at_us: int) -> float:
    return max(at_us - due_us, 0) / 1e6 if due_us is not None else 0.0
