"""The browser's wall clock as the machine's monotonic time. Pure."""

AGE_MAX_US = 10_000_000
"""What is older than this when it comes in was dated by a clock that was set in between."""


def machine_us(page_wall_us: int, wall_us: int, monotonic_us: int) -> int:
    """When something happened in a page, on the monotonic clock; never in the future.

    Args:
        page_wall_us: the page's reading of the wall clock when it happened.
        wall_us: the wall clock at receipt.
        monotonic_us: the monotonic clock at receipt.
    """
    age_us = min(max(0, wall_us - page_wall_us), AGE_MAX_US)
    return max(0, monotonic_us - age_us)
