"""What is still taken from a person who was removed.

Work that was done before the removal still comes in, for a while: it is evidence, and perhaps pay.
"""

from server.errors import Refusal
from server.records import Device, Person
from wire.problems import ProblemCode

_SLACK_US = 60 * 1_000_000
"""For clocks, and for the batch that was being filled."""
_TAKEN_FOR_US = 7 * 24 * 3600 * 1_000_000


def check_here(person: Person | None) -> None:
    """Refuse to begin anything for somebody who was removed."""
    if person is None or person.removed_us is not None:
        raise person_removed()


def check_done_before(device: Device, done_us: int, now_us: int) -> None:
    """Refuse work that ended after its person was removed, or comes long after."""
    removed_us = device.person_removed_us
    if removed_us is None:
        return
    if done_us > removed_us + _SLACK_US or now_us > removed_us + _TAKEN_FOR_US:
        raise person_removed()


def person_removed() -> Refusal:
    """The person is no longer in the organisation."""
    return Refusal(
        ProblemCode.PERSON_REMOVED,
        403,
        "You are no longer in this organisation: stop recording; ask your contact there.",
    )
