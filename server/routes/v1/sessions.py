"""`/v1/sessions`: hours, losses, and what a session was found to be."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Security

from server.clock import iso_utc
from server.http.paging import PageAsked, Paging
from server.records import Scope, SessionState
from server.routes.v1.asking import AskerOf
from server.services.asking import Asker
from server.services.review import Review, SessionView


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
    """A page of sessions, newest first; `next` is the cursor of the page after, null at the end."""

    sessions: list[SessionOut]
    next: str | None


def sessions_router(review: Review, asker_of: AskerOf, paging: Paging) -> APIRouter:
    """The routes about sessions."""
    router = APIRouter(prefix="/v1", tags=["sessions"])
    SessionsReader = Annotated[Asker, Security(asker_of, scopes=[Scope.SESSIONS_READ.value])]  # noqa: N806

    @router.get("/sessions")
    def sessions(
        asker: SessionsReader,
        asked: Annotated[PageAsked, Depends(paging)],
    ) -> SessionsOut:
        """Sessions, newest first."""
        found = review.sessions(asker, asked.to_read, asked.after(asker, int))
        page = asked.page(asker, found, lambda view: view.line.row)
        return SessionsOut([_session_out(asker, view) for view in page.items], page.next)

    @router.get("/sessions/{session_id}")
    def session(session_id: str, asker: SessionsReader) -> SessionOut:
        """One session."""
        return _session_out(asker, review.session(asker, session_id))

    return router


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
