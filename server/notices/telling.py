"""The errand that settles who is told what happened: endpoints of webhooks, and people."""

import logging
from collections.abc import Sequence

from server.notices.audience import Audience
from server.records.announcements import Announcement
from server.records.notices import NewNotice, Told
from server.storage.protocols import Store

_AT_ONCE = 200
_log = logging.getLogger(__name__)


class Telling:
    """See `server.errands.errand.Errand`."""

    def __init__(self, store: Store, *, by_mail: bool) -> None:
        self._store = store
        self._by_mail = by_mail

    def do_next(self, now_us: int) -> bool:
        """Some of each organisation in turn, so that a busy one holds up no other."""
        told = [self._tell(each, now_us) for each in self._store.organisations_with_news()]
        return any(told)

    def _tell(self, organisation: int, now_us: int) -> int:
        own = self._store.of(organisation)
        audience = Audience(own)
        told = [Told(each, _notices(audience, each)) for each in own.untold(_AT_ONCE)]
        return own.tell(told, now_us, by_mail=self._by_mail)


def _notices(audience: Audience, happened: Announcement) -> Sequence[NewNotice]:
    """Nobody, if its subject is not what it should be: one must not hold up all that follow."""
    try:
        return audience.notices_of(happened)
    except ValueError as error:
        _log.error("an announcement names nothing that is known", exc_info=error)
        return []
