"""A session's key presses as columns, and what the timeline draws of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.from_wire.rows import rows_of
from detector.tables import BoolArray, IntArray
from wire import events
from wire.batch import Batch
from wire.codes import KeyFlag
from wire.keys import KeyClass

_BUCKETS_MAX = 400
_BUCKET_MIN_MS = 5_000
POINTS_MAX = 4_000
"""More points than this hide each other: then a density is drawn."""
LEAST_MS = 10
MOST_MS = 100_000
BINS = 48
"""Of the density, between the two in equal steps of the logarithm."""
_NO_TEXT = [int(KeyClass.SHIFT), int(KeyClass.MODIFIER), int(KeyClass.CAPSLOCK)]
_ERASES = [int(KeyClass.BACKSPACE), int(KeyClass.DELETE)]
_CHORD, _INJECTED = int(KeyFlag.CHORD), int(KeyFlag.INJECTED)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Presses:
    """One row a press, in order of time; classes and flags are 0 where they were deleted."""

    t_us: IntArray
    key: IntArray
    flags: IntArray
    device: IntArray

    @property
    def injected(self) -> BoolArray:
        """Which a program sent, as far as the device knows."""
        found: BoolArray = (self.flags & _INJECTED) > 0
        return found

    @property
    def erases(self) -> BoolArray:
        """Which take characters out."""
        found: BoolArray = np.isin(self.key, _ERASES)
        return found

    def chosen(self, rows: BoolArray) -> "Presses":
        """Some of them."""
        return Presses(self.t_us[rows], self.key[rows], self.flags[rows], self.device[rows])

    def that_write(self) -> "Presses":
        """Those that make or change text."""
        return self.chosen(~np.isin(self.key, _NO_TEXT) & ((self.flags & _CHORD) == 0))


def presses_of(batches: Sequence[Batch]) -> Presses:
    """Every press of a session."""
    rows = rows_of([batch.body for batch in batches], events.Keystroke)
    return Presses(rows["t_us"], rows["key_class"], rows["flags"], rows["device"])


def bucket_of(end_ms: int) -> int:
    """How long a bucket of the timeline is, in milliseconds."""
    return max(_BUCKET_MIN_MS, -(-end_ms // _BUCKETS_MAX))


def typing_rate(t_us: IntArray, end_ms: int) -> list[list[float]]:
    """Keys per minute in equal buckets, as (middle of the bucket, rate)."""
    bucket_ms = bucket_of(end_ms)
    counts = _counts(t_us, end_ms)
    per_minute, middle = 60_000 / bucket_ms, bucket_ms // 2
    return [[n * bucket_ms + middle, round(c * per_minute, 1)] for n, c in enumerate(counts)]


def revisions(presses: Presses, end_ms: int) -> list[list[int]]:
    """Keys that erase in each bucket that has any, as (middle of the bucket, keys)."""
    bucket_ms = bucket_of(end_ms)
    counts = _counts(presses.t_us[presses.erases], end_ms)
    return [[n * bucket_ms + bucket_ms // 2, c] for n, c in enumerate(counts) if c]


def intervals(presses: Presses) -> list[list[float]]:
    """Inter-key intervals as (time, milliseconds), with 1 for an injected key."""
    gaps = np.maximum(np.diff(presses.t_us) / 1000, 1.0).tolist()
    times = (presses.t_us[1:] // 1000).tolist()
    sent = presses.injected[1:].astype(int).tolist()
    return [list(row) for row in zip(times, gaps, sent, strict=True)]


def median_ms(presses: Presses) -> int | None:
    """Half of the intervals are no longer than this; None where there is none."""
    gaps = np.diff(presses.t_us)
    return round(float(np.median(gaps)) / 1000) if len(gaps) else None


def density(presses: Presses, end_ms: int) -> Json:
    """How many intervals of which length fall into each bucket: `BINS` counts a bucket."""
    bucket_ms = bucket_of(end_ms)
    buckets = -(-end_ms // bucket_ms)
    gaps = np.clip(np.diff(presses.t_us) / 1000, LEAST_MS, MOST_MS)
    steps = BINS / np.log(MOST_MS / LEAST_MS)
    bins = np.minimum((np.log(gaps / LEAST_MS) * steps).astype(np.int64), BINS - 1)
    columns = np.minimum(presses.t_us[1:] // 1000 // bucket_ms, buckets - 1)
    counts = np.bincount(columns * BINS + bins, minlength=buckets * BINS)
    return {"bins": BINS, "least_ms": LEAST_MS, "most_ms": MOST_MS, "counts": counts.tolist()}


def _counts(t_us: NDArray[np.int64], end_ms: int) -> list[int]:
    bucket_ms = bucket_of(end_ms)
    buckets = -(-end_ms // bucket_ms)
    at = t_us // 1000 // bucket_ms
    counts: list[int] = np.bincount(at[at < buckets], minlength=buckets).tolist()
    return counts
