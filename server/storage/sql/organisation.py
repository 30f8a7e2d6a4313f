"""One organisation's part of a SQL store. The only place where queries get their organisation."""

from server.storage.sql.announcements import SqlAnnouncements
from server.storage.sql.blankings import SqlBlankingRequests
from server.storage.sql.consents import SqlConsents
from server.storage.sql.factors import SqlSecondFactors
from server.storage.sql.holding import SqlHolds, SqlProofs
from server.storage.sql.hours import SqlHours
from server.storage.sql.idempotency import SqlIdempotency
from server.storage.sql.identities import SqlIdentities
from server.storage.sql.keys import SqlPlatformKeys
from server.storage.sql.links import SqlLinks
from server.storage.sql.listing import SqlListing
from server.storage.sql.notices import SqlNotices
from server.storage.sql.overview import SqlDayCounts
from server.storage.sql.people import SqlPeople
from server.storage.sql.retention import SqlRetention
from server.storage.sql.review_controls import SqlControls
from server.storage.sql.review_queue import SqlReviewQueue
from server.storage.sql.review_steps import SqlReviewSteps
from server.storage.sql.review_work import SqlReviewWork
from server.storage.sql.rights import SqlRights
from server.storage.sql.scoring import SqlScores
from server.storage.sql.submissions import SqlSubmissions
from server.storage.sql.teams import SqlTeams
from server.storage.sql.webhooks import SqlWebhooks


class SqlOrganisationStore(
    SqlPeople,
    SqlTeams,
    SqlSecondFactors,
    SqlIdentities,
    SqlLinks,
    SqlConsents,
    SqlBlankingRequests,
    SqlPlatformKeys,
    SqlListing,
    SqlRetention,
    SqlScores,
    SqlReviewQueue,
    SqlReviewWork,
    SqlDayCounts,
    SqlControls,
    SqlSubmissions,
    SqlAnnouncements,
    SqlWebhooks,
    SqlNotices,
    SqlHours,
    SqlReviewSteps,
    SqlIdempotency,
    SqlHolds,
    SqlProofs,
    SqlRights,
):
    """See `server.storage.protocols.OrganisationStore`."""
