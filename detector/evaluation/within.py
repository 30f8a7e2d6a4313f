"""Cross-validation inside one small table: what could be learnt from it, not what is shipped."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from detector.evaluation.labels import is_attack, is_genuine
from detector.evaluation.parting import ranking
from detector.evaluation.scored import Labelled, windows
from detector.features.inputlog import inputlog_features
from detector.features.stream import text_stream
from detector.features.vector import stream_vector
from detector.tables import FloatArray, Keystrokes
from detector.training.metrics import calibration_error, estimate

MOST_FOLDS = 10
FEWEST_WRITERS = 4
MIN_KEYS = 150


def cross_validated(sessions: Sequence[Labelled]) -> dict[str, Any]:
    """Return figures of a linear model learnt from the table's other writers, by label.

    Each session is cut into windows of 500 text keys (whole where it is shorter); a session's
    score is the mean of its windows'. All of a writer's sessions are in one fold.
    """
    usable = [s for s in sessions if len(text_stream(s.keystrokes)) >= MIN_KEYS]
    labels = sorted({s.label for s in usable if is_attack(s.label)})
    return {
        label: figures
        for label in labels
        if (figures := _one_label([s for s in usable if is_genuine(s.label) or s.label == label]))
        is not None
    }


def _one_label(sessions: list[Labelled]) -> dict[str, Any] | None:
    attack = np.array([is_attack(s.label) for s in sessions])
    writers = np.array([s.writer for s in sessions])
    fewer = min(len(np.unique(writers[attack])), len(np.unique(writers[~attack])))
    if fewer < FEWEST_WRITERS:
        return None
    cut = [[w.keystrokes for w in windows(s)] or [s.keystrokes] for s in sessions]
    of = np.repeat(np.arange(len(sessions)), [len(part) for part in cut])
    rows = np.array([_vector(table) for part in cut for table in part])
    model = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(C=0.05, max_iter=3000, class_weight="balanced"),
    )
    folds = StratifiedGroupKFold(min(MOST_FOLDS, fewer))
    chance = cross_val_predict(
        model, rows, attack[of], groups=writers[of], cv=folds, method="predict_proba"
    )[:, 1]
    scores = np.array([chance[of == number].mean() for number in range(len(sessions))])
    return {
        "folds": folds.get_n_splits(),
        **ranking(scores, attack, writers),
        "calibration_error": estimate(
            lambda r: calibration_error(scores[r], attack[r]), writers
        ).to_json(),
    }


def _vector(table: Keystrokes) -> FloatArray:
    stream = text_stream(table)
    return np.concatenate([stream_vector(stream), inputlog_features(stream)])
