"""The way a text got in, as a chain of questions with two answers each."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from detector.models.vote import LogitVote
from detector.tables import FloatArray, IntArray


class NestedKinds(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Nested dichotomies (Frank and Kramer 2004, *Ensembles of nested dichotomies*, ICML).

    The classes are in order. The first question is whether a row is of the last class (a machine
    typed it), the next whether it is of the one before, given that it is not (a person copied it),
    and so on; the first class is what is left (composition). So the evidence for copying does not
    depend on how many machines there were to learn from.

    Args:
        questions: a classifier of two classes for each question; the last one is used for all
            that follow. `LogitVote` by default.
    """

    def __init__(self, questions: Sequence[Any] | None = None):
        self.questions = questions

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from rows of shape (samples, columns) and labels of two or more classes.

        Raises:
            ValueError: there is one class only.
        """
        rows, labels = validate_data(self, X, y, ensure_all_finite="allow-nan")
        check_classification_targets(labels)
        self.classes_ = np.unique(labels)
        if len(self.classes_) < 2:
            raise ValueError("Classifier can't train when only one class is present.")
        asked = list(self.questions or [LogitVote()])
        self.questions_: list[Any] = []
        for number, kind in enumerate(self.classes_[:0:-1]):
            left = labels <= kind
            question = clone(asked[min(number, len(asked) - 1)])
            self.questions_.append(question.fit(rows[left], labels[left] == kind))
        return self

    def of_fitted(self, questions: Sequence[Any], classes: Sequence[int], columns: int) -> Self:
        """Take questions that learnt elsewhere, the last class's first.

        Args:
            questions: one fewer than there are classes.
            classes: all of them, in order.
            columns: how many columns rows have.
        """
        self.n_features_in_ = columns
        self.classes_ = np.array(classes)
        self.questions_ = list(questions)
        return self

    def predict_proba(self, X: Any) -> FloatArray:
        """Return the share of each class; shape (samples, classes)."""
        check_is_fitted(self)
        rows = validate_data(self, X, reset=False, ensure_all_finite="allow-nan")
        shares = np.zeros((len(rows), len(self.classes_)))
        left = np.ones(len(rows))
        for number, question in enumerate(self.questions_):
            positive = question.predict_proba(rows)[:, 1]
            shares[:, -1 - number] = left * positive
            left = left * (1.0 - positive)
        shares[:, 0] = left
        return shares

    def predict(self, X: Any) -> IntArray:
        """Return the likeliest class of each row."""
        likeliest = np.argmax(self.predict_proba(X), axis=1)
        chosen: IntArray = self.classes_[likeliest]
        return chosen

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
