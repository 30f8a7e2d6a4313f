"""Everything that the console answers."""

from starlette.routing import Mount, Route

from server.console.account import AccountRoutes
from server.console.audit import AuditRoutes
from server.console.blanking import BlankingRoutes
from server.console.desk import Desk
from server.console.devices import DeviceRoutes
from server.console.elsewhere import ElsewhereRoutes
from server.console.entrance import EntranceRoutes
from server.console.exports import ExportRoutes
from server.console.flags import FlagRoutes
from server.console.hours import HoursRoutes
from server.console.keys import KeyRoutes
from server.console.links import LinkRoutes
from server.console.me import MeRoutes
from server.console.notices import NoticeRoutes
from server.console.overview import OverviewRoutes
from server.console.pages import ConsoleRoutes
from server.console.people import PeopleRoutes
from server.console.privacy import PrivacyRoutes
from server.console.projects import ProjectRoutes
from server.console.queueing import QueueRoutes
from server.console.reviewing import ReviewingRoutes
from server.console.signin import SignIns
from server.console.texts import TextRoutes
from server.console.webhooks import WebhookRoutes
from server.hours.sheets import Timesheets
from server.hours.zones import Zones
from server.notices.addresses import MailAddresses
from server.operation.config import Settings
from server.operation.keys import ServerKeys
from server.privacy.asked_exports import AskedExports
from server.privacy.sealed import SealedObjects
from server.reviews.answering import Answering
from server.reviews.glimpse import Glimpses
from server.reviews.listing import Listing
from server.reviews.reviewing import Reviewing
from server.routes.v1.mounting import PlatformServices
from server.services.invitations import Invitations
from server.services.people import Directory
from server.services.receipt_files import ReceiptFiles
from server.signin.gate import Gate
from server.signin.openid import OpenId
from server.signin.second_factor import SecondFactors
from server.storage.protocols import Store
from server.submissions.viewing import Texts


def console_routes(
    store: Store,
    objects: SealedObjects,
    settings: Settings,
    services: PlatformServices,
    texts: Texts,
    exports: AskedExports,
    keys: ServerKeys,
) -> list[Route | Mount]:
    """The routes; what platforms may do is done by the same services."""
    secret, review = keys.sign_in_secret, services.review
    desk = Desk(SignIns(store, settings))
    gate, openid = Gate(store, secret), OpenId(store, secret)
    factors, directory = SecondFactors(store, gate, secret), Directory(store)
    invitations, addresses = Invitations(store), MailAddresses(store)
    reviewing, listing = Reviewing(store), Listing(store, objects)
    return [
        *ConsoleRoutes(review, desk).routes(),
        *EntranceRoutes(desk, gate, factors, openid).routes(),
        *ElsewhereRoutes(desk, gate, openid, invitations).routes(),
        *LinkRoutes(desk, invitations, factors, gate, openid).routes(),
        *AccountRoutes(desk, gate, factors, directory, addresses).routes(),
        *NoticeRoutes(desk, store, addresses).routes(),
        *PeopleRoutes(desk, directory, invitations).routes(),
        *OverviewRoutes(desk).routes(),
        *DeviceRoutes(desk, directory).routes(),
        *ProjectRoutes(desk).routes(),
        *KeyRoutes(desk).routes(),
        *WebhookRoutes(desk, services.webhooks).routes(),
        *AuditRoutes(desk, keys).routes(),
        *ExportRoutes(desk, directory, services.hours, services.decisions, exports).routes(),
        *PrivacyRoutes(desk, store, exports).routes(),
        *QueueRoutes(desk, reviewing, listing).routes(),
        *ReviewingRoutes(desk, reviewing, listing, review).routes(),
        *TextRoutes(desk, texts, Glimpses(reviewing, review)).routes(),
        *HoursRoutes(desk, Timesheets(store), Zones(store)).routes(),
        *FlagRoutes(desk, Answering(store), review, Zones(store)).routes(),
        *BlankingRoutes(desk, store, review).routes(),
        *MeRoutes(desk, store, review, ReceiptFiles(store, keys)).routes(),
    ]
