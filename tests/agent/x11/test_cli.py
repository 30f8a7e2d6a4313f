"""The command line and the agent process on a real display, against a real server."""

import os
import signal

import pytest

from tests.agent.conftest import PlatformServer
from tests.agent.x11.conftest import SAID_S, Desktop, wait_for
from tests.agent.x11.trainer import Trainer, keystrokes
from wire.codes import (
    DeviceFactKind,
    DisplayServer,
    LossReason,
    MarkerKind,
    SourceName,
    SourceState,
)
from wire.events import DeviceFact, Health, Marker

pytestmark = pytest.mark.live


def clock_in(trainer: Trainer) -> None:
    trainer.do("clock", "in", "--accept-policy", "3")


def type_five(desktop: Desktop) -> None:
    desktop.keys("key", "--delay", "20", "a", "b", "c", "d", "e")


def test_nothing_is_recorded_before_after_or_while_paused(
    trainer: Trainer, desktop: Desktop, platform: PlatformServer
) -> None:
    desktop.window("my task")
    type_five(desktop)
    assert trainer.agent_pid() is None
    clock_in(trainer)
    assert trainer.status()["recording"]
    type_five(desktop)
    before_pause = connected(desktop)
    trainer.do("clock", "pause")
    wait_for(lambda: connected(desktop) < before_pause)
    type_five(desktop)
    assert not trainer.status()["recording"]
    trainer.do("clock", "resume")
    type_five(desktop)
    trainer.do("clock", "out", "--wait", "60")
    type_five(desktop)
    status = trainer.status()
    assert (status["recording"], status["state"]) == (False, "off")
    assert keystrokes(platform) == 10
    (batches,) = platform.batches.values()
    markers = [event.marker for batch in batches for event in batch.body.events(Marker)]
    assert markers == [
        MarkerKind.CLOCK_IN,
        MarkerKind.PAUSE,
        MarkerKind.RESUME,
        MarkerKind.CLOCK_OUT,
    ]
    assert [batch.header.final for batch in batches][-1]
    assert platform.consented == 3


def connected(desktop: Desktop) -> int:
    return len(desktop.connection.res_query_clients().clients)


def test_nothing_is_recorded_before_the_rules_are_accepted(
    trainer: Trainer, platform: PlatformServer
) -> None:
    for arguments in ((), ("--accept-policy", "2")):
        done = trainer.run("clock", "in", *arguments)
        assert done.returncode == 1
        assert done.stderr.startswith("veritype: Rules version 3 ")
        assert done.stderr.count("\n") == 1
    assert trainer.agent_pid() is None
    assert platform.heads == {}


def test_a_killed_agent_says_so_and_its_session_is_closed_with_a_counted_loss(
    trainer: Trainer, desktop: Desktop, platform: PlatformServer
) -> None:
    desktop.window("my task")
    clock_in(trainer)
    wait_for(lambda: trainer.status()["spool"]["receipts"] > 0)
    pid = trainer.agent_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: trainer.agent_pid() is None)
    assert "ended while you were clocked in" in trainer.status()["trouble"][0]
    clock_in(trainer)
    trainer.do("clock", "out", "--wait", "60")
    first, second = platform.batches.values()
    assert first[-1].header.final
    assert first[-1].header.losses == {LossReason.KILLED: 1}
    assert [batch.header.sequence for batch in first] == list(range(len(first)))
    assert second[-1].header.final


def test_a_server_in_trouble_is_named_and_everything_is_kept(
    trainer: Trainer, desktop: Desktop, platform: PlatformServer
) -> None:
    desktop.window("my task")
    clock_in(trainer)
    platform.mood = "500"
    type_five(desktop)
    wait_for(lambda: trainer.status()["server_error"] == "The server answered 500.")
    done = trainer.run("clock", "out", "--wait", "1")
    assert done.returncode == 1
    assert "still waiting to be sent" in done.stderr
    assert trainer.status()["spool"]["batches_waiting"] > 0
    platform.mood = "good"
    trainer.do("clock", "out", "--wait", "60")
    assert keystrokes(platform) == 5


def test_a_refused_session_is_no_success(
    trainer: Trainer, desktop: Desktop, platform: PlatformServer
) -> None:
    desktop.window("my task")
    clock_in(trainer)
    platform.heads.clear()
    done = trainer.run("clock", "out", "--wait", "60")
    assert "aside on this device" in done.stderr
    assert "The server answered 404" in done.stderr
    assert done.returncode == 1
    again = trainer.run("clock", "out", "--wait", "60")
    assert "aside on this device" in again.stderr
    assert again.returncode == 1


@pytest.mark.alone
def test_a_display_that_dies_is_said_within_five_seconds(
    trainer: Trainer, desktop: Desktop
) -> None:
    desktop.window("my task")
    clock_in(trainer)
    os.kill(desktop.server_pid, signal.SIGKILL)
    wait_for(lambda: trainer.state() == "broken", SAID_S)
    assert not trainer.status()["recording"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("clock", "out"), "You are not clocked in."),
        (("clock", "pause"), "You are not clocked in."),
        (("note", "nobody works"), "You are not clocked in."),
        (("clock", "in", "--project", "none"), "There is no project of that name"),
        (("enrol", "http://example.org", "x"), "Plain http"),
        (("enrol", "http://127.0.0.1:9", "x"), "refuses connections"),
    ],
)
def test_expected_failures_are_one_sentence(
    trainer: Trainer, arguments: tuple[str, ...], sentence: str
) -> None:
    done = trainer.run(*arguments)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_no_display_is_one_sentence(trainer: Trainer) -> None:
    del trainer.environment["DISPLAY"]
    done = trainer.run("clock", "in", "--accept-policy", "3")
    assert done.returncode == 1
    assert done.stderr.startswith("veritype: There is no display")


def source_states(trainer: Trainer) -> dict[str, str]:
    return {source["name"]: source["state"] for source in trainer.status()["sources"]}


def test_on_wayland_the_session_records_and_says_what_it_cannot_see(
    trainer: Trainer, platform: PlatformServer
) -> None:
    del trainer.environment["DISPLAY"]
    trainer.environment["WAYLAND_DISPLAY"] = "wayland-0"
    done = trainer.run("clock", "in", "--accept-policy", "3")
    assert done.returncode == 0, done.stderr
    assert "! This is a Wayland session" in done.stdout
    assert "partly observed" in done.stdout
    status = trainer.status()
    assert status["state"] == "recording"
    wait_for(lambda: source_states(trainer).get("device") == "running")
    states = source_states(trainer)
    assert states["keyboard"] == states["focus"] == "missing"
    assert any("Wayland" in sentence for sentence in status["trouble"])
    assert trainer.run("clock", "out", "--wait", "60").returncode == 0
    (batches,) = platform.batches.values()
    health = [event for batch in batches for event in batch.body.events(Health)]
    missing = {event.source for event in health if event.state == SourceState.MISSING}
    assert {SourceName.KEYBOARD, SourceName.FOCUS, SourceName.CLIPBOARD} <= missing
    facts = [event for batch in batches for event in batch.body.events(DeviceFact)]
    assert (DeviceFactKind.DISPLAY_SERVER, DisplayServer.WAYLAND) in [
        (event.fact, event.value) for event in facts
    ]
