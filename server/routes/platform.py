"""The platform's JSON API, `/v1`; its OpenAPI document is at `/v1/openapi.json`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from server.clock import iso_utc
from server.http.requests import authorization_of
from server.records import SCOPE_MEANS, Person, Role, Scope, SessionState, StoredAssessment
from server.scoring.assessments import FLAGGED_BANDS, Assessed, ReasonText
from server.services.asking import Asker, platform_asking
from server.services.people import Directory
from server.services.review import Review, SessionView
from server.signin.tokens import Tokens
from wire.decoding import decoder_of

_BEARER = HTTPBearer(
    scheme_name="platformKey",
    description="A key of `veritype-server key add`. Scopes:\n\n"
    + "\n".join(f"- `{scope.value}`: {means}" for scope, means in SCOPE_MEANS.items())
    + "\n\nA call without the scope that it needs is answered 403 with that scope's name.",
    auto_error=False,
)


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
    """A session. Hours and losses are null until it is scored, `band` and `flagged` too.

    Without the scope `assessments:read`, `band`, `flagged` and `main_reason` stay null.
    """

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
class PersonOut:
    """A person; `removed_at` is null for those who are here."""

    id: str
    name: str
    role: Role
    removed_at: str | None


@dataclass(frozen=True, slots=True)
class PeopleOut:
    """Everybody of the organisation, by name."""

    people: list[PersonOut]


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
    made_at: str
    why: str
    """Why it was made: `closed`, `late-text`, `newer-model` or `asked`."""
    earlier: list[EarlierOut]
    """What was published before it, the first one first; empty for most sessions."""


def platform_router(review: Review, directory: Directory, tokens: Tokens) -> APIRouter:
    """The routes of `/v1`."""
    router = APIRouter(prefix="/v1")

    def asker_of(
        request: Request,
        needs: SecurityScopes,
        _documented: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    ) -> Asker:
        asker = platform_asking(tokens.platform(authorization_of(request)))
        for scope in needs.scopes:
            asker.need(Scope(scope))
        return asker

    SessionsReader = Annotated[Asker, Security(asker_of, scopes=[Scope.SESSIONS_READ.value])]  # noqa: N806
    AssessmentsReader = Annotated[Asker, Security(asker_of, scopes=[Scope.ASSESSMENTS_READ.value])]  # noqa: N806
    PeopleReader = Annotated[Asker, Security(asker_of, scopes=[Scope.PEOPLE_READ.value])]  # noqa: N806

    @router.get("/sessions")
    def sessions(
        asker: SessionsReader,
        before: Annotated[int | None, Query(ge=1, lt=1 << 62)] = None,
    ) -> SessionsOut:
        """Sessions, newest first, a hundred a page."""
        views, more = review.page(asker, before)
        return SessionsOut(
            [_session_out(asker, view) for view in views], str(more) if more else None
        )

    @router.get("/sessions/{session_id}")
    def session(session_id: str, asker: SessionsReader) -> SessionOut:
        """One session."""
        return _session_out(asker, review.session(asker, session_id))

    @router.get("/sessions/{session_id}/assessment")
    def assessment(session_id: str, asker: AssessmentsReader) -> AssessmentOut:
        """The assessment, once the session is closed and scored; 404 until then."""
        return _assessment_out(session_id, review.assessments(asker, session_id))

    @router.get("/people")
    def people(asker: PeopleReader) -> PeopleOut:
        """Everybody, those who were removed too: evidence names them."""
        return PeopleOut([_person_out(person) for person in directory.everybody(asker)])

    return router


def _person_out(person: Person) -> PersonOut:
    removed_at = iso_utc(person.removed_us) if person.removed_us is not None else None
    return PersonOut(person.id.hex(), person.name, person.role, removed_at)


def _session_out(asker: Asker, view: SessionView) -> SessionOut:
    line, facts = view.line, view.facts
    assessed = Scope.ASSESSMENTS_READ in asker.scopes
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
        band=line.band if assessed else None,
        flagged=view.flagged if assessed else None,
        main_reason=line.main_reason if assessed else None,
    )


def _assessment_out(session_id: str, made: Sequence[StoredAssessment]) -> AssessmentOut:
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
