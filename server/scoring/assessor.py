"""The detector, as the scorer sees it."""

from collections.abc import Mapping

from detector.assess import Case, assess_all, load_model
from detector.assessment import Assessment
from detector.baseline import Enrolled, Reference, enrol, enrol_with_sample
from detector.from_wire import recording_from_batches
from detector.promise import PlatformPromise
from detector.reasons import Reason
from detector.submitted import Source, SubmittedText
from server.scoring.assessments import (
    Assessed,
    AssessedInsertion,
    AssessedPassage,
    AssessedSpan,
    AssessedText,
    AssessedTyping,
    ReasonText,
)
from server.scoring.facts import OpenedSession
from server.scoring.references import OwnTyping
from wire.policy import Policy


class DetectorAssessor:
    """Judges with the model that ships with the detector; loading it is slow, so keep it."""

    def __init__(self) -> None:
        self._model = load_model()

    def assess(
        self,
        opened: OpenedSession,
        policy: Policy,
        texts: Mapping[bytes, str],
        own: OwnTyping,
        promise: PlatformPromise | None = None,
    ) -> Assessed:
        """Judge one session; what did not decode counts as unobserved."""
        enrolled = self._enrolled(own)
        case = Case(
            recording_from_batches(opened.batches, texts),
            policy,
            baseline=enrolled.baseline,
            promise=promise,
            doubt=enrolled.doubt,
        )
        return _as_stored(assess_all([case], self._model)[0])

    def _enrolled(self, own: OwnTyping) -> Enrolled:
        if own.sample is not None:
            return enrol_with_sample(self._model, own.sample)
        earlier = [recording_from_batches(one.batches).keystrokes for one in own.earlier]
        if not earlier:
            return Enrolled(None, None)
        return enrol(self._model, earlier, reference=Reference.EARLIER_SESSIONS)


def _as_stored(found: Assessment) -> Assessed:
    abstained = found.abstained_because
    return Assessed(
        band=str(found.band),
        score=found.score,
        kinds={name: getattr(found.kinds, name) for name in found.kinds.__slots__},
        coverage=found.coverage,
        reasons=tuple(_in_words(reason) for reason in found.reasons),
        counter_evidence=tuple(_in_words(reason) for reason in found.counter_evidence),
        abstained_because=_in_words(abstained) if abstained else None,
        spans=tuple(
            AssessedSpan(
                span.start_us // 1000,
                -(-span.end_us // 1000),
                str(span.kind),
                span.strength,
                str(span.why),
            )
            for span in found.spans
        ),
        model_version=found.model_version,
        features_version=found.features_version,
        promise=found.promise.sentence,
        reference=str(found.reference),
        texts=tuple(_text(text) for text in found.texts),
    )


def _text(text: SubmittedText) -> AssessedText:
    return AssessedText(
        submitted_ms=text.t_us // 1000,
        length_chars=text.length_chars,
        typed_chars=text.typed_chars,
        before_chars=text.before_chars,
        judged=text.judged,
        passages=tuple(
            AssessedPassage(
                p.start, p.end - p.start, p.origin.name.lower(), p.confidence, _source(source)
            )
            for p, source in zip(text.passages, text.sources, strict=True)
        ),
        typed=tuple(
            AssessedTyping(t.start, t.end - t.start, t.first_us // 1000, t.last_us // 1000)
            for t in text.typed
        ),
    )


def _source(source: Source | None) -> AssessedInsertion | None:
    if source is None:
        return None
    return AssessedInsertion(
        source.t_us // 1000, source.how.name.lower(), source.category.name.lower()
    )


def _in_words(reason: Reason) -> ReasonText:
    definition = reason.definition
    return ReasonText(
        code=str(reason.code),
        value=reason.value,
        unit=definition.unit,
        text=reason.sentence,
        means=definition.means,
        innocent=definition.innocent,
    )
