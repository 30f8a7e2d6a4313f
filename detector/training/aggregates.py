"""Labelled Inputlog aggregates (Crossley et al. 2024, CC0) as rows of our own aggregates."""

from collections.abc import Mapping

import numpy as np

from detector.errors import BadCorpusError
from detector.features.inputlog import INPUTLOG_NAMES, with_contrasts
from detector.features.pauses import PAUSE_NAMES, SHARE_FLOOR
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
_PAUSE_LOG_SOURCES = {
    f"{ours}_{threshold}_{name}_log_s": f"{theirs}_pause_time_{place}_threshold{threshold}"
    for ours, place, threshold, wanted in (
        ("within_word", "within_words", 200, ("mean", "median")),
        ("before_word", "before_words", 200, ("mean", "median", "spread")),
        ("before_word", "before_words", 2000, ("mean", "median", "spread")),
        ("after_word", "after_words", 200, ("mean", "median", "spread")),
        ("after_word", "after_words", 2000, ("median",)),
    )
    for name, theirs in (("mean", "mean"), ("median", "median"), ("spread", "sd"))
    if name in wanted
}
_PER_STROKE_SOURCES = {
    "pauses_200_per_stroke": "total_number_of_pauses_threshold200",
    "pauses_2000_per_stroke_log": "total_number_of_pauses_threshold2000",
    **{
        f"{ours}_{threshold}_per_stroke{suffix}": f"num_of_pause_{place}_threshold{threshold}"
        for ours, place in (
            ("within_word", "within_words"),
            ("before_word", "before_words"),
            ("after_word", "after_words"),
        )
        for threshold, suffix in ((200, ""), (2000, "_log"))
    },
    "deletions_per_stroke_log": "num_of_deletions",
    "erased_per_stroke_log": "total_deletions_chars_inclu_space",
}
_OTHER_SOURCES = (
    "total_process_time_secs",
    "total_pause_time_in_secs_threshold2000",
    "chars_produced_inclu_spac",
    "chars_produced_per_min_inclu_spac",
    "mean_length_Pbursts_chars",
    "median_length_Pbursts_chars",
    "sd_length_Pbursts_chars",
    "average_strokes_per_min",
    "sd_strokes_per_min_5_intervals",
    "sd_strokes_per_min_10_intervals",
)
COLUMNS_NEEDED = (
    "essayID",
    "condition",
    "total_strokes",
    "product_process_ratio",
    *_LOG_SOURCES.values(),
    *(name for name, _ in _PER_KEY_SOURCES.values()),
    *_PAUSE_LOG_SOURCES.values(),
    *_PER_STROKE_SOURCES.values(),
    *_OTHER_SOURCES,
)

SHARED = (
    "mean_pause_200_log_s",
    "mean_pause_2000_log_s",
    "median_pause_2000_log_s",
    "pause_200_skew",
    "product_process_ratio",
    *(
        name
        for name in PAUSE_NAMES
        if name
        not in (
            "keys_log",
            "pauses_200_per_stroke",
            "within_word_200_per_stroke",
            "within_word_200_mean_log_s",
            "within_word_200_median_log_s",
            "before_word_200_per_stroke",
            "before_word_200_median_log_s",
            "after_word_200_per_stroke",
            "after_word_200_median_log_s",
            "chars_per_minute_log",
        )
    ),
)
"""Aggregates the head uses: none measures how fast somebody types, which parts the people of the
two conditions and not what they did."""


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
    with_both = np.array([with_contrasts(row.tolist()) for row in plain])
    return np.column_stack([with_both, _pause_rows(columns, strokes)])


def _pause_rows(columns: Mapping[str, FloatArray], strokes: FloatArray) -> FloatArray:
    """Return rows of `PAUSE_NAMES`."""
    made = {name: _log(columns[source]) for name, source in _PAUSE_LOG_SOURCES.items()}
    for name, source in _PER_STROKE_SOURCES.items():
        share = (columns[source] + 0.5) / strokes
        made[name] = _log(share) if name.endswith("_log") else share
    chars = np.maximum(columns["chars_produced_inclu_spac"], 1.0)
    made["keys_log"] = np.log10(chars + columns["total_deletions_chars_inclu_space"])
    time = np.maximum(columns["total_process_time_secs"], 1.0)
    made["pause_2000_time_share"] = columns["total_pause_time_in_secs_threshold2000"] / time
    burst = columns["mean_length_Pbursts_chars"] + 0.5
    made["p_burst_chars_mean_log"] = np.log10(burst)
    made["p_burst_chars_median_log"] = np.log10(columns["median_length_Pbursts_chars"] + 0.5)
    made["p_burst_chars_variation_log"] = np.log10(
        (columns["sd_length_Pbursts_chars"] + 0.5) / burst
    )
    made["chars_per_minute_log"] = _log(columns["chars_produced_per_min_inclu_spac"])
    rate = np.maximum(columns["average_strokes_per_min"], 1.0)
    for parts in (5, 10):
        spread = columns[f"sd_strokes_per_min_{parts}_intervals"] / rate
        made[f"production_variation_{parts}_log"] = np.log10(spread + SHARE_FLOOR)
    made["deletion_length_log"] = _log(columns["mean_deletion_length_chars"])
    return np.column_stack([made[name] for name in PAUSE_NAMES])


def _log(values: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore"):
        return np.where(values > 0, np.log10(np.maximum(values, 1e-6)), np.nan)
