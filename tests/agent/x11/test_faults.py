"""What goes wrong around a recording agent: the display, the layout, the clock, a second agent."""

import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from Xlib import X, display
from Xlib.ext import xtest

from agent.capture.loop import Candidate, Capture
from agent.clock import monotonic_us
from agent.observations import KeyHeld, Observation
from agent.sources.x11_keyboard import X11Keyboard
from tests.agent.conftest import PlatformServer
from tests.agent.x11.conftest import SAID_S, Desktop, turn_until, wait_for
from tests.agent.x11.test_watch import capturing
from tests.agent.x11.trainer import Trainer, keystrokes
from wire.codes import SourceName
from wire.events import Clock, Keystroke
from wire.keys import KeyClass

pytestmark = pytest.mark.live

HOUR_US = 3_600_000_000
SEMICOLON_KEY, ONE_KEY = 47, 10
"""Key codes of the keys that say `;` and `1` on an American keyboard."""
LAYOUTS = {
    "us": [KeyClass.PUNCT, KeyClass.DIGIT],
    "fr": [KeyClass.LETTER, KeyClass.PUNCT],
    "ru": [KeyClass.LETTER, KeyClass.DIGIT],
}


@contextmanager
def display_again(name: str) -> Iterator[None]:
    """An X server with a window manager under the name of one that is gone."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [
            *("Xvfb", name, "-displayfd", str(writing)),
            *("-screen", "0", "800x600x24", "-nolisten", "tcp"),
        ],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as pipe:
        assert pipe.readline().strip() == name[1:]
    manager = subprocess.Popen(["openbox"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait(30)


def press(connection: display.Display, *keycodes: int) -> None:
    for keycode in keycodes:
        for kind in (X.KeyPress, X.KeyRelease):
            xtest.fake_input(connection, kind, keycode)
            connection.sync()


def managed(connection: display.Display) -> bool:
    atom = connection.intern_atom("_NET_SUPPORTING_WM_CHECK")
    return connection.screen().root.get_property(atom, X.AnyPropertyType, 0, 1) is not None


@pytest.mark.alone
def test_a_display_that_comes_back_is_recorded_again_without_a_storm_of_processes(
    trainer: Trainer, desktop: Desktop, platform: PlatformServer
) -> None:
    desktop.window("my task")
    trainer.do("clock", "in", "--accept-policy", "3")
    started = set(capturing(trainer))
    os.kill(desktop.server_pid, signal.SIGKILL)
    os.waitpid(desktop.server_pid, 0)
    wait_for(lambda: trainer.state() == "broken", SAID_S)
    with display_again(desktop.name):
        connection = display.Display(desktop.name)
        again = Desktop(desktop.name, connection, 0)
        wait_for(lambda: managed(connection))
        again.window("my task")
        wait_for(lambda: trainer.state() == "recording")
        started |= set(capturing(trainer))
        before = keystrokes(platform)
        press(connection, SEMICOLON_KEY, ONE_KEY)
        wait_for(lambda: keystrokes(platform) == before + 2)
        trainer.do("clock", "out", "--wait", "60")
        connection.close()
    assert len(started) <= 3
    (batches,) = platform.batches.values()
    assert batches[-1].header.final


@pytest.mark.alone
def test_after_its_display_is_gone_for_good_a_trainer_can_clock_out(
    trainer: Trainer, desktop: Desktop, platform: PlatformServer
) -> None:
    desktop.window("my task")
    trainer.do("clock", "in", "--accept-policy", "3")
    os.kill(desktop.server_pid, signal.SIGKILL)
    wait_for(lambda: trainer.state() == "broken", SAID_S)
    trainer.do("clock", "out", "--wait", "60")
    (batches,) = platform.batches.values()
    assert batches[-1].header.final
    wait_for(lambda: not capturing(trainer))


def test_classes_follow_the_layout_while_recording(desktop: Desktop) -> None:
    seen: list[Observation] = []
    offers = ((SourceName.KEYBOARD, (Candidate(lambda: X11Keyboard({})),)),)
    capture = Capture(offers, seen.append, monotonic_us, frozenset())
    capture.start()
    desktop.window("task")
    for layout, classes in LAYOUTS.items():
        subprocess.run(["setxkbmap", "-layout", layout], check=True)
        seen.clear()
        press(desktop.connection, SEMICOLON_KEY, ONE_KEY)
        keys = [key for key in turn_until(capture, seen, KeyHeld, 2) if isinstance(key, KeyHeld)]
        assert [key.key_class for key in keys] == classes, layout
    capture.stop()


def test_of_two_who_clock_in_at_once_one_does_and_one_agent_runs(
    trainer: Trainer, desktop: Desktop, platform: PlatformServer
) -> None:
    desktop.window("my task")
    clock_in = ("clock", "in", "--accept-policy", "3")
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: trainer.run(*clock_in), range(2)))
    assert sorted(each.returncode for each in done) == [0, 1], [each.stderr for each in done]
    (refused,) = [each.stderr for each in done if each.returncode]
    assert "clocked in already" in refused
    assert len(platform.heads) == 1
    assert len(capturing(trainer)) == 1


def test_new_rules_in_the_middle_of_a_session_are_said_and_the_session_keeps_its_own(
    trainer: Trainer, desktop: Desktop, platform: PlatformServer
) -> None:
    desktop.window("my task")
    trainer.do("clock", "in", "--accept-policy", "3")
    platform.policy = msgspec.structs.replace(platform.policy, version=4)
    wait_for(lambda: any("new rules" in each for each in trainer.status()["trouble"]))
    assert trainer.status()["recording"]
    trainer.do("clock", "out", "--wait", "60")
    (batches,) = platform.batches.values()
    assert {batch.header.policy_version for batch in batches} == {3}
    done = trainer.run("clock", "in", "--accept-policy", "3")
    assert "Rules version 4 is in force, not 3" in done.stderr


_WALL_CLOCK = """
import os, time
_true = time.time_ns
def _moved():
    with open(os.environ["MOVED_BY_S"]) as file:
        return _true() + int(file.read()) * 1_000_000_000
time.time_ns = _moved
"""
"""Runs at the start of every Python process of the agent: its wall clock can be set."""


def test_a_clock_set_back_an_hour_is_an_event_and_the_session_goes_on(
    trainer: Trainer, desktop: Desktop, platform: PlatformServer, tmp_path: Path
) -> None:
    moved, early = tmp_path / "moved", tmp_path / "early"
    moved.write_text("0")
    early.mkdir()
    (early / "sitecustomize.py").write_text(_WALL_CLOCK)
    trainer.environment |= {"MOVED_BY_S": str(moved), "PYTHONPATH": str(early)}
    desktop.window("my task")
    trainer.do("clock", "in", "--accept-policy", "3")
    press(desktop.connection, SEMICOLON_KEY)
    wait_for(lambda: keystrokes(platform) == 1)
    (tmp_path / "back").write_text("-3600")
    (tmp_path / "back").replace(moved)
    wait_for(lambda: bool(steps(platform)))
    press(desktop.connection, ONE_KEY)
    wait_for(lambda: keystrokes(platform) == 2)
    trainer.do("clock", "out", "--wait", "60")
    (batches,) = platform.batches.values()
    (step_us,) = steps(platform)
    assert abs(step_us + HOUR_US) < 2_000_000
    keys = sorted(event.t_us for batch in batches for event in batch.body.events(Keystroke))
    assert keys[-1] < 60_000_000
    assert all(batch.header.end_us < 120_000_000 for batch in batches)
    assert batches[-1].header.final


def steps(platform: PlatformServer) -> list[int]:
    """By how much the wall clock was moved."""
    every = [batch for batches in platform.batches.values() for batch in batches]
    clocks = [event for batch in every for event in batch.body.events(Clock)]
    return [event.step_us for event in clocks if event.step_us]
