"""Changes to a log that must not change what it is: they keep a model from learning a corpus."""

from dataclasses import replace

import numpy as np

from detector.tables import MISSING, FloatArray, Keystrokes
from wire.keys import KeyClass

CLOCK_STEPS_US = (1_000.0, 2_000.0, 4_000.0, 8_000.0, 10_000.0, 15_600.0)
"""Clock and polling steps of recorders and keyboards (USB at 125 Hz: 8 ms; Windows: 15.6 ms)."""


def augmented(rng: np.random.Generator, table: Keystrokes) -> Keystrokes:
    """Return ``table`` on another day: another speed, recorder and patience, by chance."""
    if not len(table):
        return table
    interval = np.diff(table.t_us, prepend=table.t_us[:1]).astype(np.float64)
    hold = table.hold_us.astype(np.float64)
    if rng.random() < 0.5:
        pace = 10 ** rng.uniform(-0.18, 0.18)
        interval *= pace
        hold = np.where(hold >= 0, hold * pace**0.5, MISSING)
    if rng.random() < 0.3:
        longest = 10 ** rng.uniform(6.7, 7.7)
        interval = np.where(
            interval > longest, longest * rng.uniform(0.6, 1, len(interval)), interval
        )
    press = np.cumsum(interval)
    release = press + hold
    chance = rng.random()
    if chance < 0.3:
        step = float(rng.choice(CLOCK_STEPS_US))
        press, release = (np.round(times / step) * step for times in (press, release))
    elif chance < 0.4:
        press, release = _delayed(rng, press, release)
    else:
        press = press + rng.uniform(0, 900, len(press))
    if rng.random() < 0.15:
        hold = np.full(len(table), float(MISSING))
    press = np.maximum.accumulate(press)
    hold = np.where(hold >= 0, np.maximum(release - press, 0.0), MISSING)
    return replace(
        table,
        t_us=np.round(press - press[0]).astype(np.int64),
        hold_us=np.round(hold).astype(np.int64),
    )


def _delayed(
    rng: np.random.Generator, press: FloatArray, release: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the times as a remote desktop passes them on: late by chance, never out of order."""
    times = np.concatenate([press, release])
    order = np.argsort(times, kind="stable")
    late = rng.exponential(10 ** rng.uniform(3.0, 4.1), len(times))
    times[order] = np.maximum.accumulate(times[order] + late)
    return times[: len(press)], times[len(press) :]


def window(rng: np.random.Generator, table: Keystrokes, shortest: int = 150) -> Keystrokes:
    """Return a stretch of ``table`` of random length (log-uniform from ``shortest`` rows)."""
    count = len(table)
    if count <= shortest:
        return table
    length = int(np.exp(rng.uniform(np.log(shortest), np.log(count))))
    start = int(rng.integers(0, count - length + 1))
    return table.rows(start, start + length)


def with_injected_pauses(rng: np.random.Generator, table: Keystrokes) -> Keystrokes:
    """Return ``table`` with planning pauses put in at sentence ends, as an evader would."""
    previous = np.r_[MISSING, table.key[:-1]]
    ends = np.flatnonzero((previous == KeyClass.PUNCT) | (previous == KeyClass.ENTER))
    chosen = ends[rng.random(len(ends)) < rng.uniform(0.2, 0.8)]
    added = np.zeros(len(table))
    added[chosen] = rng.uniform(1.0, 8.0, len(chosen)) * 1e6
    return replace(table, t_us=(table.t_us + np.cumsum(added)).astype(np.int64))
