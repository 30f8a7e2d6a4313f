"""Readings of the clocks: the only place where the agent asks what time it is."""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from uuid import UUID

from wire.header import is_zone

_ZONEINFO = "zoneinfo/"
_SUSPEND_INCLUSIVE = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


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
        awake_us=time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000,
        wall_us=wall_us,
        zone=zone_name(),
        utc_offset_min=_utc_offset_min(wall_us),
        boot_id=boot_id(),
    )


def monotonic_us() -> int:
    """The suspend-inclusive monotonic clock."""
    return time.clock_gettime_ns(_SUSPEND_INCLUSIVE) // 1000


@cache
def boot_id() -> bytes:
    """The machine's boot; random where the system does not name it."""
    try:
        return UUID(Path("/proc/sys/kernel/random/boot_id").read_text().strip()).bytes
    except (OSError, ValueError):
        return os.urandom(16)


def zone_name() -> str:
    """The IANA name of the time zone in force; `UTC` where it has none."""
    minute = monotonic_us() // 60_000_000
    name = os.environ.get("TZ", "").lstrip(":") or _linked_zone(minute)
    return name if is_zone(name) else "UTC"


@lru_cache(maxsize=1)
def _linked_zone(_minute: int) -> str:
    """Looked up once a minute: following links costs more than all other clocks together."""
    try:
        return str(Path("/etc/localtime").resolve()).partition(_ZONEINFO)[2]
    except OSError:
        return ""


def _utc_offset_min(wall_us: int) -> int:
    time.tzset()
    local = datetime.fromtimestamp(wall_us / 1e6, UTC).astimezone()
    offset = local.utcoffset()
    return round(offset.total_seconds() / 60) if offset else 0
