"""Platform keys, and what they may be allowed to do: this list is the only one."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """One thing that a platform key may do."""

    SESSIONS_READ = "sessions:read"
    ASSESSMENTS_READ = "assessments:read"
    PEOPLE_READ = "people:read"


SCOPE_MEANS = {
    Scope.SESSIONS_READ: "List sessions and read their hours and losses.",
    Scope.ASSESSMENTS_READ: "Read published assessments, and the bands and reasons of sessions.",
    Scope.PEOPLE_READ: "List the organisation's people and their roles.",
}


@dataclass(frozen=True, slots=True)
class PlatformKey:
    """A key by which a platform asks; the key itself is stored nowhere."""

    organisation: int
    row: int
    name: str
    scopes: frozenset[Scope]
    created_us: int | None
    used_us: int | None
    """To the hour; None: never, or not since this is noted."""
    revoked_us: int | None
