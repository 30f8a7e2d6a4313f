"""From a recording to an assessment: evidence kept apart by question, then fused."""

from collections.abc import Sequence
from dataclasses import dataclass

from detector.asked import as_asked
from detector.assessment import Assessment, Band
from detector.baseline import Baseline, EnrolmentDoubt, Reference
from detector.conduct import find_conduct
from detector.explanation import counter_evidence, reasons_of, spans_of
from detector.features.stream import TextStream, text_stream
from detector.features.vector import FEATURES_VERSION
from detector.fusion import Evidence, abstention, band_of, coverage_of, fused_typing, kinds_of
from detector.integrity import find_integrity, without_excused_holds
from detector.model import Model, load_model
from detector.promise import PlatformPromise
from detector.promise.applying import under_promise
from detector.promise.ground import on_ground
from detector.provenance import find_provenance
from detector.replay import Matches
from detector.submitted import submitted_texts
from detector.tables import Keystrokes, Recording
from detector.typing_evidence import TypingEvidence, judge_all, measure
from wire.policy import AllowedUse, Policy


@dataclass(frozen=True, slots=True)
class Case:
    """One closed session and what it is to be judged by.

    Attributes:
        recording: the evidence.
        policy: the project's rules for pasting, assistants and thresholds; without one the
            defaults of `wire.policy`.
        baseline: the person's own reference, if they consented to one.
        promise: what the platform was promised about false flags; it can take flags back.
        doubt: why their sample made no reference, if they gave one.
        earlier: typing of earlier sessions that the submitted texts go on from.
        matches: recorded sessions with the same timing, if a gallery was searched.
    """

    recording: Recording
    policy: Policy | None = None
    baseline: Baseline | None = None
    promise: PlatformPromise | None = None
    doubt: EnrolmentDoubt | None = None
    earlier: tuple[Keystrokes, ...] = ()
    matches: Matches | None = None


def assess(
    recording: Recording,
    model: Model,
    policy: Policy | None = None,
    baseline: Baseline | None = None,
    promise: PlatformPromise | None = None,
    matches: Matches | None = None,
) -> Assessment:
    """Assess one closed session, see `Case`; for many `assess_all` is faster.

    Args:
        recording: the evidence.
        model: a trained model, see `load_model`.
        policy: the project's rules.
        baseline: the person's own reference.
        promise: what the platform was promised.
        matches: recorded sessions with the same timing, see `detector.replay.search`.
    """
    return assess_all([Case(recording, policy, baseline, promise, matches=matches)], model)[0]


def assess_all(cases: Sequence[Case], model: Model) -> list[Assessment]:
    """Assess closed sessions; the model predicts for all of them at once."""
    streams = [_text_stream(case.recording) for case in cases]
    measured = [measure(stream, model) for stream in streams]
    typing = judge_all(measured, [case.baseline for case in cases], model)
    return [
        _assessed(case, stream, found, model)
        for case, stream, found in zip(cases, streams, typing, strict=True)
    ]


def _text_stream(recording: Recording) -> TextStream:
    return without_excused_holds(text_stream(recording.keystrokes), recording.declared)


def _assessed(case: Case, stream: TextStream, typing: TypingEvidence, model: Model) -> Assessment:
    evidence = _evidence(case, stream, typing, model)
    kinds = kinds_of(evidence)
    abstained = abstention(evidence, model)
    made = Assessment(
        band=Band.CANNOT_DETERMINE if abstained else band_of(evidence, model),
        score=1.0 - kinds.composition,
        kinds=kinds,
        coverage=evidence.coverage,
        reasons=reasons_of(evidence, model),
        spans=spans_of(evidence, model),
        counter_evidence=counter_evidence(evidence, model),
        abstained_because=abstained,
        model_version=model.version,
        features_version=FEATURES_VERSION,
        reference=_reference(evidence),
        texts=evidence.texts,
    )
    if case.promise is not None:
        made = under_promise(made, case.promise, case.matches is not None)
    made = on_ground(made, evidence.conduct, model)
    return as_asked(made, case.policy.evidence) if case.policy is not None else made


def _reference(evidence: Evidence) -> Reference:
    if evidence.baseline is None or not evidence.typing.seen:
        return Reference.POPULATION
    return evidence.baseline.reference


def _evidence(case: Case, stream: TextStream, typing: TypingEvidence, model: Model) -> Evidence:
    recording = case.recording
    allowed = case.policy.allowed if case.policy is not None else AllowedUse()
    integrity = find_integrity(stream, recording.origin, recording.declared, case.matches)
    conduct = find_conduct(recording, stream, case.policy)
    return Evidence(
        recording=recording,
        stream=stream,
        coverage=coverage_of(recording),
        typing=fused_typing(typing, integrity, conduct, recording.declared, model),
        provenance=find_provenance(recording, allowed),
        integrity=integrity,
        conduct=conduct,
        baseline=case.baseline,
        doubt=case.doubt,
        texts=submitted_texts(recording, allowed, case.earlier),
    )


__all__ = ["Case", "assess", "assess_all", "coverage_of", "load_model"]
