"""A few figures of every window of 500 text keys at once, to choose which windows to look at.

A machine that typed a tenth of a session hides in the session's averages. Computing the whole
feature vector for each window would cost as much as the session many times over, so this screen
computes what is cheap on a matrix of windows by keys; the windows it picks are then judged by
the same model as whole sessions. Terms as in `detector.features.process` and
`detector.features.rhythm`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.features.plain import At, Key
from detector.features.stream import TextStream, log10_ms
from detector.tables import BoolArray, FloatArray

WINDOW_KEYS = 500
WINDOW_NAMES = (
    "within_mean",
    "within_spread",
    "before_word_excess",
    "before_word_spread",
    "before_sentence_excess",
    "pause_500_share",
    "pause_1000_share",
    "pause_2000_share",
    "erase_share",
    "erase_runs",
    "interval_skew",
    "interval_kurtosis",
    "lag1_correlation",
    "spectral_peak",
    "hold_mean",
    "hold_spread",
    "hold_lag1_correlation",
    "hold_interval_correlation",
    "rollover_share",
)
LONGEST_LOG = 4.0
"""Pauses over 10 s count as 10 s: log10 of milliseconds."""
FEWEST = 8
QUICK_LOG = np.float32(np.log10(400.0))
"""Longer intervals are no run of typing, in which keys may overlap."""

Windows = NDArray[Any]
Classes = NDArray[np.int8]


def window_edges(count: int, size: int = WINDOW_KEYS) -> list[tuple[int, int]]:
    """Return the windows of ``size`` keys that cover ``count``; the last one reaches back.

    A stream shorter than ``size`` is no window.
    """
    starts = [*range(0, count - size + 1, size)]
    if count > size and count % size:
        starts.append(count - size)
    return [(start, start + size) for start in starts]


def window_vectors(stream: TextStream) -> FloatArray:
    """Return the values of `WINDOW_NAMES` for each of `window_edges`, shape (windows, names)."""
    edges = window_edges(len(stream))
    if not edges:
        return np.empty((0, len(WINDOW_NAMES)))
    logs = _rows(np.minimum(stream.interval_log, LONGEST_LOG).astype(np.float32))
    held = np.where(stream.hold_us >= 0, log10_ms(stream.hold_us), np.nan).astype(np.float32)
    place, key = _rows(stream.place.astype(np.int8)), _rows(stream.key.astype(np.int8))
    columns = [
        *_pauses(logs, place),
        *_shares(logs),
        *_erasing(key),
        *_shape(logs, place),
        *_holds(_rows(held), logs, key),
    ]
    return np.stack(columns, axis=1).astype(np.float64)


def _rows(column: NDArray[Any]) -> NDArray[Any]:
    """Lay a column out as windows by keys, in the order of `window_edges`."""
    whole = len(column) - len(column) % WINDOW_KEYS
    if whole == len(column):
        return column.reshape(-1, WINDOW_KEYS)
    return np.concatenate([column[:whole], column[-WINDOW_KEYS:]]).reshape(-1, WINDOW_KEYS)


def _pauses(logs: Windows, place: Classes) -> list[Windows]:
    within, within_spread = _moments(logs, place == At.WITHIN_WORD)
    word, word_spread = _moments(logs, place == At.BEFORE_WORD)
    opens = (place >= At.BEFORE_SENTENCE) & (place <= At.BEFORE_PARAGRAPH)
    sentence, _ = _moments(logs, opens, fewest=2)
    return [within, within_spread, word - within, word_spread, sentence - within]


def _shares(logs: Windows) -> list[Windows]:
    return [
        np.log10((np.count_nonzero(logs > log_ms, axis=1) + 0.5) / (WINDOW_KEYS + 1))
        for log_ms in (np.float32(np.log10(500)), np.float32(3.0), np.float32(np.log10(2000)))
    ]


def _erasing(key: Classes) -> list[Windows]:
    erase = (key == Key.BACKSPACE) | (key == Key.DELETE)
    runs = np.count_nonzero(erase[:, 1:] & ~erase[:, :-1], axis=1)
    share = np.log10((np.count_nonzero(erase, axis=1) + 0.5) / (WINDOW_KEYS + 1))
    return [share, np.log10((runs + 0.5) / (WINDOW_KEYS + 1))]


def _shape(logs: Windows, place: Classes) -> list[Windows]:
    scaled, count = _standardised(logs, (logs < 3.0) & (place <= At.BEFORE_WORD))
    square = scaled * scaled
    power = np.fft.rfft(np.clip(scaled, -2.5, 2.5), axis=1)[:, 3:]
    strength = power.real**2 + power.imag**2
    peak = strength.max(axis=1) / np.maximum(strength.mean(axis=1), 1e-9)
    return [
        np.einsum("ij,ij->i", square, scaled) / count,
        np.einsum("ij,ij->i", square, square) / count,
        np.einsum("ij,ij->i", scaled[:, 1:], scaled[:, :-1]) / count,
        np.log10(np.maximum(peak, 1e-3)),
    ]


def _holds(held: Windows, logs: Windows, key: Classes) -> list[Windows]:
    known = ~np.isnan(held) & (key <= Key.SPACE)
    middle, spread = _moments(held, known)
    scaled, count = _standardised(held, known)
    quick = known[:, :-1] & (logs[:, 1:] < QUICK_LOG)
    gaps, pairs = _standardised(logs[:, 1:], quick)
    over = np.count_nonzero(quick & (logs[:, 1:] < held[:, :-1]), axis=1) / pairs
    columns = [
        middle,
        spread,
        np.einsum("ij,ij->i", scaled[:, 1:], scaled[:, :-1]) / count,
        np.einsum("ij,ij->i", scaled[:, :-1], gaps) / pairs,
        over,
    ]
    seen = np.count_nonzero(known, axis=1) >= WINDOW_KEYS // 5
    return [np.where(seen, column, np.nan) for column in columns]


def _moments(values: Windows, mask: BoolArray, fewest: int = FEWEST) -> tuple[Windows, Windows]:
    """Return mean and standard deviation along rows where the mask holds; NaN if too few."""
    count = np.count_nonzero(mask, axis=1)
    chosen = np.where(mask, values, np.float32(0.0))
    enough = np.where(count >= fewest, count, np.nan)
    mean = chosen.sum(axis=1) / enough
    square = np.einsum("ij,ij->i", chosen, chosen) / enough
    return mean, np.sqrt(np.maximum(square - mean * mean, 0.0))


def _standardised(values: Windows, mask: BoolArray) -> tuple[Windows, FloatArray]:
    """Return values with each row's mean and spread taken out, 0 outside, and their numbers."""
    middle, spread = (np.nan_to_num(m).astype(np.float32) for m in _moments(values, mask))
    scale = np.maximum(spread, np.float32(1e-3))
    scaled = np.where(mask, (values - middle[:, None]) / scale[:, None], np.float32(0.0))
    return scaled, np.maximum(np.count_nonzero(mask, axis=1), 1).astype(np.float64)
