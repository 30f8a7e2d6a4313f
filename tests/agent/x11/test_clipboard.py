"""What of the clipboard is read, and when: real owners on a real X server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from agent.capture.loop import Candidate, Capture
from agent.clock import monotonic_us
from agent.observations import (
    Chord,
    ChordPressed,
    Copied,
    CopyRead,
    FocusSeen,
    MiddleClicked,
    Observation,
    PrimaryRead,
    SecretField,
    Selection,
    SelectionRequested,
)
from agent.redact import PASSWORD_MARKS, TextReducer
from agent.session.scope import ScopeRule
from agent.sources.x11_clipboard import X11Clipboard
from agent.sources.x11_front import FrontWindows
from agent.sources.x11_mediator import Mediator
from tests.agent.x11.conftest import Desktop, turn_until, wait_for
from tests.agent.x11.owner import owning
from wire.codes import Category, SourceName
from wire.events import MISSING_U32, Insertion
from wire.events import Clipboard as Copy

pytestmark = pytest.mark.live

TEXT = "two words\nin two lines, müde"
ELSEWHERE = Category.ASSISTANT


@dataclass
class Clipboard:
    """A clipboard source alone, told what the others would see."""

    seen: list[Observation] = field(default_factory=list)
    mediator: Mediator = field(default_factory=Mediator)
    reducer: TextReducer = field(default_factory=TextReducer)

    def __post_init__(self) -> None:
        def made() -> X11Clipboard:
            return X11Clipboard(self.reducer, self.mediator, FrontWindows())

        offers = [(SourceName.CLIPBOARD, (self.mediator.hearing(Candidate(made)),))]
        self.capture = Capture(offers, self.seen.append, monotonic_us, frozenset())
        self.tell = self.mediator.wrap(self.seen.append)

    def front(self, category: Category) -> None:
        self.tell(FocusSeen(monotonic_us(), category, 1))

    def paste(self) -> None:
        self.tell(ChordPressed(monotonic_us(), Chord.PASTE))

    def copied(self, count: int = 2) -> Copied:
        """The copy seen last, when there have been so many with the one at the start."""
        found = turn_until(self.capture, self.seen, Copied, count)[-1]
        assert isinstance(found, Copied)
        return found

    def read(self, count: int = 1) -> CopyRead:
        found = turn_until(self.capture, self.seen, CopyRead, count)[-1]
        assert isinstance(found, CopyRead)
        return found

    def turns_until(self, holds: Callable[[], bool]) -> None:
        def turned() -> bool:
            self.capture.turn()
            return holds()

        wait_for(turned)


@contextmanager
def clipboard(category: Category) -> Iterator[Clipboard]:
    made = Clipboard()
    made.front(category)
    made.capture.start()
    try:
        made.copied(1)
        yield made
    finally:
        made.capture.stop()


@pytest.mark.parametrize("pieces", [0, 5])
def test_a_copy_in_a_task_window_is_read_at_once(desktop: Desktop, pieces: int) -> None:
    with clipboard(Category.TASK) as made, owning(TEXT, pieces=pieces) as owner:
        copied, read = made.copied(), made.read()
        made.turns_until(lambda: owner.fetched() == 1)
    assert (copied.facts, copied.unread, copied.before_recording) == (None, True, False)
    assert 0 <= monotonic_us() - copied.at_us < 10_000_000
    assert read == CopyRead(copied.at_us, copied.at_us, made.reducer.reduce(TEXT))


def test_of_a_copy_elsewhere_nothing_is_asked(desktop: Desktop) -> None:
    with clipboard(ELSEWHERE) as made, owning(TEXT) as owner:
        copied = made.copied()
        made.paste()
        made.front(Category.TASK)
        for _ in range(3):
            made.capture.turn()
    assert (copied.facts, copied.unread, copied.before_recording) == (None, True, False)
    assert owner.lines == []


@pytest.mark.parametrize("pieces", [0, 5])
def test_a_copy_elsewhere_is_read_once_when_pasted_inside(desktop: Desktop, pieces: int) -> None:
    with clipboard(ELSEWHERE) as made, owning(TEXT, pieces=pieces) as owner:
        copied = made.copied()
        made.front(Category.TASK)
        made.paste()
        made.tell(SelectionRequested(monotonic_us(), Selection.CLIPBOARD, 1, Category.TASK))
        read = made.read()
        made.paste()
        made.capture.turn()
        wait_for(lambda: owner.fetched() == 1)
    assert read.copied_at_us == copied.at_us
    assert read.facts == made.reducer.reduce(TEXT)
    assert owner.asked() == ["TARGETS", "UTF8_STRING"]
    assert len([each for each in made.seen if isinstance(each, CopyRead)]) == 1


@pytest.mark.parametrize("category", [Category.TASK, ELSEWHERE])
def test_a_copy_is_told_before_its_owner_answers_and_read_when_it_does(
    desktop: Desktop, category: Category
) -> None:
    with clipboard(category) as made, owning(TEXT, slow_s=1.8) as owner:
        copied = made.copied()
        made.front(Category.TASK)
        made.paste()
        told_us = monotonic_us()
        read = made.read()
    assert (copied.facts, copied.unread) == (None, True)
    assert monotonic_us() - told_us > 1_000_000
    assert read.facts == made.reducer.reduce(TEXT)
    assert owner.asked() == ["TARGETS", "UTF8_STRING"]


def test_an_owner_that_answers_the_task_alone_does_not_hide_where_its_text_was_copied(
    desktop: Desktop,
) -> None:
    connection = desktop.connection
    task = connection.screen().root.create_window(0, 0, 1, 1, 0, 0)
    connection.sync()
    with clipboard(ELSEWHERE) as made, owning(TEXT, only_to=task.id) as owner:
        made.copied()
        made.front(Category.TASK)
        text = connection.intern_atom("UTF8_STRING")
        task.convert_selection(connection.intern_atom("CLIPBOARD"), text, text, 0)
        connection.sync()
        made.paste()
        assert made.read().facts is None
        assert task.get_full_property(text, 0).value == TEXT.encode()
    assert sorted(owner.asked()) == ["TARGETS", "UTF8_STRING"]
    rule = ScopeRule(made.seen[0].at_us)
    events = [event for seen in made.seen for event in rule.observe(seen)]
    events += rule.flush(monotonic_us())
    (copy,) = (event for event in events if isinstance(event, Copy))
    (insertion,) = (event for event in events if isinstance(event, Insertion))
    assert (copy.source, copy.length_chars) == (ELSEWHERE, MISSING_U32)
    assert insertion.length_chars == MISSING_U32


def test_a_copy_that_was_replaced_is_forgotten_unread(desktop: Desktop) -> None:
    with clipboard(ELSEWHERE) as made, owning("the first copy") as first:
        made.copied()
        with owning(TEXT) as second:
            copied = made.copied(3)
            made.front(Category.TASK)
            made.paste()
            read = made.read()
            wait_for(lambda: second.fetched() == 1)
    assert (read.copied_at_us, read.facts) == (copied.at_us, made.reducer.reduce(TEXT))
    assert first.fetched() == 0


@pytest.mark.parametrize("category", [Category.TASK, ELSEWHERE])
def test_what_a_password_manager_marks_is_never_asked_for(
    desktop: Desktop, category: Category
) -> None:
    with clipboard(category) as made:
        for count, mark in enumerate(sorted(PASSWORD_MARKS), start=1):
            made.front(category)
            with owning("hunter2", mark) as owner:
                copied = made.copied(count + 1)
                made.front(Category.TASK)
                made.paste()
                read = made.read(count)
                made.paste()
                made.capture.turn()
            assert (copied.facts, read.facts, read.marked) == (None, None, True)
            assert owner.asked() == ["TARGETS"]


@pytest.mark.parametrize("where", ["private window", "password field"])
def test_of_a_copy_in_a_private_place_nothing_is_asked(desktop: Desktop, where: str) -> None:
    private = where == "private window"
    with clipboard(Category.PRIVATE if private else Category.TASK) as made:
        if not private:
            made.tell(SecretField(monotonic_us(), focused=True))
        with owning(TEXT) as owner:
            copied = made.copied()
            for _ in range(2):
                made.capture.turn()
            asked_before = owner.asked()
            made.tell(SecretField(monotonic_us(), focused=False))
            made.front(Category.TASK)
            made.paste()
            if private:
                assert made.read().facts == made.reducer.reduce(TEXT)
            for _ in range(2):
                made.capture.turn()
    assert (copied.facts, copied.unread, copied.before_recording) == (None, private, not private)
    assert asked_before == []
    assert owner.asked() == (["TARGETS", "UTF8_STRING"] if private else [])


def test_an_owner_that_does_not_answer_does_not_stop_the_next(desktop: Desktop) -> None:
    with clipboard(Category.TASK) as made:
        holder = desktop.connection.screen().root.create_window(0, 0, 1, 1, 0, 0)
        holder.set_selection_owner(desktop.connection.intern_atom("CLIPBOARD"), 0)
        desktop.connection.sync()
        made.copied()
        with owning(TEXT):
            copied = made.copied(3)
            read = made.read()
    assert (read.copied_at_us, read.facts) == (copied.at_us, made.reducer.reduce(TEXT))


@pytest.mark.parametrize("asked", [True, False])
def test_a_middle_click_reads_the_primary_selection_only_if_it_pastes(
    desktop: Desktop, asked: bool
) -> None:
    with clipboard(Category.TASK) as made, owning(TEXT, selection="PRIMARY") as owner:
        made.mediator.started(SourceName.SELECTIONS)
        made.capture.turn()
        clicked_us = monotonic_us()
        made.tell(MiddleClicked(clicked_us))
        if asked:
            made.tell(SelectionRequested(clicked_us, Selection.PRIMARY, 1, Category.TASK))
            (read,) = turn_until(made.capture, made.seen, PrimaryRead)
            assert isinstance(read, PrimaryRead)
            assert read.facts == made.reducer.reduce(TEXT)
        made.capture.turn()
    assert owner.asked() == (["TARGETS", "UTF8_STRING"] if asked else [])


def test_without_seen_requests_every_middle_click_counts(desktop: Desktop) -> None:
    with clipboard(Category.TASK) as made, owning(TEXT, selection="PRIMARY"):
        made.tell(MiddleClicked(monotonic_us()))
        (read,) = turn_until(made.capture, made.seen, PrimaryRead)
    assert isinstance(read, PrimaryRead)
    assert read.facts == made.reducer.reduce(TEXT)
