"""The capturing process fails in every way a process can, and the agent says so and goes on."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from agent.paths import HOME_VARIABLE
from tests.agent.conftest import PlatformServer
from tests.agent.x11.conftest import SAID_S, Desktop, wait_for
from tests.agent.x11.trainer import Trainer, keystrokes
from wire.codes import LossReason

pytestmark = pytest.mark.live


def capturing(trainer: Trainer) -> list[int]:
    """The capturing processes of this trainer's agent."""
    mark = f"{HOME_VARIABLE}={trainer.home}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            named = b"agent\0capture" in (folder / "cmdline").read_bytes()
            if named and mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


@pytest.fixture
def recording(desktop: Desktop, trainer: Trainer) -> Iterator[Trainer]:
    desktop.window("a task")
    trainer.do("clock", "in", "--accept-policy", "3")
    yield trainer
    for pid in capturing(trainer):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


@pytest.mark.alone
def test_a_killed_capture_is_said_within_5_seconds_counted_and_replaced(
    recording: Trainer, desktop: Desktop, platform: PlatformServer
) -> None:
    (pid,) = capturing(recording)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: recording.state() == "broken", SAID_S)
    wait_for(lambda: recording.state() == "recording")
    assert capturing(recording) not in ([], [pid])
    desktop.keys("type", "abc")
    wait_for(lambda: keystrokes(platform) >= 3)
    recording.do("clock", "out", "--wait", "60")
    (batches,) = platform.batches.values()
    lost = [batch.header.losses.get(LossReason.SOURCE_FAILED, 0) for batch in batches]
    assert sum(lost) > 0


@pytest.mark.alone
def test_a_hanging_capture_is_said_within_5_seconds_and_replaced(recording: Trainer) -> None:
    (pid,) = capturing(recording)
    os.kill(pid, signal.SIGSTOP)
    wait_for(lambda: recording.state() == "broken", SAID_S)
    wait_for(lambda: recording.state() == "recording")
    assert capturing(recording) not in ([], [pid])


def test_a_hanging_capture_does_not_keep_listening_through_a_pause(recording: Trainer) -> None:
    (pid,) = capturing(recording)
    os.kill(pid, signal.SIGSTOP)
    recording.do("clock", "pause")
    assert pid not in capturing(recording)
    recording.do("clock", "resume")
    assert recording.state() == "recording"


def test_capture_ends_when_the_agent_is_killed(recording: Trainer) -> None:
    agent = recording.agent_pid()
    assert agent is not None
    os.kill(agent, signal.SIGKILL)
    wait_for(lambda: not capturing(recording))
