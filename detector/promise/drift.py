"""A drift alarm: do new sessions still look like those that a promise rests on?

For each monitored figure a conformal test martingale bets that the next writer is no fresh draw
from the same crowd as the calibration writers and the new ones before (Vovk, Gammerman and Shafer
2022, *Algorithmic learning in a random world*, 2nd edition, chapter 8). A new value's rank among
all seen so far is uniform if nothing changed, whatever the distribution; the bets gain if ranks
run high, low, to both ends or to the middle. Capital moves between bets as in the Simple Jumper
(Vovk, Petej, Nouretdinov, Ahlberg, Carlsson and Gammerman 2021, *Retrain or not retrain*, COPA).
By Ville's inequality the capital of any one figure ever reaches ``figures / alarm`` with
probability at most ``alarm / figures`` if nothing changed, so that the chance of any false alarm,
ever, is at most ``alarm``, however often one looks.

A writer counts once, by their first session: a writer's sessions are no independent draws. Flagged
sessions are left out on both sides, so that cheats who are found are no drift.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detector.errors import BadPromiseError
from detector.tables import FloatArray

ALARM = 0.01
JUMP = 0.01
"""Share of the capital that changes its bet at every writer."""
SEED = 20261130
"""Ties are broken at random, the same way each time the same sessions are looked at."""
RECORDED_LESS = 0.3
"""If so much more of the new sessions lack a figure, that is what is said of it."""

MONITORED: Mapping[str, str] = {
    "score": "the score",
    "keystrokes": "the length of sessions",
    "within_median": "the time between keys within words",
    "before_word_excess": "pauses before words",
    "before_sentence_excess": "pauses before sentences",
    "pause_time_share": "the share of time spent in pauses",
    "p_burst_length": "how much is typed between pauses",
    "erase_share": "how much is deleted",
    "hold_median": "how long keys are held",
    "rollover_share": "how often keys overlap",
}
"""The figures that are watched, in plain words; all but the first two are names of features."""

_MOVES = ("unchanged", "higher", "lower", "more spread out", "less spread out")
_SLOPES = (1.0, 2.0)

Reference = Mapping[str, tuple[float, ...]]
"""For each monitored figure the sorted values of the calibration writers; -inf: not recorded."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One session as the alarm sees it: a figure that was not recorded is NaN."""

    writer: str
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Drift:
    """What the alarm found.

    Attributes:
        fired: whether the sessions differ.
        figure: the monitored figure with the most capital; empty before any session.
        move: how it moved.
        capital: its capital, as a multiple of the start; the alarm fires at ``needed``.
        needed: see there.
        writers: new writers looked at, up to the alarm.
    """

    fired: bool
    figure: str
    move: str
    capital: float
    needed: float
    writers: int

    @property
    def words(self) -> str:
        """Say what moved most."""
        return f"{MONITORED[self.figure]} ({self.move})" if self.figure else "nothing"


def make_reference(sessions: Sequence[Watched]) -> Reference:
    """Return what genuine calibration sessions look like: each writer's first one."""
    rows = _rows(sessions, tuple(MONITORED))
    return {name: tuple(np.sort(rows[:, i]).tolist()) for i, name in enumerate(MONITORED)}


def find_drift(reference: Reference, sessions: Sequence[Watched], alarm: float = ALARM) -> Drift:
    """Look for a change from the reference to new sessions, in the order they came in.

    Args:
        reference: see `make_reference`.
        sessions: new sessions that are not flagged, one or more a writer.
        alarm: the chance of ever firing though nothing changed.

    Raises:
        BadPromiseError: the promise carries no reference, or ``alarm`` is no share.
    """
    if not 0.0 < alarm < 1.0:
        raise BadPromiseError(f"the alarm's rate must lie between 0 and 1, not {alarm}")
    names = tuple(name for name in MONITORED if reference.get(name))
    if not names:
        raise BadPromiseError(
            "the promise holds no figures to compare with: make it from a keystroke table"
        )
    needed = len(names) / alarm
    rows = _rows(sessions, names)
    if not len(rows):
        return Drift(False, "", "unchanged", 1.0, needed, 0)
    ranks = np.column_stack(
        [conformal_ranks(reference[name], rows[:, i], SEED + i) for i, name in enumerate(names)]
    )
    capital, leading = martingales(ranks)
    crossed = np.flatnonzero((capital >= needed).any(axis=1))
    at = int(crossed[0]) if len(crossed) else len(rows) - 1
    most = int(np.argmax(capital[at]))
    move = _MOVES[int(leading[at, most])]
    if _less_recorded(reference[names[most]], rows[: at + 1, most]):
        move = "often not recorded"
    return Drift(bool(len(crossed)), names[most], move, float(capital[at, most]), needed, at + 1)


def conformal_ranks(reference: Sequence[float], values: FloatArray, seed: int) -> FloatArray:
    """Return each value's rank among the reference, the values before it and itself, 0 to 1.

    Uniform and independent if all are exchangeable (ties broken at random).
    """
    bag = list(reference)
    uniform = np.random.default_rng(seed).random(len(values))
    ranks = np.empty(len(values))
    for number, value in enumerate(values.tolist()):
        below = bisect_left(bag, value)
        equal = bisect_right(bag, value) - below + 1
        ranks[number] = (below + uniform[number] * equal) / (len(bag) + 1)
        insort(bag, value)
    return ranks


def martingales(ranks: FloatArray) -> tuple[FloatArray, np.ndarray]:
    """Return the capital after each row of ranks, for each column, and the leading move."""
    gains = _gains(ranks)
    bets = gains.shape[2]
    capital = np.full(gains.shape[1:], 1.0 / bets)
    total = np.empty(ranks.shape)
    leading = np.empty(ranks.shape, dtype=np.int64)
    for row, gain in enumerate(gains):
        whole = capital.sum(axis=1, keepdims=True)
        # A capital that has run away is rich enough: it must not overflow.
        capital = np.minimum((1 - JUMP) * capital + JUMP * whole / bets, 1e200) * gain
        total[row] = capital.sum(axis=1)
        leading[row] = (np.argmax(capital, axis=1) + len(_SLOPES) - 1) // len(_SLOPES)
    return total, leading


def _gains(ranks: FloatArray) -> FloatArray:
    """Return what each bet multiplies its capital by; every bet is fair on uniform ranks."""
    off, outward = ranks - 0.5, np.abs(2 * ranks - 1) - 0.5
    bets = [np.ones_like(ranks)]
    for lean in (off, -off, outward, -outward):
        bets.extend(1 + slope * lean for slope in _SLOPES)
    return np.stack(bets, axis=2)


def _rows(sessions: Sequence[Watched], names: tuple[str, ...]) -> FloatArray:
    """Return a row for each writer's first session; -inf where a figure was not recorded."""
    first: dict[str, Mapping[str, float]] = {}
    for session in sessions:
        first.setdefault(session.writer, session.figures)
    rows = np.array(
        [[figures.get(name, np.nan) for name in names] for figures in first.values()], float
    ).reshape(-1, len(names))
    return np.where(np.isnan(rows), -np.inf, rows)


def _less_recorded(reference: Sequence[float], values: FloatArray) -> bool:
    before = float(np.mean(np.isneginf(np.asarray(reference))))
    return float(np.mean(np.isneginf(values))) - before > RECORDED_LESS
