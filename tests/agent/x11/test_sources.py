"""The X11 sources on a real X server."""

import subprocess
import threading

import msgspec
import pytest

from agent.capture.loop import Candidate, Capture
from agent.clock import monotonic_us
from agent.errors import SourceUnavailable
from agent.observations import (
    Chord,
    ChordPressed,
    CopyRead,
    FocusSeen,
    KeyHeld,
    MiddleClicked,
    Observation,
    PictureTaken,
    PointerUsed,
    SourceHealth,
    TitleRead,
)
from agent.sources.memory import SessionMemory
from agent.sources.pynput_input import PynputKeyboard
from agent.sources.x11 import x11_sources
from agent.sources.x11_keyboard import X11Keyboard
from tests.agent.conftest import POLICY
from tests.agent.x11.conftest import Desktop, turn_until, wait_for
from tests.agent.x11.owner import owning
from wire.codes import Category, KeyFlag, ScreenshotOutcome, SourceName, SourceState
from wire.keys import KeyClass
from wire.objects import object_digest
from wire.policy import Screenshots

pytestmark = pytest.mark.live


def keyboard_only(seen: list[Observation]) -> Capture:
    capture = Capture(
        [(SourceName.KEYBOARD, (Candidate(lambda: X11Keyboard({})),))], seen.append, monotonic_us
    )
    capture.start()
    return capture


def test_typing_becomes_classes_with_holds_and_origin(desktop: Desktop) -> None:
    seen: list[Observation] = []
    capture = keyboard_only(seen)
    desktop.window("task")
    desktop.keys("key", "--delay", "30", "a", "7", "semicolon", "space", "Return", "BackSpace")
    keys = [key for key in turn_until(capture, seen, KeyHeld, 6) if isinstance(key, KeyHeld)]
    capture.stop()
    assert [key.key_class for key in keys] == [
        KeyClass.LETTER,
        KeyClass.DIGIT,
        KeyClass.PUNCT,
        KeyClass.SPACE,
        KeyClass.ENTER,
        KeyClass.BACKSPACE,
    ]
    assert all(0 < key.hold_us < 200_000 for key in keys)
    assert {key.flags for key in keys} == {KeyFlag.INJECTED | KeyFlag.ORIGIN_KNOWN}
    times = [key.at_us for key in keys]
    assert times == sorted(times)
    assert monotonic_us() - times[-1] < 5_000_000


def test_the_level_decides_and_chords_are_marked(desktop: Desktop) -> None:
    seen: list[Observation] = []
    capture = keyboard_only(seen)
    desktop.window("task")
    desktop.keys("key", "--delay", "30", "exclam", "ctrl+v", "shift+Insert", "ctrl+Left")
    keys = [key for key in turn_until(capture, seen, KeyHeld, 8) if isinstance(key, KeyHeld)]
    capture.stop()
    plain = [key for key in keys if key.key_class not in (KeyClass.SHIFT, KeyClass.MODIFIER)]
    assert [key.key_class for key in plain] == [
        KeyClass.PUNCT,
        KeyClass.LETTER,
        KeyClass.OTHER,
        KeyClass.NAV_JUMP,
    ]
    assert [bool(key.flags & KeyFlag.CHORD) for key in plain] == [False, True, False, True]
    chords = [each.chord for each in seen if isinstance(each, ChordPressed)]
    assert chords == [Chord.PASTE, Chord.PASTE]


def test_another_layout_is_taken_up_while_recording(desktop: Desktop) -> None:
    seen: list[Observation] = []
    capture = keyboard_only(seen)
    desktop.window("task")
    desktop.keys("key", "a")
    turn_until(capture, seen, KeyHeld)
    subprocess.run(["setxkbmap", "-layout", "us,ru"], check=True)
    desktop.keys("key", "--delay", "30", "Cyrillic_a", "bracketleft")
    keys = [key for key in turn_until(capture, seen, KeyHeld, 3) if isinstance(key, KeyHeld)]
    capture.stop()
    plain = [key.key_class for key in keys if key.key_class is not KeyClass.MODIFIER]
    assert plain == [KeyClass.LETTER, KeyClass.LETTER, KeyClass.PUNCT]


def test_a_held_key_is_one_press(desktop: Desktop) -> None:
    seen: list[Observation] = []
    capture = keyboard_only(seen)
    desktop.window("task")
    desktop.keys("keydown", "x", "sleep", "1.2", "keyup", "x")
    (key,) = turn_until(capture, seen, KeyHeld)
    capture.turn()
    capture.stop()
    assert isinstance(key, KeyHeld)
    assert 1_100_000 < key.hold_us < 2_500_000
    assert len([each for each in seen if isinstance(each, KeyHeld)]) == 1


def test_after_stop_no_connection_is_left_and_nothing_is_seen(desktop: Desktop) -> None:
    seen: list[Observation] = []
    capture = Capture(x11_sources(POLICY, SessionMemory()), seen.append, monotonic_us)
    before = len(clients(desktop))
    capture.start()
    assert len(clients(desktop)) > before
    capture.stop()
    wait_for(lambda: len(clients(desktop)) == before)
    seen.clear()
    desktop.keys("key", "a")
    capture.turn()
    assert seen == []


@pytest.mark.parametrize("agreed", [True, False])
def test_titles_of_task_windows_are_read_only_where_that_was_agreed(
    desktop: Desktop, *, agreed: bool
) -> None:
    seen: list[Observation] = []
    policy = msgspec.structs.replace(POLICY, record_titles=agreed)
    capture = Capture(x11_sources(policy, SessionMemory()), seen.append, monotonic_us)
    desktop.window("my bank")
    capture.start()
    for count, title in enumerate(("task 7", "an assistant"), 2):
        desktop.window(title)
        turn_until(capture, seen, FocusSeen, count)
    capture.stop()
    titles = [each.data for each in seen if isinstance(each, TitleRead)]
    assert titles == ([b"task 7"] if agreed else [])


def clients(desktop: Desktop) -> list[object]:
    return list(desktop.connection.res_query_clients().clients)


def test_focus_says_category_and_follows_titles(desktop: Desktop) -> None:
    seen: list[Observation] = []
    capture = Capture(x11_sources(POLICY, SessionMemory()), seen.append, monotonic_us)
    desktop.window("first task")
    capture.start()
    (first,) = turn_until(capture, seen, FocusSeen)
    number = desktop.window("the assistant")
    turn_until(capture, seen, FocusSeen, 2)
    window = desktop.connection.create_resource_object("window", number)
    atom, utf8 = (desktop.connection.intern_atom(n) for n in ("_NET_WM_NAME", "UTF8_STRING"))
    window.change_property(atom, utf8, 8, b"my bank")
    desktop.connection.sync()
    found = [
        each for each in turn_until(capture, seen, FocusSeen, 3) if isinstance(each, FocusSeen)
    ]
    capture.stop()
    assert isinstance(first, FocusSeen)
    categories = [each.category for each in found if each.category is not Category.UNKNOWN]
    assert categories[0] is Category.TASK
    assert categories[-2:] == [Category.ASSISTANT, Category.PRIVATE]
    assert found[-1].window != first.window


def test_windows_and_tags_keep_their_numbers_across_a_pause(desktop: Desktop) -> None:
    memory, numbers, tags = SessionMemory(), [], []
    desktop.window("a task")
    for _ in range(2):
        seen: list[Observation] = []
        capture = Capture(x11_sources(POLICY, memory), seen.append, monotonic_us)
        capture.start()
        turn_until(capture, seen, FocusSeen)
        with owning("the same text"):
            (read,) = turn_until(capture, seen, CopyRead)
        capture.stop()
        assert isinstance(read, CopyRead)
        assert read.facts is not None
        tags.append(read.facts.tag)
        front = [each for each in seen if isinstance(each, FocusSeen)]
        numbers.append(front[-1].window)
        desktop.window("another task")
    assert numbers == [1, 2]
    assert tags[0] == tags[1]


def test_pointer_clicks_scrolls_and_movement(desktop: Desktop) -> None:
    seen: list[Observation] = []
    capture = Capture(x11_sources(POLICY, SessionMemory()), seen.append, monotonic_us)
    capture.start()
    capture.turn()
    desktop.keys("mousemove", "100", "100", "click", "1", "click", "5", "click", "2")
    turn_until(capture, seen, MiddleClicked)
    for _ in range(3):
        capture.turn()
    capture.stop()
    used = [each for each in seen if isinstance(each, PointerUsed)]
    assert sum(each.clicks for each in used) == 2
    assert sum(each.scrolls for each in used) == 1
    assert sum(each.moved_px for each in used) > 50


@pytest.mark.parametrize(
    ("title", "outcome"),
    [
        ("a task", ScreenshotOutcome.TAKEN),
        ("my bank", ScreenshotOutcome.SKIPPED_PRIVATE),
        ("a mail", ScreenshotOutcome.SKIPPED_NO_SCOPE),
    ],
)
def test_screenshots_show_task_windows_only(
    desktop: Desktop, title: str, outcome: ScreenshotOutcome
) -> None:
    seen: list[Observation] = []
    policy = msgspec.structs.replace(POLICY, screenshots=Screenshots(interval_s=5))
    capture = Capture(x11_sources(policy, SessionMemory()), seen.append, monotonic_us)
    desktop.window(title)
    capture.start()
    (taken,) = turn_until(capture, seen, PictureTaken)
    capture.stop()
    assert isinstance(taken, PictureTaken)
    assert taken.outcome == outcome
    assert bool(taken.data) == (outcome is ScreenshotOutcome.TAKEN)
    assert taken.digest == (object_digest(taken.data) if taken.data else b"")


def test_without_a_display_the_sentence_is_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    capture = Capture(x11_sources(POLICY, SessionMemory()), print, monotonic_us)
    with pytest.raises(SourceUnavailable, match="Wayland"):
        capture.start()
    monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
    with pytest.raises(SourceUnavailable, match="no display"):
        capture.start()


def test_a_display_that_goes_away_is_noticed(desktop: Desktop) -> None:
    seen: list[Observation] = []
    capture = keyboard_only(seen)
    connection = capture.source(SourceName.KEYBOARD)
    assert isinstance(connection, X11Keyboard)
    other = connection._connection
    assert other is not None
    desktop.connection.create_resource_object("window", other._own.id).kill_client()
    desktop.connection.sync()
    health = turn_until(capture, seen, SourceHealth, 2)[-1]
    assert isinstance(health, SourceHealth)
    assert health.state is SourceState.FAILED
    capture.stop()


def test_the_fallback_through_pynput_sees_classes(desktop: Desktop) -> None:
    seen: list[Observation] = []
    threads = threading.active_count()
    offers = [(SourceName.KEYBOARD, (Candidate(PynputKeyboard, SourceState.DEGRADED),))]
    capture = Capture(offers, seen.append, monotonic_us)
    desktop.window("task")
    capture.start()
    desktop.keys("key", "--delay", "30", "a", "7", "ctrl+v", "b", "c", "d", "e", "f", "g")
    keys = [key for key in turn_until(capture, seen, KeyHeld, 4) if isinstance(key, KeyHeld)]
    capture.stop()
    assert threading.active_count() == threads
    assert [key.key_class for key in keys[:2]] == [KeyClass.LETTER, KeyClass.DIGIT]
    assert all(not key.flags & KeyFlag.ORIGIN_KNOWN for key in keys)
    assert any(isinstance(each, ChordPressed) for each in seen)
