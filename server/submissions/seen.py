"""What the people of a session see of the submissions that name it: what the platform was told."""

from collections.abc import Sequence

from server.clock import iso_utc
from server.records import Submission
from server.submissions.aligning import Aligned
from wire.decoding import decoder_of


def submission_lines(found: Sequence[Submission]) -> tuple[str, ...]:
    """Each in a few sentences, in the order they were handed in."""
    return tuple(_line(one) for one in found)


def _line(one: Submission) -> str:
    handed_in = f"{one.identifier}, handed in {iso_utc(one.asked_us)[:16].replace('T', ' ')} UTC"
    if one.alignment is None or one.answer is None:
        return f"{handed_in}: not answered yet."
    aligned = decoder_of(Aligned).decode(one.alignment)
    return (
        f"{handed_in}: {one.answer}. Of {one.length_chars} characters {aligned.typed_chars} were"
        f" typed, {aligned.inserted_chars} inserted, {aligned.unexplained_chars} are unexplained."
    )
