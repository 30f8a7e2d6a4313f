"""Copies and pastes: which observations together are one insertion. Pure.

A paste is seen as a shortcut or a middle click, as the program's request for the text, or both.
A copy made outside the scope stays here, and its text unread, until it is pasted inside.
"""

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from agent.front import FocusHistory
from agent.observations import (
    Chord,
    ChordPressed,
    Copied,
    CopyRead,
    MiddleClicked,
    PrimaryRead,
    Selection,
    SelectionRequested,
    TextFacts,
    TextInserted,
)
from agent.session.appeared import is_pasted
from wire.codes import Category, ClipboardAction, InsertionHow, InsertionSeenBy
from wire.events import MISSING_U32, Clipboard, Event, Insertion

COPY_CHORD_US = 1_500_000
"""A selection that changes hands this soon after a copy shortcut was copied by it."""
PASTE_WAIT_US = 1_500_000
"""How long a paste waits for what was copied just before it, or for the program's request."""
READ_WAIT_US = 10_000_000
"""How long a paste waits for a text that is being read for it."""
CLOCKS_APART_US = 200_000
"""Times of the display's connections differ by less, even right after one was opened."""
REQUESTS_US = 250_000
"""A program that pastes asks for several forms of the text, this close to each other."""

TextMove = ChordPressed | MiddleClicked | Copied | CopyRead | PrimaryRead | SelectionRequested
_REQUEST = InsertionSeenBy.SELECTION
_BEGUN_ELSEWHERE = {
    InsertionHow.PASTE: (InsertionHow.PASTE, InsertionHow.PRIMARY),
    InsertionHow.DROP: (InsertionHow.DROP,),
}
"""What a field tells of an insertion that was seen to begin, and how it may have begun."""
_FIELD = InsertionSeenBy.ACCESSIBILITY
_TOLD_MAX = 32
_UNKNOWN_TEXT = TextFacts(MISSING_U32, MISSING_U32, 0)


@dataclass(slots=True)
class _Copy:
    """The clipboard's contents, as far as they may be known, and whether that was reported."""

    at_us: int
    facts: TextFacts | None
    action: ClipboardAction
    source: Category
    window: int
    unread: bool
    """Its text may still come."""
    secret: bool
    """Nothing may be said of it: it is older than the recording, or from a password."""
    told: bool = False
    named: bool = False
    """It was told without its text."""
    failed_us: int = 0
    """Pastes up to here wait for its text no longer."""

    def awaited(self, pasted_us: int) -> bool:
        """Whether its text may still come for a paste."""
        return self.unread and pasted_us > self.failed_us


@dataclass(slots=True)
class _Paste:
    at_us: int
    window: int
    how: InsertionHow
    seen_by: InsertionSeenBy
    copy: _Copy | None = None
    """What it pastes; None while the copy just before it is still being read."""
    pressed: bool = False
    """Its shortcut or middle click was seen."""
    asked: bool = False
    """The program's request for the text was seen."""
    unread: bool = False
    """Its primary selection is still being read."""
    length_chars: int | None = None
    """How much went in, if that was seen."""

    def graded(self, seen_by: InsertionSeenBy) -> None:
        """It was seen this way too; the strongest counts."""
        self.seen_by = max(self.seen_by, seen_by)


_MOVED = (InsertionHow.PASTE, InsertionHow.PRIMARY, InsertionHow.DROP)


class TextMoves:
    """Joins what was seen of copies and pastes. Times come in with the observations."""

    def __init__(self, origin_us: int, focus: FocusHistory) -> None:
        self._origin_us = origin_us
        self._focus = focus
        self._copy: _Copy | None = None
        self._copy_chord: ChordPressed | None = None
        self._pastes: list[_Paste] = []
        self._asked_us: dict[InsertionHow, int] = {}
        self._told: deque[tuple[int, int]] = deque(maxlen=_TOLD_MAX)
        """Times and lengths of insertions that a page's own witness told."""
        self._source_told = False
        """A copy was told: who reads the events takes a paste without a text to come from there."""

    def observe(self, seen: TextMove) -> list[Event]:
        """The events that follow at once; an insertion comes from `tick`."""
        match seen:
            case ChordPressed():
                self._chord(seen)
            case Copied():
                return self._copied(seen)
            case CopyRead():
                return self._read(seen)
            case PrimaryRead():
                self._primary(seen)
            case SelectionRequested():
                self._requested(seen)
        return []

    def tick(self, now_us: int) -> Iterator[Event]:
        """Pastes that have waited long enough."""
        waiting = [paste for paste in self._pastes if self._waits(paste, now_us)]
        ready = [paste for paste in self._pastes if paste not in waiting]
        self._pastes = waiting
        for paste in ready:
            yield from self._inserted(paste)

    def flush(self, now_us: int) -> list[Event]:
        """Pastes that still wait; the clipboard is forgotten."""
        events = list(self.tick(now_us + READ_WAIT_US + 1))
        self._copy = self._copy_chord = None
        self._asked_us.clear()
        self._told.clear()
        return events

    def inserted(
        self, at_us: int, how: InsertionHow, seen_by: InsertionSeenBy, length_chars: int
    ) -> list[Event]:
        """Text was seen to appear in a field: on its own, or as what a paste or drop did."""
        self._told.append((at_us, length_chars))
        if how not in _BEGUN_ELSEWHERE:
            paste = _Paste(at_us, self._focus.at(at_us).window, how, seen_by)
            paste.length_chars = length_chars
            return [self._insertion(paste)]
        for paste in self._nearest(at_us, _BEGUN_ELSEWHERE[how]):
            if paste.seen_by < seen_by:
                paste.graded(seen_by)
                paste.length_chars = length_chars
                return []
        paste = self._paste(at_us, seen_by)
        paste.length_chars = length_chars
        if how is not InsertionHow.PASTE:
            paste.how, paste.copy = how, None
        self._pastes.append(paste)
        return []

    def put_in_field(self, seen: TextInserted) -> bool:
        """Whether text that appeared in a field is what a paste did, or was told in another way."""
        for told in self._told:
            if abs(seen.at_us - told[0]) <= PASTE_WAIT_US and told[1] == seen.length_chars:
                self._told.remove(told)
                return True
        for paste in self._nearest(seen.at_us, _MOVED):
            copy = paste.copy or (self._copy if paste.how is InsertionHow.PASTE else None)
            copied_chars = copy.facts.length_chars if copy and copy.facts else None
            if paste.seen_by < _FIELD and is_pasted(seen, copied_chars):
                paste.graded(_FIELD)
                paste.length_chars = seen.length_chars
                return True
        return False

    def _nearest(self, at_us: int, hows: Collection[InsertionHow]) -> list[_Paste]:
        """Insertions that could be the same as one of this moment, the nearest first."""
        near = [paste for paste in self._pastes if abs(at_us - paste.at_us) <= PASTE_WAIT_US]
        return sorted(
            (paste for paste in near if paste.how in hows),
            key=lambda paste: abs(at_us - paste.at_us),
        )

    def _waits(self, paste: _Paste, now_us: int) -> bool:
        copy = paste.copy or (self._copy if paste.how is InsertionHow.PASTE else None)
        unread = paste.unread or (copy is not None and copy.awaited(paste.at_us))
        return now_us - paste.at_us <= (READ_WAIT_US if unread else PASTE_WAIT_US)

    def _us(self, at_us: int) -> int:
        return max(0, at_us - self._origin_us)

    def _in_scope(self, at_us: int) -> bool:
        return self._focus.at(at_us).category is Category.TASK

    # Pastes.

    def _chord(self, seen: ChordPressed) -> None:
        if seen.chord is not Chord.PASTE:
            self._copy_chord = seen
        elif self._in_scope(seen.at_us) and not self._pressed_for(seen.at_us, InsertionHow.PASTE):
            self._pastes.append(self._paste(seen.at_us, InsertionSeenBy.CHORD, pressed=True))

    def _pressed_for(self, at_us: int, how: InsertionHow) -> bool:
        """Whether a request that was seen already came from a key or button pressed now."""
        for paste in self._pastes:
            late_us = at_us - paste.at_us
            # A request follows its key; a page's clock is not that exact.
            late_max_us = PASTE_WAIT_US if paste.seen_by > _REQUEST else CLOCKS_APART_US
            if paste.how is how and not paste.pressed and -PASTE_WAIT_US <= late_us <= late_max_us:
                paste.at_us, paste.pressed = min(paste.at_us, at_us), True
                return True
        return False

    def _paste(self, at_us: int, seen_by: InsertionSeenBy, *, pressed: bool = False) -> _Paste:
        """A paste of the present clipboard, unless a copy was asked for and not seen yet."""
        copy, chord = self._copy, self._copy_chord
        if copy is not None and chord is not None and copy.at_us < chord.at_us:
            copy = None
        window = self._focus.at(at_us).window
        return _Paste(at_us, window, InsertionHow.PASTE, seen_by, copy, pressed)

    def _requested(self, seen: SelectionRequested) -> None:
        if seen.selection is Selection.DROP:
            self._dropped(seen)
        elif self._in_scope(seen.at_us):
            self._asked(seen)

    def _dropped(self, seen: SelectionRequested) -> None:
        how = InsertionHow.DROP
        if seen.category is Category.TASK and not self._asked_for(seen.at_us, how):
            paste = _Paste(seen.at_us, seen.window, how, _REQUEST, asked=True)
            self._pastes.append(paste)

    def _asked(self, seen: SelectionRequested) -> None:
        primary = seen.selection is Selection.PRIMARY
        how = InsertionHow.PRIMARY if primary else InsertionHow.PASTE
        since_us = seen.at_us - self._asked_us.get(how, seen.at_us - PASTE_WAIT_US)
        self._asked_us[how] = seen.at_us
        if self._asked_for(seen.at_us, how) or since_us <= REQUESTS_US:
            return
        paste = self._paste(seen.at_us, _REQUEST)
        paste.asked = True
        if primary:
            paste.how, paste.copy, paste.unread = how, None, True
        self._pastes.append(paste)

    def _asked_for(self, at_us: int, how: InsertionHow) -> bool:
        """Whether the request belongs to a key or button that was seen: the same paste, graded."""
        hows = (how, InsertionHow.PASTE) if how is InsertionHow.PRIMARY else (how,)
        for paste in self._pastes:
            near = abs(at_us - paste.at_us) <= PASTE_WAIT_US
            seen_in_page = paste.how is how or not paste.pressed
            if paste.how in hows and seen_in_page and near and not paste.asked:
                if paste.how is not how:
                    paste.how, paste.copy, paste.unread = how, None, True
                paste.asked = True
                paste.graded(_REQUEST)
                return True
        return False

    def _primary(self, seen: PrimaryRead) -> None:
        focus = self._focus.at(seen.at_us)
        if focus.category is not Category.TASK:
            return
        copy = self._selected(seen)
        for paste in self._pastes:
            apart_us = abs(seen.at_us - paste.at_us)
            same = apart_us <= (PASTE_WAIT_US if paste.unread else REQUESTS_US)
            if paste.how is InsertionHow.PRIMARY and same:
                paste.copy, paste.unread = copy, False
                return
        how, seen_by = InsertionHow.PRIMARY, InsertionSeenBy.CHORD
        self._pastes.append(_Paste(seen.at_us, focus.window, how, seen_by, copy, pressed=True))

    # Copies.

    def _selected(self, seen: PrimaryRead) -> _Copy:
        """What was selected with the pointer, as a copy made when it was selected."""
        at_us = seen.at_us if seen.owned_at_us is None else seen.owned_at_us
        source, earlier = self._focus.at(at_us), seen.owned_at_us is None
        action = ClipboardAction.CHANGE
        return _Copy(
            at_us, seen.facts, action, source.category, source.window, unread=False, secret=earlier
        )

    def _copied(self, seen: Copied) -> list[Event]:
        focus = self._focus.at(seen.at_us)
        self._copy = _Copy(
            at_us=seen.at_us,
            facts=seen.facts,
            action=self._action(seen),
            source=focus.category,
            window=focus.window,
            unread=seen.unread,
            secret=seen.before_recording,
        )
        return self._report(self._copy) if focus.category is Category.TASK else []

    def _read(self, seen: CopyRead) -> list[Event]:
        events: list[Event] = []
        for copy in (self._copy, *(paste.copy for paste in self._pastes)):
            if copy is not None and copy.at_us == seen.copied_at_us and copy.facts is None:
                copy.facts, copy.failed_us = seen.facts, seen.at_us
                copy.unread = seen.facts is None and not seen.marked
                copy.secret |= seen.marked
                if copy.source is Category.TASK:
                    events += self._report(copy)
        return events

    def _action(self, seen: Copied) -> ClipboardAction:
        chord = self._copy_chord
        if chord is None or not 0 <= seen.at_us - chord.at_us <= COPY_CHORD_US:
            return ClipboardAction.CHANGE
        return ClipboardAction.CUT if chord.chord is Chord.CUT else ClipboardAction.COPY

    # Events.

    def _report(self, copy: _Copy | None) -> list[Event]:
        """The copy as an event, once."""
        if copy is None or copy.secret or copy.told or copy.facts is None:
            return []
        copy.told = True
        return [self._clipboard(copy, copy.facts)]

    def _clipboard(self, copy: _Copy, facts: TextFacts) -> Clipboard:
        self._source_told = copy.source is not Category.UNKNOWN
        text = (facts.length_chars, facts.lines, facts.tag)
        return Clipboard(self._us(copy.at_us), copy.action, *text, copy.source, copy.window)

    def _inserted(self, paste: _Paste) -> Iterator[Event]:
        if paste.how is InsertionHow.PASTE and paste.copy is None:
            paste.copy = self._copy
        yield from self._report(paste.copy)
        if paste.how is not InsertionHow.DROP and (paste.copy is None or not paste.copy.facts):
            yield from self._named(paste)
        yield self._insertion(paste)

    def _named(self, paste: _Paste) -> list[Event]:
        """Where a text came from that could not be read; if that may not be said, that it may not.

        The latter only where a copy was told before, which a reader would take for this one.
        """
        copy = paste.copy
        if copy is None or copy.secret:
            change, nowhere = ClipboardAction.CHANGE, Category.UNKNOWN
            copy = _Copy(paste.at_us, None, change, nowhere, 0, unread=False, secret=True)
            return [self._clipboard(copy, _UNKNOWN_TEXT)] if self._source_told else []
        if copy.named:
            return []
        copy.named = True
        return [self._clipboard(copy, _UNKNOWN_TEXT)]

    def _insertion(self, paste: _Paste) -> Event:
        text = (paste.copy.facts if paste.copy else None) or _UNKNOWN_TEXT
        if paste.length_chars is not None and paste.length_chars != text.length_chars:
            # Something else went in than what was copied, so its tag says nothing about it.
            text = TextFacts(paste.length_chars, MISSING_U32, 0)
        facts = (text.length_chars, text.lines, text.tag)
        return Insertion(self._us(paste.at_us), paste.how, paste.seen_by, *facts, paste.window)
