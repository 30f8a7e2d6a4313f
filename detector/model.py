"""The trained model: heads that read feature vectors, their calibration and their thresholds."""

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import numpy as np
import skops.io
from sklearn.exceptions import InconsistentVersionWarning
from skops.io.exceptions import UntrustedTypesFoundException

from detector.errors import BadModelError
from detector.features.inputlog import INPUTLOG_NAMES
from detector.features.vector import FEATURE_NAMES, FEATURES_VERSION
from detector.screen import Screen, screen_from_state
from detector.stable_dump import stable_dumps
from detector.tables import BoolArray, FloatArray

MODEL_FORMAT = 2
SHIPPED_MODEL = "composition.skops"
TRUSTED_TYPES = (
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
)
"""The only types beyond skops' own defaults that a model file may hold."""

PROBE_TOLERANCE = 1e-9
"""How far predictions may differ from those of the machine that trained the model."""

_KNOWN_NAMES = {*FEATURE_NAMES, *INPUTLOG_NAMES}

HEADS = ("synthetic", "copy_trees", "copy_linear", "copy_aggregates")


LENGTH_KNOTS = (150, 400, 1000, 2500)
"""Lengths in text keys for which copying heads are centred and scaled: the figures of short
stretches scatter more, and some of them (production, bursts) differ in the mean."""


class Classifier(Protocol):
    """What a head is: a fitted scikit-learn classifier of two classes."""

    def fit(self, features: FloatArray, positive: BoolArray) -> "Classifier":
        """Learn from rows of features."""
        ...

    def predict_proba(self, features: FloatArray) -> FloatArray:
        """Return the probabilities of both classes for each row."""
        ...


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic map from a raw logit to a calibrated one (Platt 1999)."""

    slope: float
    offset: float

    def __call__(self, logits: FloatArray) -> FloatArray:
        """Return the probabilities for raw logits."""
        return 1.0 / (1.0 + np.exp(-np.clip(self.slope * logits + self.offset, -30.0, 30.0)))


@dataclass(frozen=True, slots=True)
class Scores:
    """Calibrated probabilities of some stretches, one row each.

    Attributes:
        synthetic: that a machine typed.
        transcription: that a person copied, given that a person typed.
        transcription_logit: raw evidence behind ``transcription``, for a typist's baseline.
    """

    synthetic: FloatArray
    transcription: FloatArray
    transcription_logit: FloatArray


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that scoring needs.

    Attributes:
        heads: the classifiers of `HEADS`.
        columns: for each head the names of the features it reads.
        centre: subtracted from each copying head's logit before they are averaged, for stretches
            of each length in `LENGTH_KNOTS` keys (in between: by the length's logarithm).
        scale: then divided by.
        synthetic_calibration: of the synthetic head.
        transcription_calibration: of the mean of the copying heads.
        review_at: thresholds for band "review", by kind.
        strong_at: thresholds for band "strong", by kind.
        screens: which windows to judge, for each kind; empty if only whole sessions are.
        typical: 5th, 50th and 95th percentile of each feature over genuine composing.
        version: names the model.
        within_person: what `detector.baseline` knows of people in general, or None.
    """

    heads: Mapping[str, Classifier]
    columns: Mapping[str, tuple[str, ...]]
    centre: Mapping[str, tuple[float, ...]]
    scale: Mapping[str, tuple[float, ...]]
    synthetic_calibration: Calibration
    transcription_calibration: Calibration
    review_at: Mapping[str, float]
    strong_at: Mapping[str, float]
    typical: FloatArray = field(repr=False)
    version: str = ""
    screens: Mapping[str, Screen] = field(default_factory=dict)
    within_person: Mapping[str, Any] | None = field(default=None, repr=False)

    def scores(self, features: FloatArray, inputlog: FloatArray) -> Scores:
        """Score stretches given their feature and aggregate vectors, one row each."""
        synthetic = self.head_logits("synthetic", features)
        copying = self.copying_logits(features, inputlog)
        return Scores(
            self.synthetic_calibration(synthetic),
            self.transcription_calibration(copying),
            copying,
        )

    def head_logits(self, head: str, rows: FloatArray) -> FloatArray:
        """Return one head's logits for rows of its kind of vector."""
        known = INPUTLOG_NAMES if head == "copy_aggregates" else FEATURE_NAMES
        chosen = np.ascontiguousarray(rows[:, [known.index(n) for n in self.columns[head]]])
        positive = np.clip(self.heads[head].predict_proba(chosen)[:, 1], 1e-6, 1 - 1e-6)
        return np.asarray(np.log(positive / (1 - positive)))

    def copying_logits(self, features: FloatArray, inputlog: FloatArray) -> FloatArray:
        """Return the mean of the three copying heads, each centred and scaled."""
        total = np.zeros(len(features))
        knots = np.log10(LENGTH_KNOTS)
        length = np.nan_to_num(inputlog[:, INPUTLOG_NAMES.index("keys_log")], nan=knots[0])
        for head in HEADS[1:]:
            logits = self.head_logits(head, inputlog if head == "copy_aggregates" else features)
            total += (logits - np.interp(length, knots, self.centre[head])) / np.interp(
                length, knots, self.scale[head]
            )
        return total / (len(HEADS) - 1)

    def probe(self) -> FloatArray:
        """Score fixed rows: what a model must still say wherever it is loaded.

        Returns:
            Three rows (synthetic, transcription, its logit) of one column per probed vector.
        """
        inputlog = np.outer(np.arange(1.0, len(self.typical) + 1.0), np.ones(len(INPUTLOG_NAMES)))
        scores = self.scores(self.typical, inputlog)
        return np.stack([scores.synthetic, scores.transcription, scores.transcription_logit])

    def to_bytes(self) -> bytes:
        """Return the model as it is stored (skops, no pickle)."""
        state = {
            "format": MODEL_FORMAT,
            "features_version": FEATURES_VERSION,
            "feature_names": list(FEATURE_NAMES),
            "heads": dict(self.heads),
            "columns": {k: list(v) for k, v in self.columns.items()},
            "centre": {head: list(values) for head, values in self.centre.items()},
            "scale": {head: list(values) for head, values in self.scale.items()},
            "synthetic_calibration": _pair(self.synthetic_calibration),
            "transcription_calibration": _pair(self.transcription_calibration),
            "review_at": dict(self.review_at),
            "strong_at": dict(self.strong_at),
            "typical": self.typical,
            "version": self.version,
            "screens": {kind: screen.to_state() for kind, screen in self.screens.items()},
            "probe": self.probe(),
        }
        if self.within_person is not None:
            state["within_person"] = dict(self.within_person)
        return stable_dumps(state)


def _pair(calibration: Calibration) -> list[float]:
    return [calibration.slope, calibration.offset]


def model_from_bytes(data: bytes) -> Model:
    """Load a model from the bytes of its file.

    Raises:
        BadModelError: the bytes are no model, hold a type outside `TRUSTED_TYPES`, were made for
            other features, or predict otherwise here than where they were trained.
    """
    try:
        with warnings.catch_warnings():
            # Another release of scikit-learn is fine as long as the probe below holds.
            warnings.simplefilter("ignore", InconsistentVersionWarning)
            state = skops.io.loads(data, trusted=list(TRUSTED_TYPES))
    except UntrustedTypesFoundException as error:
        raise BadModelError(f"the model file holds types that are not trusted: {error}") from error
    except Exception as error:
        raise BadModelError(f"the model file cannot be read: {error}") from error
    if not isinstance(state, dict) or state.get("format") != MODEL_FORMAT:
        raise BadModelError("the file is no model of this version of the detector")
    model = _from_state(state)
    if not {n for names in model.columns.values() for n in names} <= _KNOWN_NAMES:
        raise BadModelError("the model was trained on features that this version does not have")
    _check_probe(model, state.get("probe"))
    return model


def _at_knots(value: float | list[float]) -> tuple[float, ...]:
    """Return values at `LENGTH_KNOTS`; models up to 2026.11-3 had one for all lengths."""
    return tuple(value) if isinstance(value, list) else (float(value),) * len(LENGTH_KNOTS)


def _check_probe(model: Model, expected: object) -> None:
    try:
        holds = np.allclose(model.probe(), np.asarray(expected, float), 0.0, PROBE_TOLERANCE)
    except Exception as error:
        raise BadModelError(f"the model cannot be used with these libraries: {error}") from error
    if not holds:
        raise BadModelError(
            "the model predicts otherwise with this scikit-learn than where it was trained: "
            "install the pinned versions, or train it again"
        )


def _from_state(state: dict[str, Any]) -> Model:
    try:
        trained_on: list[str] = state["feature_names"]
        typical = np.full((3, len(FEATURE_NAMES)), np.nan)
        for at, name in enumerate(FEATURE_NAMES):
            if name in trained_on:
                typical[:, at] = state["typical"][:, trained_on.index(name)]
        return Model(
            heads={head: state["heads"][head] for head in HEADS},
            columns={head: tuple(state["columns"][head]) for head in HEADS},
            centre={head: _at_knots(state["centre"][head]) for head in HEADS[1:]},
            scale={head: _at_knots(state["scale"][head]) for head in HEADS[1:]},
            synthetic_calibration=Calibration(*state["synthetic_calibration"]),
            transcription_calibration=Calibration(*state["transcription_calibration"]),
            review_at=state["review_at"],
            strong_at=state["strong_at"],
            typical=typical,
            version=str(state["version"]),
            screens={k: screen_from_state(v) for k, v in state.get("screens", {}).items()},
            within_person=state.get("within_person"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadModelError(f"the model file lacks a part: {error}") from error


@cache
def load_model() -> Model:
    """Return the model that ships with the package, loaded once.

    Raises:
        BadModelError: the installed file is missing or damaged.
    """
    try:
        data = files("detector").joinpath("models", SHIPPED_MODEL).read_bytes()
    except OSError as error:
        raise BadModelError(f"the shipped model is missing: {error}") from error
    return model_from_bytes(data)


def logit(probability: float) -> float:
    """Return the log odds of a probability, kept away from 0 and 1."""
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))
