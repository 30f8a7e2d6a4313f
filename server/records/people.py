"""Organisations, their people, and the teams they are in."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a person may do; one in the whole organisation."""

    TRAINER = "trainer"
    AUDITOR = "auditor"
    LEAD = "lead"
    ADMIN = "admin"


NEEDS_SECOND_FACTOR = frozenset({Role.AUDITOR, Role.LEAD, Role.ADMIN})
"""Whose sign-in needs a second factor where the organisation asks for it."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """One of those that share an installation."""

    id: int
    name: str
    second_factor_required: bool = False
    """Whether auditors, leads and administrators sign in with a second factor only."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of an organisation."""

    organisation: int
    id: bytes
    name: str
    role: Role
    login: str | None
    epoch: int = 0
    """Raised to end every sign-in that there is."""
    removed_us: int | None = None
    """Since when the person is no longer here; evidence still names them."""
    language: str | None = None
    """The language that they chose; nothing: the one that their browser asks for."""


@dataclass(frozen=True, slots=True)
class NewAdministrator:
    """Who administrates an installation that is being founded."""

    name: str
    login: str
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Team:
    """People who work together."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a team."""

    team: int
    person: bytes
    leads: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose sessions somebody sees: everybody's, or those that any of the others names."""

    everybody: bool = False
    person: bytes | None = None
    teams: frozenset[int] = frozenset()
    reviewer: bytes | None = None
    """Sessions on which this person gave their verdict."""
    session: bytes | None = None
    """This one."""


EVERYBODY = Sight(everybody=True)
