"""What an open session looks like so far: cheap, shown to nobody, and never a flag.

It knows less than an assessment does: of each half hour one stretch of typing, no reference of the
person's own, no conduct, no submitted texts; pastes of one's own text count as insertions.
"""

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detector.assessment import Kinds
from detector.features.inputlog import INPUTLOG_NAMES
from detector.features.vector import FEATURE_NAMES, FEATURES_VERSION
from detector.from_wire import recording_from_batches
from detector.integrity import REPLACES_TYPING
from detector.model import Model, Scores
from detector.provenance import find_provenance
from detector.state.state import State
from detector.tables import FloatArray, Recording
from detector.typing_evidence import PRIOR_DOUBT
from wire import events
from wire.batch import Batch
from wire.body import Body
from wire.header import blank_header
from wire.policy import Policy
from wire.schema import schema_of

_FEATURES = len(FEATURE_NAMES)
_NOTHING = Recording(recording_from_batches(()).keystrokes)


@dataclass(frozen=True, slots=True)
class Provisional:
    """What is judged of an open session.

    Attributes:
        kinds: probability of each way the text got in, so far.
        coverage: share of the unpaused time that was observed.
        batches: how many it rests on.
        text_keys: how many keys they hold.
        judged_keys: how many keys lie in the stretches that were judged; 0: nothing was, and
            ``kinds`` says what is believed of anybody.
        model_version: which model judged.
        features_version: which figures it read.
    """

    kinds: Kinds
    coverage: float
    batches: int
    text_keys: int
    judged_keys: int
    model_version: str
    features_version: str = FEATURES_VERSION


def provisional(state: State, model: Model, policy: Policy) -> Provisional:
    """Judge one open session; for many `provisional_all` is faster."""
    return provisional_all([(state, policy)], model)[0]


def provisional_all(cases: Sequence[tuple[State, Policy]], model: Model) -> list[Provisional]:
    """Judge open sessions with one prediction of all their stretches."""
    judged = [state.stretches.done[state.stretches.done["keys"] > 0] for state, _ in cases]
    vectors = np.concatenate([rows["vector"] for rows in judged]).astype(np.float64)
    nothing = np.zeros(0)
    scores = Scores(nothing, nothing, nothing)
    if len(vectors):
        inputlog = vectors[:, _FEATURES : _FEATURES + len(INPUTLOG_NAMES)]
        scores = model.scores(vectors[:, :_FEATURES], inputlog)
    found, start = [], 0
    for (state, policy), rows in zip(cases, judged, strict=True):
        stop = start + len(rows)
        synthetic = _of_stretches(scores.synthetic[start:stop])
        copied = _of_stretches(scores.transcription[start:stop])
        found.append(
            Provisional(
                _kinds(_rarer(state), synthetic, copied, policy),
                coverage_so_far(state),
                state.stop - state.first,
                state.text_keys,
                int(rows["keys"].sum()),
                model.version,
            )
        )
        start = stop
    return found


def coverage_so_far(state: State) -> float:
    """Return the share of the unpaused time that batches speak for and the keyboard was heard."""
    worked_us = state.end_us - state.paused.until(state.end_us)
    if worked_us <= 0:
        return 0.0
    heard_us = state.spoken_us - state.keyboard_down.until(state.end_us)
    return float(min(max(heard_us / worked_us, 0.0), 1.0))


def _of_stretches(values: FloatArray) -> float:
    """Return the session's probability: the mean over stretches, or one that stands out.

    One among n is worth less than the whole, as in `detector.typing_evidence`.
    """
    if not len(values):
        return PRIOR_DOUBT
    logits = np.log(values / (1 - values))
    strongest = max(float(np.mean(logits)), float(np.max(logits)) - math.log(len(logits)))
    return 1.0 / (1.0 + math.exp(-strongest))


def _kinds(recording: Recording, synthetic: float, copied: float, policy: Policy) -> Kinds:
    if recording.declared & REPLACES_TYPING:
        synthetic, copied = min(synthetic, PRIOR_DOUBT), min(copied, PRIOR_DOUBT)
    inserted = 0.0
    if recording.insertions:
        inserted = find_provenance(recording, policy.allowed).strength
    machine = (1.0 - inserted) * synthetic
    transcribed = (1.0 - inserted) * (1.0 - synthetic) * copied
    composed = max(1.0 - inserted - machine - transcribed, 0.0)
    return Kinds(composed, transcribed, machine, inserted)


def _rarer(state: State) -> Recording:
    """Return a recording of the rarer events alone, read as all recordings are."""
    if events.Insertion not in state.kept and events.DeclaredMode not in state.kept:
        return _NOTHING
    tables = {
        kind: {
            entry.name: array("q", column.tobytes())
            for entry, column in zip(schema_of(kind), rows.T, strict=True)
        }
        for kind, rows in state.kept.items()
    }
    return recording_from_batches([Batch(blank_header(state.end_us), Body(tables))])
