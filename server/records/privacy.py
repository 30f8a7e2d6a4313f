"""Keys under which a person's evidence is sealed, as storage holds them: wrapped."""

from dataclasses import dataclass, field

from server.records.evidence import Place


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
