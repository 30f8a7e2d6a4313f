"""The command line and the agent process on a real display, against a real server."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.paths import HOME_VARIABLE
from tests.agent.conftest import PlatformServer
from tests.agent.x11.conftest import Desktop, wait_for
from wire.codes import LossReason, MarkerKind
from wire.events import Keystroke, Marker

pytestmark = pytest.mark.live


class Trainer:
    """Runs `veritype` commands in one state folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {
            **os.environ,
            HOME_VARIABLE: str(home),
            "VERITYPE_SEAL_INTERVAL_S": "0.5",
            "VERITYPE_RETRY_CAP_S": "0.2",
            "VERITYPE_READ_TIMEOUT_S": "1",
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        program = "from agent.cli.main import main; main(prog_name='veritype')"
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def do(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def status(self) -> dict[str, Any]:
        return dict(json.loads(self.do("status", "--json")))

    def agent_pid(self) -> int | None:
        mark = f"{HOME_VARIABLE}={self.home}".encode()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark not in (folder / "environ").read_bytes().split(b"\0"):
                    continue
                if b"agent\0run" in (folder / "cmdline").read_bytes():
                    return int(folder.name)
            except OSError:
                continue
        return None


@pytest.fixture
def trainer(desktop: Desktop, tmp_path: Path, platform: PlatformServer) -> Iterator[Trainer]:
    made = Trainer(tmp_path / "home")
    made.do("enrol", platform.url, "good-code")
    yield made
    pid = made.agent_pid()
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: made.agent_pid() is None)


def keystrokes(platform: PlatformServer) -> int:
    every = [batch for batches in platform.batches.values() for batch in batches]
    return sum(len(batch.body.events(Keystroke)) for batch in every)


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
    trainer.do("clock", "out", "--wait", "10")
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
    trainer.do("clock", "out", "--wait", "10")
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
    trainer.do("clock", "out", "--wait", "10")
    assert keystrokes(platform) == 5


def test_a_refused_session_is_no_success(
    trainer: Trainer, desktop: Desktop, platform: PlatformServer
) -> None:
    desktop.window("my task")
    clock_in(trainer)
    platform.heads.clear()
    done = trainer.run("clock", "out", "--wait", "10")
    assert "aside on this device" in done.stderr
    assert "The server answered 404" in done.stderr
    assert done.returncode == 1
    again = trainer.run("clock", "out", "--wait", "10")
    assert "aside on this device" in again.stderr
    assert again.returncode == 1


def test_a_display_that_dies_is_said_within_five_seconds(
    trainer: Trainer, desktop: Desktop
) -> None:
    desktop.window("my task")
    clock_in(trainer)
    os.kill(desktop.server_pid, signal.SIGKILL)
    wait_for(lambda: trainer.status()["state"] == "broken", 5)
    assert not trainer.status()["recording"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("clock", "out"), "You are not clocked in."),
        (("clock", "pause"), "You are not clocked in."),
        (("mode", "remapper", "on"), "You are not clocked in."),
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
    trainer.environment["XDG_SESSION_TYPE"] = "wayland"
    assert "Wayland" in trainer.run("clock", "in").stderr
