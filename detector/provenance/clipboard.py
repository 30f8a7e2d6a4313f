"""Which copy an insertion came from: by the keyed tag they share, else by time and length."""

from bisect import bisect_right

from detector.tables import MISSING, Copy, Insertion
from wire.codes import Category, InsertionHow

COPY_MAX_AGE_US = 30 * 60 * 1_000_000
"""An insertion without a tag is joined to a copy at most this much older."""
CLOCK_SLACK_US = 500_000
"""A copy may be reported this much after the paste of it."""
_PASTED = (InsertionHow.PASTE, InsertionHow.UNKNOWN, InsertionHow.PRIMARY)
_SEEN_TO_PASTE = (InsertionHow.PASTE, InsertionHow.PRIMARY)


class Clipboard:
    """The copies of a session, found by tag and time without looking through all of them."""

    def __init__(self, copies: tuple[Copy, ...]) -> None:
        self._copies = sorted(copies, key=_copied_at)
        self._tagged: dict[int, list[Copy]] = {}
        for copy in self._copies:
            if copy.tag:
                self._tagged.setdefault(copy.tag, []).append(copy)
        self._first_tagged_us = min((c[0].t_us for c in self._tagged.values()), default=None)

    def behind(self, insertion: Insertion) -> Copy | None:
        """Return the copy that an insertion came from, if it can be told."""
        until_us = insertion.t_us + CLOCK_SLACK_US
        if insertion.tag:
            tagged = _last_until(self._tagged.get(insertion.tag, []), until_us)
            first_us = self._first_tagged_us
            if tagged is not None or (first_us is not None and first_us <= until_us):
                return tagged
        last = _last_until(self._copies, until_us)
        pasted = insertion.how in _PASTED
        if last is None or not pasted or insertion.t_us - last.t_us > COPY_MAX_AGE_US:
            return None
        if last.length_chars == MISSING:
            return last if _explains_unread(last, insertion) else None
        return last if insertion.length_chars in (MISSING, last.length_chars) else None


def _explains_unread(copy: Copy, insertion: Insertion) -> bool:
    """Whether a copy that nobody could read explains an insertion.

    It is told with the paste of it, and explains nothing that has a text of its own or was not
    seen to be pasted. One from nowhere says that the copies before it explain nothing any more.
    """
    known = copy.category != Category.UNKNOWN
    return known and not insertion.tag and insertion.how in _SEEN_TO_PASTE


def _last_until(copies: list[Copy], until_us: int) -> Copy | None:
    count = bisect_right(copies, until_us, key=_copied_at)
    return copies[count - 1] if count else None


def _copied_at(copy: Copy) -> int:
    return copy.t_us
