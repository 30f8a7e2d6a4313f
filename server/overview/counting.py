"""The errand that counts days: today every two minutes, older ones the more seldom they change.

A day can change long after it is over: a session is scored late, a correction is accepted, a
session is marked as a control. So each is counted again when as many hours have passed since as
it is days old.
"""

import msgspec

from server.overview.days import DAY_US, EPOCH, counted
from server.storage.protocols import OrganisationStore, Store

DAYS_KEPT = 366
_SLOT_US = 120_000_000
_HOUR_US = 3_600_000_000
_KIND = "overview"


class CountDays:
    """See `server.errands.errand.Errand`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._done: dict[int, int] = {}

    def do_next(self, now_us: int) -> bool:
        """Count the days of one organisation that are due; whether there was one."""
        slot = now_us // _SLOT_US
        for organisation in self._store.organisations():
            if self._done.get(organisation.id, -1) < slot:
                self._done[organisation.id] = slot
                own = self._store.of(organisation.id)
                if own.claim_daily(_KIND, slot, now_us):
                    count_due(own, now_us)
                    own.finish_daily(_KIND, slot)
                    return True
        return False


def count_due(own: OrganisationStore, now_us: int) -> None:
    """Count every day of an organisation that is due."""
    first_us = own.first_opened_us()
    if first_us is None:
        return
    today = now_us // DAY_US + EPOCH
    first = max(first_us // DAY_US + EPOCH, today - DAYS_KEPT)
    known = own.days_counted(first)
    for day in range(first, today + 1):
        if now_us - known.get(day, 0) >= (today - day) * _HOUR_US:
            own.put_day_figures(day, msgspec.json.encode(counted(own, day)), now_us)
