"""Controls of the copying evidence: does it carry over, or has it learnt the corpus?

Real transcription comes as aggregates only and raw logs of copying are simulated, so each side is
used to test the other (figures of `SHARED`, which both compute alike), and two things that would
fool a single-corpus figure are measured: whether a classifier can tell the corpora apart, and
what is left when the act is taken out of the labels and only the corpus remains.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from sklearn.model_selection import GroupKFold, cross_val_predict

from detector.features.inputlog import INPUTLOG_NAMES
from detector.model import Model
from detector.models.vote import linear_classifier
from detector.tables import BoolArray, FloatArray
from detector.training.aggregates import SHARED
from detector.training.examples import Examples, Kind
from detector.training.fit import (
    ASSUMED_PREVALENCE,
    Aggregates,
    fit_shared,
    plain_trees,
)
from detector.training.metrics import area, auc, calibration_error, rate

WHOLE_KEYS_LOG = 3.08
"""Stretches of 1,200 keys and more stand beside aggregates of whole sessions."""
FLAGGED = 0.01
FOLDS = 5
PROBE_ROUNDS = 50
SHUFFLES = 5
TRUE_COPIES = ("retyped", "transcribing", "pause_injection", "revision_injection")


class _Head(Protocol):
    """A fitted classifier of two classes."""

    def predict_proba(self, rows: Any, /) -> FloatArray:
        """Return the probabilities of both classes for each row."""
        ...


@dataclass(frozen=True, slots=True)
class _Side:
    """Rows of `SHARED` with what they are and whose."""

    rows: FloatArray
    copied: BoolArray
    group: np.ndarray


def copying_controls(
    model: Model, train: Examples, test: Examples, aggregates: Aggregates
) -> dict[str, object]:
    """Return the figures of every control, as plain values.

    Args:
        model: the model whose calibration is checked.
        train: examples of writers that the model learnt from.
        test: examples of writers held out.
        aggregates: labelled aggregates of real composing and copying.
    """
    learnt, held, real = _simulated(train, whole=False), _simulated(test), _real(aggregates)
    if min(np.count_nonzero(held.copied), np.count_nonzero(~held.copied)) < 2 * FOLDS:
        return {"skipped": f"fewer than {2 * FOLDS} held-out stretches are long enough"}
    return {
        "simulated_to_real": {
            name: _carried(head.fit(learnt.rows, learnt.copied), held, real)
            for name, head in _learners()
        },
        "real_to_simulated": {
            name: _carried(head.fit(real.rows, real.copied), real, held)
            for name, head in _learners()
        },
        "both_to_real_grouped_by_text": _both(train, aggregates, held, real),
        "corpus_identity": corpus_identity(held, real),
        "corpus_shuffle": corpus_shuffle(learnt, held, real),
        "calibration": calibration(model, test),
    }


def _simulated(examples: Examples, *, whole: bool = True) -> _Side:
    chosen = (examples.kind == Kind.COMPOSITION) | np.isin(examples.family, TRUE_COPIES)
    if whole:
        length = examples.inputlog[:, INPUTLOG_NAMES.index("keys_log")]
        chosen &= np.nan_to_num(length) >= WHOLE_KEYS_LOG
    copied = examples.kind[chosen] == Kind.TRANSCRIPTION
    return _Side(_shared(examples.inputlog[chosen]), copied, examples.writer[chosen])


def _real(aggregates: Aggregates) -> _Side:
    return _Side(_shared(aggregates.rows), aggregates.transcribed, aggregates.text)


def _shared(rows: FloatArray) -> FloatArray:
    return rows[:, [INPUTLOG_NAMES.index(name) for name in SHARED]]


def _learners() -> list[tuple[str, Any]]:
    return [("trees", plain_trees()), ("linear", linear_classifier())]


def _scores(head: _Head, rows: FloatArray) -> FloatArray:
    return np.asarray(head.predict_proba(rows)[:, 1])


def _carried(head: _Head, home: _Side, away: _Side) -> dict[str, object]:
    """Return how a head does away from home, at the threshold that flags 1 % at home."""
    return _figures(_scores(head, home.rows), home, _scores(head, away.rows), away)


def _figures(
    at_home: FloatArray, home: _Side, scores: FloatArray, away: _Side
) -> dict[str, object]:
    threshold = float(np.quantile(at_home[~home.copied], 1 - FLAGGED, method="higher"))
    flagged = scores > threshold
    return {
        "auc": area(scores, away.copied, away.group).to_json(),
        "genuine_flagged": rate(flagged[~away.copied], away.group[~away.copied]).to_json(),
        "copies_found": rate(flagged[away.copied], away.group[away.copied]).to_json(),
    }


def _both(train: Examples, aggregates: Aggregates, held: _Side, real: _Side) -> dict[str, object]:
    """Cross-validate the shipped kind of head over texts; thresholds from held-out writers."""
    scores = np.zeros(len(real.rows))
    for learn, check in GroupKFold(FOLDS).split(real.rows, groups=real.group):
        part = Aggregates(
            aggregates.rows[learn], aggregates.transcribed[learn], aggregates.text[learn]
        )
        scores[check] = _scores(fit_shared(train, part), real.rows[check])
    at_home = _scores(fit_shared(train, aggregates), held.rows)
    return _figures(at_home, held, scores, real)


def corpus_identity(held: _Side, real: _Side) -> dict[str, object]:
    """Return how well a classifier tells the corpora apart: 0.5 is not at all."""
    return {
        "genuine": _told_apart(held, real, copied=False),
        "copies": _told_apart(held, real, copied=True),
    }


def _told_apart(held: _Side, real: _Side, *, copied: bool) -> float:
    mine, theirs = held.copied == copied, real.copied == copied
    rows = np.vstack([held.rows[mine], real.rows[theirs]])
    corpus = np.r_[np.zeros(int(mine.sum()), np.bool_), np.ones(int(theirs.sum()), np.bool_)]
    group = np.r_[held.group[mine].astype(str), real.group[theirs].astype(str)]
    scores = cross_val_predict(
        plain_trees(PROBE_ROUNDS),
        rows,
        corpus,
        groups=group,
        cv=GroupKFold(FOLDS),
        method="predict_proba",
    )[:, 1]
    return round(auc(scores, corpus), 4)


def corpus_shuffle(learnt: _Side, held: _Side, real: _Side) -> dict[str, object]:
    """Return what is left without the act: both figures must be near 0.5.

    ``labels_shuffled``: labels shuffled within each corpus before learning, scored on the other.
    ``corpus_as_label``: a head that learnt the corpus, asked for the act within the real corpus.
    """
    rng = np.random.default_rng(0)
    shuffled = []
    for _ in range(SHUFFLES):
        for home, away in ((learnt, real), (real, held)):
            head = linear_classifier().fit(home.rows, rng.permutation(home.copied))
            shuffled.append(auc(_scores(head, away.rows), away.copied))
    genuine = np.vstack([held.rows[~held.copied], real.rows[~real.copied]])
    corpus = np.arange(len(genuine)) >= int(np.count_nonzero(~held.copied))
    head = linear_classifier().fit(genuine, corpus)
    return {
        "labels_shuffled_mean_auc": round(float(np.mean(shuffled)), 4),
        "labels_shuffled_worst_auc": round(float(max(shuffled, key=lambda v: abs(v - 0.5))), 4),
        "corpus_as_label_auc": round(auc(_scores(head, real.rows), real.copied), 4),
    }


def calibration(model: Model, test: Examples) -> dict[str, object]:
    """Return the expected calibration error of the copying probability on held-out writers.

    Each writer's genuine and copied stretches are drawn at the prevalence that the calibration
    assumes; the error at even odds is given too, for it shows how much it hangs on that.
    """
    person = (test.kind == Kind.COMPOSITION) | np.isin(test.family, TRUE_COPIES)
    copied = test.kind[person] == Kind.TRANSCRIPTION
    scores = model.scores(test.features[person], test.inputlog[person]).transcription
    rng = np.random.default_rng(0)
    made: dict[str, object] = {"writers": len(np.unique(test.writer[person]))}
    for name, share in (("at_assumed_prevalence", ASSUMED_PREVALENCE), ("at_even_odds", 0.5)):
        weight = np.where(copied, share / copied.mean(), (1 - share) / (1 - copied.mean()))
        drawn = rng.choice(len(scores), 20_000, p=weight / weight.sum())
        made[name] = round(calibration_error(scores[drawn], copied[drawn]), 4)
    return made
