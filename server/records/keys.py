"""Platform keys, and what they may be allowed to do: this list is the only one."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """One thing that a platform key may do."""

    SESSIONS_READ = "sessions:read"
    ASSESSMENTS_READ = "assessments:read"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    PROJECTS_READ = "projects:read"
    DEVICES_READ = "devices:read"
    SUBMISSIONS_READ = "submissions:read"
    SUBMISSIONS_WRITE = "submissions:write"
    REVIEWS_READ = "reviews:read"
    TIMESHEETS_READ = "timesheets:read"
    TIMESHEETS_WRITE = "timesheets:write"
    EXPORTS_READ = "exports:read"
    WEBHOOKS_WRITE = "webhooks:write"


SCOPE_MEANS = {
    Scope.SESSIONS_READ: "List sessions and read their hours and losses.",
    Scope.ASSESSMENTS_READ: "Read published assessments, and the bands and reasons of sessions.",
    Scope.PEOPLE_READ: "List the organisation's people and their roles.",
    Scope.PEOPLE_WRITE: "Invite people, and remove them.",
    Scope.PROJECTS_READ: "List projects, and read the policies that were in force.",
    Scope.DEVICES_READ: "List devices and what each can observe.",
    Scope.SUBMISSIONS_READ: "Read what was answered about submissions, and their attestations.",
    Scope.SUBMISSIONS_WRITE: "Ask about submissions.",
    Scope.REVIEWS_READ: "Read how reviews stand and what was decided.",
    Scope.TIMESHEETS_READ: "Read hours and timesheets.",
    Scope.TIMESHEETS_WRITE: "Approve, dispute and lock timesheets.",
    Scope.EXPORTS_READ: "Export hours, and decisions of reviews.",
    Scope.WEBHOOKS_WRITE: "Set where it is told what happens, and read what was delivered.",
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
