"""Pastes as the X server sees them: real windows, real requests."""

import select
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from Xlib import X

from agent.capture.loop import Candidate, Capture
from agent.clock import monotonic_us
from agent.observations import (
    Copied,
    CopyRead,
    FocusSeen,
    Observation,
    Selection,
    SelectionRequested,
    SourceHealth,
)
from agent.session.scope import ScopeRule
from agent.session.text_moves import CLOCKS_APART_US
from agent.sources.memory import SessionMemory
from agent.sources.x11 import x11_sources
from agent.sources.x11_focus import X11Focus
from agent.sources.x11_front import FrontWindows
from agent.sources.x11_selections import X11Selections
from tests.agent.conftest import POLICY
from tests.agent.x11.conftest import Desktop, turn_until, wait_for
from tests.agent.x11.owner import owning
from tests.live.needed import SYSTEM_PYTHON
from wire.codes import Category, InsertionHow, InsertionSeenBy, SourceName, SourceState
from wire.events import Clipboard, Event, Insertion

pytestmark = pytest.mark.live

Sources = Sequence[tuple[SourceName, Sequence[Candidate]]]

_PROGRAM = Path(__file__).with_name("paste_program.py")
_TEXT = b"a text of 23 characters"
_PASTES = {
    "shortcut": ("key", "ctrl+v"),
    "menu": ("key", "Down", "Return"),
    "middle click": ("click", "2"),
}
_ASKER = """
import sys
from Xlib import X, display
d = display.Display()
w = d.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
selection, target = (d.intern_atom(name) for name in sys.argv[1:3])
w.convert_selection(selection, target, selection, X.CurrentTime)
# An owner that answers a window that is gone ends with an error.
while d.next_event().type != X.SelectionNotify:
    pass
"""


def focus_and_selections() -> Sources:
    front = FrontWindows()
    return [
        (SourceName.FOCUS, (Candidate(lambda: X11Focus(POLICY, front)),)),
        (SourceName.SELECTIONS, (Candidate(lambda: X11Selections(POLICY, front)),)),
    ]


@contextmanager
def capturing(seen: list[Observation], sources: Sources | None = None) -> Iterator[Capture]:
    capture = Capture(sources or focus_and_selections(), seen.append, monotonic_us)
    capture.start()
    try:
        yield capture
    finally:
        capture.stop()


_TWO_CONNECTIONS = """
import sys, time
from Xlib import X, Xatom, display
shown, other = display.Display(), display.Display()
w = shown.screen().root.create_window(0, 0, 300, 200, 0, X.CopyFromParent)
w.change_property(Xatom.WM_NAME, Xatom.STRING, 8, sys.argv[1].encode())
w.map()
shown.sync()
hidden = other.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
clipboard, text = (other.intern_atom(name) for name in ("CLIPBOARD", "UTF8_STRING"))
while True:
    hidden.convert_selection(clipboard, text, clipboard, X.CurrentTime)
    other.sync()
    time.sleep(0.3)
"""


@contextmanager
def paste_window(desktop: Desktop, title: str) -> Iterator[Callable[[], str]]:
    """A Tk window in front; gives a function that waits for what it says next."""
    before = desktop.active()
    program = subprocess.Popen(
        [SYSTEM_PYTHON, str(_PROGRAM), title], stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None

    def said() -> str:
        assert program.stdout is not None
        assert select.select([program.stdout], [], [], 20)[0], "the window says nothing"
        return program.stdout.readline().strip()

    try:
        assert said() == "0"
        wait_for(lambda: desktop.active() not in (0, before))
        # The window manager names a window active before it gives it the keys.
        wait_for(lambda: desktop.keys_go_to_client_of(desktop.active()))
        yield said
    finally:
        program.kill()
        program.wait()
        program.stdout.close()


@contextmanager
def asking_window(title: str) -> Iterator[None]:
    """A program with a window in front that asks for copied text on another connection."""
    program = subprocess.Popen([sys.executable, "-c", _TWO_CONNECTIONS, title])
    try:
        yield
    finally:
        program.kill()
        program.wait()


@contextmanager
def copied(selection: str) -> Iterator[None]:
    """A program that is not in front owns a selection."""
    owner = subprocess.Popen(
        ["xclip", "-quiet", "-selection", selection], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert owner.stdin is not None
    owner.stdin.write(_TEXT)
    owner.stdin.close()
    try:
        wait_for(lambda: read_by_xclip(selection) == _TEXT)
        yield
    finally:
        owner.kill()
        owner.wait()
        assert owner.stderr is not None
        owner.stderr.close()


def read_by_xclip(selection: str) -> bytes:
    command = ["xclip", "-o", "-selection", selection]
    return subprocess.run(command, capture_output=True, check=False).stdout


def ask(selection: str, target: str) -> None:
    subprocess.run([sys.executable, "-c", _ASKER, selection, target], check=True)


def requests(seen: list[Observation]) -> list[SelectionRequested]:
    return [each for each in seen if isinstance(each, SelectionRequested)]


def until_front(capture: Capture, seen: list[Observation], category: Category) -> int:
    """Pump until a window of a category is in front; returns its number."""
    count = 1
    while True:
        last = turn_until(capture, seen, FocusSeen, count)[-1]
        assert isinstance(last, FocusSeen)
        if last.category is category:
            return last.window
        count = len([each for each in seen if isinstance(each, FocusSeen)]) + 1


@pytest.mark.parametrize(
    ("how", "selection"),
    [
        ("shortcut", Selection.CLIPBOARD),
        ("menu", Selection.CLIPBOARD),
        ("middle click", Selection.PRIMARY),
    ],
)
def test_a_paste_by_any_way_is_a_request_of_the_window_in_front(
    desktop: Desktop, how: str, selection: Selection
) -> None:
    seen: list[Observation] = []
    with (
        copied(selection.name.lower()),
        capturing(seen) as capture,
        paste_window(desktop, "a task") as said,
    ):
        window = until_front(capture, seen, Category.TASK)
        desktop.keys("mousemove", "120", "150")
        if how == "menu":
            desktop.keys("click", "3")
            assert said() == "menu"
        began_us = monotonic_us()
        desktop.keys(*_PASTES[how])
        assert said() == str(len(_TEXT))
        ended_us = monotonic_us()
        (asked,) = turn_until(capture, seen, SelectionRequested)
    assert isinstance(asked, SelectionRequested)
    assert (asked.selection, asked.category) == (selection, Category.TASK)
    assert asked.window == window
    assert began_us - CLOCKS_APART_US <= asked.at_us <= ended_us + CLOCKS_APART_US


def test_a_program_may_ask_on_a_connection_of_its_own(desktop: Desktop) -> None:
    seen: list[Observation] = []
    with capturing(seen) as capture, asking_window("a task"):
        window = until_front(capture, seen, Category.TASK)
        (asked,) = turn_until(capture, seen, SelectionRequested)[-1:]
    assert isinstance(asked, SelectionRequested)
    assert (asked.window, asked.category) == (window, Category.TASK)


def test_programs_that_are_not_in_front_do_not_paste(desktop: Desktop) -> None:
    seen: list[Observation] = []
    with copied("clipboard"), capturing(seen) as capture:
        with paste_window(desktop, "a task") as said:
            until_front(capture, seen, Category.TASK)
            assert read_by_xclip("clipboard") == _TEXT
            ask("CLIPBOARD", "UTF8_STRING")
            desktop.keys("key", "ctrl+v")
            assert said() == str(len(_TEXT))
            turn_until(capture, seen, SelectionRequested)
        capture.turn()
    assert len(requests(seen)) == 1


def test_a_copy_elsewhere_pasted_into_a_task_is_one_insertion_with_its_tag(
    desktop: Desktop,
) -> None:
    memory, seen = SessionMemory(), list[Observation]()
    desktop.window("the assistant")
    sources = x11_sources(POLICY, memory)
    with capturing(seen, sources) as capture, owning(_TEXT.decode()) as owner:
        until_front(capture, seen, Category.ASSISTANT)
        turn_until(capture, seen, Copied, 2)
        with paste_window(desktop, "a task") as said:
            until_front(capture, seen, Category.TASK)
            assert owner.fetched() == 0
            desktop.keys("key", "ctrl+v")
            assert said() == str(len(_TEXT))
            turn_until(capture, seen, CopyRead)
            turn_until(capture, seen, SelectionRequested)
        wait_for(lambda: owner.fetched() == 1)
    copy, insertion = text_events(seen)
    facts = memory.reducer.reduce(_TEXT.decode())
    assert isinstance(copy, Clipboard)
    assert (copy.source, copy.tag) == (Category.ASSISTANT, facts.tag)
    assert isinstance(insertion, Insertion)
    assert (insertion.how, insertion.seen_by) == (InsertionHow.PASTE, InsertionSeenBy.SELECTION)
    assert (insertion.length_chars, insertion.tag) == (len(_TEXT), facts.tag)


def text_events(seen: list[Observation]) -> list[Event]:
    """What the scope rule makes of copies and pastes."""
    rule = ScopeRule(min(each.at_us for each in seen))
    events = [event for each in seen for event in rule.observe(each)]
    events += rule.flush(max(each.at_us for each in seen))
    return [event for event in events if isinstance(event, Clipboard | Insertion)]


@pytest.mark.parametrize("dropped", [True, False], ids=["dropped", "dragged past"])
def test_a_drop_is_the_release_over_the_window_that_asked(desktop: Desktop, dropped: bool) -> None:
    seen: list[Observation] = []
    target = desktop.connection.create_resource_object("window", desktop.window("a task"))
    drag, text = (desktop.connection.intern_atom(n) for n in ("XdndSelection", "UTF8_STRING"))
    corner = desktop.connection.screen().root.translate_coords(target, 395, 295)
    with paste_window(desktop, "the assistant"), capturing(seen) as capture:
        desktop.keys("mousemove", str(corner.x), str(corner.y), "mousedown", "1")
        target.convert_selection(drag, text, drag, X.CurrentTime)
        desktop.connection.sync()
        for _ in range(3):
            capture.turn()
        assert requests(seen) == []
        desktop.keys(*(() if dropped else ("mousemove", "798", "598")), "mouseup", "1")
        if dropped:
            turn_until(capture, seen, SelectionRequested)
        else:
            for _ in range(3):
                capture.turn()
    found = [(each.selection, each.category) for each in requests(seen)]
    assert found == ([(Selection.DROP, Category.TASK)] if dropped else [])


def test_the_recording_is_checked_through_to_the_end(desktop: Desktop) -> None:
    seen: list[Observation] = []
    with capturing(seen) as capture:
        source = capture.source(SourceName.SELECTIONS)
        assert isinstance(source, X11Selections)
        states = {source.check() for _ in range(3)}
        assert states == {SourceState.RUNNING}
        data = source._data
        assert data is not None
        desktop.connection.create_resource_object("window", data._own.id).kill_client()
        desktop.connection.sync()
        turn_until(capture, seen, SourceHealth, 3)
    health = [each for each in seen if isinstance(each, SourceHealth)]
    assert (SourceName.SELECTIONS, SourceState.FAILED) in [(e.source, e.state) for e in health]
