"""How reviews were worked lately: how long, how closely, in which order, what ran out of time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from server.records import DAY_US, Judged, Unreviewed
from server.reviews.reviewing import OUT_OF_ORDER
from server.storage.protocols import OrganisationStore

DAYS = 30
_MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True)
class ReviewerWork:
    """One reviewer's verdicts of the last 30 days."""

    reviewer: bytes
    verdicts: int
    chosen: int
    """Taken though three cases or more went before."""
    median_minutes: float | None
    """From the first opening to the verdict."""
    zoomed: int
    """Verdicts before which they looked closer at some place."""
    replayed: int


@dataclass(frozen=True, slots=True)
class Work:
    """An organisation's reviews of the last 30 days."""

    reviewers: tuple[ReviewerWork, ...]
    projects: tuple[Unreviewed, ...]


def worked(store: OrganisationStore, now_us: int) -> Work:
    """Work it out; for teaching, and to see whether there are reviewers enough."""
    since_us = now_us - DAYS * DAY_US
    by_reviewer: dict[bytes, list[Judged]] = defaultdict(list)
    for each in store.judged(since_us):
        by_reviewer[each.reviewer].append(each)
    reviewers = tuple(_work(*each) for each in sorted(by_reviewer.items()))
    return Work(reviewers, tuple(store.unreviewed(since_us)))


def _work(reviewer: bytes, judged: Sequence[Judged]) -> ReviewerWork:
    looked = [each.looked_us for each in judged if each.looked_us is not None]
    return ReviewerWork(
        reviewer,
        verdicts=len(judged),
        chosen=sum(each.ahead is not None and each.ahead >= OUT_OF_ORDER for each in judged),
        median_minutes=median(looked) / _MINUTE_US if looked else None,
        zoomed=sum(each.zooms > 0 for each in judged),
        replayed=sum(each.replays > 0 for each in judged),
    )
