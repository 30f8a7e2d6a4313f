"""The rule of secret fields: what is done while one has the focus is not recorded. Pure.

A locked screen is such a field, and of it not even presence is kept.

It stands in front of every other rule. The word that a password field took the focus can come
some milliseconds after the first key typed into it, so whatever a person did waits here for a
short while, and a late `SecretField` still takes it out.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from agent.observations import (
    ChordPressed,
    Copied,
    CopyRead,
    DeviceFactSeen,
    FocusSeen,
    KeyHeld,
    MiddleClicked,
    Observation,
    PageEdited,
    PersonThere,
    PictureTaken,
    PointerUsed,
    PresenceSeen,
    PrimaryRead,
    SecretField,
    SourceHealth,
)
from wire.codes import EditFlag, PresenceChange, ScreenshotOutcome, SourceName, SourceState

HELD_US = 300_000
"""How long an input waits, counted from the first tick after it came."""
PRESENCE_STEP_US = 10_000_000
"""All that is kept of input in a secret field: that the person was there, within such a step."""
POINTER_GATHERED_US = 250_000
"""Movement is told when it has gone on for so long: part of it lies before."""
STRETCHES_KEPT_US = 120_000_000
"""Longer than any key can be down: its press is looked up when its release comes."""
_LOCK = SourceName.PRESENCE
"""A locked screen is one secret field: what is typed there is the password that unlocks it."""


@dataclass(slots=True)
class _Stretch:
    """A time in which a secret field had the focus, as one source saw it."""

    by: SourceName
    begin_us: int
    end_us: int | None = None
    stale: bool = False
    """The source failed meanwhile: the end may never be told."""

    def covers(self, at_us: int) -> bool:
        """Whether a moment lies in it."""
        return self.begin_us <= at_us and (self.end_us is None or at_us < self.end_us)


@dataclass(slots=True)
class _Waiting:
    seen: Observation
    since_us: int | None = None
    """The first tick after it came."""


class SecretRule:
    """Holds observations back, and takes out those of secret fields."""

    def __init__(self) -> None:
        self._stretches: list[_Stretch] = []
        self._waiting: deque[_Waiting] = deque()
        self._behind: FocusSeen | None = None
        """The window in front behind the lock."""

    @property
    def open(self) -> bool:
        """Whether a secret field has the focus now."""
        return any(stretch.end_us is None for stretch in self._stretches)

    def covers(self, at_us: int) -> bool:
        """Whether a secret field had the focus at a moment."""
        return any(stretch.covers(at_us) for stretch in self._stretches)

    def observe(self, seen: Observation) -> list[Observation]:
        """What may go on at once: that which says nothing about what a person enters."""
        match seen:
            case SecretField():
                self._secret(seen)
                return []
            case PresenceSeen(change=PresenceChange.LOCKED):
                self._secret(SecretField(seen.at_us, focused=True, by=_LOCK))
                return [seen]
            case PresenceSeen(change=PresenceChange.UNLOCKED):
                self._secret(SecretField(seen.at_us, focused=False, by=_LOCK))
                return [seen, *self._front_again(seen.at_us)]
            case SourceHealth():
                self._notice(seen)
                return [seen, *self._front_again(seen.at_us)]
            case FocusSeen():
                return self._front(seen)
            case PresenceSeen() | DeviceFactSeen():
                return [seen]
        self._waiting.append(_Waiting(seen))
        return []

    def tick(self, now_us: int) -> list[Observation]:
        """What has waited long enough, without that which belongs to a secret field."""
        for waiting in self._waiting:
            if waiting.since_us is None:
                waiting.since_us = now_us
        ready: list[Observation] = []
        while self._waiting and now_us - (self._waiting[0].since_us or now_us) >= HELD_US:
            ready.append(self._waiting.popleft().seen)
        self._forget_before(now_us - STRETCHES_KEPT_US)
        return self._without_secrets(ready)

    def settled_us(self, now_us: int) -> int:
        """The moment before which nothing waits any more."""
        return min((waiting.seen.at_us for waiting in self._waiting), default=now_us)

    def flush(self) -> list[Observation]:
        """All that waits; call it when the listeners have stopped. Stretches are forgotten."""
        ready = [waiting.seen for waiting in self._waiting]
        self._waiting.clear()
        passed = self._without_secrets(ready)
        self._stretches.clear()
        self._behind = None
        return passed

    def _front(self, seen: FocusSeen) -> list[Observation]:
        """The window in front; behind a lock nobody sees it."""
        self._notice(seen)
        if not self._open_of(_LOCK):
            return [seen]
        self._behind = seen
        return []

    def _front_again(self, at_us: int) -> list[Observation]:
        behind = self._behind
        if behind is None or self._open_of(_LOCK):
            return []
        self._behind = None
        return [replace(behind, at_us=max(at_us, behind.at_us))]

    def _secret(self, seen: SecretField) -> None:
        running = self._open_of(seen.by)
        if seen.focused and not running:
            self._stretches.append(_Stretch(seen.by, seen.at_us))
        for stretch in running:
            if seen.focused:
                stretch.begin_us = min(stretch.begin_us, seen.at_us)
                stretch.stale = False
            else:
                stretch.end_us = seen.at_us

    def _notice(self, seen: FocusSeen | SourceHealth) -> None:
        """A source that failed can tell no end: the next window ends its stretch, or its return."""
        if isinstance(seen, SourceHealth):
            for stretch in self._open_of(seen.source):
                if seen.state is SourceState.FAILED:
                    stretch.stale = True
                else:
                    stretch.end_us = seen.at_us
        elif isinstance(seen, FocusSeen):
            for stretch in self._stretches:
                if stretch.end_us is None and stretch.stale:
                    stretch.end_us = seen.at_us

    def _open_of(self, source: SourceName) -> list[_Stretch]:
        return [each for each in self._stretches if each.by is source and each.end_us is None]

    def _forget_before(self, at_us: int) -> None:
        self._stretches = [
            each for each in self._stretches if each.end_us is None or each.end_us > at_us
        ]

    def _covered(self, seen: Observation) -> bool:
        match seen:
            case PointerUsed() if self.covers(seen.at_us - POINTER_GATHERED_US):
                return True
            case CopyRead() if self.covers(seen.copied_at_us):
                return True
            case PrimaryRead(owned_at_us=int(selected_us)) if self.covers(selected_us):
                return True
        return self.covers(seen.at_us)

    def _locked_at(self, at_us: int) -> bool:
        return any(each.by is _LOCK and each.covers(at_us) for each in self._stretches)

    def _without_secrets(self, seen: Iterable[Observation]) -> list[Observation]:
        passed: list[Observation] = []
        for each in seen:
            if not self._covered(each):
                passed.append(each)
            elif isinstance(each, CopyRead):
                continue
            elif isinstance(each, Copied):
                # The copy before it is gone all the same: what is pasted next is not known.
                passed.append(Copied(each.at_us, None, before_recording=True))
            elif self._locked_at(each.at_us):
                continue
            elif isinstance(each, PictureTaken):
                passed.append(PictureTaken(each.at_us, ScreenshotOutcome.SKIPPED_PRIVATE))
            elif _by_person(each):
                passed.append(PersonThere(each.at_us // PRESENCE_STEP_US * PRESENCE_STEP_US))
        return passed


def _by_person(seen: Observation) -> bool:
    """Whether somebody was there: a title that ticks or a page's script says nothing of it."""
    if isinstance(seen, PageEdited):
        return bool(seen.flags & EditFlag.TRUSTED)
    return isinstance(seen, KeyHeld | ChordPressed | PointerUsed | MiddleClicked | PersonThere)
