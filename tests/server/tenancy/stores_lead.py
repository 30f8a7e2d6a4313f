"""Figures by day: each method, called with what is another organisation's."""

from collections.abc import Callable, Mapping
from typing import Any

from server.overview.days import DAY_US, EPOCH
from server.storage.protocols import OrganisationStore

Call = Callable[[OrganisationStore, Any], object]
_LAST_US = 1 << 60

CASES: Mapping[str, Call] = {
    "day_figures": lambda s, _: s.day_figures(0, 1_000_000),
    "days_counted": lambda s, _: s.days_counted(0),
    "first_opened_us": lambda s, _: s.first_opened_us(),
    "worked_on": lambda s, _: sum(s.worked_on(EPOCH + day) for day in range(3)),
    "bands_opened": lambda s, _: s.bands_opened(0, _LAST_US),
    "reviews_decided": lambda s, _: s.reviews_decided(0, _LAST_US),
    "controls_opened": lambda s, _: s.controls_opened(0, _LAST_US),
}
OWN: Mapping[str, Call] = {"put_day_figures": lambda s, _: s.put_day_figures(1, b"{}", DAY_US)}


def furnish(own: OrganisationStore) -> None:
    """A day that was counted."""
    own.put_day_figures(1, b"{}", 1)
