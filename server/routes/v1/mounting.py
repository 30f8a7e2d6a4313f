"""Everything that `/v1` answers."""

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.routing import BaseRoute

from server.hours.exporting import HoursExport
from server.hours.sheets import Timesheets
from server.http.paging import Paging
from server.reviews.exporting import DecisionExport
from server.reviews.published import PublishedReviews
from server.routes.v1.asking import asker_by
from server.routes.v1.assessments import assessments_router
from server.routes.v1.devices import devices_router
from server.routes.v1.hours import hours_router
from server.routes.v1.invitations import invitations_router
from server.routes.v1.people import people_router
from server.routes.v1.projects import projects_router
from server.routes.v1.reviews import reviews_router
from server.routes.v1.sessions import sessions_router
from server.routes.v1.submissions import submissions_router
from server.routes.v1.timesheets import timesheets_router
from server.routes.v1.webhook_deliveries import deliveries_router
from server.routes.v1.webhooks import webhooks_router
from server.services.catalogue import Catalogue
from server.services.invitations import Invitations
from server.services.people import Directory
from server.services.review import Review
from server.signin.tokens import Tokens
from server.submissions.service import Submissions
from server.webhooks.endpoints import Webhooks


@dataclass(frozen=True, slots=True)
class PlatformServices:
    """What the routes of `/v1` ask."""

    review: Review
    catalogue: Catalogue
    directory: Directory
    invitations: Invitations
    submissions: Submissions
    webhooks: Webhooks
    reviews: PublishedReviews
    decisions: DecisionExport
    timesheets: Timesheets
    hours: HoursExport
    public_url: str
    """Where browsers find the console; empty: where the platform found this."""


def platform_routes(
    services: PlatformServices, tokens: Tokens, paging: Paging
) -> Iterator[BaseRoute]:
    """The routes of `/v1`; a router that includes others would make each route once more."""
    asker_of = asker_by(tokens)
    for router in (
        sessions_router(services.review, asker_of, paging),
        assessments_router(services.review, asker_of, paging),
        people_router(services.directory, asker_of, paging),
        invitations_router(services.invitations, services.public_url, asker_of),
        submissions_router(services.submissions, asker_of, paging),
        projects_router(services.catalogue, asker_of, paging),
        devices_router(services.catalogue, asker_of, paging),
        webhooks_router(services.webhooks, asker_of, paging),
        deliveries_router(services.webhooks, asker_of, paging),
        reviews_router(services.reviews, services.decisions, asker_of, paging),
        timesheets_router(services.timesheets, asker_of, paging),
        hours_router(services.hours, asker_of, paging),
    ):
        yield from router.routes
