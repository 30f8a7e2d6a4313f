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
from server.records.people import Person, Role
from server.records.projects import Project
from server.records.scoring import ATTEMPTS_MAX, Job, StoredAssessment

__all__ = [
    "ATTEMPTS_MAX",
    "Append",
    "Device",
    "Job",
    "LateBlanking",
    "NewDevice",
    "NewSession",
    "Person",
    "Project",
    "Role",
    "SessionEntry",
    "SessionLine",
    "SessionState",
    "StoredAssessment",
    "StoredBatch",
    "StoredObject",
]
