"""The trained model: heads that read feature vectors, their calibration and their thresholds."""

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import skops.io
from sklearn.exceptions import InconsistentVersionWarning
from skops.io.exceptions import UntrustedTypesFoundException

from detector.errors import BadModelError
from detector.features.inputlog import INPUTLOG_NAMES
from detector.features.vector import FEATURE_NAMES, FEATURES_VERSION
from detector.models.kinds import NestedKinds
from detector.models.screen import Screen, screen_from_state
from detector.models.stable_dump import stable_dumps
from detector.models.vote import LogitVote
from detector.tables import FloatArray

MODEL_FORMAT = 3
SHIPPED_MODEL = "composition.skops"
TRUSTED_TYPES = (
    "detector.models.kinds.NestedKinds",
    "detector.models.vote.LogitVote",
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
)
"""The only types beyond skops' own defaults that a model file may hold."""

PROBE_TOLERANCE = 1e-9
"""How far predictions may differ from those of the machine that trained the model."""

COLUMNS = (*FEATURE_NAMES, *INPUTLOG_NAMES)
"""What the estimators' rows hold, in order; a model may have been trained on fewer."""


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
        kinds: answers whether a machine typed, then whether a person copied.
        columns: names of the columns that ``kinds`` reads, of `COLUMNS`.
        synthetic_calibration: of the first question's log odds.
        transcription_calibration: of the second's.
        review_at: thresholds for band "review", by kind.
        strong_at: thresholds for band "strong", by kind.
        screens: which windows to judge, for each kind; empty if only whole sessions are.
        typical: 5th, 50th and 95th percentile of each feature over genuine composing.
        version: names the model.
        within_person: what `detector.baseline` knows of people in general, or None.
    """

    kinds: NestedKinds
    columns: tuple[str, ...]
    synthetic_calibration: Calibration
    transcription_calibration: Calibration
    review_at: Mapping[str, float]
    strong_at: Mapping[str, float]
    typical: FloatArray = field(repr=False)
    version: str = ""
    screens: Mapping[str, Screen] = field(default_factory=dict)
    within_person: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def machine(self) -> LogitVote:
        """Return the classifier that tells machines from people."""
        found: LogitVote = self.kinds.questions_[0]
        return found

    @property
    def copying(self) -> LogitVote:
        """Return the classifier that tells copying from composing, given a person."""
        found: LogitVote = self.kinds.questions_[1]
        return found

    def scores(self, features: FloatArray, inputlog: FloatArray) -> Scores:
        """Score stretches given their feature and aggregate vectors, one row each."""
        rows = self.rows(features, inputlog)
        copying = self.copying.logits(rows)
        return Scores(
            self.synthetic_calibration(self.machine.logits(rows)),
            self.transcription_calibration(copying),
            copying,
        )

    def rows(self, features: FloatArray, inputlog: FloatArray) -> FloatArray:
        """Return the rows that the estimators read, shape (stretches, columns)."""
        chosen = [COLUMNS.index(name) for name in self.columns]
        return np.ascontiguousarray(np.hstack([features, inputlog])[:, chosen])

    def machine_logits(self, features: FloatArray) -> FloatArray:
        """Return the log odds that a machine typed, before calibration."""
        return self.machine.logits(self.rows(features, _no_inputlog(features)))

    def copying_logits(self, features: FloatArray, inputlog: FloatArray) -> FloatArray:
        """Return the log odds that a person copied, before calibration."""
        return self.copying.logits(self.rows(features, inputlog))

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
            "kinds": self.kinds,
            "columns": list(self.columns),
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


def _no_inputlog(features: FloatArray) -> FloatArray:
    return np.full((len(features), len(INPUTLOG_NAMES)), np.nan)


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
    if not set(model.columns) <= set(COLUMNS):
        raise BadModelError("the model was trained on features that this version does not have")
    _check_probe(model, state.get("probe"))
    return model


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
            kinds=state["kinds"],
            columns=tuple(state["columns"]),
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
