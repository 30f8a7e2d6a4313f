"""What an operator is told of the store."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backlog:
    """Sessions that wait for their score, and what was scored."""

    waiting: int
    oldest_due_us: int | None
    failed: int
    """Tried in vain as often as they may be."""
    assessments: int
    decided_lately: int
    """Assessments of the last five minutes."""
    decision_delay_max_s: float
    """The longest of them from the end of its session."""
    deliveries_waiting: int
    """Of webhooks, due now or later."""
    deliveries_parked: int
    webhooks_paused: int
    """Because they failed for days, or said that they are gone."""
    untold_since_us: int | None
    """When the first thing happened of which no errand has told anybody; None: all was told."""
    mail_given_up: int
    """Notices of which no mail could be sent."""


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The schema beside what this code needs."""

    found: str
    needed: str
    missing: tuple[str, ...]
    """Steps that this code needs and the database lacks."""
    unknown: tuple[str, ...]
    """Steps of a newer version that took something away; those that only added are no trouble."""


@dataclass(frozen=True, slots=True)
class Retained:
    """A session of which something is kept, and when it was decided last."""

    session_row: int
    person: bytes
    project: bytes
    policy_version: int
    decided_us: int
    """The last assessment; of a session that nobody ended, when nothing of it can come any more."""
    classes: bool
    """Whether its batches are kept, and classes of keys in them."""
