"""What storage gives and takes: plain values, one per row."""

from server.records.devices import Device, NewDevice
from server.records.evidence import (
    Append,
    LateBlanking,
    NewSession,
    SessionEntry,
    SessionLine,
    SessionState,
    StoredBatch,
    StoredObject,
)
from server.records.keys import SCOPE_MEANS, PlatformKey, Scope
from server.records.people import EVERYBODY, Member, Organisation, Person, Role, Sight, Team
from server.records.projects import Project
from server.records.scoring import ATTEMPTS_MAX, Job, StoredAssessment

__all__ = [
    "ATTEMPTS_MAX",
    "EVERYBODY",
    "SCOPE_MEANS",
    "Append",
    "Device",
    "Job",
    "LateBlanking",
    "Member",
    "NewDevice",
    "NewSession",
    "Organisation",
    "Person",
    "PlatformKey",
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
    "Team",
]
