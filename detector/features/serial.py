"""How intervals hang together: serial dependence, words as units, pauses and their surroundings.

A program that draws its intervals one by one, from however good a histogram, leaves none of this.
In people, typing comes in chunks: the first letters of a word and of a syllable wait, the rest
run off (Salthouse 1986, *Perceptual, cognitive, and motoric aspects of transcription typing*,
Psychological Bulletin 99(3); Van Galen 1991, *Handwriting: issues for a psychomotor theory*, Human
Movement Science 10); tempo wanders on every scale, with long-range dependence close to 1/f
(Likens, Allen and McNamara 2017, *Keystroke dynamics predict essay quality*, CogSci; Wallot and
Grabowski 2013, *Typewriting dynamics: what distinguishes simple from complex writing tasks?*,
Ecological Psychology 25(3)); and recent intervals tell about the next (Gonzalez and Calot 2015,
*Finite context modeling of keystroke dynamics*). All from press times alone.
"""

from dataclasses import dataclass

import numpy as np

from detector.features.plain import At, Place
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
    variance_of,
)
from detector.features.stream import TextStream
from detector.tables import BoolArray, FloatArray, IntArray

ORDINARY_US = 1_000_000
"""Longer intervals are pauses, not the motor rhythm."""
HESITATION_US = 500_000
HESITATION_LOG = float(np.log10(HESITATION_US / 1000.0))
LONGEST_WORD = 10
_PLACES = len(Place)
BOUND = 0.6
"""Residuals are cut to a factor of 4 either way, so that no single interval decides."""
SERIAL_NAMES = (
    "residual_lag1_in_word",
    "residual_lag1_across",
    "residual_lag2_in_word",
    "residual_lag2_across",
    "residual_lag3",
    "residual_lag4_to_8",
    "magnitude_lag1",
    "turning_share",
    "tempo_16",
    "tempo_64",
    "context_information",
    "reversal_skew",
    "second_letter_excess",
    "late_letter_excess",
    "long_word_excess",
    "word_length_correlation",
    "last_letter_excess",
    "late_letter_spread",
    "short_word_spread",
    "letter_follows_lead",
    "space_follows_letter",
    "word_follows_space",
    "after_pause_excess",
    "before_pause_excess",
    "pause_tail",
    "pause_clustering",
    "within_lower_tail",
    "within_upper_tail",
    "within_bowley_skew",
    "before_word_lower_tail",
    "after_word_lower_tail",
    "after_word_upper_tail",
)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Ordinary intervals, each against the median of its place.

    Attributes:
        residual: log10 interval minus the median of its place, cut to `BOUND`; 0 where not
            ``ordinary``.
        ordinary: whether an interval belongs to the motor rhythm.
        letter: 0 for the first letter of a word, 1 for the second ...; counts since the last key
            that is no letter of a word.
        length: letters of the word that an interval within a word belongs to.
    """

    residual: FloatArray
    ordinary: BoolArray
    letter: IntArray
    length: IntArray


def rhythm_of(stream: TextStream) -> Rhythm:
    """Return the motor rhythm of ``stream``."""
    place = stream.place
    ordinary = (place <= At.BEFORE_WORD) & (stream.interval_us < ORDINARY_US)
    centre = np.zeros(_PLACES)
    for kind in (At.WITHIN_WORD, At.AFTER_WORD, At.BEFORE_WORD):
        values = stream.interval_log[ordinary & (place == kind)]
        centre[kind] = median_of(values) if len(values) else 0.0
    residual = cut(stream.interval_log - centre[place], BOUND)
    residual[~ordinary] = 0.0
    within = place == At.WITHIN_WORD
    rows = np.arange(len(stream))
    last_start = np.maximum.accumulate(np.where(within, 0, rows))
    letter = rows - last_start
    ends = np.flatnonzero(within & ~next_is(within))
    length = np.zeros(len(stream), dtype=np.int64)
    if len(ends):
        following = np.minimum(np.searchsorted(ends, rows), len(ends) - 1)
        length = letter[ends[following]] + 1
    return Rhythm(residual, ordinary, letter, length)


def serial_features(stream: TextStream, rhythm: Rhythm) -> list[float]:
    """Return the values of `SERIAL_NAMES`."""
    if np.count_nonzero(rhythm.ordinary) < 4 * MIN_SAMPLE:
        return [np.nan] * len(SERIAL_NAMES)
    return [
        *_dependence(stream, rhythm),
        *_words(stream, rhythm),
        *_pauses(stream, rhythm),
        *_tails(stream),
    ]


def _lagged(rhythm: Rhythm, lag: int, chosen: BoolArray | None = None) -> float:
    good = rhythm.ordinary[lag:] & rhythm.ordinary[:-lag]
    if chosen is not None:
        good &= chosen[lag:]
    return correlation(rhythm.residual[lag:][good], rhythm.residual[:-lag][good])


def _dependence(stream: TextStream, rhythm: Rhythm) -> list[float]:
    in_word = (rhythm.letter >= 2) & (stream.place == At.WITHIN_WORD)
    deep = in_word & (rhythm.letter >= 3)
    run = rhythm.residual[rhythm.ordinary]
    size = np.abs(run - mean_of(run))
    step = run[1:] - run[:-1]
    deviation = deviation_of(step)
    return [
        _lagged(rhythm, 1, in_word),
        _lagged(rhythm, 1, ~in_word),
        _lagged(rhythm, 2, deep),
        _lagged(rhythm, 2, ~deep),
        _lagged(rhythm, 3),
        mean_of(np.array([_lagged(rhythm, lag) for lag in (4, 6, 8)])),
        correlation(size[1:], size[:-1]),
        share_of(step[1:] * step[:-1] < 0),
        block_variance(run, 16),
        block_variance(run, 64),
        _information(run),
        mean_of(step**3) / deviation**3 if deviation > 1e-6 else np.nan,
    ]


def block_variance(run: FloatArray, size: int) -> float:
    """Return the variance of block means times block size over variance, as log10.

    It is 0 for independent draws, and missing for fewer than four blocks.

    Growth with the size of the block is long-range dependence (the aggregated variance method;
    Beran 1994, *Statistics for long-memory processes*, section 4.4).
    """
    blocks = len(run) // size
    whole = variance_of(run) if blocks >= 4 else 0.0
    if whole < 1e-9:
        return np.nan
    sums = np.add.reduce(run[: blocks * size].reshape(blocks, size), axis=1)
    return float(np.log10(max(variance_of(sums / size, 1) * size / whole, 1e-2)))


def _information(run: FloatArray) -> float:
    """Mutual information of neighbouring intervals in fifths, less its bias, in nats.

    The bias of the plug-in estimate is (k - 1)^2 / 2n (Miller 1955).
    """
    levels = np.searchsorted(quantiles(run, (0.2, 0.4, 0.6, 0.8)), run)
    pairs = np.bincount(levels[1:] * 5 + levels[:-1], minlength=25).reshape(5, 5).astype(float)
    total = float(pairs.sum())
    expected = pairs.sum(axis=1, keepdims=True) * pairs.sum(axis=0, keepdims=True) / total
    seen = pairs > 0
    information = float((pairs[seen] * np.log(pairs[seen] / expected[seen])).sum() / total)
    return information - 16.0 / (2.0 * total)


def _mean(values: FloatArray) -> float:
    return mean_of(values) if len(values) >= MIN_SAMPLE else np.nan


def _words(stream: TextStream, rhythm: Rhythm) -> list[float]:
    residual, letter = rhythm.residual, rhythm.letter
    within = rhythm.ordinary & (stream.place == At.WITHIN_WORD)
    middle = _mean(residual[within & (letter >= 2) & (letter <= 3)])
    opening = residual[within & (letter <= 3) & (rhythm.length >= 7)]
    short = residual[within & (rhythm.length <= 4)]
    lengths = np.minimum(rhythm.length[within], LONGEST_WORD).astype(np.float64)
    last = within & next_is(stream.place == At.AFTER_WORD)
    return [
        _mean(residual[within & (letter == 1)]) - middle,
        _mean(residual[within & (letter >= 4)]) - middle,
        _mean(opening) - _mean(short),
        correlation(residual[within], lengths),
        _mean(residual[last & (letter >= 2)]) - middle,
        _spread_ratio(residual[within & (letter >= 4)], residual[within]),
        _spread_ratio(short, residual[within]),
        _follows(stream, rhythm, At.WITHIN_WORD, At.BEFORE_WORD),
        _follows(stream, rhythm, At.AFTER_WORD, At.WITHIN_WORD),
        _follows(stream, rhythm, At.BEFORE_WORD, At.AFTER_WORD),
    ]


def _spread_ratio(some: FloatArray, all_of_them: FloatArray) -> float:
    whole = deviation_of(all_of_them) if len(some) >= MIN_SAMPLE else 0.0
    return deviation_of(some) / whole if whole > 1e-6 else np.nan


def _follows(stream: TextStream, rhythm: Rhythm, place: int, before: int) -> float:
    """Correlation of intervals at ``place`` with the one before, where that is at ``before``."""
    good = (stream.place[1:] == place) & (stream.place[:-1] == before)
    good &= rhythm.ordinary[1:] & rhythm.ordinary[:-1]
    return correlation(rhythm.residual[1:][good], rhythm.residual[:-1][good])


def _pauses(stream: TextStream, rhythm: Rhythm) -> list[float]:
    pause = stream.interval_us >= ORDINARY_US
    after = rhythm.residual[1:][pause[:-1] & rhythm.ordinary[1:]]
    before = rhythm.residual[:-1][pause[1:] & rhythm.ordinary[:-1]]
    long = stream.interval_log[stream.interval_us > HESITATION_US]
    return [
        _mean(after),
        _mean(before),
        mean_of(long) - HESITATION_LOG if len(long) >= MIN_SAMPLE else np.nan,
        _clustering(pause),
    ]


def _clustering(pause: BoolArray) -> float:
    """Spread of the counts of pauses in blocks of 32 keys against Poisson's, as log10."""
    blocks = len(pause) // 32
    if blocks < 6:
        return np.nan
    counts = pause[: blocks * 32].reshape(blocks, 32).sum(axis=1)
    middle = mean_of(counts)
    return float(np.log10((variance_of(counts) + 0.1) / (middle + 0.1)))


def _tails(stream: TextStream) -> list[float]:
    within = _shape(stream.intervals_at(At.WITHIN_WORD))
    after = _shape(stream.intervals_at(At.AFTER_WORD))
    before = _shape(stream.intervals_at(At.BEFORE_WORD))
    return [*within, before[0], after[0], after[1]]


def _shape(logs: FloatArray) -> tuple[float, float, float]:
    """Lower and upper tail in quartile ranges, and Bowley's skewness of the quartiles."""
    low, lower, middle, upper, high = quantiles(logs, (0.03, 0.25, 0.5, 0.75, 0.97))
    width = max(upper - lower, 0.01)
    return (
        (middle - low) / width,
        min((high - middle) / width, 20.0),
        (upper + lower - 2 * middle) / width,
    )
