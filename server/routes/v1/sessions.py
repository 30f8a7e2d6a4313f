"""`/v1/sessions`: hours, losses, and what a session was found to be."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Security
from pydantic import AwareDatetime
from pydantic.dataclasses import dataclass

from server.clock import iso_utc, us_of
from server.errors import Refusal
from server.http.paging import PageAsked, Paging
from server.records import Scope, SessionState
from server.records.listing import SessionFilter
from server.routes.v1.asking import AskerOf
from server.routes.v1.references import PersonRef, ProjectRef
from server.routes.v1.strict import StrictRoute
from server.services.asking import Asker
from server.services.naming import named_id
from server.services.review import Review, SessionView
from wire.problems import ProblemCode


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
    project: ProjectRef
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
    router = APIRouter(prefix="/v1", tags=["sessions"], route_class=StrictRoute)
    SessionsReader = Annotated[Asker, Security(asker_of, scopes=[Scope.SESSIONS_READ.value])]  # noqa: N806

    @router.get("/sessions")
    def sessions(
        asker: SessionsReader,
        asked: Annotated[PageAsked, Depends(paging)],
        wanted: Annotated[SessionFilter, Depends(_wanted)],
    ) -> SessionsOut:
        """Sessions, the one that was opened last first."""
        found = review.listed(asker, wanted, asked.after(asker, int), asked.to_read)
        page = asked.page(asker, found, lambda view: view.line.row)
        return SessionsOut([_session_out(asker, view) for view in page.items], page.next)

    @router.get("/sessions/{session_id}")
    def session(session_id: str, asker: SessionsReader) -> SessionOut:
        """One session."""
        return _session_out(asker, review.session(asker, session_id))

    return router


def sessions_opened(
    person: Annotated[str | None, Query(description="Only this person's, by id.")] = None,
    project: Annotated[str | None, Query(description="Only this project's, by id.")] = None,
    opened_from: Annotated[
        AwareDatetime | None,
        Query(alias="from", description="Opened then or later; ISO 8601 with its offset."),
    ] = None,
    opened_before: Annotated[
        AwareDatetime | None,
        Query(alias="to", description="Opened before; ISO 8601 with its offset."),
    ] = None,
) -> SessionFilter:
    """Which sessions: whose, of what, from when; a dependency of lists of them."""
    if opened_from is not None and opened_before is not None and opened_from > opened_before:
        raise Refusal(ProblemCode.INVALID_REQUEST, 400, "`from` is after `to`.")
    return SessionFilter(
        person=named_id(person) if person is not None else None,
        project=named_id(project) if project is not None else None,
        from_us=us_of(opened_from) if opened_from is not None else None,
        to_us=us_of(opened_before) if opened_before is not None else None,
    )


def _wanted(
    opened: Annotated[SessionFilter, Depends(sessions_opened)],
    state: Annotated[
        SessionState | None,
        Query(description="`open`, `closed` (it waits for its score) or `scored`."),
    ] = None,
) -> SessionFilter:
    return replace(opened, state=state)


def _session_out(asker: Asker, view: SessionView) -> SessionOut:
    line, facts = view.line, view.facts
    assessed = Scope.ASSESSMENTS_READ in asker.scopes
    return SessionOut(
        id=line.id.hex(),
        state=line.state,
        person=PersonRef(line.person.hex(), line.person_name),
        project=ProjectRef(line.project.hex(), line.project_name),
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
