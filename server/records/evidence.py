"""Sessions and what belongs to them."""

from dataclasses import dataclass, field
from enum import StrEnum

from server.records.devices import Device
from wire.batch import Envelope
from wire.chain import ChainHead


class SessionState(StrEnum):
    """How far a session has come."""

    OPEN = "open"
    CLOSED = "closed"
    SCORED = "scored"


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
class AtWork:
    """An open session as ingest needs it: its device by the hash of its token, and its head."""

    token_hash: bytes
    device: Device
    entry: SessionEntry
    head: ChainHead


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
    consent_version: int | None = None
    """The version that the person accepted; it covers `policy_version`."""
    observes: bytes | None = None
    """JSON of `wire.messages.Observes`; None: the device did not say."""


@dataclass(frozen=True, slots=True)
class Append:
    """One batch on its way to the disk, and the head it continues."""

    session: SessionEntry
    before: ChainHead
    after: ChainHead
    envelope: Envelope
    received_us: int


@dataclass(frozen=True, slots=True)
class LogRow:
    """A batch on its way to the disk, as the log holds it."""

    append: Append
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class InLog:
    """A batch that lies in the log, without its bytes."""

    row: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class SealedSome:
    """What became of some rows of the log that were not sealed under the key in force."""

    after: int
    """The last of them: what asks for the next."""
    sealed: int
    plain: int
    """So many were not sealed at all."""


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
class Taken:
    """What a batch that is sent again needs to get its receipt again."""

    digest: bytes
    received_us: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where sealed bytes lie, and under which of their person's keys."""

    name: bytes
    """Says nothing of the bytes to whoever lacks the key."""
    person_key: int


@dataclass(frozen=True, slots=True)
class Compacted:
    """A session whose batches have left the log, and the two objects that hold it."""

    session_row: int
    original: bytes
    """Digest of the batches as they came."""
    original_bytes: int
    block: bytes
    """Digest of the columns."""
    block_bytes: int
    compacted_us: int
    original_name: bytes | None = None
    """Where it lies, sealed; None: under its digest, as it is."""
    block_name: bytes | None = None
    person_key: int | None = None
    redacted_us: int | None = None
    """Since when the batches are gone and the columns without classes of keys; both objects are
    the columns then."""

    @property
    def original_place(self) -> Place | None:
        """Where the batches lie; None: under their digest, not sealed."""
        return _place(self.original_name, self.person_key)

    @property
    def block_place(self) -> Place | None:
        """Where the columns lie; None: under their digest, not sealed."""
        return _place(self.block_name, self.person_key)


@dataclass(frozen=True, slots=True)
class ToCompact:
    """A session that is over and judged and still lies in the log."""

    organisation: int
    session_row: int
    cursor: int
    """What asks for the next one."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A screenshot, title or note that a session's device uploaded."""

    digest: bytes
    content_type: str
    size_bytes: int
    name: bytes | None = None
    """Where it lies, sealed; None: under its digest, as it is."""
    person_key: int | None = None

    @property
    def place(self) -> Place | None:
        """Where it lies; None: under its digest, not sealed."""
        return _place(self.name, self.person_key)


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
    """JSON of `server.scoring.facts.SessionFacts`; None until scored."""
    band: str | None
    main_reason: str | None
    consent_version: int | None = None
    """None: consent was given to the policy in force then."""
    observes: bytes | None = None
    """JSON of `wire.messages.Observes`; None: the device did not say."""


def _place(name: bytes | None, person_key: int | None) -> Place | None:
    return None if name is None or person_key is None else Place(name, person_key)
