"""How well the detector parts genuine sessions from one sort of attack."""

from typing import Any

import numpy as np

from detector.evaluation.curves import reliability, risk_coverage, roc_curve
from detector.evaluation.scored import Columns
from detector.promise.predictive import predictive_values
from detector.tables import BoolArray, FloatArray
from detector.training.fit import ASSUMED_PREVALENCE
from detector.training.metrics import (
    area,
    calibration_error,
    estimate,
    missed_estimate,
    rate,
)

SCALARS = (
    "auc",
    "apcer_at_bpcer_1",
    "apcer_at_bpcer_0.1",
    "bpcer_shipped",
    "bpcer_shipped_abstained_as_flag",
    "apcer_shipped",
    "apcer_shipped_abstained_as_caught",
    "abstained_genuine",
    "abstained_attacks",
    "accuracy_shipped",
    "calibration_error",
    "calibration_error_at_table_prevalence",
)
"""The figures in the order of a report; `parting` adds predictive values and curves."""


def parting(rows: Columns) -> dict[str, Any]:
    """Return every figure of the assessment's score and decision."""
    return {
        **ranking(rows.score, rows.attack, rows.writer),
        **decisions(rows),
        **calibration(rows.score, rows.attack, rows.writer),
        "predictive_value": predictive_figures(rows),
        "roc": roc_curve(rows.score, rows.attack),
        "reliability": reliability(
            at_prevalence(rows.score, float(np.mean(rows.attack))), rows.attack, rows.writer
        ),
        "risk_coverage": risk_coverage(rows),
    }


def ranking(scores: FloatArray, attack: BoolArray, writers: np.ndarray) -> dict[str, Any]:
    """Return the figures that need no threshold of the model's."""
    return {
        "auc": area(scores, attack, writers).to_json(),
        "apcer_at_bpcer_1": missed_estimate(scores, attack, writers, 0.01).to_json(),
        "apcer_at_bpcer_0.1": missed_estimate(scores, attack, writers, 0.001).to_json(),
    }


def decisions(rows: Columns) -> dict[str, Any]:
    """Return errors at the shipped thresholds, with abstentions counted both ways."""
    genuine, attack = ~rows.attack, rows.attack
    writers = rows.writer
    wrong = np.where(attack, ~rows.flagged, rows.flagged)
    return {
        "bpcer_shipped": rate(rows.flagged[genuine], writers[genuine]).to_json(),
        "bpcer_shipped_abstained_as_flag": rate(
            (rows.flagged | rows.abstained)[genuine], writers[genuine]
        ).to_json(),
        "apcer_shipped": rate(~rows.flagged[attack], writers[attack]).to_json(),
        "apcer_shipped_abstained_as_caught": rate(
            ~(rows.flagged | rows.abstained)[attack], writers[attack]
        ).to_json(),
        "abstained_genuine": rate(rows.abstained[genuine], writers[genuine]).to_json(),
        "abstained_attacks": rate(rows.abstained[attack], writers[attack]).to_json(),
        "accuracy_shipped": rate(~wrong, writers).to_json(),
    }


def calibration(scores: FloatArray, attack: BoolArray, writers: np.ndarray) -> dict[str, Any]:
    """Return the expected calibration error as scored and at the table's own prevalence.

    The second moves the score's odds from the assumed prevalence to the table's share of attacks
    (Saerens, Latinne and Decaestecker 2002, eq. 4), since a table made half of attacks says
    nothing about how many there are in paid work.
    """
    moved = at_prevalence(scores, float(np.mean(attack)))
    return {
        "calibration_error": estimate(
            lambda r: calibration_error(scores[r], attack[r]), writers
        ).to_json(),
        "calibration_error_at_table_prevalence": estimate(
            lambda r: calibration_error(moved[r], attack[r]), writers
        ).to_json(),
    }


def at_prevalence(scores: FloatArray, share: float) -> FloatArray:
    """Return scores as they would be if a ``share`` of all sessions were attacks."""
    assumed = ASSUMED_PREVALENCE / (1 - ASSUMED_PREVALENCE)
    clipped = np.clip(scores, 1e-9, 1 - 1e-9)
    share = float(np.clip(share, 1e-9, 1 - 1e-9))
    odds = clipped / (1 - clipped) * (share / (1 - share)) / assumed
    return np.asarray(odds / (1 + odds))


def predictive_figures(rows: Columns) -> dict[str, Any]:
    """Return the share of true flags among flags if this share of sessions were attacks."""
    found = rate(rows.flagged[rows.attack], rows.writer[rows.attack])
    false = rate(rows.flagged[~rows.attack], rows.writer[~rows.attack])
    return {
        f"{value.prevalence:.1%}": {
            **value.to_json(),
            "sessions": len(rows),
            "writers": len(np.unique(rows.writer)),
        }
        for value in predictive_values(found, false)
    }
