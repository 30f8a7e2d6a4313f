"""Several classifiers of two classes that vote with their log odds."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from detector.tables import BoolArray, FloatArray, IntArray

BOUND = 1e-6
"""Probabilities are kept this far from 0 and 1: no member may decide alone."""
LEAST_SCALE = 0.5

Member = tuple[str, Any, Sequence[int] | None]
"""A name, a classifier, and the columns it reads (None: all)."""


def linear_classifier(strength: float = 0.05) -> Any:
    """Return a regularised logistic regression that fills what is missing with the median."""
    return make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(C=strength, max_iter=3000),
    )


class LogitVote(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Mean of the members' log odds, each on a scale given by the first class.

    A member reads some columns and learns only from rows that have any of them: tables with
    different columns can be stacked, missing where they have none. A member's log odds are placed
    so that 0 is where 1 % of the first class lies above and -1 is that class's median, so that no
    member outvotes the others by being surer of itself.

    Args:
        members: `Member` tuples; one `linear_classifier` by default.
        genuine_above: share of the first class above 0.
    """

    def __init__(self, members: Sequence[Member] | None = None, genuine_above: float = 0.01):
        self.members = members
        self.genuine_above = genuine_above

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from rows of shape (samples, columns) and labels of two classes.

        Raises:
            ValueError: there are not two classes.
        """
        rows, labels = validate_data(self, X, y, ensure_all_finite="allow-nan")
        check_classification_targets(labels)
        self.classes_ = np.unique(labels)
        if type_of_target(labels, input_name="y") != "binary" and len(self.classes_) > 2:
            raise ValueError(
                "Only binary classification is supported. The type of the target is "
                f"{type_of_target(labels)}."
            )
        if len(self.classes_) < 2:
            raise ValueError("Classifier can't train when only one class is present.")
        positive: BoolArray = labels == self.classes_[1]
        self.names_: list[str] = []
        self.columns_: list[list[int]] = []
        self.members_: list[Any] = []
        for name, member, columns in self.members or [("linear", linear_classifier(), None)]:
            chosen = list(range(rows.shape[1]) if columns is None else columns)
            known = ~np.isnan(rows[:, chosen]).all(axis=1)
            self.names_.append(name)
            self.columns_.append(chosen)
            self.members_.append(clone(member).fit(rows[known][:, chosen], positive[known]))
        return self.place(rows[~positive])

    def place(self, genuine: FloatArray) -> Self:
        """Set the members' scales by rows of the first class, best ones not learnt from."""
        self.centre_: list[float] = []
        self.scale_: list[float] = []
        for number, columns in enumerate(self.columns_):
            known = ~np.isnan(genuine[:, columns]).all(axis=1)
            logits = self.member_logits(number, genuine[known])
            high, middle = np.quantile(logits, [1 - self.genuine_above, 0.5])
            self.centre_.append(float(high))
            self.scale_.append(float(max(high - middle, LEAST_SCALE)))
        return self

    def member_logits(self, number: int, rows: FloatArray) -> FloatArray:
        """Return one member's log odds of the second class, shape (samples,)."""
        chosen = np.ascontiguousarray(rows[:, self.columns_[number]])
        share = self.members_[number].predict_proba(chosen)[:, 1]
        bounded = np.clip(share, BOUND, 1 - BOUND)
        return np.asarray(np.log(bounded / (1 - bounded)))

    def decision_function(self, X: Any) -> FloatArray:
        """Return the mean of the placed log odds, shape (samples,)."""
        check_is_fitted(self)
        rows = validate_data(self, X, reset=False, ensure_all_finite="allow-nan")
        total = np.zeros(len(rows))
        for number, (centre, scale) in enumerate(zip(self.centre_, self.scale_, strict=True)):
            total += (self.member_logits(number, rows) - centre) / scale
        return np.asarray(total / len(self.members_))

    def predict_proba(self, X: Any) -> FloatArray:
        """Return both classes' shares, not calibrated; shape (samples, 2)."""
        positive = 1.0 / (1.0 + np.exp(-np.clip(self.decision_function(X), -30.0, 30.0)))
        return np.column_stack([1.0 - positive, positive])

    def predict(self, X: Any) -> IntArray:
        """Return the likelier class of each row."""
        positive = self.decision_function(X) > 0
        chosen: IntArray = self.classes_[positive.astype(np.int64)]
        return chosen

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags
