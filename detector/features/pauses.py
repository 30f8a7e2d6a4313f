"""Aggregates of pauses by place, bursts and production, defined as Inputlog defines them.

Definitions were checked on the 36 authentic essays of Crossley et al. 2024 that are also in the
shared KLiCKe table (found by characters produced, pauses and process time): correlation with what
Inputlog printed is 0.9 or more for counts and medians; means and spreads of rare long pauses agree
less (0.4 to 0.9), because the two exports cut the start and the clicks differently. Strokes are
keys that put in a character other than a space, as in Inputlog's `total_strokes`.
"""

import numpy as np

from detector.features.plain import Key
from detector.features.statistics import deviation_of, mean_of, median_of
from detector.features.stream import TextStream
from detector.tables import BoolArray, FloatArray

PAUSE_NAMES = (
    "keys_log",
    "pauses_200_per_stroke",
    "pauses_2000_per_stroke_log",
    "pause_2000_time_share",
    "within_word_200_per_stroke",
    "within_word_200_mean_log_s",
    "within_word_200_median_log_s",
    "within_word_2000_per_stroke_log",
    "before_word_200_per_stroke",
    "before_word_200_mean_log_s",
    "before_word_200_median_log_s",
    "before_word_200_spread_log_s",
    "before_word_2000_per_stroke_log",
    "before_word_2000_mean_log_s",
    "before_word_2000_median_log_s",
    "before_word_2000_spread_log_s",
    "after_word_200_per_stroke",
    "after_word_200_mean_log_s",
    "after_word_200_median_log_s",
    "after_word_200_spread_log_s",
    "after_word_2000_per_stroke_log",
    "after_word_2000_median_log_s",
    "p_burst_chars_mean_log",
    "p_burst_chars_median_log",
    "p_burst_chars_variation_log",
    "chars_per_minute_log",
    "production_variation_5_log",
    "production_variation_10_log",
    "deletions_per_stroke_log",
    "erased_per_stroke_log",
    "deletion_length_log",
)
FEWEST = 8
FEWEST_LONG = 3
SHARE_FLOOR = 0.02
"""Added to the variation of production, so that perfectly even production has a logarithm."""


def pause_features(stream: TextStream) -> FloatArray:
    """Return the values of `PAUSE_NAMES`; times as log10 of seconds, NaN where too few."""
    key, seconds = stream.key, stream.interval_us[1:] / 1e6
    word = key <= Key.DIGIT
    erase = (key == Key.BACKSPACE) | (key == Key.DELETE)
    space = key == Key.SPACE
    produced = ~erase
    strokes = max(int(np.count_nonzero(produced & ~space)), 1)
    over_200, over_2000 = seconds > 0.2, seconds > 2.0
    within = (word | erase)[:-1] & word[1:]
    before = space[:-1] & word[1:]
    after = word[:-1] & (space | (key == Key.PUNCT))[1:]
    short_before, long_before = seconds[before & over_200], seconds[before & over_2000]
    short_after, long_after = seconds[after & over_200], seconds[after & over_2000]
    short_within = seconds[within & over_200]
    total = max(float(np.add.reduce(seconds)), 1e-3)
    return np.array(
        [
            np.log10(max(len(key), 1)),
            (np.count_nonzero(over_200) + 0.5) / strokes,
            _rate_log(int(np.count_nonzero(over_2000)), strokes),
            float(np.add.reduce(seconds[over_2000])) / total,
            (len(short_within) + 0.5) / strokes,
            *_location(short_within, FEWEST),
            _rate_log(int(np.count_nonzero(within & over_2000)), strokes),
            (len(short_before) + 0.5) / strokes,
            *_location(short_before, FEWEST),
            _spread(short_before, FEWEST),
            _rate_log(len(long_before), strokes),
            *_location(long_before, FEWEST_LONG),
            _spread(long_before, FEWEST_LONG + 1),
            (len(short_after) + 0.5) / strokes,
            *_location(short_after, FEWEST),
            _spread(short_after, FEWEST),
            _rate_log(len(long_after), strokes),
            _location(long_after, FEWEST_LONG)[1],
            *_bursts(produced, over_2000),
            _log(np.count_nonzero(produced) / total * 60),
            *_production(produced & ~space, seconds, total),
            *_deletions(erase, strokes),
        ]
    )


def _bursts(produced: BoolArray, over_2000: BoolArray) -> list[float]:
    """Characters produced between pauses over 2 s (P-bursts; Chenoweth and Hayes 2001)."""
    starts = np.concatenate([[0], np.flatnonzero(over_2000) + 1])
    chars = np.add.reduceat(produced.astype(np.int64), starts)
    variation = (deviation_of(chars) + 0.5) / (mean_of(chars) + 0.5)
    return [
        _log(mean_of(chars) + 0.5),
        _log(median_of(chars) + 0.5),
        _log(variation) if len(chars) > FEWEST_LONG else np.nan,
    ]


def _production(strokes: BoolArray, seconds: FloatArray, total: float) -> list[float]:
    """Variation of strokes per interval over 5 and 10 equal intervals of the process."""
    times = np.concatenate([[0.0], np.cumsum(seconds)])[strokes]
    made = []
    for parts in (5, 10):
        slots = np.minimum((times / total * parts).astype(np.int64), parts - 1)
        counts = np.bincount(slots, minlength=parts)
        made.append(_log(deviation_of(counts) / max(mean_of(counts), 1.0) + SHARE_FLOOR))
    return made


def _deletions(erase: BoolArray, strokes: int) -> list[float]:
    erased = int(np.count_nonzero(erase))
    runs = int(np.count_nonzero(erase[1:] & ~erase[:-1])) + int(erase[0])
    length = _log(erased / runs) if runs >= FEWEST_LONG else np.nan
    return [_rate_log(runs, strokes), _rate_log(erased, strokes), length]


def _location(values: FloatArray, fewest: int) -> tuple[float, float]:
    if len(values) < fewest:
        return np.nan, np.nan
    return _log(mean_of(values)), _log(median_of(values))


def _spread(values: FloatArray, fewest: int) -> float:
    return _log(deviation_of(values)) if len(values) >= fewest else np.nan


def _rate_log(count: int, strokes: int) -> float:
    return _log((count + 0.5) / strokes)


def _log(value: float) -> float:
    return float(np.log10(max(value, 1e-6)))
