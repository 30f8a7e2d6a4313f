"""Why an assessment says what it says: reasons, counter-evidence and the places."""

from detector.assessment import Span, TextKind
from detector.baseline import Reference
from detector.features.vector import FEATURE_NAMES
from detector.fusion import Evidence
from detector.integrity import replay_code, synthetic_reasons
from detector.model import Model
from detector.reasons import Code, Reason
from detector.typing_spans import typing_spans

INSERTION_MARGIN_US = 1_000_000
MOST_REPLAYS_SHOWN = 5


def reasons_of(evidence: Evidence, model: Model) -> tuple[Reason, ...]:
    """Return the lines of evidence that hold, the strongest line first."""
    lines: list[tuple[float, list[Reason]]] = []
    typing, provenance = evidence.typing, evidence.provenance
    if provenance.reasons:
        lines.append((provenance.strength, list(provenance.reasons)))
    excess = sum(text.excess_chars for text in evidence.texts)
    if excess:
        strength = max(text.strength for text in evidence.texts)
        lines.append((strength, [Reason(Code.UNEXPLAINED_PASSAGES, excess)]))
    suspected = evidence.suspected(model)
    if TextKind.SYNTHETIC in suspected:
        tells = synthetic_reasons(
            typing.synthetic, typing.synthetic_features, model.typical, evidence.integrity
        )
        lines.append((typing.synthetic, [*tells, *evidence.conduct.beside_machine]))
    if TextKind.TRANSCRIPTION in suspected:
        lines.append((typing.transcription, _copying_reasons(evidence, model)))
    if evidence.conduct.reasons:
        lines.append((evidence.conduct.copying_floor, list(evidence.conduct.reasons)))
    lines.sort(key=lambda line: -line[0])
    return tuple(reason for _, line in lines for reason in line)


def _copying_reasons(evidence: Evidence, model: Model) -> list[Reason]:
    reasons = [Reason(Code.READS_LIKE_COPYING, evidence.typing.transcription)]
    pause, usual_pause = _feature(evidence, model, "before_sentence_excess")
    kept, usual_kept = _feature(evidence, model, "product_process_ratio")
    if pause < usual_pause[1]:
        reasons.append(Reason(Code.FEW_PLANNING_PAUSES, pause))
    if kept > usual_kept[1]:
        reasons.append(Reason(Code.LITTLE_REVISION, kept))
    return reasons


def _feature(evidence: Evidence, model: Model, name: str) -> tuple[float, list[float]]:
    at = FEATURE_NAMES.index(name)
    return float(evidence.typing.features[at]), model.typical[:, at].tolist()


def counter_evidence(evidence: Evidence, model: Model) -> tuple[Reason, ...]:
    """Return what speaks for the person."""
    found: list[Reason] = []
    if evidence.typing.seen:
        pause, usual_pause = _feature(evidence, model, "before_sentence_excess")
        kept, usual_kept = _feature(evidence, model, "product_process_ratio")
        overlap, usual_overlap = _feature(evidence, model, "rollover_share")
        if pause >= usual_pause[1]:
            found.append(Reason(Code.PLANNING_PAUSES, pause))
        if kept <= usual_kept[1]:
            found.append(Reason(Code.REVISED_THROUGHOUT, kept))
        if overlap >= usual_overlap[1]:
            found.append(Reason(Code.HUMAN_HOLDS, overlap))
    found.extend(evidence.provenance.counter_evidence)
    found.extend(evidence.conduct.counter_evidence)
    device = evidence.recording.device
    if device is not None and device.virtual_machine:
        found.append(Reason(Code.VIRTUAL_MACHINE, 1.0))
    if device is not None and device.remote_desktop:
        found.append(Reason(Code.REMOTE_DESKTOP, 1.0))
    if evidence.recording.declared:
        found.append(Reason(Code.DECLARED_AID, len(evidence.recording.declared)))
    if evidence.typing.seen:
        found.extend(_compared_with(evidence))
    return tuple(found)


def _compared_with(evidence: Evidence) -> list[Reason]:
    """Say which of the person's own typing was the measure; nothing where it was people's."""
    baseline = evidence.baseline
    if baseline is None:
        return [Reason(Code.ENROLMENT_NOT_USED, 1.0)] if evidence.doubt is not None else []
    if baseline.reference is Reference.ENROLMENT:
        return [Reason(Code.COMPARED_WITH_ENROLMENT, baseline.keys)]
    return [Reason(Code.LIKE_OWN_BASELINE, baseline.sessions)]


def spans_of(evidence: Evidence, model: Model) -> tuple[Span, ...]:
    """Return where the evidence lies: moments of insertions, windows of typing."""
    spans = [
        Span(
            max(finding.t_us - INSERTION_MARGIN_US, 0),
            finding.t_us + INSERTION_MARGIN_US,
            TextKind.INSERTION,
            evidence.provenance.strength if finding.counts else 0.0,
            finding.code,
        )
        for finding in evidence.provenance.unexplained
    ]
    spans.extend(evidence.conduct.spans)
    if evidence.typing.seen:
        suspected = evidence.suspected(model)
        if evidence.integrity.replays:
            suspected -= {TextKind.SYNTHETIC}
            spans.extend(_replayed_spans(evidence))
        spans.extend(typing_spans(evidence.stream, evidence.typing, model, suspected))
    return tuple(sorted(spans, key=lambda span: (span.start_us, span.end_us)))


def _replayed_spans(evidence: Evidence) -> list[Span]:
    why = replay_code(evidence.integrity)
    return [
        Span(match.start_us, match.end_us, TextKind.SYNTHETIC, evidence.typing.synthetic, why)
        for match in evidence.integrity.replays[:MOST_REPLAYS_SHOWN]
    ]
