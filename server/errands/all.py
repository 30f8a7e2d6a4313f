"""The errands that there are."""

from collections.abc import Sequence

from server.app import Installation
from server.errands.errand import Errand
from server.privacy.daily import Daily
from server.submissions.answering import Answering
from server.submissions.errand import AnswerSubmissions


def all_errands(installation: Installation) -> Sequence[Errand]:
    """Each errand of an installation, once."""
    store, objects, keys = installation.store, installation.objects, installation.keys
    return [
        AnswerSubmissions(store, Answering(store, objects, keys)),
        Daily(installation.folder.path, store, objects, keys),
    ]
