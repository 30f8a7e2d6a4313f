"""The platform's JSON API, `/v1`; its OpenAPI document is at `/v1/openapi.json`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from server.clock import iso_utc
from server.http.requests import authorization_of
from server.records import SessionState
from server.scoring.assessments import Assessed, ReasonText
from server.services.review import Review, SessionView, Viewer, platform_viewer
from server.signin.tokens import Tokens


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person or project by id and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class LossOut:
    """A stretch without evidence."""

    start_ms: int
    end_ms: int
    why: str


@dataclass(frozen=True, slots=True)
class SessionOut:
    """A session. Hours and losses are null until it is scored, `band` and `flagged` too."""

    id: str
    state: SessionState
    person: PersonRef
    project: PersonRef
    policy_version: int
    agent_version: str
    started_at: str
    ended_at: str | None
    duration_s: float | None
    worked_s: float | None
    idle_s: float | None
    manual_s: float | None
    head_sequence: int
    quarantined_batches: int | None
    unanchored_batches: int | None
    ahead_of_server_s: float | None
    lost_events: dict[str, int] | None
    lost_stretches: list[LossOut] | None
    device: dict[str, list[int]] | None
    """Facts about the device by name, each with its values in order: context, no sign of guilt."""
    band: str | None
    flagged: bool | None
    main_reason: str | None


@dataclass(frozen=True, slots=True)
class SessionsOut:
    """A page of sessions, newest first; `next` is the cursor of the page after."""

    sessions: list[SessionOut]
    next: str | None


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
class AssessmentOut:
    """The published assessment of a session, the main reason first."""

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


def platform_router(review: Review, tokens: Tokens) -> APIRouter:
    """The routes of `/v1`."""
    router = APIRouter(prefix="/v1")

    def viewer_of(request: Request) -> Viewer:
        return platform_viewer(tokens.platform(authorization_of(request)))

    Platform = Annotated[Viewer, Depends(viewer_of)]  # noqa: N806 - an annotation, not a value

    @router.get("/sessions")
    def sessions(
        viewer: Platform,
        before: Annotated[int | None, Query(ge=1, lt=1 << 62)] = None,
    ) -> SessionsOut:
        """Sessions, newest first, a hundred a page."""
        views, more = review.page(viewer, before)
        return SessionsOut([_session_out(view) for view in views], str(more) if more else None)

    @router.get("/sessions/{session_id}")
    def session(session_id: str, viewer: Platform) -> SessionOut:
        """One session."""
        return _session_out(review.session(viewer, session_id))

    @router.get("/sessions/{session_id}/assessment")
    def assessment(session_id: str, viewer: Platform) -> AssessmentOut:
        """The assessment, once the session is closed and scored; 404 until then."""
        return _assessment_out(session_id, review.assessment(viewer, session_id))

    return router


def _session_out(view: SessionView) -> SessionOut:
    line, facts = view.line, view.facts
    return SessionOut(
        id=line.id.hex(),
        state=line.state,
        person=PersonRef(line.person.hex(), line.person_name),
        project=PersonRef(line.project.hex(), line.project_name),
        policy_version=line.policy_version,
        agent_version=line.agent_version,
        started_at=iso_utc(line.opened_us),
        ended_at=iso_utc(view.ended_us) if view.ended_us is not None else None,
        duration_s=facts.duration_s if facts else None,
        worked_s=facts.worked_s if facts else None,
        idle_s=facts.idle_s if facts else None,
        manual_s=facts.manual_s if facts else None,
        head_sequence=line.head_sequence,
        quarantined_batches=facts.quarantined_batches if facts else None,
        unanchored_batches=facts.unanchored_batches if facts else None,
        ahead_of_server_s=facts.ahead_of_server_s if facts else None,
        lost_events=facts.lost_events if facts else None,
        lost_stretches=[LossOut(s.start_ms, s.end_ms, s.why) for s in facts.lost_stretches]
        if facts
        else None,
        device={name: list(values) for name, values in facts.device.items()} if facts else None,
        band=line.band,
        flagged=view.flagged,
        main_reason=line.main_reason,
    )


def _assessment_out(session_id: str, found: Assessed) -> AssessmentOut:
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
    )


def _reason_out(reason: ReasonText) -> ReasonOut:
    return ReasonOut(
        reason.code, reason.value, reason.unit, reason.text, reason.means, list(reason.innocent)
    )
