"""What the people of a session see of the submissions that name it: what the platform was told."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.language import _, moment, number
from server.records import Submission
from server.submissions.aligning import Aligned
from server.submissions.wording import ANSWER_TITLES
from wire.decoding import decoder_of


@dataclass(frozen=True, slots=True)
class Told:
    """What a platform was told about one submission."""

    id: str
    text: str


def told_of(found: Sequence[Submission]) -> tuple[Told, ...]:
    """Each in a few sentences, in the order they were handed in."""
    return tuple(Told(one.id.hex(), _line(one)) for one in found)


def _line(one: Submission) -> str:
    when = moment(one.asked_us)
    if one.alignment is None or one.answer is None:
        return _(
            "%(identifier)s, handed in %(when)s: not answered yet.",
            identifier=one.identifier,
            when=when,
        )
    aligned = decoder_of(Aligned).decode(one.alignment)
    return _(
        "%(identifier)s, handed in %(when)s: %(answer)s. Of %(length)s characters %(typed)s were"
        " typed, %(inserted)s inserted, %(unexplained)s are unexplained.",
        identifier=one.identifier,
        when=when,
        answer=_(ANSWER_TITLES[one.answer]),
        length=number(one.length_chars),
        typed=number(aligned.typed_chars),
        inserted=number(aligned.inserted_chars),
        unexplained=number(aligned.unexplained_chars),
    )
