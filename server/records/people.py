"""Organisations and their people."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do."""

    TRAINER = "trainer"
    AUDITOR = "auditor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of an organisation."""

    organisation: int
    id: bytes
    name: str
    role: Role
    login: str | None
