"""What is about to lapse, or to be approved without its trainer, is told while there is time."""

from server.records.timesheets import last_approvable
from server.reviews.deadlines import NOTICE_US
from server.storage.protocols import OrganisationStore, Store

_AT_ONCE = 100


class NearLapses:
    """See `server.errands.errand.Errand`: each is told of by one write, whichever node does it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def do_next(self, now_us: int) -> bool:
        """Tell of some in each organisation; whether there was anything to tell."""
        told = [_tell(self._store.of(each.id), now_us) for each in self._store.organisations()]
        return any(told)


def _tell(own: OrganisationStore, now_us: int) -> bool:
    soon = (last_approvable(now_us) + 1, last_approvable(now_us + NOTICE_US))
    held = own.note_near_lapses(NOTICE_US, now_us, _AT_ONCE)
    return own.note_unsubmitted(soon, now_us, _AT_ONCE) + held > 0
