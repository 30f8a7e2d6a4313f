"""Readings of the clocks: the only place where the agent asks what time it is."""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache

from agent.platforms.clocks import clocks_of
from wire.header import is_zone

_CLOCKS = clocks_of()


@dataclass(frozen=True, slots=True)
class ClockReading:
    """All clocks at one moment. Scripts that feed recorded sessions make their own."""

    monotonic_us: int
    """Suspend-inclusive: goes on while the machine sleeps."""
    awake_us: int
    """Stands still while the machine sleeps; the difference shows a suspend."""
    wall_us: int
    """UTC, microseconds since 1970."""
    zone: str
    utc_offset_min: int
    boot_id: bytes


def read_clock() -> ClockReading:
    """Read all clocks now."""
    wall_us = time.time_ns() // 1000
    return ClockReading(
        monotonic_us=monotonic_us(),
        awake_us=_CLOCKS.awake_ns() // 1000,
        wall_us=wall_us,
        zone=zone_name(),
        utc_offset_min=_utc_offset_min(wall_us),
        boot_id=boot_id(),
    )


def monotonic_us() -> int:
    """The suspend-inclusive monotonic clock."""
    return _CLOCKS.running_ns() // 1000


@cache
def boot_id() -> bytes:
    """The machine's boot; random where the system does not name it."""
    return _CLOCKS.boot()


def zone_name() -> str:
    """The IANA name of the time zone in force; `UTC` where it has none."""
    minute = monotonic_us() // 60_000_000
    name = os.environ.get("TZ", "").lstrip(":") or _linked_zone(minute)
    return name if is_zone(name) else "UTC"


@lru_cache(maxsize=1)
def _linked_zone(_minute: int) -> str:
    """Looked up once a minute: following links costs more than all other clocks together."""
    return _CLOCKS.zone()


def _utc_offset_min(wall_us: int) -> int:
    if hasattr(time, "tzset"):  # Windows has none: it asks its system each time
        time.tzset()
    local = datetime.fromtimestamp(wall_us / 1e6, UTC).astimezone()
    offset = local.utcoffset()
    return round(offset.total_seconds() / 60) if offset else 0
