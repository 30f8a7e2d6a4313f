"""What a process counts about itself: plain numbers, each written by one thread, read at scrape.

A counter of a metrics library takes a lock for each step; the hot route adds to integers instead.
"""

from bisect import bisect_left
from dataclasses import dataclass, field

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_GROUP = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000)


class Histogram:
    """How many values fell under each bound, and their sum."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


def seconds() -> Histogram:
    """A histogram of durations."""
    return Histogram(_SECONDS)


@dataclass(slots=True)
class IngestFigures:
    """Of the ingest route; written by the event loop's thread."""

    bytes: int = 0
    latency_s: Histogram = field(default_factory=seconds)
    """Of every answer; its count is the number of requests."""
    statuses: dict[int, int] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    """By the problem's code."""

    def answered(self, status: int, took_s: float) -> None:
        """Count one answer."""
        self.latency_s.add(took_s)
        self.statuses[status] = self.statuses.get(status, 0) + 1

    def refused(self, code: str) -> None:
        """Count one refusal by its code."""
        self.refusals[code] = self.refusals.get(code, 0) + 1


@dataclass(slots=True)
class CommitFigures:
    """Of the batch writer; written by its thread."""

    groups: Histogram = field(default_factory=lambda: Histogram(_GROUP))
    commit_s: Histogram = field(default_factory=seconds)
    failed: int = 0
    """Groups that the store refused."""


@dataclass(slots=True)
class PageFigures:
    """Of all other routes; written by the event loop's thread."""

    by_route: dict[tuple[str, str, int], int] = field(default_factory=dict)
    """By method, route template and status."""
    latency_s: dict[str, Histogram] = field(default_factory=dict)
    """By route template."""

    def answered(self, method: str, route: str, status: int, took_s: float) -> None:
        """Count one answer."""
        key = (method, route, status)
        self.by_route[key] = self.by_route.get(key, 0) + 1
        self.latency_s.setdefault(route, seconds()).add(took_s)
