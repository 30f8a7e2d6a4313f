"""An organisation in which everything that a route can name is there."""

from server.clock import now_us
from server.records import EVERYBODY, Role
from server.scoring.assessor import DetectorAssessor
from server.scoring.session import Scoring
from server.scoring.worker import do_next
from server.services.invitations import Invitations
from server.services.people import operator
from tests.server.device import Chain, digest_parts, screenshot
from tests.server.house import House
from tests.server.kinds import Typing
from tests.server.tenancy import calls_announce, calls_reviews, stores_submissions
from tests.server.tenancy.naming import Ids
from wire import events
from wire.objects import object_digest
from wire.textclass import pack_classes

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(50)
NOTE = b"a note of the first organisation"
CLASSES = "aaaa aaa aaaaa. " * 12
TEXT = pack_classes(CLASSES)


def furnish(house: House, chain: Chain, typing: Typing, assessor: DetectorAssessor) -> Ids:
    """What the first organisation holds: a scored session with a picture, an invitation."""
    for data in (PICTURE, NOTE, TEXT):
        assert chain.device.put(chain.session, data).status_code == 201
    text = events.TextSubmitted(70_000_000, 1, 0, len(CLASSES), *digest_parts(TEXT))
    chain.send([*typing(0, 190), screenshot(1_000_000, PICTURE), text], final=True)
    installation = house.installation
    scoring = Scoring(installation.store, installation.objects, assessor, installation.keys)
    assert do_next(installation.store, scoring, "t")
    entry = house.own.session(chain.session)
    assert entry is not None
    stores_submissions.furnish(house.own, entry, chain.session)
    calls_announce.furnish(house.own, chain.session)
    Invitations(installation.store).invite(operator(1), Role.TRAINER, frozenset())
    (invitation,) = house.own.invitations(now_us())
    project = house.own.projects()[0]
    return Ids(
        chain.session,
        object_digest(PICTURE),
        PICTURE,
        project.id,
        project.policy.digest(),
        house.trainer.id,
        chain.device.enrolled.device,
        invitation.row,
        calls_reviews.opened(house.own, chain.session),
        house.own.timesheets(EVERYBODY, 1)[0].id,
    )
