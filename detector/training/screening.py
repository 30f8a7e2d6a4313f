"""Fitting the screens that choose which windows of a session the model judges."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from detector.models.screen import Screen
from detector.tables import BoolArray, FloatArray
from detector.training.examples import Examples, Kind

LOOKED_AT_GENUINE = 0.01
"""Share of genuine windows that the screens pick: what looking costs."""


def fit_screens(train: Examples) -> dict[str, Screen]:
    """Return a screen for machines and one for copying, from windows of 500 keys."""
    whole = ~np.isnan(train.window[:, 0])
    person = whole & (train.kind != Kind.SYNTHETIC)
    return {
        "synthetic": _screen(train, whole, train.kind == Kind.SYNTHETIC),
        "transcription": _screen(train, person, train.kind == Kind.TRANSCRIPTION),
    }


def _screen(train: Examples, rows: BoolArray, positive: BoolArray) -> Screen:
    windows = train.window[rows]
    seen = np.maximum(np.count_nonzero(~np.isnan(windows), axis=0), 1)
    centre: FloatArray = np.nansum(windows, axis=0) / seen
    scale = np.maximum(np.sqrt(np.nansum((windows - centre) ** 2, axis=0) / seen), 1e-6)
    standard = np.clip(np.nan_to_num((windows - centre) / scale, nan=0.0), -4.0, 4.0)
    fitted = LogisticRegression(C=0.1, max_iter=2000).fit(standard, positive[rows])
    plain = Screen(centre, scale, fitted.coef_[0], float(fitted.intercept_[0]), 0.0)
    genuine = plain.logits(train.window[rows & (train.kind == Kind.COMPOSITION)])
    look_at = float(np.quantile(genuine, 1 - LOOKED_AT_GENUINE))
    return Screen(centre, scale, fitted.coef_[0], float(fitted.intercept_[0]), look_at)
