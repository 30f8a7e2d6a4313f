"""What one source must know of the others: the clipboard reads only what is pasted in scope.

Every observation passes here on its way out of the capturing process. The rule decides whether a
copy's text may be read at once, and when a paste in a task window asks for one that was left
unread.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from agent.capture.loop import Candidate
from agent.clock import monotonic_us
from agent.front import FocusHistory
from agent.observations import (
    Chord,
    ChordPressed,
    FocusSeen,
    MiddleClicked,
    Observation,
    PresenceSeen,
    SecretField,
    Selection,
    SelectionRequested,
    SourceHealth,
)
from agent.session.secret import SecretRule
from agent.sources.protocol import Emit, Source
from wire.codes import Category, SourceName, SourceState


class Reading(IntEnum):
    """What the place of a copy allows."""

    NEVER = 0
    """It was made in a password field."""
    WHEN_PASTED = 1
    """Elsewhere: nothing is asked of its owner before it is pasted in scope."""
    NOW = 2
    """In a task window."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """A paste in a task window, as far as it was seen."""

    at_us: int
    selection: Selection
    asked: bool
    """The program asked the display for the text; else a key or button was pressed."""


class PasteRule:
    """Which copies may be read, and when. Pure."""

    def __init__(self) -> None:
        self._focus = FocusHistory()
        self._secrets = SecretRule()

    def observe(self, seen: Observation) -> Pasted | None:
        """The paste that an observation is, if it is one in a task window."""
        match seen:
            case FocusSeen():
                self._focus.add(seen)
                self._secrets.observe(seen)
                self._secrets.tick(seen.at_us)
            case SecretField() | PresenceSeen():
                self._secrets.observe(seen)
            case ChordPressed(chord=Chord.PASTE):
                return self._pasted(seen.at_us, Selection.CLIPBOARD, asked=False)
            case MiddleClicked():
                return self._pasted(seen.at_us, Selection.PRIMARY, asked=False)
            case SelectionRequested() if seen.selection is not Selection.DROP:
                return self._pasted(seen.at_us, seen.selection, asked=True)
        return None

    def reading(self, copied_us: int) -> Reading:
        """What may be read of a copy made at a moment."""
        if self._secrets.covers(copied_us):
            return Reading.NEVER
        in_task = self._focus.at(copied_us).category is Category.TASK
        return Reading.NOW if in_task else Reading.WHEN_PASTED

    def lost(self, source: SourceName, at_us: int) -> None:
        """A source does not observe any more: what it said last may not hold."""
        if source is SourceName.FOCUS:
            self._focus.lost(at_us)
        self._secrets.observe(SourceHealth(at_us, source, SourceState.FAILED))

    def _pasted(self, at_us: int, selection: Selection, *, asked: bool) -> Pasted | None:
        in_task = self._focus.at(at_us).category is Category.TASK
        if not in_task or self._secrets.covers(at_us):
            return None
        return Pasted(at_us, selection, asked)


class Mediator:
    """Hears all sources of one capture, and tells the clipboard of pastes."""

    def __init__(self) -> None:
        self.rule = PasteRule()
        self.reader: Callable[[Pasted], None] | None = None
        """The running clipboard source."""
        self.sees_requests = False
        """Whether a paste's request will be seen, too."""

    def wrap(self, emit: Emit) -> Emit:
        """An `emit` that hears what goes through it."""

        def heard(seen: Observation) -> None:
            emit(seen)
            pasted = self.rule.observe(seen)
            if pasted is not None and self.reader is not None:
                self.reader(pasted)

        return heard

    def hearing(self, candidate: Candidate) -> Candidate:
        """The same candidate, heard by this mediator."""
        return Candidate(lambda: Heard(candidate.make(), self), candidate.state)

    def started(self, name: SourceName) -> None:
        """A source observes from here."""
        if name is SourceName.SELECTIONS:
            self.sees_requests = True

    def stopped(self, name: SourceName) -> None:
        """A source does not observe any more."""
        if name is SourceName.SELECTIONS:
            self.sees_requests = False
        self.rule.lost(name, monotonic_us())


class Heard:
    """A source whose observations pass by the mediator."""

    def __init__(self, source: Source, mediator: Mediator) -> None:
        self._source = source
        self._mediator = mediator

    @property
    def name(self) -> SourceName:
        """Which of the agent's sources this is."""
        return self._source.name

    def start(self, emit: Emit) -> None:
        """Start the source; see `Source.start`."""
        self._source.start(self._mediator.wrap(emit))
        self._mediator.started(self.name)

    def stop(self) -> None:
        """Stop the source."""
        self._source.stop()
        self._mediator.stopped(self.name)

    def fileno(self) -> int | None:
        """What the source waits on."""
        return self._source.fileno()

    def pump(self, now_us: int) -> int | None:
        """Have the source take what there is."""
        return self._source.pump(now_us)

    def check(self) -> SourceState:
        """Whether the source works."""
        return self._source.check()
