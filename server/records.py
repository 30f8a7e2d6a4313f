"""What storage gives and takes: plain values, one per row."""

from dataclasses import dataclass
from enum import StrEnum

from wire.batch import Envelope
from wire.chain import ChainHead
from wire.policy import Policy


class Role(StrEnum):
    """What a person may do."""

    TRAINER = "trainer"
    AUDITOR = "auditor"
    ADMIN = "admin"


class SessionState(StrEnum):
    """How far a session has come."""

    OPEN = "open"
    CLOSED = "closed"
    SCORED = "scored"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of an organisation."""

    organisation: int
    id: bytes
    name: str
    role: Role
    login: str | None


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled device, by its token."""

    organisation: int
    id: bytes
    person: bytes
    public_key: bytes


@dataclass(frozen=True, slots=True)
class NewDevice:
    """What enrolment stores of a device."""

    id: bytes
    public_key: bytes
    token_hash: bytes
    platform: str
    agent_version: str


@dataclass(frozen=True, slots=True)
class Project:
    """A project with the policy in force."""

    id: bytes
    name: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """A session as ingest needs it. `row` is storage's own number for it."""

    organisation: int
    row: int
    id: bytes
    person: bytes
    device: bytes
    project: bytes
    policy_version: int
    opened_us: int


@dataclass(frozen=True, slots=True)
class NewSession:
    """What clock-in stores."""

    id: bytes
    person: bytes
    device: bytes
    project: bytes
    policy_version: int
    agent_version: str
    opened_us: int


@dataclass(frozen=True, slots=True)
class Append:
    """One batch on its way to the disk, and the head it continues."""

    session: SessionEntry
    before: ChainHead
    after: ChainHead
    envelope: Envelope
    received_us: int


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """A batch as it came, and whether it turned out undecodable."""

    row: int
    sequence: int
    digest: bytes
    received_us: int
    sealed: bytes
    quarantined: str | None


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A screenshot, title or note that a session's device uploaded."""

    digest: bytes
    content_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class LateBlanking:
    """A picture that the trainer blanked after its session was over."""

    digest: bytes
    kept: bytes
    """The picture that took its place; zeros: none did."""


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session in a list: who, where, when, how far, and what was found."""

    row: int
    id: bytes
    person: bytes
    person_name: str
    project: bytes
    project_name: str
    policy_version: int
    agent_version: str
    opened_us: int
    state: SessionState
    head_sequence: int
    last_received_us: int | None
    facts: bytes | None
    """JSON of `server.facts.SessionFacts`; None until scored."""
    band: str | None
    main_reason: str | None


@dataclass(frozen=True, slots=True)
class StoredAssessment:
    """One assessment of one session, kept as it was made."""

    model_version: str
    features_version: str
    band: str
    main_reason: str | None
    document: bytes
    """JSON of `server.assessments.Assessed`."""
    created_us: int


ATTEMPTS_MAX = 5
"""So often is a session scored in vain before its hours are published without a score."""


@dataclass(frozen=True, slots=True)
class Job:
    """A closed session that waits for its score."""

    organisation: int
    session_row: int
    attempts: int
    """This one included."""
