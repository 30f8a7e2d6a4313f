"""When a delivery that failed is tried again, and when nothing is tried any more."""

import random

from server.records.webhooks import Claimed, DeliveryState

_SECOND_US = 1_000_000
_HOUR_US = 3_600 * _SECOND_US
_FIRST_US = 10 * _SECOND_US
_FACTOR = 3
_LONGEST_US = 12 * _HOUR_US
ATTEMPTS_MAX = 14
"""The waits between them are about three days in all."""
_ENDPOINT_FIRST_US = 5 * _SECOND_US
_ENDPOINT_LONGEST_US = 300 * _SECOND_US
PAUSED_AFTER_US = 72 * _HOUR_US
_GONE = 410
_jitter = random.SystemRandom()


def wait_us(attempt: int) -> int:
    """After this attempt (from 1) in vain: three times as long each time, a fifth by chance."""
    plain_us: int = min(_FIRST_US * _FACTOR ** (attempt - 1), _LONGEST_US)
    return round(plain_us * _jitter.uniform(0.8, 1.2))


def endpoint_wait_us(failures: int) -> int:
    """After so many failures in a row, of whatever delivery, the endpoint is left in peace."""
    plain_us: int = min(_ENDPOINT_FIRST_US * 2 ** min(failures - 1, 20), _ENDPOINT_LONGEST_US)
    return round(plain_us * _jitter.uniform(0.8, 1.2))


def after_failure(claimed: Claimed, now_us: int) -> tuple[DeliveryState, int]:
    """Where the delivery stands then, and when it is due."""
    old = now_us - claimed.created_us > PAUSED_AFTER_US + _LONGEST_US
    if claimed.attempt >= ATTEMPTS_MAX or old:
        return DeliveryState.PARKED, now_us
    return DeliveryState.WAITING, now_us + wait_us(claimed.attempt)


def must_pause(claimed: Claimed, status: int | None, now_us: int) -> bool:
    """Whether the endpoint failed for days, or says that it is gone."""
    since_us = claimed.failing_since_us
    return status == _GONE or (since_us is not None and now_us - since_us > PAUSED_AFTER_US)
