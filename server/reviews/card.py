"""What stands out in a session, by its evidence alone: for the card by which it is listed. Pure.

One rule for every session, whatever the detector makes of it and however it comes before people:
a card that rested on the detector's spans would tell a flag from a random check, and would be the
detector's finger on the timeline before the verdict. What a place weighs is how much of the
session's text, or of its time, it stands for; no threshold is crossed by it and no doubt expressed.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise

import msgspec

from server.scoring.facts import OpenedSession, lost_stretches
from wire.codes import (
    Category,
    InsertionHow,
    KeyFlag,
    SourceName,
    SourceState,
)
from wire.events import MISSING_U32, Clipboard, DeclaredMode, Focus, Health, Insertion, Keystroke
from wire.keys import KeyClass
from wire.policy import AllowedUse
from wire.stretches import between, joined, length_us

PLACES_SHOWN = 3
"""So many a card shows."""
_PLACES_KEPT = 8
"""So many can be ticked on the review's page."""
_OF_A_KIND = 3
_GAP_US = 5_000_000
"""A stretch of typing ends where nothing is typed for so long."""
_SHORTEST_US = 30_000_000
"""A window or a pause that is shorter stands out in no session."""
_FEW_KEYS = 10
_ALLOWED, _ELSEWHERE, _TYPING, _QUIET = 0.3, 0.5, 0.25, 0.1
"""What allowed insertions, other windows, typing and pauses weigh against what is not allowed."""
_ONES_OWN = frozenset({InsertionHow.COMPOSITION, InsertionHow.SPELL_CORRECTION})
"""How people write who have an input method, or whose spelling is mended: no place of its own."""
_OTHER_WINDOWS = frozenset(Category) - {Category.TASK, Category.PRIVATE, Category.UNKNOWN}
_NO_TEXT = frozenset(map(int, (KeyClass.SHIFT, KeyClass.MODIFIER, KeyClass.CAPSLOCK)))
_DELETES = frozenset(map(int, (KeyClass.BACKSPACE, KeyClass.DELETE)))
_WATCHED = frozenset({SourceName.KEYBOARD, SourceName.FOCUS, SourceName.INSERTIONS})
_DOWN = frozenset({SourceState.FAILED, SourceState.MISSING, SourceState.DEGRADED})
_CHORD, _INJECTED = int(KeyFlag.CHORD), int(KeyFlag.INJECTED)
"""As plain numbers: with the flags themselves a card took four times as long."""
Key = tuple[int, int, int]
"""Time, class, flags."""


class Seen(StrEnum):
    """One kind of thing that stands out."""

    INSERTED = "inserted"
    BY_PROGRAM = "by-program"
    ELSEWHERE = "elsewhere"
    UNOBSERVED = "unobserved"
    TYPED = "typed"
    QUIET = "quiet"


class Spot(msgspec.Struct, frozen=True):
    """A place that stands out."""

    kind: Seen
    start_ms: int
    end_ms: int
    amount: int | None = None
    """Characters that appeared, or keys; None: not known, or nothing to count."""
    source: str = ""
    """Where it was copied, or which window it was: name of `wire.codes.Category`, small."""
    deleted: int = 0
    """Keys of these that delete."""


class Card(msgspec.Struct, frozen=True):
    """What a session is listed by."""

    places: tuple[Spot, ...]
    """The strongest first; more of them than a list shows."""
    observed: float
    """Share of its time that was seen whole."""
    timing_excluded: bool = False
    """An aid was declared: how keys are timed says nothing. Never which aid it was."""

    @property
    def kinds(self) -> int:
        """One bit for each kind that it names, as it is stored."""
        return sum({bit_of(place.kind) for place in self.places[:PLACES_SHOWN]})


def bit_of(kind: Seen) -> int:
    """The bit by which a kind is looked for."""
    return int(1 << list(Seen).index(kind))


def card_of(opened: OpenedSession, allowed: AllowedUse) -> Card:
    """The card of a session under its project's rules."""
    end_us = max((header.end_us for header in opened.headers), default=0)
    keys = _keys(opened)
    unseen = _unseen(opened, end_us)
    found = [
        *_inserted(opened, allowed, len(keys)),
        *_by_program(keys),
        *_elsewhere(opened, end_us),
        *((length_us([one]) / max(end_us, 1), _spot(Seen.UNOBSERVED, *one)) for one in unseen),
        *_typed(keys),
        *_quiet(keys, end_us),
    ]
    found.sort(key=lambda each: (-each[0], each[1].start_ms))
    declared = any(batch.body.events(DeclaredMode) for batch in opened.batches)
    observed = 1 - length_us(unseen) / end_us if end_us else 0.0
    places = tuple(spot for _, spot in found[:_PLACES_KEPT])
    return Card(places, round(observed, 3), declared)


Weighed = tuple[float, Spot]


def _spot(
    kind: Seen,
    start_us: int,
    end_us: int,
    amount: int | None = None,
    source: str = "",
    deleted: int = 0,
) -> Spot:
    return Spot(kind, start_us // 1000, end_us // 1000, amount, source, deleted)


def _keys(opened: OpenedSession) -> list[Key]:
    """Presses that make or change text, in order."""
    found: list[Key] = []
    for batch in opened.batches:
        columns = batch.body.columns(Keystroke)
        rows = zip(columns["t_us"], columns["key_class"], columns["flags"], strict=True)
        found += [
            (t_us, key, flags)
            for t_us, key, flags in rows
            if key not in _NO_TEXT and not flags & _CHORD
        ]
    return sorted(found)


def _inserted(opened: OpenedSession, allowed: AllowedUse, typed: int) -> Iterator[Weighed]:
    copied_in = {
        copy.tag: copy.source
        for batch in opened.batches
        for copy in batch.body.events(Clipboard)
        if copy.tag
    }
    seen = [
        (event, copied_in.get(event.tag) if event.tag else None)
        for batch in opened.batches
        for event in batch.body.events(Insertion)
        if event.how not in _ONES_OWN
    ]
    known = sum(event.length_chars for event, _ in seen if event.length_chars != MISSING_U32)
    for event, source in seen:
        length = event.length_chars if event.length_chars != MISSING_U32 else None
        fine = source in allowed.paste_from or (length or 0) <= allowed.paste_chars
        share = (length or 1) / max(typed + known, 1)
        weight = share * (_ALLOWED if fine else 1.0)
        name = _name(source)
        yield weight, _spot(Seen.INSERTED, event.t_us, event.t_us, length, name)


def _by_program(keys: Sequence[Key]) -> Iterator[Weighed]:
    sent = [t_us for t_us, _, flags in keys if flags & _INJECTED]
    if len(sent) >= _FEW_KEYS:
        yield len(sent) / len(keys), _spot(Seen.BY_PROGRAM, sent[0], sent[-1], len(sent))


def _elsewhere(opened: OpenedSession, end_us: int) -> Iterator[Weighed]:
    """Each longest stretch in one kind of other window, without a look anywhere else."""
    changes = sorted(
        (event.t_us, event.category)
        for batch in opened.batches
        for event in batch.body.events(Focus)
    )
    longest: dict[int, tuple[int, int]] = {}
    for (start_us, category), (until_us, _) in pairwise([*changes, (end_us, 0)]):
        if category in _OTHER_WINDOWS and until_us - start_us >= _SHORTEST_US:
            before = longest.get(category, (0, 0))
            longest[category] = max(before, (start_us, until_us), key=lambda one: one[1] - one[0])
    for category, (start_us, until_us) in longest.items():
        share = (until_us - start_us) / max(end_us, 1)
        weight = share * (1.0 if category == Category.ASSISTANT else _ELSEWHERE)
        yield weight, _spot(Seen.ELSEWHERE, start_us, until_us, None, _name(category))


def _typed(keys: Sequence[Key]) -> Iterator[Weighed]:
    """The longest runs of keys without a pause."""
    runs: list[list[Key]] = [[]]
    for key in keys:
        if runs[-1] and key[0] - runs[-1][-1][0] > _GAP_US:
            runs.append([])
        runs[-1].append(key)
    for run in sorted(runs, key=len, reverse=True)[:_OF_A_KIND]:
        if len(run) >= _FEW_KEYS:
            deleted = sum(kind in _DELETES for _, kind, _ in run)
            weight = _TYPING * len(run) / len(keys)
            yield weight, _spot(Seen.TYPED, run[0][0], run[-1][0], len(run), "", deleted)


def _quiet(keys: Sequence[Key], end_us: int) -> Iterator[Weighed]:
    """The longest time in which no key was pressed: reading, as a rule."""
    times = [0, *(t_us for t_us, _, _ in keys), end_us]
    start_us, until_us = max(pairwise(times), key=lambda each: each[1] - each[0])
    if until_us - start_us >= _SHORTEST_US:
        weight = _QUIET * (until_us - start_us) / end_us
        yield weight, _spot(Seen.QUIET, start_us, until_us)


def _unseen(opened: OpenedSession, end_us: int) -> list[tuple[int, int]]:
    """What no batch speaks for, and when a source was down that text is judged by."""
    lost = [(each.start_ms * 1000, each.end_ms * 1000) for each in lost_stretches(opened)]
    for source in _WATCHED:
        changes = [
            (event.t_us, event.state in _DOWN)
            for batch in opened.batches
            for event in batch.body.events(Health)
            if event.source == source
        ]
        lost += between(changes, end_us)
    return joined((start, min(end, end_us)) for start, end in lost if start < end_us)


def _name(category: int | None) -> str:
    try:
        return Category(category or 0).name.lower()
    except ValueError:
        return Category.UNKNOWN.name.lower()
