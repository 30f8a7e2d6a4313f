"""Whether what is not there any more was ended at its time."""

from server.records import SessionEntry
from server.storage.protocols import OrganisationStore

_DAY_US = 86_400_000_000


def evidence_ended(own: OrganisationStore, session: SessionEntry, now_us: int) -> bool:
    """Whether a session's batches are gone and the time of its policy for them is over."""
    if own.evidence_of(session.row):
        return False
    policy = own.policy(session.project, session.policy_version)
    decided = own.decided(session.row)
    if policy is None:
        return False
    # One that was never closed nor scored has no decision left once its batches are gone.
    since_us = decided.decided_us if decided else session.opened_us
    return now_us - since_us > policy.retention.evidence_days * _DAY_US
