"""Where each passage of a submitted text came from, in one form for every page that shows it.

Two kinds of texts are submitted: one that the agent saw leaving a page of the task, and one that a
platform hands in. Of both the whole text is covered, from its first character to its last.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from detector.submitted import LIKE_LENGTH
from server.scoring.assessments import AssessedPassage, AssessedText
from server.submissions.aligning import AlignedPart

_, _EDITED = LIKE_LENGTH
"""So much longer a passage may have become by edits."""


class Origin(StrEnum):
    """How a passage came about."""

    TYPED = "typed"
    INSERTED = "inserted"
    BEFORE = "before"
    """By its length it stood in the field before the session began."""
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Came:
    """The insertion that a passage came by."""

    session: str
    at_ms: int
    how: str
    copied_in: str
    allowed: bool | None
    """Whether the project's policy allows it; None where only the whole session was judged."""


@dataclass(frozen=True, slots=True)
class Part:
    """A range of the text with one origin, in code points, end exclusive."""

    start: int
    end: int
    origin: Origin
    confidence: float | None
    """None: what lies between passages that were judged."""
    came: Came | None = None
    typed_ms: tuple[int, int] | None = None
    """When its first and its last key were pressed, from clock-in; None: that is not certain."""

    @property
    def length_chars(self) -> int:
        """How long it is."""
        return self.end - self.start


def parts_seen(text: AssessedText, session: str) -> tuple[Part, ...]:
    """The parts of a text that the agent saw being submitted in a session."""
    before, typed = _before(text), _typed(text)
    found: list[Part] = []
    at = 0
    for passage in sorted(text.passages, key=lambda each: each.start_chars):
        if passage.start_chars > at:
            found.append(typed(at, passage.start_chars))
        origin = Origin.BEFORE if passage in before else Origin(passage.origin)
        at = passage.start_chars + passage.length_chars
        came = _came(passage, session)
        found.append(Part(passage.start_chars, at, origin, passage.confidence, came))
    if at < text.length_chars:
        found.append(typed(at, text.length_chars))
    return tuple(found)


def parts_handed_in(parts: tuple[AlignedPart, ...]) -> tuple[Part, ...]:
    """The parts of a text that a platform handed in."""
    return tuple(_aligned(part) for part in parts)


def chars_of(parts: tuple[Part, ...], origin: Origin) -> int:
    """How many characters have an origin."""
    return sum(part.length_chars for part in parts if part.origin is origin)


def _typed(text: AssessedText) -> Callable[[int, int], Part]:
    """Makes a part of what lies between passages."""
    when = {
        (each.start_chars, each.start_chars + each.length_chars): (each.first_ms, each.last_ms)
        for each in text.typed
    }
    return lambda start, end: Part(start, end, Origin.TYPED, None, typed_ms=when.get((start, end)))


def _before(text: AssessedText) -> frozenset[AssessedPassage]:
    """Unexplained passages that fit into what stood there before, the longest first."""
    return frozenset(_fitting(text, text.before_chars or 0))


def _fitting(text: AssessedText, room_chars: int) -> Iterator[AssessedPassage]:
    unexplained = [each for each in text.passages if each.origin == Origin.UNEXPLAINED]
    for passage in sorted(unexplained, key=lambda each: -each.length_chars):
        if passage.length_chars <= _EDITED * room_chars:
            room_chars -= passage.length_chars
            yield passage


def _came(passage: AssessedPassage, session: str) -> Came | None:
    source = passage.inserted
    if source is None:
        return None
    return Came(session, source.at_ms, source.how, source.copied_in, None)


def _aligned(part: AlignedPart) -> Part:
    source = part.inserted
    came = source and Came(
        source.session, source.at_ms, source.how, source.copied_in, source.allowed
    )
    return Part(
        part.start, part.end, Origin(part.origin), part.confidence, came or None, part.typed_ms
    )
