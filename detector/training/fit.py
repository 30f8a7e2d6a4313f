"""Fitting the estimators, their calibration and their thresholds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from detector.features.inputlog import INPUTLOG_NAMES
from detector.features.process import NAMES as PROCESS_NAMES
from detector.features.vector import FEATURE_NAMES
from detector.model import COLUMNS, Calibration, Model
from detector.models.kinds import NestedKinds
from detector.models.vote import LogitVote, Member, linear_classifier
from detector.tables import BoolArray, FloatArray, IntArray
from detector.training.aggregates import SHARED
from detector.training.examples import Examples, Kind
from detector.training.screening import fit_screens

SPEED_FEATURES = ("within_median", "within_spread", "within_p95_excess", "after_word_spread")
"""How fast and even somebody types: person and keyboard, not composing or copying."""
ASSUMED_PREVALENCE = 0.05
"""Share of transcribed and of machine-typed sessions each that calibration assumes."""
MACHINE_ABOVE = 0.005
"""Share of people's stretches of each length that lie above 0 on the scale of machines: one
threshold for all lengths would be set by the short ones, whose figures scatter most."""
REVIEW_BPCER = 0.003
COPYING_REVIEW_BPCER = 0.01
"""Stretches are harder than sessions: they are short, and some have their pauses cut. Of five
levels tried on 250 whole essays that no member was fitted to, 1 % was the highest that flagged
none; those essays chose the level, so they are no test of it."""
LEAST_REVIEW = {"synthetic": 0.5, "transcription": 0.4}
STRONG_BPCER = 0.0005


@dataclass(frozen=True, slots=True)
class Aggregates:
    """Labelled aggregates: rows of `INPUTLOG_NAMES`, and whether each was transcribed."""

    rows: FloatArray
    transcribed: BoolArray
    text: IntArray


def fit_model(train: Examples, calibrate: Examples, aggregates: Aggregates, version: str) -> Model:
    """Fit a model on ``train``; calibrate and set thresholds on other writers."""
    blank = Model(
        kinds=_fit_kinds(train, aggregates),
        columns=COLUMNS,
        synthetic_calibration=Calibration(1.0, 0.0),
        transcription_calibration=Calibration(1.0, 0.0),
        review_at={},
        strong_at={},
        typical=_typical(train),
        version=version,
        screens=fit_screens(train),
    )
    return _calibrated(blank, calibrate)


def _fit_kinds(train: Examples, aggregates: Aggregates) -> NestedKinds:
    length = COLUMNS.index("keys_log")
    machine = LogitVote(genuine_above=MACHINE_ABOVE, length_column=length)
    machine.of_fitted([_hands(train)], len(COLUMNS))
    copying = LogitVote(length_column=length)
    copying.of_fitted([*_processes(train), _shared(train, aggregates)], len(COLUMNS))
    return NestedKinds().of_fitted([machine, copying], list(Kind), len(COLUMNS))


def _numbers(names: Sequence[str]) -> list[int]:
    return [COLUMNS.index(name) for name in names]


def _hands(train: Examples) -> Member:
    """Learn machines from people, by every feature."""
    fitted = fit_hands(train.features, train.kind == Kind.SYNTHETIC, _weight(train.weight))
    return "hands", fitted, _numbers(FEATURE_NAMES)


def fit_hands(
    features: FloatArray, machine: BoolArray, weight: FloatArray | None = None
) -> HistGradientBoostingClassifier:
    """Fit what tells machines from people to rows of `FEATURE_NAMES`.

    Many bonds, each weak, need many and larger trees.
    """
    head = HistGradientBoostingClassifier(
        max_iter=500,
        learning_rate=0.06,
        max_leaf_nodes=12,
        min_samples_leaf=30,
        l2_regularization=5.0,
        max_features=0.2,
        early_stopping=False,
        random_state=0,
    )
    return head.fit(features, machine, sample_weight=weight)


def _processes(train: Examples) -> list[Member]:
    """Learn simulated copying from composing, by features that are not about speed."""
    person = train.kind != Kind.SYNTHETIC
    copied = train.kind[person] == Kind.TRANSCRIPTION
    names = [name for name in PROCESS_NAMES if name not in SPEED_FEATURES]
    rows = train.features[person][:, [FEATURE_NAMES.index(name) for name in names]]
    unassisted = (train.family != "assisted")[person]
    weight = train.weight[person]
    linear = linear_classifier().fit(
        rows[unassisted],
        copied[unassisted],
        logisticregression__sample_weight=_weight(weight[unassisted]),
    )
    trees = plain_trees(150).fit(rows, copied, sample_weight=_weight(weight))
    return [("trees", trees, _numbers(names)), ("linear", linear, _numbers(names))]


def _weight(weight: FloatArray) -> FloatArray | None:
    """None where all count alike: a fit with ones is not the same to the last bit."""
    return None if np.all(weight == 1) else weight


def _shared(train: Examples, aggregates: Aggregates) -> Member:
    return "shared", fit_shared(train, aggregates), _numbers(SHARED)


def fit_shared(train: Examples, aggregates: Aggregates) -> HistGradientBoostingClassifier:
    """Fit the member that learns from real and simulated copying at once.

    Real copying (labelled aggregates of whole sessions) and simulated copying (of all lengths)
    count half each, through the figures of `SHARED`, which both sides compute alike.
    """
    wanted = [INPUTLOG_NAMES.index(name) for name in SHARED]
    mine = (train.kind != Kind.SYNTHETIC) & (train.family != "assisted")
    rows = np.vstack([aggregates.rows[:, wanted], train.inputlog[mine][:, wanted]])
    copied = np.r_[aggregates.transcribed, train.kind[mine] == Kind.TRANSCRIPTION]
    sides = (len(aggregates.rows), int(np.count_nonzero(mine)))
    weight = np.repeat([len(rows) / 2 / max(side, 1) for side in sides], sides)
    return plain_trees(150).fit(rows, copied, sample_weight=weight)


def plain_trees(rounds: int = 150) -> HistGradientBoostingClassifier:
    """Return boosted trees, regularised for stretches of many writers."""
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


def _typical(train: Examples) -> FloatArray:
    genuine = train.features[train.kind == Kind.COMPOSITION]
    return np.asarray(np.nanpercentile(genuine, [5, 50, 95], axis=0))


def _calibrated(blank: Model, calibrate: Examples) -> Model:
    genuine = calibrate.kind == Kind.COMPOSITION
    copied = calibrate.kind == Kind.TRANSCRIPTION
    person = genuine | copied
    rows = blank.rows(calibrate.features, calibrate.inputlog)
    blank.machine.place(rows[person])
    blank.copying.place(rows[genuine])
    synthetic, copying = blank.machine.logits(rows), blank.copying.logits(rows)
    fitted = replace(
        blank,
        synthetic_calibration=_platt(synthetic, calibrate.kind == Kind.SYNTHETIC),
        transcription_calibration=_platt(copying[person], copied[person]),
    )
    scores = fitted.scores(calibrate.features[genuine], calibrate.inputlog[genuine])
    by_kind = {"synthetic": scores.synthetic, "transcription": scores.transcription}
    return replace(
        fitted,
        review_at={
            "synthetic": _threshold(scores.synthetic, REVIEW_BPCER, LEAST_REVIEW["synthetic"]),
            "transcription": _threshold(
                scores.transcription, COPYING_REVIEW_BPCER, LEAST_REVIEW["transcription"]
            ),
        },
        strong_at={k: _threshold(v, STRONG_BPCER, 0.9) for k, v in by_kind.items()},
    )


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
