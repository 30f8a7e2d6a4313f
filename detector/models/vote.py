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
LENGTH_KNOTS = (150, 400, 1000, 2500)
"""Lengths in text keys that have a scale of their own; in between, by the logarithm."""
LENGTH_REACH = 0.2
"""How far, in log10 of keys, stretches of other lengths help to place a knot."""

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
    so that 0 is where ``genuine_above`` of the first class lies above and -1 is that class's
    median, so that no member outvotes the others by being surer of itself. Where a column tells
    the length of a stretch (log10 of keys), stretches of each length have a scale of their own:
    the figures of short ones scatter more.

    Args:
        members: `Member` tuples; one `linear_classifier` by default.
        genuine_above: share of the first class above 0.
        length_column: which column tells the length; None if none does.
    """

    def __init__(
        self,
        members: Sequence[Member] | None = None,
        genuine_above: float = 0.015,
        length_column: int | None = None,
    ):
        self.members = members
        self.genuine_above = genuine_above
        self.length_column = length_column

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
        fitted: list[Member] = []
        for name, member, columns in self.members or [("linear", linear_classifier(), None)]:
            chosen = list(range(rows.shape[1]) if columns is None else columns)
            known = ~np.isnan(rows[:, chosen]).all(axis=1)
            learnt = clone(member).fit(rows[known][:, chosen], positive[known])
            fitted.append((name, learnt, chosen))
        return self._holding(fitted).place(rows[~positive])

    def of_fitted(self, members: Sequence[Member], columns: int) -> Self:
        """Take members that learnt elsewhere, each from rows of its own; `place` comes next.

        Args:
            members: with classifiers that are fitted already.
            columns: how many there are in all.
        """
        self.n_features_in_ = columns
        self.classes_ = np.array([False, True])
        return self._holding(members)

    def _holding(self, members: Sequence[Member]) -> Self:
        self.names_ = [name for name, _, _ in members]
        self.members_ = [member for _, member, _ in members]
        self.columns_ = [list(columns or ()) for _, _, columns in members]
        self.centre_ = [[0.0]] * len(members)
        self.scale_ = [[1.0]] * len(members)
        return self

    def place(self, genuine: FloatArray) -> Self:
        """Set the members' scales by rows of the first class, best ones not learnt from."""
        centre, scale = [], []
        for number, columns in enumerate(self.columns_):
            known = ~np.isnan(genuine[:, columns]).all(axis=1)
            rows = genuine[known]
            logits = self.member_logits(number, rows)
            levels = [self._levels(logits, weight) for weight in self._near_knots(rows)]
            centre.append([high for _, high in levels])
            scale.append([max(high - middle, LEAST_SCALE) for middle, high in levels])
        self.centre_, self.scale_ = centre, scale
        return self

    def _near_knots(self, rows: FloatArray) -> list[FloatArray]:
        """Return, for each of `LENGTH_KNOTS`, how much each row's length is like it."""
        if self.length_column is None:
            return [np.ones(len(rows))]
        length = np.nan_to_num(rows[:, self.length_column])
        distance = [(length - np.log10(knot)) / LENGTH_REACH for knot in LENGTH_KNOTS]
        return [np.exp(-0.5 * d * d) for d in distance]

    def _levels(self, logits: FloatArray, weight: FloatArray) -> tuple[float, float]:
        """Return the weighted median and the quantile that is to be 0."""
        order = np.argsort(logits)
        share = np.cumsum(weight[order]) / max(float(weight.sum()), 1e-12)
        middle, high = np.interp((0.5, 1.0 - self.genuine_above), share, logits[order])
        return float(middle), float(high)

    def member_logits(self, number: int, rows: FloatArray) -> FloatArray:
        """Return one member's log odds of the second class, shape (samples,)."""
        chosen = np.ascontiguousarray(rows[:, self.columns_[number]])
        share = self.members_[number].predict_proba(chosen)[:, 1]
        bounded = np.clip(share, BOUND, 1 - BOUND)
        return np.asarray(np.log(bounded / (1 - bounded)))

    def decision_function(self, X: Any) -> FloatArray:
        """Return the mean of the placed log odds, shape (samples,)."""
        check_is_fitted(self)
        return self.logits(validate_data(self, X, reset=False, ensure_all_finite="allow-nan"))

    def logits(self, rows: FloatArray) -> FloatArray:
        """Return `decision_function` of rows that need no check."""
        total = np.zeros(len(rows))
        for number in range(len(self.members_)):
            centre, scale = self._at_length(number, rows)
            total += (self.member_logits(number, rows) - centre) / scale
        return np.asarray(total / len(self.members_))

    def _at_length(self, number: int, rows: FloatArray) -> tuple[Any, Any]:
        centre, scale = self.centre_[number], self.scale_[number]
        if self.length_column is None or len(centre) == 1:
            return centre[0], scale[0]
        knots = np.log10(LENGTH_KNOTS)
        length = np.nan_to_num(rows[:, self.length_column], nan=float(knots[0]))
        return np.interp(length, knots, centre), np.interp(length, knots, scale)

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
