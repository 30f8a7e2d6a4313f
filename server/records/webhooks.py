"""Where an organisation wants to be told what happens, and what was sent there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from server.records.announcements import Announcement, Happened


class Paused(StrEnum):
    """Why nothing is sent to an endpoint."""

    ASKED = "asked"
    FAILING = "failing"
    """It failed for days, or said that it is gone (410)."""


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    PARKED = "parked"
    """Tried for three days; sent again only when somebody asks."""


class Failure(StrEnum):
    """Why an attempt failed; the list is the only one."""

    STATUS = "status"
    """It answered, and not by 2xx."""
    REDIRECT = "redirect"
    """It answered 3xx, which is not followed."""
    REFUSED_ADDRESS = "refused-address"
    """Its name leads to an address that nothing is sent to."""
    UNRESOLVED = "unresolved"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    """No certificate for that name that is trusted."""
    NOT_HTTP = "not-http"
    SEALED = "sealed"
    """Its secret does not open with this installation's keys."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an organisation wants to be told, and of what."""

    row: int
    id: bytes
    url: str
    kinds: frozenset[Happened]
    created_us: int
    paused_us: int | None
    paused_why: Paused | None
    failures: int
    """Attempts that failed in a row, of whatever delivery."""
    failing_since_us: int | None
    previous_until_us: int
    """Until then both secrets sign; 0: there was one alone."""


@dataclass(frozen=True, slots=True)
class DueEndpoint:
    """An endpoint to which something is due."""

    organisation: int
    row: int
    failures: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that somebody sends now; nobody else does until the claim lapses."""

    organisation: int
    row: int
    endpoint: int
    endpoint_id: bytes
    url: str
    attempt: int
    """From 1; a result counts only while it is the newest attempt."""
    announcement: Announcement
    created_us: int
    failures: int
    failing_since_us: int | None
    sealed_secrets: Sequence[bytes] = field(repr=False)
    """Those that sign now, the newest first."""


@dataclass(frozen=True, slots=True)
class AttemptMade:
    """How an attempt ended, and what follows."""

    claimed: Claimed
    at_us: int
    duration_ms: int
    status: int | None
    error: Failure | None
    answer: str
    """The beginning of the answer, in printable ASCII."""
    state: DeliveryState
    due_us: int
    """When the delivery is due again."""
    endpoint_due_us: int
    """Before that nothing is sent to the endpoint."""
    pause: bool


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """An attempt as the log has it."""

    number: int
    at_us: int
    duration_ms: int
    status: int | None
    error: Failure | None
    answer: str


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A delivery as the log has it."""

    row: int
    state: DeliveryState
    attempts: int
    due_us: int
    ended_us: int | None
    announcement: Announcement
    tried: Sequence[AttemptLine]
    """Each attempt, the first one first."""
