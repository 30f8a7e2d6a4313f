"""The scope rule: which observations become events. Pure; time comes in with the observations.

Key timing, pointer seconds and insertions exist only while a task window is in front. Elsewhere
there are counts a minute by category, and in private windows not even those. A copy made outside
stays here, as length, lines and tag, until it is pasted inside or replaced.
"""

from dataclasses import replace

from agent.front import FocusHistory
from agent.observations import (
    CaretJumped,
    DeviceFactSeen,
    FocusSeen,
    KeyHeld,
    Observation,
    PageEdited,
    PageFocused,
    PersonThere,
    PictureTaken,
    PointerUsed,
    PresenceSeen,
    SecretField,
    SourceHealth,
    TextDeleted,
    TextInserted,
    TextSubmittedSeen,
    TitleRead,
)
from agent.session.appeared import Appeared, AppearedRule
from agent.session.pages import PageSeen, inserted_by, page_event
from agent.session.text_moves import TextMoves
from wire.codes import (
    Category,
    InsertionHow,
    InsertionSeenBy,
    ObjectKind,
    SourceName,
    SourceState,
)
from wire.events import (
    MISSING_U32,
    Activity,
    Attachment,
    DeviceFact,
    Event,
    Focus,
    Health,
    Insertion,
    Keystroke,
    PointerSecond,
    Screenshot,
)
from wire.objects import digest_parts, object_digest

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
_U16_MAX = 0xFFFF
_FOCUS_KNOWN = (SourceState.RUNNING, SourceState.DEGRADED)


class ScopeRule:
    """Turns one session's observations into events. `origin_us` is the session's zero."""

    def __init__(self, origin_us: int) -> None:
        self._origin_us = origin_us
        self._focus = FocusHistory()
        self._text = TextMoves(origin_us, self._focus)
        self._appeared = AppearedRule()
        self.composing = False
        """The trainer declared an input method or dictation: text without keys is theirs."""
        self._second = PointerUsed(0)
        self._minutes: dict[tuple[int, Category], list[int]] = {}

    @property
    def focus(self) -> FocusSeen:
        """The window in front."""
        return self._focus.now

    def focus_at(self, at_us: int) -> FocusSeen:
        """The window that was in front at a moment."""
        return self._focus.at(at_us)

    def observe(self, seen: Observation) -> list[Event]:
        """The events that follow from one observation, often none."""
        match seen:
            case KeyHeld():
                return self._key(seen)
            case PointerUsed():
                return self._pointer(seen)
            case FocusSeen():
                return self._focused(seen)
            case PictureTaken() | TitleRead():
                return [_named(self._us(seen.at_us), seen)]
            case DeviceFactSeen():
                return [DeviceFact(self._us(seen.at_us), seen.fact, seen.value)]
            case SourceHealth():
                return self._health(seen)
            case TextInserted() | TextDeleted():
                self._text_changed(seen)
                return []
            case SecretField() | PersonThere() | PresenceSeen():
                return []
            case PageEdited() | PageFocused() | CaretJumped() | TextSubmittedSeen():
                return self._page(seen)
            case _:
                return self._text.observe(seen)

    def tick(self, now_us: int) -> list[Event]:
        """Events whose time has come: full pointer seconds and minutes, pastes that waited."""
        events = self._second_over(now_us)
        events += self._minutes_over((now_us - self._origin_us) // MINUTE_US)
        self._appeared.join(self._text.put_in_field)
        events += self._unseen_in_field(list(self._text.tick(now_us)))
        events += [self._from_nowhere(seen) for seen in self._appeared.tick(now_us)]
        return events

    def flush(self, now_us: int) -> list[Event]:
        """All that still waits; call it when listeners stop. The clipboard is forgotten."""
        events = self.tick(now_us + SECOND_US)
        events += self._text.flush(now_us)
        events += [self._from_nowhere(seen) for seen in self._appeared.flush(now_us)]
        events += self._minutes_over(None)
        self._focus.lost(now_us)
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
        self._focus.add(seen)
        in_scope = seen.category is Category.TASK
        return [Focus(self._us(seen.at_us), seen.category, in_scope, seen.window)]

    def _key(self, seen: KeyHeld) -> list[Event]:
        if self._in_scope(seen.at_us):
            at_us = self._us(seen.at_us)
            self._appeared.key(seen, self.focus_at(seen.at_us).window)
            return [Keystroke(at_us, seen.hold_us, seen.key_class, seen.flags, seen.device)]
        self._count(seen.at_us, keys=1)
        return []

    def _page(self, seen: PageSeen) -> list[Event]:
        events = [page_event(self._us(seen.at_us), seen)]
        how = inserted_by(seen)
        if how is not None and isinstance(seen, PageEdited):
            seen_by, length_chars = InsertionSeenBy.EXTENSION, seen.inserted_chars
            events += self._text.inserted(seen.at_us, how, seen_by, length_chars)
        return events

    def _text_changed(self, seen: TextInserted | TextDeleted) -> None:
        """A field's text changed; outside task windows that is nobody's business."""
        focus = self.focus_at(seen.at_us)
        if focus.category is not Category.TASK:
            return
        if isinstance(seen, TextDeleted):
            self._appeared.deleted(seen, focus.window)
        else:
            self._appeared.inserted(seen, focus.window)

    def _unseen_in_field(self, events: list[Event]) -> list[Event]:
        """Pastes on their way out; a slow program may show one of them later."""
        for event in events:
            if isinstance(event, Insertion) and event.seen_by < InsertionSeenBy.ACCESSIBILITY:
                at_us = event.t_us + self._origin_us
                self._appeared.pasted_unseen(at_us, event.window, event.length_chars)
        return events

    def _from_nowhere(self, seen: Appeared) -> Event:
        how = InsertionHow.COMPOSITION if self.composing else InsertionHow.UNKNOWN
        seen_by = InsertionSeenBy.ACCESSIBILITY
        text = (seen.length_chars, MISSING_U32, 0)
        return Insertion(self._us(seen.at_us), how, seen_by, *text, seen.window)

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


def _used(second: PointerUsed) -> bool:
    return bool(second.moved_px or second.clicks or second.scrolls)


def _named(at_us: int, seen: PictureTaken | TitleRead) -> Screenshot | Attachment:
    """An event that names an object."""
    if isinstance(seen, TitleRead):
        parts = digest_parts(object_digest(seen.data))
        return Attachment(at_us, ObjectKind.TITLE, seen.window, *parts)
    return Screenshot(
        at_us,
        seen.outcome,
        seen.flags,
        seen.width_px,
        seen.height_px,
        seen.size_bytes,
        seen.perceptual,
        *digest_parts(seen.digest),
    )
