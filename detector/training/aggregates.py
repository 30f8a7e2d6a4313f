"""The head that learns from labelled Inputlog aggregates (Crossley et al. 2024, CC0)."""

from collections.abc import Mapping

import numpy as np

from detector.errors import BadCorpusError
from detector.features.inputlog import INPUTLOG_NAMES, with_contrasts
from detector.tables import FloatArray

_LOG_SOURCES = {
    "mean_pause_200_log_s": "mean_pause_time_in_secs_threshold200",
    "median_pause_200_log_s": "median_pause_time_in_secs_threshold200",
    "mean_pause_2000_log_s": "mean_pause_time_in_secs_threshold2000",
    "median_pause_2000_log_s": "median_pause_time_in_secs_threshold2000",
    "mean_within_200_log_s": "mean_pause_time_within_words_threshold200",
    "mean_before_word_200_log_s": "mean_pause_time_before_words_threshold200",
    "spread_before_word_200_log_s": "sd_pause_time_before_words_threshold200",
    "mean_before_sentence_200_log_s": "mean_pause_time_before_sents_threshold200",
    "keys_per_minute_log": "average_strokes_per_min",
    "erase_run_mean_log": "mean_deletion_length_chars",
}
_PER_KEY_SOURCES = {
    "pauses_200_per_key": ("total_number_of_pauses_threshold200", False),
    "pauses_2000_per_key": ("total_number_of_pauses_threshold2000", True),
    "within_200_per_key": ("num_of_pause_within_words_threshold200", False),
    "erased_per_key": ("total_deletions_chars_inclu_space", True),
}
COLUMNS_NEEDED = (
    "essayID",
    "condition",
    "total_strokes",
    "product_process_ratio",
    *_LOG_SOURCES.values(),
    *(name for name, _ in _PER_KEY_SOURCES.values()),
)

SHARED = (
    "mean_pause_2000_log_s",
    "pause_200_skew",
    "sentence_within_contrast",
    "product_process_ratio",
)
"""Aggregates the head uses: none measures how fast somebody types, and among the sets tried these
part both the labelled aggregates (cross-validated by text) and simulated copies best."""


def aggregate_rows(columns: Mapping[str, FloatArray]) -> FloatArray:
    """Return rows of `INPUTLOG_NAMES` from the table's own columns.

    Raises:
        BadCorpusError: a column is missing.
    """
    missing = [name for name in COLUMNS_NEEDED[2:] if name not in columns]
    if missing:
        raise BadCorpusError(f"the table of aggregates lacks {', '.join(missing)}")
    strokes = np.maximum(columns["total_strokes"], 1.0)
    made = {name: _log(columns[source]) for name, source in _LOG_SOURCES.items()}
    for name, (source, logarithm) in _PER_KEY_SOURCES.items():
        share = (columns[source] + 0.5) / strokes
        made[name] = _log(share) if logarithm else share
    made["product_process_ratio"] = np.clip(columns["product_process_ratio"], 0.0, 1.0)
    plain = np.column_stack([made[name] for name in INPUTLOG_NAMES if name in made])
    return np.array([with_contrasts(row.tolist()) for row in plain])


def _log(values: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore"):
        return np.where(values > 0, np.log10(np.maximum(values, 1e-6)), np.nan)
