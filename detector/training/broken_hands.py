"""A person's own typing with one bond of the hands broken: the best that a forger can do.

Everything of a genuine session stays but for the intervals, drawn again by one of several models
fitted to that person, or the holds, drawn again apart from the intervals, or both. A head that
tells these from the person must use what holds the rhythm together, not what a tool looks like.
"""

import numpy as np

from detector.features.plain import Place
from detector.features.stream import text_stream
from detector.tables import MISSING, BoolArray, FloatArray, IntArray, Keystrokes, keystrokes
from wire.keys import KeyClass

INTERVAL_BREAKS = (
    "kept",
    "shuffled_by_place",
    "shuffled_by_context",
    "log_normal_by_place",
    "smoothed_by_place",
    "first_order",
    "next_like_last",
    "shuffled_words",
)
HOLD_BREAKS = (
    "kept",
    "with_interval",
    "shuffled_by_class",
    "log_normal_by_class",
    "moved_along",
    "constant_share",
)
CONTEXTS = 64


def broken_hands(
    rng: np.random.Generator, victim: Keystrokes, interval_break: str, hold_break: str
) -> Keystrokes:
    """Return ``victim``'s text keys with intervals and holds broken as named.

    Args:
        rng: source of randomness.
        victim: a genuine session.
        interval_break: one of `INTERVAL_BREAKS`.
        hold_break: one of `HOLD_BREAKS`; "with_interval" carries each hold along with the
            interval it was recorded with.
    """
    stream = text_stream(victim)
    if len(stream) < 50:
        return keystrokes((), ())
    place = stream.place * 2 + (stream.key == KeyClass.BACKSPACE)
    interval, source = _intervals(rng, stream.interval_us, place, stream.key, interval_break)
    hold = _holds(rng, stream.hold_us, stream.key, interval, source, hold_break)
    times = np.cumsum(np.maximum(interval, 1_000.0))
    erases = (stream.key == KeyClass.BACKSPACE) | (stream.key == KeyClass.DELETE)
    return keystrokes(
        np.round(times - times[0]).astype(np.int64),
        stream.key,
        hold,
        inserted=np.where(erases, 0, 1),
        deleted=np.where(erases, 1, 0),
    )


def _intervals(
    rng: np.random.Generator, interval: IntArray, place: IntArray, key: IntArray, how: str
) -> tuple[FloatArray, IntArray]:
    """Return new intervals, and the rows they came from."""
    rows = np.arange(len(interval))
    made = interval.astype(np.float64)
    if how == "shuffled_by_place":
        source = _within_groups(rng, place)
    elif how == "shuffled_by_context":
        before = np.r_[key[:1], key[:-1]]
        source = _within_groups(rng, place * CONTEXTS + before)
    elif how == "next_like_last":
        source = _next_like_last(rng, interval, place)
    elif how == "shuffled_words":
        source = _shuffled_words(rng, place)
    else:
        source = rows
    made = made[source]
    logs = np.log(np.maximum(made, 1_000.0))
    if how in ("log_normal_by_place", "first_order", "smoothed_by_place"):
        logs = _fitted(rng, logs, place, how)
    return np.exp(logs), source


def _within_groups(rng: np.random.Generator, group: IntArray) -> IntArray:
    """Permute rows within groups: a stable sort by group, and the same of a random order."""
    random = rng.permutation(len(group))
    source = np.empty(len(group), dtype=np.int64)
    source[np.argsort(group, kind="stable")] = random[np.argsort(group[random], kind="stable")]
    return source


def _fitted(rng: np.random.Generator, logs: FloatArray, place: IntArray, how: str) -> FloatArray:
    noise = rng.standard_normal(len(logs))
    if how == "first_order":
        rho = float(rng.uniform(0.05, 0.4))
        noise[1:] = rho * noise[:-1] + np.sqrt(1 - rho * rho) * noise[1:]
    made = logs.copy()
    for group in np.unique(place):
        rows = place == group
        mine = logs[rows]
        if how == "log_normal_by_place":
            made[rows] = mine.mean() + float(mine.std()) * noise[rows]
        elif how == "first_order":
            rank = np.argsort(np.argsort(noise[rows]))
            made[rows] = np.sort(mine)[rank]
        else:
            drawn = rng.choice(mine, len(mine))
            made[rows] = drawn + 0.12 * noise[rows]
    return np.minimum(made, np.log(6e8))


def _next_like_last(rng: np.random.Generator, interval: IntArray, place: IntArray) -> IntArray:
    """Draw each interval from those that followed a similar one at the same place (Markov)."""
    last = np.r_[interval[:1], interval[:-1]]
    edges = np.quantile(last, (0.2, 0.4, 0.6, 0.8))
    level_of = np.searchsorted(edges, interval)
    level = np.searchsorted(edges, last)
    pools: dict[tuple[int, int], IntArray] = {}
    source = np.empty(len(interval), dtype=np.int64)
    now = 0
    draws = rng.random(len(interval))
    for row, here in enumerate(place.tolist()):
        if (here, now) not in pools:
            pool = np.flatnonzero((place == here) & (level == now))
            pools[here, now] = pool if len(pool) else np.flatnonzero(place == here)
        pool = pools[here, now]
        source[row] = pool[int(draws[row] * len(pool))]
        now = int(level_of[source[row]])
    return source


def _shuffled_words(rng: np.random.Generator, place: IntArray) -> IntArray:
    """Draw the intervals of each word from another word's of the same length, in order."""
    starts = np.flatnonzero(place // 2 != Place.WITHIN_WORD)
    ends = np.r_[starts[1:], len(place)]
    source = np.arange(len(place))
    lengths = np.minimum(ends - starts, 12) * CONTEXTS + place[starts]
    for group in np.unique(lengths):
        mine = np.flatnonzero(lengths == group)
        for word, other in zip(mine.tolist(), rng.permutation(mine).tolist(), strict=True):
            size = min(ends[word] - starts[word], ends[other] - starts[other])
            source[starts[word] : starts[word] + size] = np.arange(
                starts[other], starts[other] + size
            )
    return source


def _holds(
    rng: np.random.Generator,
    hold: IntArray,
    key: IntArray,
    interval: FloatArray,
    source: IntArray,
    how: str,
) -> IntArray:
    known: BoolArray = hold >= 0
    if how == "kept" or not known.any():
        return hold
    if how == "with_interval":
        return np.asarray(hold[source])
    if how == "moved_along":
        return np.roll(hold, int(rng.integers(7, max(len(hold) // 2, 8))))
    if how == "shuffled_by_class":
        return np.asarray(hold[_within_groups(rng, key)])
    if how == "log_normal_by_class":
        logs = np.log(np.maximum(hold, 1_000).astype(np.float64))
        made = logs.copy()
        for group in np.unique(key):
            mine = known & (key == group)
            if mine.any():
                width = max(float(logs[mine].std()), 0.05)
                made[mine] = rng.normal(logs[mine].mean(), width, np.count_nonzero(mine))
        return np.where(known, np.round(np.exp(made)), MISSING).astype(np.int64)
    share = float(rng.uniform(0.3, 0.95))
    following = np.r_[interval[1:], 2e5]
    made = np.clip(share * following * np.exp(0.15 * rng.standard_normal(len(hold))), 2e4, 4e5)
    return np.where(known, np.round(made), MISSING).astype(np.int64)
