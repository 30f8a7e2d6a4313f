"""What storage gives and takes: plain values, one per row."""

from server.records.devices import Device, NewDevice
from server.records.evidence import (
    Append,
    Compacted,
    LateBlanking,
    NewSession,
    SessionEntry,
    SessionLine,
    SessionState,
    StoredBatch,
    StoredObject,
    Taken,
    ToCompact,
)
from server.records.keys import SCOPE_MEANS, PlatformKey, Scope
from server.records.people import EVERYBODY, Member, Organisation, Person, Role, Sight, Team
from server.records.projects import Project
from server.records.scoring import (
    ATTEMPTS_MAX,
    LATE_TEXTS_MAX,
    ROUND_US,
    DueState,
    Job,
    NewState,
    Priority,
    StoredAssessment,
    Waiting,
    Why,
)

__all__ = [
    "ATTEMPTS_MAX",
    "EVERYBODY",
    "LATE_TEXTS_MAX",
    "ROUND_US",
    "SCOPE_MEANS",
    "Append",
    "Compacted",
    "Device",
    "DueState",
    "Job",
    "LateBlanking",
    "Member",
    "NewDevice",
    "NewSession",
    "NewState",
    "Organisation",
    "Person",
    "PlatformKey",
    "Priority",
    "Project",
    "Role",
    "Scope",
    "SessionEntry",
    "SessionLine",
    "SessionState",
    "Sight",
    "StoredAssessment",
    "StoredBatch",
    "StoredObject",
    "Taken",
    "Team",
    "ToCompact",
    "Waiting",
    "Why",
]
