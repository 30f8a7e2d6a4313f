"""In which time zone a person's days and weeks are counted: theirs, else the organisation's.

A change holds from now on: no second that was counted moves to another day.
"""

from server.clock import now_us
from server.errors import NotKnown, ServerError
from server.hours.calendar import DEFAULT_ZONE, known_zone
from server.language import N_
from server.services.asking import Asker
from server.storage.protocols import Store

_UNKNOWN = N_("there is no time zone of that name; names are like Europe/Berlin")
_SECOND_US = 1_000_000
_DAY_S = 86_400


class Zones:
    """Reads and sets zones."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def now(self, asker: Asker) -> str:
        """The zone that days of whoever asks are counted in now."""
        own = self._store.of(asker.organisation).zones_of(asker.person or b"")
        return own[-1].zone if own else DEFAULT_ZONE

    def choose(self, asker: Asker, zone: str) -> None:
        """Count the days of whoever asks in a zone from now on.

        Raises:
            NotKnown: there is no such zone.
            ServerError: they chose one within the last day.
        """
        if not known_zone(zone):
            raise NotKnown(_UNKNOWN)
        store, now_s = self._store.of(asker.organisation), now_us() // _SECOND_US
        if zone == self.now(asker):
            return
        before = store.own_zone_since(asker.person or b"")
        if before is not None and now_s - before < _DAY_S:
            raise ServerError(N_("the time zone can be changed once a day"))
        store.set_zone(asker.person, zone, now_s)
        store.audit(asker.name, "zone.chosen", zone)

    def set_default(self, asker: Asker, zone: str) -> None:
        """Count the days of everybody without a zone of their own in a zone from now on."""
        asker.need_administrator()
        if not known_zone(zone):
            raise NotKnown(_UNKNOWN)
        store = self._store.of(asker.organisation)
        store.set_zone(None, zone, now_us() // _SECOND_US)
        store.audit(asker.name, "zone.default", zone)
