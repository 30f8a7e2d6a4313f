"""The writing process: pauses by place, bursts and revision.

What separates composing from copying (Crossley, Tian, Choi, Holmes and Morris 2024, *Plagiarism
detection using keystroke logs*, EDM; Conijn, Roeser and van Zaanen 2019, *Understanding the
keystroke log: the effect of writing task on keystroke features*, Reading and Writing 32): pauses
grow from word to sentence, bursts end in pauses over 2 s (P-bursts; Chenoweth and Hayes 2001)
or in revisions (R-bursts), and text is taken out again.
"""

import numpy as np

from detector.features.plain import At, Key
from detector.features.statistics import (
    deviation_of,
    mean_of,
    median_of,
    quantiles,
    runs_of,
    smoothed_log_share,
    spread,
)
from detector.features.stream import TextStream, log10_ms
from detector.tables import FloatArray

PAUSE_CAP_US = 60_000_000
"""A pause over a minute counts as a minute: it may be a break, which is nobody's writing."""

NAMES = (
    "within_median",
    "within_spread",
    "within_p95_excess",
    "before_word_excess",
    "before_word_spread",
    "before_word_p90_excess",
    "after_word_excess",
    "after_word_spread",
    "before_sentence_excess",
    "before_sentence_spread",
    "pause_500_share",
    "pause_1000_share",
    "pause_2000_share",
    "pause_5000_share",
    "word_pause_1000_share",
    "within_pause_1000_share",
    "boundary_pause_contrast",
    "pause_time_share",
    "pause_mean_over_2000",
    "pause_spread_over_1000",
    "p_burst_length",
    "p_burst_spread",
    "r_burst_length",
    "erase_share",
    "erase_run_length",
    "erase_long_share",
    "erase_pause_excess",
    "product_process_ratio",
)


def process_features(stream: TextStream) -> list[float]:
    """Return the values of `NAMES`; times as log10 of milliseconds, shares as log10."""
    return [*_pause_features(stream), *_share_features(stream), *_burst_features(stream)]


def _pause_features(stream: TextStream) -> list[float]:
    within = stream.intervals_at(At.WITHIN_WORD)
    before = stream.intervals_at(At.BEFORE_WORD)
    after = stream.intervals_at(At.AFTER_WORD)
    sentence = stream.intervals_at(At.BEFORE_SENTENCE)
    middle, high = quantiles(within, (0.5, 0.95))
    before_middle, before_high = quantiles(before, (0.5, 0.9))
    return [
        middle,
        spread(within),
        high - middle,
        before_middle - middle,
        spread(before),
        before_high - before_middle,
        quantiles(after, (0.5,))[0] - middle,
        spread(after),
        _small_mean(sentence) - middle,
        deviation_of(sentence) if len(sentence) >= 4 else np.nan,
    ]


def _small_mean(values: FloatArray) -> float:
    return mean_of(values) if len(values) >= 4 else np.nan


def _share_features(stream: TextStream) -> list[float]:
    intervals = np.minimum(stream.interval_us[1:], PAUSE_CAP_US)
    place = stream.place[1:]
    word = intervals[(place >= At.BEFORE_WORD) & (place <= At.BEFORE_PARAGRAPH)]
    within = intervals[place == At.WITHIN_WORD]
    shares = [smoothed_log_share(intervals > limit * 1000) for limit in (500, 1000, 2000, 5000)]
    at_word = smoothed_log_share(word > 1_000_000)
    in_word = smoothed_log_share(within > 1_000_000)
    return [*shares, at_word, in_word, at_word - in_word, *_pause_sizes(intervals)]


def _pause_sizes(intervals: np.ndarray) -> list[float]:
    total = float(np.add.reduce(intervals))
    long = intervals[intervals > 2_000_000]
    share = float(np.add.reduce(long)) / total if total > 0 else np.nan
    mean = mean_of(log10_ms(long)) if len(long) >= 3 else np.nan
    medium = intervals[intervals > 1_000_000]
    size_spread = deviation_of(log10_ms(medium)) if len(medium) >= 5 else np.nan
    return [share, mean, size_spread]


def _burst_features(stream: TextStream) -> list[float]:
    count = len(stream)
    erase = (stream.key == Key.BACKSPACE) | (stream.key == Key.DELETE)
    starts, stops = runs_of(erase)
    runs = stops - starts
    erased = int(np.count_nonzero(erase))
    typed = count - erased
    ends = np.concatenate([[0], np.flatnonzero(stream.interval_us > 2_000_000), [count]])
    lengths = ends[1:] - ends[:-1]
    lengths = lengths[lengths > 0]
    return [
        float(np.log10(count / (len(lengths) + 0.5))) if count else np.nan,
        deviation_of(np.log10(lengths)) if len(lengths) >= 5 else np.nan,
        float(np.log10((typed + 1) / (len(runs) + 0.5))) if typed >= 20 else np.nan,
        smoothed_log_share(erase),
        mean_of(np.log10(runs)) if len(runs) >= 3 else np.nan,
        float(np.log10((np.count_nonzero(runs >= 4) + 0.5) / (typed + 1) * 100))
        if typed >= 20
        else np.nan,
        _erase_pause(stream, starts),
        min(max((typed - erased) / max(typed, 1), 0.0), 1.0) if typed >= 20 else np.nan,
    ]


def _erase_pause(stream: TextStream, starts: np.ndarray) -> float:
    starts = starts[starts > 0]
    if len(starts) < 4:
        return np.nan
    typical = quantiles(stream.intervals_at(At.WITHIN_WORD), (0.5,))[0]
    return median_of(stream.interval_log[starts]) - typical
