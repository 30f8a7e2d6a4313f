"""Submitted texts against what was typed: which passages have neither keys nor an insertion.

People who correct a model's answer begin with a text that nobody typed. So a passage without
typing is no evidence by itself: what stood in the field before the session, and every insertion
that was seen, is taken off first, and where either cannot be known nothing is counted.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detector.alignment import Alignment, Origin, Passage, align_codes
from detector.alignment.rebuild import UNKNOWN_US, TypedText, joined, rebuild, text_codes
from detector.integrity import REPLACES_TYPING
from detector.provenance.clipboard import Clipboard
from detector.surroundings import Submission
from detector.tables import MISSING, Keystrokes, Recording
from wire.codes import Category, InsertionHow
from wire.events import MISSING_U32
from wire.policy import AllowedUse

SHORTEST_SHOWN_CHARS = 20
SHORTEST_COUNTED_CHARS = 50
SURE = 0.9
"""A passage counts from this probability on."""
TELLING_CHARS = 400.0
"""Characters after which 63 % of the doubt is gone, as for insertions but far more."""
HIGHEST_STRENGTH = 0.85
"""Never strong by itself: what is missing may have been typed where nobody looked."""
LONGEST_TEXT_CHARS = 200_000
"""A longer text is not aligned: no person submits one, and it would hold up the others."""
SAME_FORM_US = 5_000_000
"""Fields of one form are submitted within this time."""
LIKE_LENGTH = (0.6, 1.25)
"""A passage this long against an insertion is taken for it, edits after it allowed for."""


@dataclass(frozen=True, slots=True)
class Source:
    """An insertion that a passage may have come by.

    Attributes:
        t_us: when.
        length_chars: how long it was.
        how: by which route it got in.
        category: what kind of window it was copied in; unknown where no copy was seen.
    """

    t_us: int
    length_chars: int
    how: InsertionHow
    category: Category


@dataclass(frozen=True, slots=True)
class Typed:
    """A range of a text, in characters, and when it was typed: its first key and its last."""

    start: int
    end: int
    first_us: int
    last_us: int


@dataclass(frozen=True, slots=True)
class SubmittedText:
    """One submitted text and where its characters came from.

    Attributes:
        t_us: when it was submitted.
        field: the text field it came from; 0 if not known.
        length_chars: its length.
        typed_chars: characters with typing behind them.
        before_chars: characters that stood in the field before the session; None if not known.
        passages: what was not typed, in characters of the text.
        judged: whether enough was seen to count what is unexplained.
        excess_chars: sure and unexplained characters beyond all that may explain them; 0 unless
            ``judged``.
        sources: of each passage the insertion that it is taken for, by its length; None: none.
        typed: what lies between the passages, where it is certain when it was typed.
    """

    t_us: int
    field: int
    length_chars: int
    typed_chars: int
    before_chars: int | None
    passages: tuple[Passage, ...]
    judged: bool
    excess_chars: int
    sources: tuple[Source | None, ...] = ()
    typed: tuple[Typed, ...] = ()

    @property
    def strength(self) -> float:
        """Return the strength of the evidence, 0 to `HIGHEST_STRENGTH`."""
        return HIGHEST_STRENGTH * (1.0 - math.exp(-self.excess_chars / TELLING_CHARS))


def submitted_texts(
    recording: Recording, allowed: AllowedUse, earlier: Sequence[Keystrokes] = ()
) -> tuple[SubmittedText, ...]:
    """Align each submitted text whose classes are at hand with what was typed before it.

    Args:
        recording: the session.
        allowed: the policy's allowances; a passage up to its length of pastes does not count.
        earlier: typing of the person's sessions before, where the work went on from them.
    """
    texts = (
        s for s in recording.submissions or () if 0 < len(s.text_class or "") <= LONGEST_TEXT_CHARS
    )
    return tuple(_judged(text, recording, allowed, earlier) for text in texts)


def _judged(
    text: Submission, recording: Recording, allowed: AllowedUse, earlier: Sequence[Keystrokes]
) -> SubmittedText:
    before = _before(text, recording)
    found = _aligned(text, recording, earlier, before or 0)
    passages, sources, spare = _with_insertions(
        [
            *found.passages(Origin.INSERTED, SHORTEST_SHOWN_CHARS),
            *found.passages(Origin.UNEXPLAINED, SHORTEST_SHOWN_CHARS),
        ],
        _sources(recording, text.t_us),
    )
    judged = before is not None and _complete(recording, text.t_us)
    unexplained = sum(
        p.end - p.start
        for p in passages
        if p.origin == Origin.UNEXPLAINED
        and p.confidence >= SURE
        and p.end - p.start >= max(SHORTEST_COUNTED_CHARS, allowed.paste_chars)
    )
    excess = unexplained - (before or 0) - spare
    return SubmittedText(
        t_us=text.t_us,
        field=text.field,
        length_chars=len(found.origin),
        typed_chars=int(np.count_nonzero(found.origin == Origin.TYPED)),
        before_chars=before,
        passages=passages,
        judged=judged,
        excess_chars=excess if judged and excess >= SHORTEST_COUNTED_CHARS else 0,
        sources=sources,
        typed=tuple(_typed(found, passages)),
    )


def _typed(found: Alignment, passages: Sequence[Passage]) -> Iterator[Typed]:
    starts = [0, *(passage.end for passage in passages)]
    ends = [*(passage.start for passage in passages), len(found.origin)]
    for start, end in zip(starts, ends, strict=True):
        when = found.typed_between(start, end)
        if when is not None:
            yield Typed(start, end, *when)


def _aligned(
    text: Submission, recording: Recording, earlier: Sequence[Keystrokes], before: int
) -> Alignment:
    """Align with what was typed since the form before; with all typing if that leaves something.

    What stood in the field ``before`` may be left. A day's tasks then cost their own typing each,
    not the whole day's.
    """
    table, codes = recording.keystrokes, text_codes(text.text_class or "")
    count = int(np.searchsorted(table.t_us, text.t_us, side="right"))
    others = [s.t_us for s in recording.submissions or () if s.t_us < text.t_us - SAME_FORM_US]
    if others and not (table.effects_seen and table.cursor_seen):
        first = int(np.searchsorted(table.t_us, max(others), side="right"))
        found = align_codes(rebuild(table.rows(first, count)), codes)
        left = found.passages(Origin.UNEXPLAINED, SHORTEST_COUNTED_CHARS)
        if sum(p.end - p.start for p in left) < before + SHORTEST_COUNTED_CHARS:
            return found
    return align_codes(_joined(earlier, table.rows(0, count)), codes)


def _joined(earlier: Sequence[Keystrokes], table: Keystrokes) -> TypedText:
    """Typing of this session and of those before, whose times are none of this session's."""
    if not earlier:
        return rebuild(table)
    before = [rebuild(one) for one in earlier]
    dated = [replace(one, t_us=np.full(len(one.codes), UNKNOWN_US)) for one in before]
    return joined([*dated, rebuild(table)])


def _sources(recording: Recording, until_us: int) -> list[Source]:
    """Return the insertions seen by then whose length is known, the longest first."""
    clipboard = Clipboard(recording.copies or ())
    found = []
    for insertion in recording.insertions or ():
        length = insertion.length_chars
        if insertion.t_us <= until_us and length != MISSING and length >= SHORTEST_SHOWN_CHARS:
            copy = clipboard.behind(insertion)
            category = copy.category if copy is not None else Category.UNKNOWN
            found.append(Source(insertion.t_us, length, insertion.how, category))
    return sorted(found, key=lambda source: -source.length_chars)


def _with_insertions(
    passages: list[Passage], sources: Sequence[Source]
) -> tuple[tuple[Passage, ...], tuple[Source | None, ...], int]:
    """Give each passage the insertion of about its length.

    Returns:
        The passages in order, the insertion of each, and how many inserted characters found no
        passage.
    """
    taken = like_lengths(passages, [source.length_chars for source in sources])
    made = (p if which is None else replace(p, origin=Origin.INSERTED) for p, which in taken)
    used = {which for _, which in taken}
    spare = sum(s.length_chars for which, s in enumerate(sources) if which not in used)
    return (
        tuple(made),
        tuple(sources[which] if which is not None else None for _, which in taken),
        spare,
    )


def like_lengths(
    passages: Sequence[Passage], lengths: Sequence[int]
) -> list[tuple[Passage, int | None]]:
    """Give each passage an insertion of about its length, none twice, the longest passage first.

    Args:
        passages: what was not typed.
        lengths: of the insertions, the longest first.

    Returns:
        The passages in the order of the text, each with the index of its length; None: there was
        none.
    """
    left = dict(enumerate(lengths))
    made: list[tuple[Passage, int | None]] = []
    low, high = LIKE_LENGTH
    for passage in sorted(passages, key=lambda p: (p.start - p.end, p.start)):
        size = passage.end - passage.start
        which = next((i for i, n in left.items() if low * n <= size <= high * n), None)
        if which is not None:
            del left[which]
        made.append((passage, which))
    return sorted(made, key=lambda each: each[0].start)


def _before(text: Submission, recording: Recording) -> int | None:
    """Return how much of the field's text was there before the page's changes were seen."""
    if recording.page is None or not text.field:
        return None
    edits = recording.page.edits
    mine = (edits.field == text.field) & (edits.t_us <= text.t_us)
    counts = np.stack([edits.inserted[mine], edits.deleted[mine]])
    if np.any((counts < 0) | (counts >= MISSING_U32)):
        return None
    net = int(counts[0].sum()) - int(counts[1].sum())
    return max(text.length_chars - net, 0)


def _complete(recording: Recording, until_us: int) -> bool:
    """Whether all typing and all insertions until then were seen, and no aid stands in."""
    gaps = any(start < until_us for start, _ in recording.unobserved)
    aided = bool(recording.declared & REPLACES_TYPING)
    if gaps or aided or recording.insertions is None:
        return False
    return all(i.length_chars != MISSING for i in recording.insertions if i.t_us <= until_us)


__all__ = ["SubmittedText", "like_lengths", "submitted_texts"]
