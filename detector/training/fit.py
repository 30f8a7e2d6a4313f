"""Fitting the heads, their calibration and their thresholds."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from detector.features.inputlog import INPUTLOG_NAMES
from detector.features.process import NAMES as PROCESS_NAMES
from detector.features.vector import FEATURE_NAMES
from detector.model import HEADS, LENGTH_KNOTS, Calibration, Classifier, Model
from detector.tables import BoolArray, FloatArray, IntArray
from detector.training.aggregates import SHARED
from detector.training.examples import Examples, Kind
from detector.training.screening import fit_screens

SPEED_FEATURES = ("within_median", "within_spread", "within_p95_excess", "after_word_spread")
"""How fast and even somebody types: person and keyboard, not composing or copying."""
ASSUMED_PREVALENCE = 0.05
"""Share of transcribed and of machine-typed sessions each that calibration assumes."""
CENTRE_AT = 0.985
"""Quantile of genuine stretches that a copying head's scale puts at 0 (its median at -1)."""
LENGTH_REACH = 0.2
"""How far, in log10 of keys, stretches of other lengths help to place a knot."""
REVIEW_BPCER = 0.003
STRONG_BPCER = 0.0005


@dataclass(frozen=True, slots=True)
class Aggregates:
    """Labelled aggregates: rows of `INPUTLOG_NAMES`, and whether each was transcribed."""

    rows: FloatArray
    transcribed: BoolArray
    text: IntArray


def fit_model(train: Examples, calibrate: Examples, aggregates: Aggregates, version: str) -> Model:
    """Fit a model on ``train``; calibrate and set thresholds on other writers."""
    copy_columns = tuple(name for name in PROCESS_NAMES if name not in SPEED_FEATURES)
    columns = {
        "synthetic": FEATURE_NAMES,
        "copy_trees": copy_columns,
        "copy_linear": copy_columns,
        "copy_aggregates": SHARED,
    }
    heads = _fit_heads(train, aggregates, columns)
    blank = Model(
        heads=heads,
        columns=columns,
        centre=dict.fromkeys(HEADS[1:], (0.0,) * len(LENGTH_KNOTS)),
        scale=dict.fromkeys(HEADS[1:], (1.0,) * len(LENGTH_KNOTS)),
        synthetic_calibration=Calibration(1.0, 0.0),
        transcription_calibration=Calibration(1.0, 0.0),
        review_at={},
        strong_at={},
        typical=_typical(train),
        version=version,
        screens=fit_screens(train),
    )
    return _calibrated(blank, calibrate)


def _fit_heads(
    train: Examples, aggregates: Aggregates, columns: Mapping[str, tuple[str, ...]]
) -> dict[str, Classifier]:
    person = train.kind != Kind.SYNTHETIC
    copied = train.kind[person] == Kind.TRANSCRIPTION
    rows = train.features[person][:, [FEATURE_NAMES.index(n) for n in columns["copy_trees"]]]
    unassisted = (train.family != "assisted")[person]
    return {
        "synthetic": _trees(220).fit(train.features, train.kind == Kind.SYNTHETIC),
        "copy_trees": _trees(150).fit(rows, copied),
        "copy_linear": _linear().fit(rows[unassisted], copied[unassisted]),
        "copy_aggregates": fit_shared(train, aggregates),
    }


def fit_shared(train: Examples, aggregates: Aggregates) -> Classifier:
    """Fit the head that learns from real and simulated copying at once.

    Real copying (labelled aggregates of whole sessions) and simulated copying (of all lengths)
    count half each, through the figures of `SHARED`, which both sides compute alike.
    """
    wanted = [INPUTLOG_NAMES.index(name) for name in SHARED]
    mine = (train.kind != Kind.SYNTHETIC) & (train.family != "assisted")
    rows = np.vstack([aggregates.rows[:, wanted], train.inputlog[mine][:, wanted]])
    copied = np.r_[aggregates.transcribed, train.kind[mine] == Kind.TRANSCRIPTION]
    sides = (len(aggregates.rows), int(np.count_nonzero(mine)))
    weight = np.repeat([len(rows) / 2 / max(side, 1) for side in sides], sides)
    head: Classifier = _trees(150).fit(rows, copied, sample_weight=weight)
    return head


def _trees(rounds: int) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        max_iter=rounds,
        learning_rate=0.08,
        max_leaf_nodes=8,
        min_samples_leaf=60,
        l2_regularization=5.0,
        max_features=0.5,
        early_stopping=False,
        random_state=0,
    )


def _linear() -> Classifier:
    model: Classifier = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(C=0.05, max_iter=3000),
    )
    return model


def _typical(train: Examples) -> FloatArray:
    genuine = train.features[train.kind == Kind.COMPOSITION]
    return np.asarray(np.nanpercentile(genuine, [5, 50, 95], axis=0))


def _calibrated(blank: Model, calibrate: Examples) -> Model:
    genuine = calibrate.kind == Kind.COMPOSITION
    copied = calibrate.kind == Kind.TRANSCRIPTION
    centre, scale = dict[str, tuple[float, ...]](), dict[str, tuple[float, ...]]()
    for head in HEADS[1:]:
        rows = calibrate.inputlog if head == "copy_aggregates" else calibrate.features
        logits = blank.head_logits(head, rows[genuine])
        levels = [_weighted_quantiles(logits, near) for near in _near_knots(calibrate, genuine)]
        centre[head] = tuple(high for _, high in levels)
        scale[head] = tuple(max(high - middle, 0.5) for middle, high in levels)
    placed = _replaced(blank, centre=centre, scale=scale)
    copying = placed.copying_logits(calibrate.features, calibrate.inputlog)
    synthetic = placed.head_logits("synthetic", calibrate.features)
    person = genuine | copied
    fitted = _replaced(
        placed,
        synthetic_calibration=_platt(synthetic, calibrate.kind == Kind.SYNTHETIC),
        transcription_calibration=_platt(copying[person], copied[person]),
    )
    scores = fitted.scores(calibrate.features[genuine], calibrate.inputlog[genuine])
    by_kind = {"synthetic": scores.synthetic, "transcription": scores.transcription}
    return _replaced(
        fitted,
        review_at={k: _threshold(v, REVIEW_BPCER, 0.5) for k, v in by_kind.items()},
        strong_at={k: _threshold(v, STRONG_BPCER, 0.9) for k, v in by_kind.items()},
    )


def _near_knots(calibrate: Examples, genuine: BoolArray) -> list[FloatArray]:
    """Return, for each of `LENGTH_KNOTS`, how much each genuine stretch's length is like it."""
    length = calibrate.inputlog[genuine][:, INPUTLOG_NAMES.index("keys_log")]
    distance = [(np.nan_to_num(length) - np.log10(knot)) / LENGTH_REACH for knot in LENGTH_KNOTS]
    return [np.exp(-0.5 * d * d) for d in distance]


def _weighted_quantiles(values: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """Return the median and the `CENTRE_AT` quantile."""
    order = np.argsort(values)
    share = np.cumsum(weight[order]) / max(float(weight.sum()), 1e-12)
    middle, high = np.interp((0.5, CENTRE_AT), share, values[order])
    return float(middle), float(high)


def _replaced(model: Model, **changes: object) -> Model:
    values = {name: getattr(model, name) for name in Model.__dataclass_fields__}
    return Model(**{**values, **changes})


def _platt(logits: FloatArray, positive: BoolArray) -> Calibration:
    share = float(np.mean(positive))
    weight = np.where(positive, ASSUMED_PREVALENCE / share, (1 - ASSUMED_PREVALENCE) / (1 - share))
    fitted = LogisticRegression(C=1e3, max_iter=3000).fit(
        logits[:, None], positive, sample_weight=weight
    )
    return Calibration(float(fitted.coef_[0, 0]), float(fitted.intercept_[0]))


def _threshold(scores: FloatArray, share: float, least: float) -> float:
    """Return the score that only ``share`` of genuine stretches exceed, at least ``least``."""
    return float(max(np.quantile(scores, 1 - share), least))
