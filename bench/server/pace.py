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
    caught_up_s: float
    """Until none of them waited any more, or it was given up after `CATCH_UP_S`."""


def watch_pace(store: Store) -> Pace:
    """Look at what waits now, and until nothing does."""
    began_s = time.monotonic()
    now, first = now_us(), store.waiting(now_us())
    while True:
        # What comes due later is not what waited.
        waiting = store.waiting(now)
        caught_up_s = time.monotonic() - began_s
        if caught_up_s > CATCH_UP_S or not (waiting.jobs or waiting.states):
            break
        time.sleep(_LOOK_S)
    return Pace(
        looks_waiting=first.states,
        looks_late_s=_late_s(first.oldest_state_us, now),
        jobs_waiting=first.jobs,
        jobs_late_s=_late_s(first.oldest_job_us, now),
        caught_up_s=caught_up_s,
    )


def _late_s(due_us: int | None, at_us: int) -> float:
    return max(at_us - due_us, 0) / 1e6 if due_us is not None else 0.0
