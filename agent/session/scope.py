"""The scope rule: which observations become events. Pure; time comes in with the observations.

Key timing, pointer seconds and insertions exist only while a task window is in front. Elsewhere
there are counts a minute by category, and in private windows not even those. A copy made outside
stays here, as length, lines and tag, until it is pasted inside or replaced.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.observations import (
    CaretJumped,
    Chord,
    ChordPressed,
    Copied,
    FocusSeen,
    KeyHeld,
    MiddleClicked,
    Observation,
    PageEdited,
    PageFocused,
    PersonThere,
    PictureTaken,
    PointerUsed,
    PrimaryRead,
    SecretField,
    SelectionRequested,
    SourceHealth,
    TextFacts,
    TextSubmittedSeen,
)
from agent.session.pages import PageSeen, inserted_by, page_event
from wire.codes import (
    Category,
    ClipboardAction,
    InsertionHow,
    InsertionSeenBy,
    SourceName,
    SourceState,
)
from wire.events import (
    MISSING_U32,
    Activity,
    Clipboard,
    Event,
    Focus,
    Health,
    Insertion,
    Keystroke,
    PointerSecond,
    Screenshot,
)

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
COPY_CHORD_US = 1_500_000
"""A selection that changes hands this soon after a copy shortcut was copied by it."""
PASTE_WAIT_US = 1_500_000
"""How long a paste waits for what was copied just before it, or for the window's request."""
FOCUS_KEPT = 64
_U16_MAX = 0xFFFF
_FOCUS_KNOWN = (SourceState.RUNNING, SourceState.DEGRADED)
_NOWHERE = FocusSeen(0, Category.UNKNOWN, 0)
_UNKNOWN_TEXT = TextFacts(MISSING_U32, MISSING_U32, 0)


@dataclass(slots=True)
class _Copy:
    """The clipboard's contents, as far as they may be known, and whether that was reported."""

    at_us: int
    facts: TextFacts | None
    action: ClipboardAction
    source: Category
    window: int
    emitted: bool


@dataclass(frozen=True, slots=True)
class _Paste:
    at_us: int
    window: int
    seen_by: InsertionSeenBy
    copy: _Copy | None = None
    """What it pastes; None while the copy just before it is still being read."""
    by_chord: bool = False
    """A shortcut for it was pressed."""
    length_chars: int | None = None
    """How much went in, if that was seen."""


class ScopeRule:
    """Turns one session's observations into events. `origin_us` is the session's zero."""

    def __init__(self, origin_us: int) -> None:
        self._origin_us = origin_us
        self._focus: deque[FocusSeen] = deque([_NOWHERE], maxlen=FOCUS_KEPT)
        self._copy: _Copy | None = None
        self._copy_chord: ChordPressed | None = None
        self._pastes: list[_Paste] = []
        self._second = PointerUsed(0)
        self._minutes: dict[tuple[int, Category], list[int]] = {}

    @property
    def focus(self) -> FocusSeen:
        """The window in front."""
        return self._focus[-1]

    def focus_at(self, at_us: int) -> FocusSeen:
        """The window that was in front at a moment."""
        for seen in reversed(self._focus):
            if seen.at_us <= at_us:
                return seen
        return _NOWHERE

    def observe(self, seen: Observation) -> list[Event]:
        """The events that follow from one observation, often none."""
        match seen:
            case KeyHeld():
                return self._key(seen)
            case PointerUsed():
                return self._pointer(seen)
            case FocusSeen():
                return self._focused(seen)
            case PictureTaken():
                return [_screenshot(self._us(seen.at_us), seen)]
            case SourceHealth():
                return self._health(seen)
            case SecretField() | PersonThere():
                return []
            case PageEdited() | PageFocused() | CaretJumped() | TextSubmittedSeen():
                return self._page(seen)
            case _:
                return self._moved_text(seen)

    def tick(self, now_us: int) -> list[Event]:
        """Events whose time has come: full pointer seconds and minutes, pastes that waited."""
        events = self._second_over(now_us)
        events += self._minutes_over((now_us - self._origin_us) // MINUTE_US)
        ready = [paste for paste in self._pastes if now_us - paste.at_us > PASTE_WAIT_US]
        self._pastes = [paste for paste in self._pastes if now_us - paste.at_us <= PASTE_WAIT_US]
        for paste in ready:
            events += self._inserted(paste)
        return events

    def flush(self, now_us: int) -> list[Event]:
        """All that still waits; call it when listeners stop. The clipboard is forgotten."""
        events = self.tick(now_us + PASTE_WAIT_US + SECOND_US)
        events += self._minutes_over(None)
        self._copy = self._copy_chord = None
        self._focus.append(FocusSeen(now_us, Category.UNKNOWN, 0))
        return events

    def _us(self, at_us: int) -> int:
        return max(0, at_us - self._origin_us)

    def _in_scope(self, at_us: int) -> bool:
        return self.focus_at(at_us).category is Category.TASK

    def _health(self, seen: SourceHealth) -> list[Event]:
        at_us = self._us(seen.at_us)
        events: list[Event] = [Health(at_us, seen.source, seen.state)]
        if seen.source is SourceName.CLIPBOARD:
            # What sees copies sees pastes: insertions have no source of their own here.
            events.append(Health(at_us, SourceName.INSERTIONS, seen.state))
        if seen.source is SourceName.FOCUS and seen.state not in _FOCUS_KNOWN:
            # Nobody knows what is in front: nothing is in scope until it is seen again.
            events += self._focused(FocusSeen(seen.at_us, Category.UNKNOWN, 0))
        return events

    def _focused(self, seen: FocusSeen) -> list[Event]:
        if (seen.category, seen.window) == (self.focus.category, self.focus.window):
            return []
        self._focus.append(seen)
        in_scope = seen.category is Category.TASK
        return [Focus(self._us(seen.at_us), seen.category, in_scope, seen.window)]

    def _key(self, seen: KeyHeld) -> list[Event]:
        if self._in_scope(seen.at_us):
            at_us = self._us(seen.at_us)
            return [Keystroke(at_us, seen.hold_us, seen.key_class, seen.flags, seen.device)]
        self._count(seen.at_us, keys=1)
        return []

    def _pointer(self, seen: PointerUsed) -> list[Event]:
        if not self._in_scope(seen.at_us):
            self._count(seen.at_us, pointer=seen.clicks + seen.scrolls)
            return []
        events = self._second_over(seen.at_us)
        held = self._second if _used(self._second) else PointerUsed(seen.at_us)
        self._second = replace(
            held,
            moved_px=held.moved_px + seen.moved_px,
            clicks=held.clicks + seen.clicks,
            scrolls=held.scrolls + seen.scrolls,
        )
        return events

    def _second_over(self, now_us: int) -> list[Event]:
        held = self._second
        if not _used(held) or now_us - held.at_us < SECOND_US:
            return []
        self._second = PointerUsed(now_us)
        clicks, scrolls = min(held.clicks, _U16_MAX), min(held.scrolls, _U16_MAX)
        return [PointerSecond(self._us(held.at_us), held.moved_px, clicks, scrolls)]

    def _count(self, at_us: int, keys: int = 0, pointer: int = 0) -> None:
        category = self.focus_at(at_us).category
        if category is Category.PRIVATE or not (keys or pointer):
            return
        minute = self._us(at_us) // MINUTE_US
        counts = self._minutes.setdefault((minute, category), [0, 0])
        counts[0] = min(counts[0] + keys, _U16_MAX)
        counts[1] = min(counts[1] + pointer, _U16_MAX)

    def _minutes_over(self, before: int | None) -> list[Event]:
        over = sorted(key for key in self._minutes if before is None or key[0] < before)
        return [
            Activity(minute * MINUTE_US, category, *self._minutes.pop((minute, category)))
            for minute, category in over
        ]

    def _moved_text(
        self, seen: ChordPressed | MiddleClicked | Copied | PrimaryRead | SelectionRequested
    ) -> list[Event]:
        match seen:
            case ChordPressed():
                return self._chord(seen)
            case Copied():
                return self._copied(seen)
            case PrimaryRead():
                return self._primary(seen)
            case SelectionRequested():
                return self._requested(seen)
            case MiddleClicked():
                return []

    def _chord(self, seen: ChordPressed) -> list[Event]:
        if seen.chord is not Chord.PASTE:
            self._copy_chord = seen
        elif self._in_scope(seen.at_us):
            self._paste_chord(seen.at_us)
        return []

    def _paste_chord(self, at_us: int) -> None:
        """A paste was asked for; what came of it may have been seen first."""
        for index in self._nearest(at_us):
            if not self._pastes[index].by_chord:
                self._pastes[index] = replace(self._pastes[index], by_chord=True)
                return
        self._pastes.append(replace(self._paste(at_us, InsertionSeenBy.CHORD), by_chord=True))

    def _nearest(self, at_us: int) -> list[int]:
        """Pastes that could be the same as one of this moment, the nearest first."""
        apart = [(abs(at_us - each.at_us), index) for index, each in enumerate(self._pastes)]
        return [index for away_us, index in sorted(apart) if away_us <= PASTE_WAIT_US]

    def _page(self, seen: PageSeen) -> list[Event]:
        events = [page_event(self._us(seen.at_us), seen)]
        how = inserted_by(seen)
        if how is None or not isinstance(seen, PageEdited):
            return events
        if how is InsertionHow.PASTE:
            self._pasted_in_page(seen)
            return events
        paste = _Paste(seen.at_us, self.focus_at(seen.at_us).window, InsertionSeenBy.EXTENSION)
        facts = TextFacts(seen.inserted_chars, MISSING_U32, 0)
        return [*events, self._insertion(paste, how, facts)]

    def _pasted_in_page(self, seen: PageEdited) -> None:
        """The page saw a paste: the one that was asked for just before, or one not seen else."""
        strongest, length_chars = InsertionSeenBy.EXTENSION, seen.inserted_chars
        for index in self._nearest(seen.at_us):
            paste = self._pastes[index]
            if paste.seen_by is not strongest:
                self._pastes[index] = replace(paste, seen_by=strongest, length_chars=length_chars)
                return
        paste = self._paste(seen.at_us, strongest)
        self._pastes.append(replace(paste, length_chars=length_chars))

    def _paste(self, at_us: int, seen_by: InsertionSeenBy) -> _Paste:
        """A paste of the present clipboard, unless a copy was asked for and not read yet."""
        copy, chord = self._copy, self._copy_chord
        if copy is not None and chord is not None and copy.at_us < chord.at_us:
            copy = None
        return _Paste(at_us, self.focus_at(at_us).window, seen_by, copy)

    def _copied(self, seen: Copied) -> list[Event]:
        focus = self.focus_at(seen.at_us)
        self._copy = _Copy(
            at_us=seen.at_us,
            facts=seen.facts,
            action=self._action(seen),
            source=focus.category,
            window=focus.window,
            emitted=seen.facts is None or seen.before_recording,
        )
        return self._report(self._copy) if focus.category is Category.TASK else []

    def _action(self, seen: Copied) -> ClipboardAction:
        chord = self._copy_chord
        if chord is None or not 0 <= seen.at_us - chord.at_us <= COPY_CHORD_US:
            return ClipboardAction.CHANGE
        return ClipboardAction.CUT if chord.chord is Chord.CUT else ClipboardAction.COPY

    def _report(self, copy: _Copy | None) -> list[Event]:
        """The copy as an event, once."""
        if copy is None or copy.emitted or copy.facts is None:
            return []
        copy.emitted = True
        facts = copy.facts
        return [
            Clipboard(
                self._us(copy.at_us),
                copy.action,
                facts.length_chars,
                facts.lines,
                facts.tag,
                copy.source,
                copy.window,
            )
        ]

    def _requested(self, seen: SelectionRequested) -> list[Event]:
        """The window asked for the text: the same paste as the shortcut's, seen better."""
        if not self._in_scope(seen.at_us):
            return []
        for index, paste in enumerate(self._pastes):
            if abs(seen.at_us - paste.at_us) <= PASTE_WAIT_US:
                seen_by = max(paste.seen_by, InsertionSeenBy.SELECTION)
                self._pastes[index] = replace(paste, seen_by=seen_by)
                return []
        self._pastes.append(self._paste(seen.at_us, InsertionSeenBy.SELECTION))
        return []

    def _inserted(self, paste: _Paste) -> Iterator[Event]:
        copy = paste.copy or self._copy
        facts = copy.facts if copy else None
        length_chars = paste.length_chars
        if length_chars is not None and (not facts or facts.length_chars != length_chars):
            # Something else went in than what was copied, so its tag says nothing about it.
            facts = TextFacts(length_chars, MISSING_U32, 0)
        yield from self._report(copy)
        yield self._insertion(paste, InsertionHow.PASTE, facts)

    def _insertion(self, paste: _Paste, how: InsertionHow, facts: TextFacts | None) -> Event:
        text = facts or _UNKNOWN_TEXT
        return Insertion(
            self._us(paste.at_us),
            how,
            paste.seen_by,
            text.length_chars,
            text.lines,
            text.tag,
            paste.window,
        )

    def _primary(self, seen: PrimaryRead) -> list[Event]:
        focus = self.focus_at(seen.at_us)
        if focus.category is not Category.TASK:
            return []
        events: list[Event] = []
        if seen.facts is not None and seen.owned_at_us is not None:
            source = self.focus_at(seen.owned_at_us)
            at_us, facts = self._us(seen.owned_at_us), seen.facts
            copied = (facts.length_chars, facts.lines, facts.tag, source.category, source.window)
            events.append(Clipboard(at_us, ClipboardAction.CHANGE, *copied))
        paste = _Paste(seen.at_us, focus.window, InsertionSeenBy.CHORD)
        events.append(self._insertion(paste, InsertionHow.PRIMARY, seen.facts))
        return events


def _used(second: PointerUsed) -> bool:
    return bool(second.moved_px or second.clicks or second.scrolls)


def _screenshot(at_us: int, seen: PictureTaken) -> Screenshot:
    parts = [int.from_bytes(seen.digest[at : at + 8], "big") for at in range(0, 32, 8)]
    return Screenshot(
        at_us,
        seen.outcome,
        seen.flags,
        seen.width_px,
        seen.height_px,
        seen.size_bytes,
        seen.perceptual,
        *parts,
    )
