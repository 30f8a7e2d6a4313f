"""Thresholds that hold for sessions as they are judged: as a whole and by their windows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from detector.features.stream import text_stream
from detector.model import Model
from detector.tables import FloatArray
from detector.training.examples import Essay
from detector.training.fit import REVIEW_BPCER, STRONG_BPCER
from detector.typing_evidence import judge_all, measure


def with_session_thresholds(model: Model, essays: Sequence[Essay]) -> Model:
    """Raise thresholds to where no larger share of genuine sessions lies above than of stretches.

    The thresholds that `detector.training.fit.fit_model` sets hold for stretches of any length; a
    session is judged by its worst window too, which makes more of it.
    """
    measured = [measure(text_stream(essay.keystrokes), model) for essay in essays]
    found = [one for one in judge_all(measured, [None] * len(measured), model) if one.seen]
    scores = {
        "synthetic": np.array([one.synthetic for one in found]),
        "transcription": np.array([one.transcription for one in found]),
    }
    return replace(
        model,
        review_at=_raised(model.review_at, scores, REVIEW_BPCER),
        strong_at=_raised(model.strong_at, scores, STRONG_BPCER),
    )


def _raised(
    thresholds: Mapping[str, float], scores: Mapping[str, FloatArray], share: float
) -> dict[str, float]:
    return {
        kind: max(at, float(np.quantile(scores[kind], 1 - share))) if len(scores[kind]) else at
        for kind, at in thresholds.items()
    }
