"""Every moment can be written, so that one odd row cannot break a list."""

import pytest

from server.clock import iso_utc


@pytest.mark.parametrize(
    ("at_us", "text"),
    [
        (1_700_000_000_123_999, "2023-11-14T22:13:20.123Z"),
        (1 << 61, "9999-12-31T23:59:59.999Z"),
        (-(1 << 61), "1970-01-01T00:00:00.000Z"),
    ],
)
def test_moments_are_written_to_the_millisecond(at_us: int, text: str) -> None:
    assert iso_utc(at_us) == text
