"""The server's wall clock, in the unit of the wire."""

import time
from datetime import UTC, datetime


def now_us() -> int:
    """Microseconds since 1970, UTC."""
    return time.time_ns() // 1000


def iso_utc(at_us: int) -> str:
    """A moment as ISO 8601 in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(at_us / 1_000_000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
