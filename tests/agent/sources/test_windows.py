"""Windows' sources against a stand-in recorded from its documentation (`fake_windows`)."""

import pytest

from agent.capture.loop import Capture
from agent.clock import monotonic_us
from agent.observations import (
    Copied,
    FocusSeen,
    Observation,
    PersonThere,
    PresenceSeen,
    TextFacts,
)
from agent.redact import TextReducer
from agent.sources.memory import SessionMemory
from agent.sources.polled_clipboard import PolledClipboard
from agent.sources.polled_focus import POLL_US, Front, PolledFocus
from agent.sources.polled_presence import PolledPresence
from agent.sources.windows import windows_facts, windows_sources
from agent.sources.x11_front import FrontWindows
from tests.agent.conftest import POLICY
from tests.agent.sources.fake_windows import Window, Windows
from wire.codes import Category, DeviceFactKind, PresenceChange, SourceName, SourceState
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

    def copied() -> TextFacts | None:
        nonlocal now_us
        now_us += SECOND_US
        seen.clear()
        source.pump(now_us)
        (found,) = seen
        assert isinstance(found, Copied)
        return found.facts

    source.pump(now_us)
    assert seen == []
    system.copy("two\r\nlines 𝄞")
    assert copied() == reducer.reduce("two\nlines 𝄞")
    system.copy("a password", "ExcludeClipboardContentFromMonitorProcessing")
    assert copied() is None
    system.copy("a password", "Clipboard Viewer Ignore")
    assert copied() is None
    system.copy("a password", history=0)
    assert copied() is None
    system.copy("kept", history=1)
    assert copied() == reducer.reduce("kept")
    system.copy("busy")
    system.clipboard_busy = True
    assert copied() is None
    system.clipboard_busy = False
    system.copies, system.formats = system.copies + 1, {2: b"a picture"}
    assert copied() is None
    assert system.opened == 0


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


def test_what_is_not_built_is_listed_as_missing(system: Windows) -> None:
    policy = type(POLICY)(version=1, windows=POLICY.windows, screenshots=Screenshots())
    sources = dict(windows_sources(policy, SessionMemory(), system.calls))
    assert {SourceName.KEYBOARD, SourceName.FOCUS, SourceName.CLIPBOARD} <= sources.keys()
    pictures = [(SourceName.SCREENSHOTS, sources[SourceName.SCREENSHOTS])]
    capture = Capture(pictures, lambda _: None, lambda: 0, frozenset())
    capture.start()
    ((_, state, why),) = capture.states()
    assert (state, why) == (SourceState.MISSING, "Screenshots are not built for Windows yet.")
