"""The model card, written by the training command from what it measured."""

from collections.abc import Mapping

import numpy as np

from detector.features.vector import FEATURE_NAMES, FEATURES_VERSION
from detector.model import Model
from detector.training.examples import Examples, Kind
from detector.training.fit import (
    ASSUMED_PREVALENCE,
    COPYING_REVIEW_BPCER,
    REVIEW_BPCER,
    STRONG_BPCER,
)
from detector.training.split import Part

_TEXT = """# Model card: {version}

Written by `python -m detector train`; do not edit.

**What it does.** Reads {features} timing features (version {features_version}) of a stretch of at
least 150 text keys and gives the probability that a program typed it, and that a person copied
rather than composed it. It sees key classes and times, never characters.

**Intended use.** One line of evidence among others, shown to a person who decides. Not for
automatic decisions, and not for finding out who somebody is.

**Data.** Genuine essays: KLiCKe corpus (Tian, Crossley and Van Waes; CC BY 4.0), sessions without
a paste over 20 characters; {train} writers to train, {calibrate} to calibrate and set thresholds,
{held_out} held out for the figures below (split by a hash of the writer). Labelled aggregates of
authentic and transcribed essays: Crossley, Tian, Choi, Holmes and Morris 2024 (CC0). Copying logs
are simulated from the essays ({copies}), machine logs from published and random timing models and
from essays with their timing changed ({machines}). No other corpus was used.

**Thresholds.** Probabilities assume {prevalence:.0%} copied and {prevalence:.0%} machine-typed
sessions. Band "review" starts where {review:.2%} (synthetic: {review_synthetic:.3f}) and
{copying_review:.2%} (transcription: {review_transcription:.3f}) of the calibration writers' genuine
stretches lie above; "strong" at {strong:.2%}. Both are raised to where no more than
{review:.2%} and {strong:.2%} of their whole sessions, judged with their windows, lie above.

**Share past the review threshold, held-out writers, stretches of 100 keys to a whole session.**
These attacks and copies are simulated by the same code as in training: they show that the model
learnt, not how it does on real ones. See `python -m detector evaluate` for real corpora.

| family | stretches | flagged |
|---|---|---|
{rows}

**Known limits.** A person who retypes with care and pauses where a writer would looks like a
writer. A writer who composed in the head looks like a copyist. Replays of a person's own recording
on a text with the same words are not told apart by this model. Languages other than English,
phones, and tools not simulated here are untested.
"""


def _families(examples: Examples, kind: Kind) -> str:
    return ", ".join(np.unique(examples.family[examples.kind == kind]).tolist())


def model_card(model: Model, held_out: Examples, writers: Mapping[Part, int]) -> str:
    """Return the card's text."""
    scores = model.scores(held_out.features, held_out.inputlog)
    flagged = (scores.synthetic >= model.review_at["synthetic"]) | (
        scores.transcription >= model.review_at["transcription"]
    )
    rows = [
        f"| {family} | {np.count_nonzero(held_out.family == family)} "
        f"| {np.mean(flagged[held_out.family == family]):.3f} |"
        for family in np.unique(held_out.family)
    ]
    return _TEXT.format(
        version=model.version,
        features=len(FEATURE_NAMES),
        features_version=FEATURES_VERSION,
        train=writers[Part.TRAIN],
        calibrate=writers[Part.CALIBRATE],
        held_out=writers[Part.HELD_OUT],
        copies=_families(held_out, Kind.TRANSCRIPTION),
        machines=_families(held_out, Kind.SYNTHETIC),
        prevalence=ASSUMED_PREVALENCE,
        review=REVIEW_BPCER,
        copying_review=COPYING_REVIEW_BPCER,
        strong=STRONG_BPCER,
        review_synthetic=model.review_at["synthetic"],
        review_transcription=model.review_at["transcription"],
        rows="\n".join(rows),
    )
