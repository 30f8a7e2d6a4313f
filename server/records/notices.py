"""What a person must know, and where their mail goes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from server.records.announcements import Announcement, Happened


class Mailing(StrEnum):
    """Where the mail of a notice stands."""

    NONE = "none"
    """No mail is sent, or the person has no address."""
    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given-up"


@dataclass(frozen=True, slots=True)
class NewNotice:
    """Whom an announcement is for, and the page that shows it."""

    person: bytes
    kind: Happened
    path: str


@dataclass(frozen=True, slots=True)
class Told:
    """An announcement, and everybody who must know of it."""

    announcement: Announcement
    notices: Sequence[NewNotice]


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that one person was told."""

    row: int
    kind: Happened
    path: str
    created_us: int
    read_us: int | None
    mail: Mailing


@dataclass(frozen=True, slots=True)
class MailDue:
    """A mail that somebody sends now; nobody else does until the claim lapses."""

    organisation: int
    row: int
    person: bytes
    attempt: int
    kind: Happened
    path: str


@dataclass(frozen=True, slots=True)
class ConfirmationDue:
    """An address whose owner is asked whether it is theirs."""

    organisation: int
    person: bytes
    attempt: int
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MailAddress:
    """Where a person's mail goes."""

    address: str | None = field(repr=False)
    """Confirmed by its owner."""
    asked: str | None = field(repr=False)
    """Not confirmed yet."""
    asked_us: int
    mail: Mailing
    """Of the mail that asks for it."""
