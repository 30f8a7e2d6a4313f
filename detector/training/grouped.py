"""Cross-validation of labelled aggregates, the two versions of one text kept together."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold, cross_val_predict

from detector.tables import BoolArray, FloatArray
from detector.training.metrics import area, missed_at

FOLDS = 10


def grouped_figures(rows: FloatArray, positive: BoolArray, text: np.ndarray) -> dict[str, object]:
    """Return the figures of gradient boosting over all aggregates, grouped by text."""
    model = HistGradientBoostingClassifier(
        max_iter=300,
        learning_rate=0.05,
        max_leaf_nodes=8,
        min_samples_leaf=10,
        l2_regularization=1.0,
        max_features=0.3,
        early_stopping=False,
        random_state=0,
    )
    scores = cross_val_predict(
        model, rows, positive, groups=text, cv=GroupKFold(FOLDS), method="predict_proba"
    )[:, 1]
    return {
        "folds": FOLDS,
        "auc": area(scores, positive, text).to_json(),
        "tpr_at_fpr_1": round(1 - missed_at(scores, positive, 0.01), 4),
    }
