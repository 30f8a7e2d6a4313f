"""When what failed is tried again."""

from server.webhooks.schedule import ATTEMPTS_MAX, endpoint_wait_us, wait_us


def test_the_waits_are_about_three_days_in_all() -> None:
    days = sum(wait_us(attempt) for attempt in range(1, ATTEMPTS_MAX)) / 86_400_000_000
    assert 2.3 < days < 3.6
    assert wait_us(1) < 13_000_000
    assert endpoint_wait_us(1_000_000) <= 360_000_000
