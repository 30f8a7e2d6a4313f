"""The motor signal: hold times, rollover, shape of the interval distribution, repetition.

Terms and typical values from Dhakal, Feit, Kristensson and Oulasvirta 2018, *Observations on
typing from 136 million keystrokes*, CHI: skilled typists press the next key before releasing the
last (rollover) in 10 to 70 % of presses, and hold keys for about 120 ms (SD 11 ms within a
person's letters is far too regular). Inter-key intervals of people are right-skewed, close to
log-normal (Gonzalez and Calot 2015, *Finite context modeling of keystroke dynamics*).
"""

import numpy as np

from detector.features.plain import At, Key
from detector.features.statistics import (
    MIN_SAMPLE,
    correlation,
    cut,
    deviation_of,
    mean_of,
    median_of,
    quantiles,
    share_of,
    spread,
)
from detector.features.stream import TextStream, log10_ms
from detector.tables import FloatArray

TIMING_NAMES = (
    "interval_floor",
    "interval_skew_linear",
    "interval_skew_log",
    "interval_kurtosis_log",
    "interval_flatness",
    "lag1_correlation",
    "lag2_correlation",
    "spectral_peak",
    "drift",
    "local_spread_ratio",
    "fast_share",
)
HOLD_NAMES = (
    "hold_median",
    "hold_spread",
    "hold_short_share",
    "hold_class_contrast",
    "hold_lag1_correlation",
    "rollover_share",
)

_FAST_LOG = float(np.log10(60.0))


def timing_features(stream: TextStream) -> list[float]:
    """Return the values of `TIMING_NAMES`, from intervals of ordinary typing under 1 s."""
    intervals = stream.interval_us[1:]
    ordinary = (intervals < 1_000_000) & (stream.place[1:] <= At.BEFORE_WORD)
    all_logs = stream.interval_log[1:]
    logs = all_logs[ordinary]
    if len(logs) < 4 * MIN_SAMPLE:
        return [np.nan] * len(TIMING_NAMES)
    low, lower, middle, upper, high = quantiles(logs, (0.02, 0.25, 0.5, 0.75, 0.95))
    linear = 10 ** np.array([low, lower, middle, upper, high])
    neighbours = ordinary[1:] & ordinary[:-1]
    second = ordinary[2:] & ordinary[:-2]
    return [
        middle - low,
        float((linear[4] - 2 * linear[2] + linear[0]) / (linear[4] - linear[0] + 1)),
        _moment(logs, 3),
        _moment(logs, 4),
        float((linear[3] - linear[1]) / (linear[4] - linear[0] + 1)),
        correlation(all_logs[1:][neighbours], all_logs[:-1][neighbours]),
        correlation(all_logs[2:][second], all_logs[:-2][second]),
        _spectral_peak(logs),
        correlation(np.arange(len(logs), dtype=np.float64), logs),
        _local_spread_ratio(logs),
        share_of(logs < _FAST_LOG),
    ]


def _moment(values: FloatArray, order: int) -> float:
    deviation = deviation_of(values)
    if deviation < 1e-6:
        return 0.0
    scaled = (values - mean_of(values)) / deviation
    square = scaled * scaled
    return mean_of(square * (scaled if order == 3 else square))


def _spectral_peak(logs: FloatArray) -> float:
    """Highest share of one frequency in the power spectrum, times the sample size, as log10.

    For white noise the peak of n/2 exponential shares is about ln(n/2) / (n/2).
    """
    centred = cut(logs - mean_of(logs), 0.5)
    power = np.abs(np.fft.rfft(centred))[3:] ** 2
    total = float(np.add.reduce(power))
    if total < 1e-9 or len(power) < MIN_SAMPLE:
        return np.nan
    return float(np.log10(power.max() / total * len(power) / np.log(len(power))))


def _local_spread_ratio(logs: FloatArray) -> float:
    """Spread of first differences against the whole spread: sqrt(2) for independent draws."""
    whole = deviation_of(logs)
    return deviation_of(logs[1:] - logs[:-1]) / (whole * np.sqrt(2)) if whole > 1e-6 else 0.0


def hold_features(stream: TextStream) -> list[float]:
    """Return the values of `HOLD_NAMES`; all missing where releases were not recorded."""
    known = (stream.hold_us >= 0) & (stream.key <= Key.SPACE)
    if np.count_nonzero(known) < max(MIN_SAMPLE, 0.2 * len(stream)):
        return [np.nan] * len(HOLD_NAMES)
    hold = stream.hold_us[known]
    logs = log10_ms(hold)
    letters = logs[stream.key[known] == Key.LETTER]
    spaces = logs[stream.key[known] == Key.SPACE]
    contrast = (
        float(median_of(spaces) - median_of(letters))
        if min(len(letters), len(spaces)) >= MIN_SAMPLE
        else np.nan
    )
    return [
        median_of(logs),
        spread(logs),
        share_of(hold <= 18_000),
        contrast,
        correlation(logs[1:], logs[:-1]),
        _rollover_share(stream),
    ]


def _rollover_share(stream: TextStream) -> float:
    gap = stream.interval_us[1:]
    hold = stream.hold_us[:-1]
    typing = (hold >= 0) & (gap < 400_000) & (stream.place[1:] <= At.BEFORE_WORD)
    if np.count_nonzero(typing) < MIN_SAMPLE:
        return np.nan
    return share_of(gap[typing] < hold[typing])
