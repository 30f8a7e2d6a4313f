"""What services ask of storage.

An `OrganisationStore` is bound to one organisation when it is made: none of its methods can name
another. `Doors` holds the few look-ups that come before the organisation is known.
"""

from collections.abc import Sequence
from typing import Protocol

from server.storage.protocols.announcements import Announcements, Untold
from server.storage.protocols.audit import AuditLog
from server.storage.protocols.batches import Batches, BatchWriter
from server.storage.protocols.blankings import BlankingRequests
from server.storage.protocols.compactions import CompactionQueue, Compactions
from server.storage.protocols.devices import Devices
from server.storage.protocols.doors import Doors
from server.storage.protocols.evidence import Evidence
from server.storage.protocols.hours import DueHolds, Hours
from server.storage.protocols.idempotency import Idempotency
from server.storage.protocols.jobs import Jobs
from server.storage.protocols.keys import PlatformKeys
from server.storage.protocols.listing import Listing
from server.storage.protocols.notices import Mails, Notices
from server.storage.protocols.objects import ObjectStore
from server.storage.protocols.operation import Health, Upkeep
from server.storage.protocols.overview import DayCounts
from server.storage.protocols.people import People
from server.storage.protocols.privacy import Holds, Proofs, Sealed, SealingKeys
from server.storage.protocols.projects import Projects
from server.storage.protocols.retention import Retention
from server.storage.protocols.reviews import Controls, ReviewQueue, Reviews, ReviewWork
from server.storage.protocols.rights import Rights
from server.storage.protocols.scoring import Scores
from server.storage.protocols.signin import (
    Attempts,
    Identities,
    LinkDoors,
    Links,
    SecondFactors,
)
from server.storage.protocols.submissions import SubmissionQueue, Submissions
from server.storage.protocols.teams import Teams
from server.storage.protocols.webhooks import Deliveries, Webhooks


class OrganisationStore(
    People,
    Teams,
    SecondFactors,
    Identities,
    Links,
    Projects,
    Devices,
    PlatformKeys,
    Evidence,
    BlankingRequests,
    Batches,
    Scores,
    Compactions,
    Retention,
    Reviews,
    ReviewQueue,
    ReviewWork,
    Controls,
    DayCounts,
    SealingKeys,
    Sealed,
    Submissions,
    Holds,
    Rights,
    Proofs,
    Announcements,
    Webhooks,
    Notices,
    Hours,
    Idempotency,
    Listing,
    AuditLog,
    Protocol,
):
    """Everything of one organisation."""


class Store(
    Doors,
    LinkDoors,
    Attempts,
    Jobs,
    DueHolds,
    CompactionQueue,
    SubmissionQueue,
    Untold,
    Deliveries,
    Mails,
    Health,
    Upkeep,
    Protocol,
):
    """A whole store."""

    def of(self, organisation: int) -> OrganisationStore:
        """The part of one organisation."""

    def writer(self, queue_max: int) -> BatchWriter:
        """A writer of batches; at most `queue_max` wait for it."""

    def migrate(self, *, contract: bool = True) -> Sequence[str]:
        """Bring the schema to this version; the steps that were taken."""

    def pending(self) -> tuple[Sequence[str], Sequence[str]]:
        """Steps that are due: those that may run now, and those from the first contract step."""

    def check(self) -> Sequence[str]:
        """What is wrong with the store; empty when nothing is."""

    def close(self) -> None:
        """Let go of all connections."""


__all__ = [
    "Announcements",
    "AuditLog",
    "BatchWriter",
    "Batches",
    "CompactionQueue",
    "Compactions",
    "Controls",
    "Deliveries",
    "Devices",
    "Doors",
    "DueHolds",
    "Evidence",
    "Health",
    "Hours",
    "Idempotency",
    "Jobs",
    "Listing",
    "Mails",
    "Notices",
    "ObjectStore",
    "OrganisationStore",
    "People",
    "PlatformKeys",
    "Projects",
    "Retention",
    "ReviewQueue",
    "ReviewWork",
    "Reviews",
    "Scores",
    "Sealed",
    "SealingKeys",
    "Store",
    "SubmissionQueue",
    "Submissions",
    "Teams",
    "Untold",
    "Upkeep",
    "Webhooks",
]
