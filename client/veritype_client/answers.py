"""What the server answers, as frozen values. Fields that a later server adds are left out.

Moments are aware datetimes, durations seconds; ids are hex.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec

State = Literal["open", "closed", "scored"]
Word = Literal["consistent", "under review", "cannot determine", "not human work"]


class Named(msgspec.Struct, frozen=True):
    """A person or project by id and name."""

    id: str
    name: str


class Person(msgspec.Struct, frozen=True):
    """A person; `removed_at` is None for those who are here."""

    id: str
    name: str
    role: str
    removed_at: datetime | None


class Invitation(msgspec.Struct, frozen=True):
    """A link by which one person joins: give it to them, and to nobody else."""

    link: str
    role: str
    expires_at: datetime


class Project(msgspec.Struct, frozen=True):
    """A project with the policy in force."""

    id: str
    name: str
    policy_version: int
    policy: dict[str, Any]


class PolicyVersion(msgspec.Struct, frozen=True):
    """One version of a project's policy."""

    version: int
    author: str | None
    since: datetime | None
    policy: dict[str, Any]


class Device(msgspec.Struct, frozen=True):
    """A device; `observes` says of each source whether the device can observe it."""

    id: str
    person: Named
    platform: str
    agent_version: str
    enrolled_at: datetime
    revoked_at: datetime | None
    seen_at: datetime | None
    observes: dict[str, str] | None


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


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """A session that a text came from: the whole of it, or some tasks, or some intervals."""

    session: str
    tasks: list[int] = []
    intervals_ms: list[tuple[int, int]] = []


class Why(msgspec.Struct, frozen=True):
    """One thing that an answer rests on."""

    code: str
    text: str


class Passage(msgspec.Struct, frozen=True):
    """A range of the text (code points, end exclusive) with one origin."""

    start: int
    end: int
    origin: str
    confidence: float


class Alignment(msgspec.Struct, frozen=True):
    """Where the characters came from."""

    length_chars: int
    typed_chars: int
    inserted_chars: int
    not_allowed_chars: int
    unexplained_chars: int
    coverage: float
    passages: list[Passage]


class SubmissionLine(msgspec.Struct, frozen=True):
    """A submission in a list."""

    id: str
    identifier: str
    state: Literal["pending", "answered"]
    answer: Word | None
    asked_at: datetime
    answered_at: datetime | None
    person: str
    project: str


class Submission(msgspec.Struct, frozen=True):
    """A submission; `answer` is None until its sessions are closed and scored."""

    id: str
    identifier: str
    state: Literal["pending", "answered"]
    answer: Word | None
    decided_by: Literal["people", "nobody"] | None
    decided_at: datetime | None
    why: list[Why] | None
    asked_at: datetime
    answered_at: datetime | None
    number: int
    person: str
    project: str
    length_chars: int
    alignment: Alignment | None
