"""Aggregates as Inputlog prints them, recomputed from raw keystrokes.

Only aggregates that mean the same in both are here: their quantiles over KLiCKe's essays agree
with those over the authentic half of Crossley et al. 2024 (partly the same essays, logged by the
same recorder). They let labelled aggregates (authentic or transcribed) teach a model that is
applied to raw logs. Definitions: Inputlog 8 manual, pause and burst analysis with thresholds of
200 ms and 2000 ms.
"""

from collections.abc import Sequence

import numpy as np

from detector.features.pauses import PAUSE_NAMES, pause_features
from detector.features.plain import At, Key
from detector.features.statistics import MIN_SAMPLE, deviation_of, mean_of, median_of, runs_of
from detector.features.stream import TextStream
from detector.tables import FloatArray, IntArray

MIN_KEYS = 100

_PLAIN_NAMES = (
    "mean_pause_200_log_s",
    "median_pause_200_log_s",
    "mean_pause_2000_log_s",
    "median_pause_2000_log_s",
    "pauses_200_per_key",
    "pauses_2000_per_key",
    "mean_within_200_log_s",
    "within_200_per_key",
    "mean_before_word_200_log_s",
    "spread_before_word_200_log_s",
    "mean_before_sentence_200_log_s",
    "keys_per_minute_log",
    "product_process_ratio",
    "erased_per_key",
    "erase_run_mean_log",
)
_CONTRAST_NAMES = ("pause_200_skew", "sentence_within_contrast")
INPUTLOG_NAMES = (*_PLAIN_NAMES, *_CONTRAST_NAMES, *PAUSE_NAMES)


def inputlog_features(stream: TextStream) -> FloatArray:
    """Return the values of `INPUTLOG_NAMES`."""
    count = len(stream)
    if count < MIN_KEYS:
        return np.full(len(INPUTLOG_NAMES), np.nan)
    seconds = stream.interval_us[1:] / 1e6
    place = stream.place[1:]
    over_200, over_2000 = seconds[seconds > 0.2], seconds[seconds > 2.0]
    within = seconds[(place == At.WITHIN_WORD) & (seconds > 0.2)]
    words = seconds[(place == At.BEFORE_WORD) & (seconds > 0.2)]
    sentences = seconds[(place == At.BEFORE_SENTENCE) & (seconds > 0.2)]
    erased, runs = _erasures(stream.key)
    typed = count - erased
    plain = with_contrasts(
        [
            _log(mean_of(over_200)) if len(over_200) else np.nan,
            _log(median_of(over_200)) if len(over_200) else np.nan,
            _log(mean_of(over_2000)) if len(over_2000) >= 3 else np.nan,
            _log(median_of(over_2000)) if len(over_2000) >= 3 else np.nan,
            (len(over_200) + 0.5) / count,
            _log((len(over_2000) + 0.5) / count),
            _log(mean_of(within)) if len(within) >= MIN_SAMPLE else np.nan,
            (len(within) + 0.5) / count,
            _log(mean_of(words)) if len(words) >= MIN_SAMPLE else np.nan,
            _log(deviation_of(words)) if len(words) >= MIN_SAMPLE else np.nan,
            _log(mean_of(sentences)) if len(sentences) >= 4 else np.nan,
            _log(count / max(float(np.add.reduce(seconds)) / 60, 0.1)),
            min(max((typed - erased) / max(typed, 1), 0.0), 1.0),
            _log((erased + 0.5) / count),
            _log(erased / runs) if runs >= 3 else np.nan,
        ]
    )
    return np.concatenate([plain, pause_features(stream)])


def with_contrasts(values: Sequence[float]) -> FloatArray:
    """Append the contrasts, which no typing speed changes, to the aggregates they compare."""
    value = dict(zip(_PLAIN_NAMES, values, strict=True))
    skew = value["mean_pause_200_log_s"] - value["median_pause_200_log_s"]
    contrast = value["mean_before_sentence_200_log_s"] - value["mean_within_200_log_s"]
    return np.array([*values, skew, contrast])


def _erasures(key: IntArray) -> tuple[int, int]:
    erase = (key == Key.BACKSPACE) | (key == Key.DELETE)
    return int(np.count_nonzero(erase)), len(runs_of(erase)[0])


def _log(value: float) -> float:
    return float(np.log10(max(value, 1e-6)))
