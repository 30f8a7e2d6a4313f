"""How answers name people and projects."""

from pydantic.dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person by id and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ProjectRef:
    """A project by id and name."""

    id: str
    name: str
