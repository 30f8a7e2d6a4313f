"""Moments and deadlines in somebody's own time zone, which is always named."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from server.language import _, moment, ngettext

_DAY_US = 86_400_000_000
_HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True)
class OwnTime:
    """The clock of whoever reads."""

    zone: str
    now_us: int

    def when(self, at_us: int) -> str:
        """A moment, with the zone's name."""
        return moment(at_us, ZoneInfo(self.zone))

    def left(self, due_us: int) -> str:
        """How much time there is until a deadline."""
        left_us = due_us - self.now_us
        if left_us < _HOUR_US:
            return _("less than an hour left") if left_us > 0 else _("over")
        if left_us < 2 * _DAY_US:
            return ngettext("%(num)s hour left", "%(num)s hours left", left_us // _HOUR_US)
        return ngettext("%(num)s day left", "%(num)s days left", left_us // _DAY_US)
