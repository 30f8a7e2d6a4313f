"""Sessions, and what was published of them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

import msgspec

from veritype_client.resources.asking import Asking, Kind, Named, id_in_path
from veritype_client.transport import Params

State = Literal["open", "closed", "scored"]


class Loss(msgspec.Struct, frozen=True):
    """A stretch without evidence; milliseconds from clock-in."""

    start_ms: int
    end_ms: int
    why: str


class Session(msgspec.Struct, frozen=True):
    """A session; what is None is not known before it is scored, or not for this key.

    `flagged` asks for a person to look: it is no finding.
    """

    id: str
    state: State
    person: Named
    project: Named
    policy_version: int
    agent_version: str
    started_at: datetime
    ended_at: datetime | None
    duration_s: float | None
    worked_s: float | None
    idle_s: float | None
    manual_s: float | None
    lost_stretches: list[Loss] | None
    band: str | None
    flagged: bool | None
    main_reason: str | None


class Reason(msgspec.Struct, frozen=True):
    """One thing that was seen, in plain words, with its innocent explanations."""

    code: str
    value: float
    unit: str
    text: str
    means: str
    innocent: list[str]


class Span(msgspec.Struct, frozen=True):
    """A stretch of a session with one explanation; milliseconds from clock-in."""

    start_ms: int
    end_ms: int
    kind: str
    strength: float
    why: str


class Standing(msgspec.Struct, frozen=True):
    """What people said of a session. Nothing adverse was said before `decision` says it."""

    under_review: bool
    decision: str | None
    decided_at: datetime | None
    by_silence: bool


class Assessment(msgspec.Struct, frozen=True):
    """What was published of a session. `band` and `flagged` ask for a person: no finding."""

    session: str
    band: str
    flagged: bool
    score: float
    kinds: dict[str, float]
    coverage: float
    main_reason: str | None
    reasons: list[Reason]
    counter_evidence: list[Reason]
    abstained_because: Reason | None
    spans: list[Span]
    model_version: str
    promise: str
    made_at: datetime
    why: str
    standing: Standing | None


class AssessmentLine(msgspec.Struct, frozen=True):
    """The newest assessment of a session, in brief. `flagged` asks for a person: no finding."""

    session: str
    person: Named
    project: Named
    band: str
    flagged: bool
    score: float
    coverage: float
    main_reason: str | None
    model_version: str
    made_at: datetime
    why: str


_SESSION, _ASSESSMENT, _LINE = Kind(Session), Kind(Assessment), Kind(AssessmentLine)


class Sessions(Asking):
    """Stretches of recorded work, from clock-in to clock-out."""

    def sessions(
        self,
        *,
        person: str | None = None,
        project: str | None = None,
        state: State | None = None,
        opened_from: datetime | None = None,
        opened_before: datetime | None = None,
    ) -> Iterator[Session]:
        """Sessions, the one that was opened last first. Scope `sessions:read`.

        Moments are aware datetimes.
        """
        params = _opened(person, project, opened_from, opened_before)
        return self._all(_SESSION, "/v1/sessions", "sessions", {**params, "state": state})

    def session(self, session: str) -> Session:
        """One session. Scope `sessions:read`."""
        return self._get(_SESSION, f"/v1/sessions/{id_in_path(session)}")

    def assessment(self, session: str) -> Assessment:
        """What was published of a session; `NotFound` until it is scored. `assessments:read`."""
        return self._get(_ASSESSMENT, f"/v1/sessions/{id_in_path(session)}/assessment")

    def assessments(
        self,
        *,
        person: str | None = None,
        project: str | None = None,
        opened_from: datetime | None = None,
        opened_before: datetime | None = None,
    ) -> Iterator[AssessmentLine]:
        """Of each scored session, the one that was opened last first.

        Scopes `assessments:read` and `sessions:read`. Moments are aware datetimes.
        """
        params = _opened(person, project, opened_from, opened_before)
        return self._all(_LINE, "/v1/assessments", "assessments", params)


def _opened(
    person: str | None,
    project: str | None,
    opened_from: datetime | None,
    opened_before: datetime | None,
) -> Params:
    return {
        "person": person,
        "project": project,
        "from": opened_from.isoformat() if opened_from else None,
        "to": opened_before.isoformat() if opened_before else None,
    }
