"""Keys under which a person's evidence is sealed, as storage holds them: wrapped."""

from dataclasses import dataclass, field

from server.records.evidence import Place
from server.records.operation import Retained


@dataclass(frozen=True, slots=True)
class OrganisationKey:
    """A key of an organisation, wrapped by the installation's."""

    row: int
    wrapped: bytes = field(repr=False)
    made_us: int


@dataclass(frozen=True, slots=True)
class PersonKey:
    """A key of a person, wrapped by one of their organisation's."""

    row: int
    person: bytes
    organisation_key: int
    wrapped: bytes = field(repr=False)
    made_us: int


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose bytes these are: sealed for them, they open for nobody and nothing else."""

    organisation: int
    person: bytes
    session: bytes


@dataclass(frozen=True, slots=True)
class ToReseal:
    """An upload, or the two halves of a compacted session: not sealed, or under a key that goes."""

    owner: Owner
    session_row: int
    digests: tuple[bytes, ...]
    places: tuple[Place | None, ...]
    """One for each digest."""


@dataclass(frozen=True, slots=True)
class LegalHold:
    """Nothing of a person, a session or a project is purged or erased while it is in force."""

    row: int
    person: bytes | None
    session: int | None
    project: bytes | None
    reason: str
    placed_by: str
    placed_us: int
    until_us: int | None
    lifted_by: str | None
    lifted_us: int | None
    not_told_because: str | None
    """Why the law forbids to tell the person; None: they are told."""

    def in_force(self, now_us: int) -> bool:
        """Whether it holds."""
        return self.lifted_us is None and (self.until_us is None or now_us < self.until_us)


@dataclass(frozen=True, slots=True)
class Held:
    """What is under a legal hold."""

    people: frozenset[bytes]
    sessions: frozenset[int]
    projects: frozenset[bytes]

    def holds(self, session: Retained) -> bool:
        """Whether a session is."""
        return (
            session.person in self.people
            or session.session_row in self.sessions
            or session.project in self.projects
        )


@dataclass(frozen=True, slots=True)
class ErasedSession:
    """What is left of an erased session: the digests of its batches, one behind the other."""

    erased_us: int
    digests: bytes
    document: bytes
    """JSON of `server.privacy.erasing.Tombstone`."""
    signature: bytes


@dataclass(frozen=True, slots=True)
class PersonalExport:
    """All that is held about a person, asked for or made."""

    row: int
    person: bytes
    asked_us: int
    made_us: int | None
    digest: bytes | None
    name: bytes | None
    person_key: int | None
    size_bytes: int | None
    """None when it is made: too large to be made here."""
