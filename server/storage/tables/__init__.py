"""The tables, by what they are about."""

from server.storage.tables.audit import audit_log
from server.storage.tables.base import metadata
from server.storage.tables.devices import devices, pairing_codes
from server.storage.tables.evidence import batches, heads, late_blankings, objects, sessions
from server.storage.tables.people import organisations, people, platform_keys, typing_samples
from server.storage.tables.projects import consents, policies, projects, withdrawals
from server.storage.tables.scoring import assessments, facts, scoring_jobs

__all__ = [
    "assessments",
    "audit_log",
    "batches",
    "consents",
    "devices",
    "facts",
    "heads",
    "late_blankings",
    "metadata",
    "objects",
    "organisations",
    "pairing_codes",
    "people",
    "platform_keys",
    "policies",
    "projects",
    "scoring_jobs",
    "sessions",
    "typing_samples",
    "withdrawals",
]
