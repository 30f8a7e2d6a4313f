"""Windows' sources against a stand-in recorded from its documentation (`fake_windows`)."""

import io

import pytest
from PIL import Image

from agent.clock import monotonic_us
from agent.observations import (
    Copied,
    CopyRead,
    FocusSeen,
    Observation,
    PersonThere,
    PictureTaken,
    PresenceSeen,
    TextFacts,
)
from agent.picture import Box
from agent.redact import TextReducer
from agent.sources import pictures
from agent.sources.memory import SessionMemory
from agent.sources.pictures import ScenePictures
from agent.sources.placed_windows import Placed, scene_of
from agent.sources.polled_clipboard import PolledClipboard
from agent.sources.polled_focus import POLL_US, Front, PolledFocus
from agent.sources.polled_presence import PolledPresence
from agent.sources.windows import windows_facts, windows_sources
from agent.sources.x11_front import FrontWindows
from tests.agent.conftest import POLICY
from tests.agent.sources.fake_windows import Window, Windows
from wire.codes import (
    Category,
    DeviceFactKind,
    PresenceChange,
    ScreenshotOutcome,
    SourceName,
    SourceState,
)
from wire.policy import Screenshots

SECOND_US = 1_000_000


@pytest.fixture
def system() -> Windows:
    return Windows(
        windows={
            0x10: Window("My task - Google Chrome", 7),
            0x20: Window("ChatGPT - Google Chrome", 7),
            0x30: Window("Überraschung 𝄞", 8),
        },
        front=0x10,
        programs={7: r"C:\Program Files\Google\Chrome\Application\chrome.exe"},
    )


def test_the_window_in_front_is_named_by_title_and_program(system: Windows) -> None:
    assert system.calls.front() == Front(0x10, "My task - Google Chrome", "chrome.exe")
    system.front = 0x30
    assert system.calls.front() == Front(0x30, "Überraschung 𝄞", "")
    system.front = 0
    assert system.calls.front() is None
    assert system.opened == 0
    assert "task" not in repr(Front(1, "task", "chrome.exe"))


def test_focus_is_said_when_it_changes_and_numbered_by_the_session(system: Windows) -> None:
    seen: list[Observation] = []
    source = PolledFocus(POLICY, FrontWindows(), system.calls.front)
    source.start(seen.append)
    now_us = monotonic_us()
    for window in (0x10, 0x20, 0x20, 0, 0x10):
        system.front = window
        now_us += POLL_US
        source.pump(now_us)
    found = [(each.category, each.window) for each in seen if isinstance(each, FocusSeen)]
    task, assistant = (Category.TASK, 1), (Category.ASSISTANT, 2)
    assert found == [task, assistant, (Category.UNKNOWN, 0), task]
    assert source.check() is SourceState.RUNNING
    source.stop()
    assert source.check() is SourceState.FAILED


def test_a_copied_text_is_reduced_and_what_is_marked_is_left_alone(system: Windows) -> None:
    seen: list[Observation] = []
    calls, reducer = system.calls, TextReducer()
    system.copy("from before")
    source = PolledClipboard(reducer, calls.clipboard_count, calls.clipboard_text)
    source.start(seen.append)
    now_us = SECOND_US

    def copied(facts: TextFacts | None, *, marked: bool = False) -> None:
        nonlocal now_us
        now_us += SECOND_US
        seen.clear()
        source.pump(now_us)
        assert seen == [Copied(now_us, facts, before_recording=marked)]

    source.pump(now_us)
    assert seen == []
    system.copy("two\r\nlines 𝄞")
    copied(reducer.reduce("two\nlines 𝄞"))
    system.copy("a password", "ExcludeClipboardContentFromMonitorProcessing")
    copied(None, marked=True)
    system.copy("a password", "Clipboard Viewer Ignore")
    copied(None, marked=True)
    system.copy("a password", history=0)
    copied(None, marked=True)
    system.copy("kept", history=1)
    copied(reducer.reduce("kept"))
    system.copies, system.formats = system.copies + 1, {2: b"a picture"}
    copied(None)
    assert system.opened == 0


@pytest.mark.parametrize("marks", [(), ("Clipboard Viewer Ignore",)])
def test_a_copy_that_another_program_keeps_to_itself_is_told_at_once_and_read_later(
    system: Windows, marks: tuple[str, ...]
) -> None:
    seen: list[Observation] = []
    calls, reducer = system.calls, TextReducer()
    source = PolledClipboard(reducer, calls.clipboard_count, calls.clipboard_text)
    source.start(seen.append)
    system.copy("busy", *marks)
    system.clipboard_busy = True
    source.pump(SECOND_US)
    source.pump(2 * SECOND_US)
    assert seen == [Copied(SECOND_US, None, unread=True)]
    system.clipboard_busy = False
    source.pump(3 * SECOND_US)
    source.pump(4 * SECOND_US)
    facts = None if marks else reducer.reduce("busy")
    assert seen[1:] == [CopyRead(SECOND_US, SECOND_US, facts, marked=bool(marks))]


def test_a_lock_and_its_end_are_said_and_input_behind_it_is_not(system: Windows) -> None:
    seen: list[Observation] = []
    source = PolledPresence(system.calls.is_locked, system.calls.last_input)
    source.start(seen.append)
    steps: list[tuple[int | None, int]] = [(1, 100), (1, 105), (0, 105), (0, 109), (1, 120)]
    for number, (locked, tick) in enumerate(steps, start=1):
        system.locked, system.tick = locked, tick
        source.pump(number * SECOND_US)
    assert seen == [
        PersonThere(2 * SECOND_US),
        PresenceSeen(3 * SECOND_US, PresenceChange.LOCKED),
        PresenceSeen(5 * SECOND_US, PresenceChange.UNLOCKED),
        PersonThere(5 * SECOND_US),
    ]
    assert system.opened == 0


def test_a_windows_that_does_not_tell_of_locks_is_not_locked(system: Windows) -> None:
    system.locked = None
    assert system.calls.is_locked() is None
    system.locked = -1
    assert system.calls.is_locked() is None


def test_facts_about_the_device(system: Windows) -> None:
    system.keyboards = [r"\\?\ACPI#MSFT0001", r"\\?\Root#RDP_KBD#0000"]
    facts = windows_facts(system.calls)
    assert facts[DeviceFactKind.KEYBOARDS] == 1
    assert facts[DeviceFactKind.REMOTE_DESKTOP] == facts[DeviceFactKind.CAPTURE_EXCLUDED] == 0
    assert facts[DeviceFactKind.VIRTUAL_MACHINE] == 0
    system.remote = True
    system.bios = {"SystemProductName": "VMware Virtual Platform"}
    system.windows[0x20].affinity = 0x11
    system.windows[0x30].affinity, system.windows[0x30].visible = 0x11, False
    facts = windows_facts(system.calls)
    assert facts[DeviceFactKind.REMOTE_DESKTOP] == facts[DeviceFactKind.CAPTURE_EXCLUDED] == 1
    assert facts[DeviceFactKind.VIRTUAL_MACHINE] == 1


def test_windows_that_can_be_seen_are_placed_from_the_highest_to_the_lowest(
    system: Windows,
) -> None:
    system.windows[0x10].box = (100, 100, 500, 400)
    system.windows[0x20].minimised = True
    system.windows[0x30].cloaked = True
    system.windows[0x40] = Window("", 7, box=(200, 200, 260, 280))
    system.windows[0x50] = Window("hidden", 7, visible=False)
    chrome = "chrome.exe"
    assert system.calls.placed() == [
        Placed(Box(107, 100, 493, 393), "My task - Google Chrome", chrome, 7),
        Placed(Box(207, 200, 253, 273), "", chrome, 7),
    ]
    assert system.calls.screen() == Box(-800, 0, 1920, 1080)
    system.composed = False
    assert system.calls.placed()[0].box == Box(100, 100, 500, 400)
    assert "task" not in repr(system.calls.placed()[0])


def test_a_picture_shows_task_windows_and_blacks_out_what_lies_over_them(
    system: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "grab", lambda area: Image.new("RGB", size_of(area), "white"))
    system.windows = {
        0x30: Window("Überraschung", 8, box=(293, 0, 407, 107)),
        0x10: Window("My task - Google Chrome", 7, box=(193, 0, 607, 307)),
        0x20: Window("ChatGPT - Google Chrome", 7, box=(0, 0, 900, 900)),
    }
    rules = Screenshots(interval_s=5)
    sources = dict(windows_sources(POLICY, SessionMemory(), system.calls, rules))
    source = sources[SourceName.SCREENSHOTS][0].make()
    seen: list[Observation] = []
    source.start(seen.append)
    for second in range(20):
        source.pump(second * SECOND_US)
    source.stop()
    taken = [each for each in seen if isinstance(each, PictureTaken)]
    assert taken
    assert {each.outcome for each in taken} == {ScreenshotOutcome.TAKEN}
    shown = Image.open(io.BytesIO(taken[0].data)).convert("L")
    assert shown.size == (400, 300)
    grey = [int(shown.tobytes()[400 * y + x]) for x, y in ((50, 50), (150, 50), (350, 250))]
    assert [each > 128 for each in grey] == [True, False, True]


def test_no_picture_is_taken_with_a_private_window_in_front(
    system: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "grab", lambda _: pytest.fail("a picture was taken"))
    system.windows[0x60] = Window("My bank", 7)
    system.front = 0x60
    scene = scene_of(
        POLICY, system.calls.screen(), system.calls.placed(), system.calls.front(), whole=True
    )
    seen: list[Observation] = []
    source = ScenePictures(Screenshots(interval_s=5), lambda: scene, draw=lambda: 0.0)
    source.start(seen.append)
    for second in range(2):
        source.pump(second * SECOND_US)
    assert seen == [PictureTaken(SECOND_US, ScreenshotOutcome.SKIPPED_PRIVATE)]


def size_of(area: Box) -> tuple[int, int]:
    return area.right - area.left, area.bottom - area.top


def test_the_sources_of_windows(system: Windows) -> None:
    names = [name for name, _ in windows_sources(POLICY, SessionMemory(), system.calls, None)]
    assert {SourceName.KEYBOARD, SourceName.FOCUS, SourceName.CLIPBOARD} <= set(names)
    assert SourceName.SCREENSHOTS not in names
