"""The errands that there are."""

from collections.abc import Sequence

from server.errands.answers import ForgetAnswers
from server.errands.errand import Errand
from server.hours.lapsing import HoldLapses
from server.hours.nearing import NearLapses
from server.installation import Installation
from server.notices.mailing import Mail
from server.notices.postman import Postman
from server.notices.telling import Telling
from server.overview.counting import CountDays
from server.privacy.asked_exports import AskedExports
from server.privacy.daily import Daily
from server.reviews.deadlines import ReviewDeadlines
from server.submissions.answering import Answering
from server.submissions.errand import AnswerSubmissions
from server.webhooks.delivering import Deliveries
from server.webhooks.endpoints import rules_of
from server.webhooks.posting import Poster


def all_errands(installation: Installation) -> Sequence[Errand]:
    """Each errand of an installation, once."""
    store, objects, keys = installation.store, installation.objects, installation.keys
    settings = installation.settings
    postman = Postman(settings)
    return [
        AnswerSubmissions(store, Answering(store, objects, keys)),
        Daily(installation.folder.path, store, objects, keys),
        Telling(store, by_mail=postman.sends),
        Deliveries(store, keys.sign_in_secret, Poster(rules_of(settings))),
        Mail(store, postman),
        ReviewDeadlines(store),
        HoldLapses(store),
        NearLapses(store),
        AskedExports(store, objects, keys),
        ForgetAnswers(store),
        CountDays(store),
    ]
