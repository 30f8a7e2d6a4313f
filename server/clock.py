"""The server's wall clock, in the unit of the wire."""

import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_US = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)


def now_us() -> int:
    """Microseconds since 1970, UTC."""
    return time.time_ns() // 1000


def us_of(moment: datetime) -> int:
    """A moment with its offset, as microseconds since 1970, UTC."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def iso_utc(at_us: int) -> str:
    """A moment as ISO 8601 in UTC, to the millisecond; what no calendar holds is its last day."""
    moment = _EPOCH + timedelta(microseconds=min(max(at_us, 0), _LAST_US))
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
