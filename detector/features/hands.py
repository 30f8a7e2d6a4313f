"""How hold times go with intervals: the hands behind the keys. Missing without releases.

Two hands on one board make hold and interval one movement. A finger stays down longer where the
next key is slower, keys overlap where the interval is short (rollover; Dhakal, Feit, Kristensson
and Oulasvirta 2018, *Observations on typing from 136 million keystrokes*, CHI), and overlapping
keys are almost always released in the order of their presses. Holds drawn apart from intervals,
even from a person's own, break all three. What is expected without a bond is taken from the
session itself, with each hold moved to a key some places on.
"""

import numpy as np

from detector.features.plain import At, Key
from detector.features.serial import Rhythm, block_variance
from detector.features.statistics import (
    MIN_SAMPLE,
    correlation,
    cut,
    deviation_of,
    mean_of,
    median_of,
    next_is,
    quantiles,
    share_of,
)
from detector.features.stream import TextStream, log10_ms
from detector.tables import MISSING, BoolArray, FloatArray

SHIFTS = (3, 5, 8, 13)
"""Places by which holds are moved for what chance alone would give."""
BOUND = 0.5
PAUSE_US = 1_000_000
HAND_NAMES = (
    "hold_to_next_interval",
    "hold_to_last_interval",
    "hold_to_interval_after_next",
    "hold_pair_lag1",
    "hold_lag2",
    "hold_lag3",
    "hold_tempo_16",
    "rollover_bond",
    "rollover_runs",
    "rollover_fast_share",
    "rollover_slow_share",
    "release_inversion_share",
    "release_inversion_bond",
    "flight_lower_tail",
    "flight_skew",
    "overlap_median",
    "overlap_spread",
    "hold_lower_tail",
    "hold_upper_tail",
    "hold_skew",
    "hold_kurtosis",
    "hold_space_spread",
    "hold_erase_contrast",
    "hold_first_letter_excess",
    "hold_last_letter_excess",
    "hold_before_pause_excess",
    "hold_after_pause_excess",
    "hold_extreme_share",
)


def hand_features(stream: TextStream, rhythm: Rhythm) -> list[float]:
    """Return the values of `HAND_NAMES`."""
    known = (stream.hold_us >= 0) & (stream.key <= Key.SPACE)
    if np.count_nonzero(known) < max(4 * MIN_SAMPLE, 0.2 * len(stream)):
        return [np.nan] * len(HAND_NAMES)
    logs = log10_ms(stream.hold_us)
    letters = known & (stream.key == Key.LETTER)
    letter_logs, space_logs = logs[letters], logs[known & (stream.key == Key.SPACE)]
    if len(letter_logs) < 4 * MIN_SAMPLE:
        return [np.nan] * len(HAND_NAMES)
    centre = np.full(len(stream), median_of(letter_logs))
    if len(space_logs):
        centre[stream.key == Key.SPACE] = median_of(space_logs)
    residual = cut(logs - centre, BOUND)
    return [
        *_bonds(rhythm, residual, known),
        *_overlaps(stream, rhythm),
        *_shape(letter_logs),
        *_places(stream, rhythm, residual, known, logs),
    ]


def _bonds(rhythm: Rhythm, hold: FloatArray, known: BoolArray) -> list[float]:
    interval, ordinary = rhythm.residual, rhythm.ordinary
    follows = known[:-1] & ordinary[1:]
    own = known & ordinary
    second = known[:-2] & ordinary[2:]
    run = hold[known]
    return [
        correlation(hold[:-1][follows], interval[1:][follows]),
        correlation(hold[own], interval[own]),
        correlation(hold[:-2][second], interval[2:][second]),
        _lagged(hold, known & ordinary, 1),
        _lagged(hold, known, 2),
        _lagged(hold, known, 3),
        block_variance(run, 16),
    ]


def _lagged(hold: FloatArray, known: BoolArray, lag: int) -> float:
    good = known[lag:] & known[:-lag]
    return correlation(hold[lag:][good], hold[:-lag][good])


def _overlaps(stream: TextStream, rhythm: Rhythm) -> list[float]:
    """Rollover and the order of releases, against the same with holds moved along."""
    good = rhythm.ordinary[1:] & (stream.hold_us[1:] >= 0) & (stream.hold_us[:-1] >= 0)
    gap = stream.interval_us[1:][good]
    first, second = stream.hold_us[:-1][good], stream.hold_us[1:][good]
    count = len(gap)
    if count < 4 * MIN_SAMPLE:
        return [np.nan] * 10
    over = gap < first
    inverted = first > gap + second
    chance_over, chance_inverted = 0.0, 0.0
    round_first, round_second = np.concatenate([first, first]), np.concatenate([second, second])
    for shift in SHIFTS:
        moved = slice(count - shift, 2 * count - shift)
        moved_first, moved_second = round_first[moved], round_second[moved]
        chance_over += share_of(gap < moved_first) / len(SHIFTS)
        chance_inverted += share_of(moved_first > gap + moved_second) / len(SHIFTS)
    middle = max(median_of(gap), 1.0)
    fast = gap < middle
    flight = log10_ms(np.maximum(gap - first, 0))[~over]
    low, lower, centre, upper = quantiles(flight, (0.03, 0.25, 0.5, 0.75))
    overlap = np.log10((first - gap)[over] / middle + 0.01)
    half = 0.5 / count
    return [
        _log_ratio(share_of(over), chance_over, half),
        _log_ratio(share_of(over[1:] & over[:-1]), share_of(over) ** 2, half),
        _share(over[fast]),
        _share(over[~fast]),
        share_of(inverted),
        _log_ratio(share_of(inverted), chance_inverted, half),
        (centre - low) / max(upper - lower, 0.01),
        (upper + lower - 2 * centre) / max(upper - lower, 0.01),
        median_of(overlap) if len(overlap) >= MIN_SAMPLE else np.nan,
        deviation_of(overlap) if len(overlap) >= MIN_SAMPLE else np.nan,
    ]


def _share(mask: BoolArray) -> float:
    return share_of(mask) if len(mask) else np.nan


def _log_ratio(seen: float, expected: float, half: float) -> float:
    return float(np.log10((seen + half) / (expected + half)))


def _shape(logs: FloatArray) -> list[float]:
    low, lower, middle, upper, high = quantiles(logs, (0.03, 0.25, 0.5, 0.75, 0.97))
    width = max(upper - lower, 0.01)
    deviation = deviation_of(logs)
    scaled = (logs - mean_of(logs)) / deviation if deviation > 1e-3 else np.zeros(1)
    square = scaled * scaled
    return [
        min((middle - low) / width, 20.0),
        min((high - middle) / width, 20.0),
        mean_of(square * scaled),
        mean_of(square * square),
    ]


def _places(
    stream: TextStream, rhythm: Rhythm, hold: FloatArray, known: BoolArray, logs: FloatArray
) -> list[float]:
    letter = known & (stream.key == Key.LETTER)
    inside = letter & (stream.place == At.WITHIN_WORD)
    first = letter & (stream.place >= At.BEFORE_WORD) & (stream.place <= At.BEFORE_PARAGRAPH)
    last = inside & next_is(stream.place == At.AFTER_WORD)
    middle = inside & ~last
    pause = stream.interval_us >= PAUSE_US
    ahead = letter & next_is(pause)
    space = known & (stream.key == Key.SPACE)
    erase = (stream.key == Key.BACKSPACE) & (stream.hold_us != MISSING)
    base = _mean(hold[middle])
    return [
        deviation_of(logs[space]) if np.count_nonzero(space) >= MIN_SAMPLE else np.nan,
        float(median_of(logs[erase]) - median_of(logs[letter]))
        if np.count_nonzero(erase) >= MIN_SAMPLE
        else np.nan,
        _mean(hold[first]) - base,
        _mean(hold[last]) - base,
        _mean(hold[ahead]) - base,
        _mean(hold[letter & pause]) - base,
        share_of(np.abs(hold[middle]) >= BOUND) if middle.any() else np.nan,
    ]


def _mean(values: FloatArray) -> float:
    return mean_of(values) if len(values) >= MIN_SAMPLE else np.nan
