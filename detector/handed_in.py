"""A text that a platform hands in, against what was typed where it is said to come from.

Unlike a text that the agent saw being submitted (`detector.submitted`), the stretches that it came
from are named, of one session or of several, and nothing is known of its field. So nothing here is
evidence against anybody: every character is given an origin, and what has none is said to have
none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detector.alignment import Alignment, Origin, align_codes
from detector.alignment.rebuild import TypedText, joined, rebuild, text_codes
from detector.integrity import REPLACES_TYPING
from detector.provenance import find_provenance
from detector.provenance.clipboard import Clipboard
from detector.submitted import SHORTEST_COUNTED_CHARS, SHORTEST_SHOWN_CHARS, like_lengths
from detector.tables import MISSING, Insertion, Keystrokes, Recording
from wire.codes import Category, InsertionHow
from wire.policy import AllowedUse
from wire.stretches import Intervals, length_us, without

UNEXPLAINED_SHARE = 0.1
"""A text is explained if less of it than this, or than a passage that counts, has no origin: of 100
simulated texts of 60 to 3,000 characters 100 are, and none of 100 that somebody else typed."""
_NOTHING = TypedText(
    np.array([], dtype=np.uint8), in_order=False, t_us=np.array([], dtype=np.int64)
)


@dataclass(frozen=True, slots=True)
class Worked:
    """Where a text is said to come from: stretches of one session.

    Attributes:
        recording: the whole session.
        stretches_us: when the text was worked on; in order, apart, within the session.
        allowed: the policy's allowances of that session.
    """

    recording: Recording
    stretches_us: Intervals
    allowed: AllowedUse


@dataclass(frozen=True, slots=True)
class InsertedFrom:
    """The insertion that a part of a text came by.

    Attributes:
        worked: which of the given sessions, counted from 0.
        t_us: when, in that session.
        how: by which route it got in.
        category: what kind of window it was copied in; unknown where no copy was seen.
        allowed: whether the policy, its length or the person's own text explains it.
    """

    worked: int
    t_us: int
    how: InsertionHow
    category: Category
    allowed: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A range of the text with one origin, in code points, end exclusive."""

    start: int
    end: int
    origin: Origin
    confidence: float
    inserted: InsertedFrom | None = None
    typed_us: tuple[int, int] | None = None
    """The first and the last of its keys, where that is certain and one session is named."""

    @property
    def length_chars(self) -> int:
        """How long it is."""
        return self.end - self.start

    @property
    def fine(self) -> bool:
        """Whether it was typed, or inserted as is allowed."""
        if self.origin is Origin.INSERTED:
            return self.inserted is not None and self.inserted.allowed
        return self.origin is Origin.TYPED


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A text that was handed in and where its characters came from.

    Attributes:
        parts: the whole text from its first character to its last.
        observed: share of the stretches that was observed, 0 to 1; without pauses.
        all_seen: whether all typing and all insertions in the stretches were observed, and no aid
            stood in for typing.
    """

    parts: tuple[Part, ...]
    observed: float
    all_seen: bool

    def chars(self, origin: Origin) -> int:
        """How many characters have this origin."""
        return sum(part.length_chars for part in self.parts if part.origin is origin)

    @property
    def not_allowed_chars(self) -> int:
        """How many were inserted and nothing allows it."""
        return self.chars(Origin.INSERTED) - sum(
            part.length_chars for part in self.parts if part.origin is Origin.INSERTED and part.fine
        )

    @property
    def explained(self) -> bool:
        """Whether what was recorded explains the text, but for what edits leave."""
        length = self.parts[-1].end if self.parts else 0
        passage = min(SHORTEST_COUNTED_CHARS, length / 2)
        open_chars = self.chars(Origin.UNEXPLAINED)
        if self.not_allowed_chars >= passage:
            return False
        return open_chars < max(passage, UNEXPLAINED_SHARE * length)


def handed_in(worked: Sequence[Worked], classes: str) -> HandedIn:
    """Give each character of a text an origin.

    Args:
        worked: where it is said to come from, in the order of the work.
        classes: the text's class sequence (`wire.textclass`).
    """
    tables = [table for one in worked for table in _tables(one)]
    found = align_codes(_typed(tables), text_codes(classes))
    candidates = [each for number, one in enumerate(worked) for each in _insertions(number, one)]
    parts = tuple(_parts(found, candidates))
    if len(worked) == 1:
        parts = tuple(_dated(part, found) for part in parts)
    return HandedIn(parts, _observed(worked), all(map(_all_seen, worked)))


def _tables(worked: Worked) -> Iterator[Keystrokes]:
    table = worked.recording.keystrokes
    for start_us, end_us in worked.stretches_us:
        first, last = np.searchsorted(table.t_us, (start_us, end_us))
        yield table.rows(int(first), int(last))


def _typed(tables: Sequence[Keystrokes]) -> TypedText:
    rebuilt = [rebuild(table) for table in tables if len(table)]
    return rebuilt[0] if len(rebuilt) == 1 else joined([_NOTHING, *rebuilt])


def _insertions(number: int, worked: Worked) -> Iterator[tuple[int, InsertedFrom]]:
    """The insertions in the stretches of known length, and that length."""
    recording = worked.recording
    findings = {f.t_us: f for f in find_provenance(recording, worked.allowed).findings}
    clipboard = Clipboard(recording.copies or ())
    for insertion in _within(worked):
        copy = clipboard.behind(insertion)
        length = insertion.length_chars
        if length == MISSING and copy is not None:
            length = copy.length_chars
        if length == MISSING:
            continue
        finding = findings.get(insertion.t_us)
        yield (
            length,
            InsertedFrom(
                number,
                insertion.t_us,
                insertion.how,
                copy.category if copy is not None else Category.UNKNOWN,
                finding is None or finding.allowed,
            ),
        )


def _within(worked: Worked) -> Iterator[Insertion]:
    for insertion in worked.recording.insertions or ():
        if any(start <= insertion.t_us < end for start, end in worked.stretches_us):
            yield insertion


def _parts(found: Alignment, candidates: Sequence[tuple[int, InsertedFrom]]) -> Iterator[Part]:
    """The whole text in order; passages too short to be shown are taken for edits of the typing."""
    passages = [
        *found.passages(Origin.INSERTED, SHORTEST_SHOWN_CHARS),
        *found.passages(Origin.UNEXPLAINED, SHORTEST_SHOWN_CHARS),
    ]
    by_place = sorted(candidates, key=lambda each: -each[0])
    taken = like_lengths(passages, [length for length, _ in by_place])
    at = 0
    for passage, which in taken:
        if passage.start > at:
            yield _typed_part(found, at, passage.start)
        origin = passage.origin if which is None else Origin.INSERTED
        source = by_place[which][1] if which is not None else None
        yield Part(passage.start, passage.end, origin, passage.confidence, source)
        at = passage.end
    if at < len(found.origin):
        yield _typed_part(found, at, len(found.origin))


def _dated(part: Part, found: Alignment) -> Part:
    if part.origin is not Origin.TYPED:
        return part
    return replace(part, typed_us=found.typed_between(part.start, part.end))


def _typed_part(found: Alignment, start: int, end: int) -> Part:
    typed = found.origin[start:end] == Origin.TYPED
    sure = found.confidence[start:end][typed]
    confidence = round(float(sure.mean()), 3) if len(sure) else 0.5
    return Part(start, end, Origin.TYPED, confidence)


def _observed(worked: Sequence[Worked]) -> float:
    whole = missed = 0
    for one in worked:
        stretches = without(one.stretches_us, one.recording.paused)
        whole += length_us(stretches)
        missed += length_us(stretches) - length_us(without(stretches, one.recording.unobserved))
    return 1.0 - missed / whole if whole else 0.0


def _all_seen(worked: Worked) -> bool:
    recording = worked.recording
    if recording.insertions is None or recording.declared & REPLACES_TYPING:
        return False
    stretches = without(worked.stretches_us, recording.paused)
    if length_us(without(stretches, recording.unobserved)) < length_us(stretches):
        return False
    return all(insertion.length_chars != MISSING for insertion in _within(worked))


__all__ = ["HandedIn", "InsertedFrom", "Part", "Worked", "handed_in"]
