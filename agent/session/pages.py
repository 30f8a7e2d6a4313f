"""What the browser extension saw, as events. Pure.

A page is in scope by its address, so its events count whatever window is in front: what a script
puts into a task's text field while its tab is hidden is in the task all the same.
"""

import hashlib

from agent.observations import CaretJumped, PageEdited, PageFocused, TextSubmittedSeen
from wire.codes import EditHow, InsertionHow
from wire.events import CaretJump, Event, PageEdit, PageFocus, TextSubmitted
from wire.objects import digest_parts

PageSeen = PageEdited | PageFocused | CaretJumped | TextSubmittedSeen

INSERTED_BY = {
    EditHow.PASTE: InsertionHow.PASTE,
    EditHow.DROP: InsertionHow.DROP,
    EditHow.AUTOFILL: InsertionHow.AUTOFILL,
    EditHow.SPELL_CORRECTION: InsertionHow.SPELL_CORRECTION,
    EditHow.SCRIPT: InsertionHow.SCRIPT,
    EditHow.COMPOSITION: InsertionHow.COMPOSITION,
    EditHow.OTHER: InsertionHow.UNKNOWN,
}
"""Changes that put text in without keystrokes; undo brings back what was there."""


def page_event(at_us: int, seen: PageSeen) -> Event:
    """The event that says the same; `at_us` is its session time."""
    match seen:
        case PageEdited():
            return PageEdit(
                at_us,
                seen.duration_us,
                seen.how,
                seen.inserted_chars,
                seen.deleted_chars,
                seen.flags,
                seen.field,
                seen.region,
            )
        case PageFocused():
            return PageFocus(at_us, seen.region)
        case CaretJumped():
            return CaretJump(at_us, seen.field, seen.distance_chars, seen.flags)
        case TextSubmittedSeen():
            digest = classes_digest(seen)
            return TextSubmitted(
                at_us, seen.field, seen.region, seen.length_chars, *digest_parts(digest)
            )


def inserted_by(seen: PageSeen) -> InsertionHow | None:
    """How text got in without keystrokes; None if it did not."""
    if isinstance(seen, PageEdited) and seen.inserted_chars:
        return INSERTED_BY.get(seen.how)
    return None


def classes_digest(seen: TextSubmittedSeen) -> bytes:
    """SHA-256 of the stored class sequence; zeros when none is stored."""
    return hashlib.sha256(seen.packed).digest() if seen.packed else bytes(32)
