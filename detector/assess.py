"""From a recording to an assessment: evidence kept apart by question, then fused."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from detector.assessment import Assessment, Band, Kinds, Span, TextKind
from detector.baseline import Baseline
from detector.features.inputlog import inputlog_features
from detector.features.stream import TextStream, text_stream
from detector.features.vector import FEATURE_NAMES, FEATURES_VERSION, stream_vector
from detector.integrity import REPLACES_TYPING, Integrity, find_integrity, synthetic_reasons
from detector.model import Model, load_model, logit
from detector.provenance import Provenance, find_provenance
from detector.reasons import Code, Reason
from detector.tables import MISSING, FloatArray, Recording
from wire.policy import AllowedUse, Policy

MIN_KEYS = 150
"""Fewer text keys than this tell nothing about the process."""
MIN_COVERAGE = 0.5
PRIOR_DOUBT = 0.02
"""Probability given to each kind where nothing was seen of it."""
INSERTION_REVIEW = 0.5
INSERTION_STRONG = 0.9
INSERTION_MARGIN_US = 1_000_000
WINDOW_KEYS = 500
MOST_WINDOWS = 16


@dataclass(frozen=True, slots=True)
class _Process:
    """What the typing itself says."""

    seen: bool
    synthetic: float
    transcription: float
    features: FloatArray


def assess(
    recording: Recording,
    model: Model,
    policy: Policy | None = None,
    baseline: Baseline | None = None,
) -> Assessment:
    """Assess one closed session.

    Args:
        recording: the evidence.
        model: a trained model, see `load_model`.
        policy: the project's rules for pasting; the defaults of `wire.policy` without one.
        baseline: the person's own reference, if they consented to one.
    """
    allowed = policy.allowed if policy is not None else AllowedUse()
    stream = text_stream(recording.keystrokes)
    provenance = find_provenance(recording, allowed)
    integrity = find_integrity(stream, recording.origin, recording.declared)
    process = _process(stream, model, integrity, recording, baseline)
    coverage = coverage_of(recording)
    kinds = _kinds(process, provenance)
    abstained = _abstention(recording, stream, provenance, process, model)
    band = Band.CANNOT_DETERMINE if abstained else _band(process, provenance, model)
    return Assessment(
        band=band,
        score=1.0 - kinds.composition,
        kinds=kinds,
        coverage=coverage,
        reasons=_reasons(process, provenance, integrity, model),
        spans=_spans(stream, process, provenance, model),
        counter_evidence=_counter_evidence(process, provenance, recording, model, baseline),
        abstained_because=abstained,
        model_version=model.version,
        features_version=FEATURES_VERSION,
    )


def coverage_of(recording: Recording) -> float:
    """Return the share of the unpaused session that was observed; 0 if nothing was."""
    table = recording.keystrokes
    length = recording.duration_us
    if length == MISSING:
        length = int(table.t_us[-1] - table.t_us[0]) if len(table) else 0
    if not len(table) and not recording.insertions:
        return 0.0
    worked = length - _total(recording.paused)
    if worked <= 0:
        return 1.0 if len(table) else 0.0
    return float(np.clip(1.0 - _total(recording.unobserved) / worked, 0.0, 1.0))


def _total(intervals: tuple[tuple[int, int], ...]) -> int:
    total, until = 0, 0
    for start, end in sorted(intervals):
        total += max(end - max(start, until), 0)
        until = max(until, end)
    return total


def _process(
    stream: TextStream,
    model: Model,
    integrity: Integrity,
    recording: Recording,
    baseline: Baseline | None,
) -> _Process:
    if len(stream) < MIN_KEYS:
        blank = np.full(len(FEATURE_NAMES), np.nan)
        return _Process(False, PRIOR_DOUBT, PRIOR_DOUBT, blank)
    features = stream_vector(stream)
    scores = model.scores(features[None, :], inputlog_features(stream)[None, :])
    transcription = float(scores.transcription[0])
    if baseline is not None:
        adjusted = baseline.adjusted(float(scores.transcription_logit[0]))
        transcription = float(model.transcription_calibration(np.array([adjusted]))[0])
    synthetic = _sigmoid(logit(float(scores.synthetic[0])) + integrity.log_odds)
    if recording.declared & REPLACES_TYPING:
        synthetic = min(synthetic, PRIOR_DOUBT)
        transcription = min(transcription, PRIOR_DOUBT)
    return _Process(True, synthetic, transcription, features)


def _sigmoid(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-value))


def _kinds(process: _Process, provenance: Provenance) -> Kinds:
    inserted = provenance.strength
    typed = 1.0 - inserted
    synthetic = typed * process.synthetic
    transcription = typed * (1.0 - process.synthetic) * process.transcription
    composition = max(1.0 - inserted - synthetic - transcription, 0.0)
    return Kinds(composition, transcription, synthetic, inserted)


def _abstention(
    recording: Recording,
    stream: TextStream,
    provenance: Provenance,
    process: _Process,
    model: Model,
) -> Reason | None:
    """Why nothing can be said, if so. Evidence that was seen stands whatever was not."""
    if _blind(recording):
        return Reason(Code.LOW_COVERAGE, coverage_of(recording))
    if provenance.strength >= INSERTION_REVIEW:
        return None
    if len(stream) < MIN_KEYS:
        return Reason(Code.TOO_FEW_KEYSTROKES, len(stream))
    coverage = coverage_of(recording)
    if coverage < MIN_COVERAGE and process.synthetic < model.review_at["synthetic"]:
        return Reason(Code.LOW_COVERAGE, coverage)
    if recording.declared & REPLACES_TYPING:
        return Reason(Code.AID_HIDES_TYPING, 1.0)
    return None


def _blind(recording: Recording) -> bool:
    """Whether nothing outside a page could be observed (Wayland): a paste has no source to see.

    Such a session shows neither what was typed nor where a pasted text was copied.
    """
    nothing_seen = recording.focus is None and recording.copies is None
    return nothing_seen and not len(recording.keystrokes) and bool(recording.unobserved)


def _band(process: _Process, provenance: Provenance, model: Model) -> Band:
    strong = (
        provenance.strength >= INSERTION_STRONG
        or process.synthetic >= model.strong_at["synthetic"]
        or process.transcription >= model.strong_at["transcription"]
    )
    if strong:
        return Band.STRONG
    review = (
        provenance.strength >= INSERTION_REVIEW
        or process.synthetic >= model.review_at["synthetic"]
        or process.transcription >= model.review_at["transcription"]
    )
    return Band.REVIEW if review else Band.CONSISTENT


def _reasons(
    process: _Process, provenance: Provenance, integrity: Integrity, model: Model
) -> tuple[Reason, ...]:
    """Return the lines of evidence that hold, the strongest line first."""
    lines: list[tuple[float, list[Reason]]] = []
    totals: dict[Code, float] = {}
    for finding in provenance.unexplained:
        totals[finding.code] = totals.get(finding.code, 0.0) + finding.length_chars
    if totals:
        ordered = sorted(totals.items(), key=lambda item: -item[1])
        lines.append((provenance.strength, [Reason(code, value) for code, value in ordered]))
    if process.synthetic >= model.review_at["synthetic"]:
        tells = synthetic_reasons(process.synthetic, process.features, model.typical, integrity)
        lines.append((process.synthetic, tells))
    if _copying_shows(process, model):
        shown = _transcription_reasons(process, model)
        lines.append((process.transcription, shown))
    lines.sort(key=lambda line: -line[0])
    return tuple(reason for _, line in lines for reason in line)


def _copying_shows(process: _Process, model: Model) -> bool:
    """Whether copying is a reason: a machine's typing is no person's copying."""
    machine = process.synthetic >= model.review_at["synthetic"]
    return not machine and process.transcription >= model.review_at["transcription"]


def _transcription_reasons(process: _Process, model: Model) -> list[Reason]:
    reasons = [Reason(Code.READS_LIKE_COPYING, process.transcription)]
    pause, usual_pause = _feature(process, model, "before_sentence_excess")
    kept, usual_kept = _feature(process, model, "product_process_ratio")
    if pause < usual_pause[1]:
        reasons.append(Reason(Code.FEW_PLANNING_PAUSES, pause))
    if kept > usual_kept[1]:
        reasons.append(Reason(Code.LITTLE_REVISION, kept))
    return reasons


def _feature(process: _Process, model: Model, name: str) -> tuple[float, list[float]]:
    at = FEATURE_NAMES.index(name)
    return float(process.features[at]), model.typical[:, at].tolist()


def _counter_evidence(
    process: _Process,
    provenance: Provenance,
    recording: Recording,
    model: Model,
    baseline: Baseline | None,
) -> tuple[Reason, ...]:
    found: list[Reason] = []
    if process.seen:
        pause, usual_pause = _feature(process, model, "before_sentence_excess")
        kept, usual_kept = _feature(process, model, "product_process_ratio")
        overlap, usual_overlap = _feature(process, model, "rollover_share")
        if pause >= usual_pause[1]:
            found.append(Reason(Code.PLANNING_PAUSES, pause))
        if kept <= usual_kept[1]:
            found.append(Reason(Code.REVISED_THROUGHOUT, kept))
        if overlap >= usual_overlap[1]:
            found.append(Reason(Code.HUMAN_HOLDS, overlap))
    if provenance.allowed_chars:
        found.append(Reason(Code.INSERTIONS_ALLOWED, provenance.allowed_chars))
    if recording.declared:
        found.append(Reason(Code.DECLARED_AID, len(recording.declared)))
    if baseline is not None and process.seen:
        found.append(Reason(Code.LIKE_OWN_BASELINE, baseline.sessions))
    return tuple(found)


def _spans(
    stream: TextStream, process: _Process, provenance: Provenance, model: Model
) -> tuple[Span, ...]:
    spans = [
        Span(
            max(finding.t_us - INSERTION_MARGIN_US, 0),
            finding.t_us + INSERTION_MARGIN_US,
            TextKind.INSERTION,
            provenance.strength,
            finding.code,
        )
        for finding in provenance.unexplained
    ]
    if process.seen:
        spans.extend(_typing_spans(stream, process, model))
    return tuple(sorted(spans, key=lambda span: (span.start_us, span.end_us)))


def _typing_spans(stream: TextStream, process: _Process, model: Model) -> list[Span]:
    """Return the windows of about 500 keys that look like copying or a machine, joined."""
    flagged = {
        TextKind.SYNTHETIC: process.synthetic >= model.review_at["synthetic"],
        TextKind.TRANSCRIPTION: _copying_shows(process, model),
    }
    if not any(flagged.values()):
        return []
    count = len(stream)
    windows = int(np.clip(count // WINDOW_KEYS, 1, MOST_WINDOWS))
    edges = np.linspace(0, count, windows + 1).astype(np.int64).tolist()
    parts = [stream.part(a, b) for a, b in pairwise(edges)]
    scores = model.scores(
        np.array([stream_vector(part) for part in parts]),
        np.array([inputlog_features(part) for part in parts]),
    )
    whys = {
        TextKind.SYNTHETIC: (Code.SYNTHETIC_RHYTHM, scores.synthetic),
        TextKind.TRANSCRIPTION: (Code.READS_LIKE_COPYING, scores.transcription),
    }
    spans: list[Span] = []
    for kind, (why, values) in whys.items():
        if flagged[kind]:
            strong = values >= min(0.5, float(values.max()))
            spans.extend(_joined(parts, values, strong, kind, why))
    return spans


def _joined(
    parts: list[TextStream], values: FloatArray, chosen: np.ndarray, kind: TextKind, why: Code
) -> list[Span]:
    edges = np.flatnonzero(np.diff(np.r_[0, chosen.astype(np.int8), 0]))
    return [
        Span(
            int(parts[first].t_us[0]),
            int(parts[last - 1].t_us[-1]),
            kind,
            float(values[first:last].max()),
            why,
        )
        for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    ]


__all__ = ["assess", "coverage_of", "load_model"]
