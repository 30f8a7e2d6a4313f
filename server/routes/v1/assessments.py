"""`/v1/assessments`, `/v1/sessions/{session_id}/assessment`: what was published of sessions."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Security
from pydantic.dataclasses import dataclass

from server.clock import iso_utc
from server.http.paging import PageAsked, Paging
from server.records import Scope, Standing, StoredAssessment, Verdict
from server.records.listing import SessionFilter
from server.routes.v1.asking import AskerOf
from server.routes.v1.references import PersonRef, ProjectRef
from server.routes.v1.sessions import sessions_opened
from server.routes.v1.strict import StrictRoute
from server.scoring.assessments import FLAGGED_BANDS, Assessed, ReasonText
from server.services.asking import Asker
from server.services.review import AssessedView, Review
from wire.decoding import decoder_of


@dataclass(frozen=True, slots=True)
class ReasonOut:
    """One thing that was seen: code, number, plain words, innocent explanations."""

    code: str
    value: float
    unit: str
    text: str
    means: str
    innocent: list[str]


@dataclass(frozen=True, slots=True)
class SpanOut:
    """A stretch of the session with one explanation; milliseconds from clock-in."""

    start_ms: int
    end_ms: int
    kind: str
    strength: float
    why: str


@dataclass(frozen=True, slots=True)
class EarlierOut:
    """An assessment that was published before, kept as it was made."""

    made_at: str
    why: str
    band: str
    flagged: bool
    main_reason: str | None
    model_version: str
    features_version: str


@dataclass(frozen=True, slots=True)
class StandingOut:
    """What people said of a session. Nothing adverse was said before `decision` says it."""

    under_review: bool
    decision: Verdict | None
    decided_at: str | None
    by_silence: bool
    """A deadline passed, and it fell to the trainer."""


@dataclass(frozen=True, slots=True)
class AssessmentOut:
    """The published assessment of a session, the main reason first.

    `band` and `flagged` ask for a person to look: they are no finding, and nothing may follow from
    them alone. What people decided is in `standing`, which is null without `reviews:read`.
    """

    session: str
    band: str
    flagged: bool
    score: float
    kinds: dict[str, float]
    coverage: float
    main_reason: str | None
    reasons: list[ReasonOut]
    counter_evidence: list[ReasonOut]
    abstained_because: ReasonOut | None
    spans: list[SpanOut]
    model_version: str
    features_version: str
    promise: str
    reference: str
    made_at: str
    why: str
    """Why it was made: `closed`, `late-text`, `newer-model` or `asked`."""
    standing: StandingOut | None
    earlier: list[EarlierOut]
    """What was published before it, the first one first; empty for most sessions."""


@dataclass(frozen=True, slots=True)
class AssessmentLineOut:
    """The newest assessment of a session, in brief: reasons and spans are the session's own.

    `band` and `flagged` ask for a person to look: they are no finding, and nothing may follow from
    them alone.
    """

    session: str
    person: PersonRef
    project: ProjectRef
    band: str
    flagged: bool
    score: float
    coverage: float
    main_reason: str | None
    model_version: str
    features_version: str
    made_at: str
    why: str
    """Why it was made: `closed`, `late-text`, `newer-model` or `asked`."""


@dataclass(frozen=True, slots=True)
class AssessmentsOut:
    """A page of assessments; `next` is the cursor of the page after, null at the end."""

    assessments: list[AssessmentLineOut]
    next: str | None


def assessments_router(review: Review, asker_of: AskerOf, paging: Paging) -> APIRouter:
    """The routes about assessments."""
    router = APIRouter(prefix="/v1", tags=["assessments"], route_class=StrictRoute)
    AssessmentsReader = Annotated[Asker, Security(asker_of, scopes=[Scope.ASSESSMENTS_READ.value])]  # noqa: N806
    # The list says whose the sessions are.
    listing = [Scope.ASSESSMENTS_READ.value, Scope.SESSIONS_READ.value]
    AssessmentsLister = Annotated[Asker, Security(asker_of, scopes=listing)]  # noqa: N806

    @router.get("/assessments")
    def assessments(
        asker: AssessmentsLister,
        asked: Annotated[PageAsked, Depends(paging)],
        wanted: Annotated[SessionFilter, Depends(sessions_opened)],
    ) -> AssessmentsOut:
        """The newest assessment of each scored session, the one that was opened last first."""
        found = review.assessed(asker, wanted, asked.after(asker, int), asked.to_read)
        page = asked.page(asker, found, lambda view: view.line.row)
        return AssessmentsOut([_line_out(view) for view in page.items], page.next)

    @router.get("/sessions/{session_id}/assessment")
    def assessment(session_id: str, asker: AssessmentsReader) -> AssessmentOut:
        """The assessment, once the session is closed and scored; 404 until then."""
        made = review.assessments(asker, session_id)
        standing = None
        if Scope.REVIEWS_READ in asker.scopes:
            standing = _standing_out(review.standing(asker, session_id))
        return _assessment_out(session_id, made, standing)

    return router


def _line_out(view: AssessedView) -> AssessmentLineOut:
    line, made, found = view.line, view.made, view.found
    return AssessmentLineOut(
        session=line.id.hex(),
        person=PersonRef(line.person.hex(), line.person_name),
        project=ProjectRef(line.project.hex(), line.project_name),
        band=found.band,
        flagged=found.flagged,
        score=found.score,
        coverage=found.coverage,
        main_reason=found.main_reason,
        model_version=found.model_version,
        features_version=found.features_version,
        made_at=iso_utc(made.created_us),
        why=made.why,
    )


def _standing_out(standing: Standing) -> StandingOut:
    decided = standing.decision
    if decided is None:
        return StandingOut(standing.under_review, None, None, by_silence=False)
    at = iso_utc(decided.decided_us)
    return StandingOut(standing.under_review, decided.verdict, at, decided.by_silence)


def _assessment_out(
    session_id: str, made: Sequence[StoredAssessment], standing: StandingOut | None
) -> AssessmentOut:
    current = made[-1]
    found = decoder_of(Assessed).decode(current.document)
    abstained = found.abstained_because
    return AssessmentOut(
        session=session_id,
        band=found.band,
        flagged=found.flagged,
        score=found.score,
        kinds=found.kinds,
        coverage=found.coverage,
        main_reason=found.main_reason,
        reasons=[_reason_out(reason) for reason in found.reasons],
        counter_evidence=[_reason_out(reason) for reason in found.counter_evidence],
        abstained_because=_reason_out(abstained) if abstained else None,
        spans=[SpanOut(s.start_ms, s.end_ms, s.kind, s.strength, s.why) for s in found.spans],
        model_version=found.model_version,
        features_version=found.features_version,
        promise=found.promise,
        reference=found.reference,
        made_at=iso_utc(current.created_us),
        why=current.why,
        standing=standing,
        earlier=[_earlier_out(one) for one in made[:-1]],
    )


def _earlier_out(made: StoredAssessment) -> EarlierOut:
    return EarlierOut(
        iso_utc(made.created_us),
        made.why,
        made.band,
        made.band in FLAGGED_BANDS,
        made.main_reason,
        made.model_version,
        made.features_version,
    )


def _reason_out(reason: ReasonText) -> ReasonOut:
    return ReasonOut(
        reason.code, reason.value, reason.unit, reason.text, reason.means, list(reason.innocent)
    )
