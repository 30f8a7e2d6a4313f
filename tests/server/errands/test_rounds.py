"""Errands beside each other: none waits for another, or fails with it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from server.errands import rounds
from server.errands.rounds import Rounds
from tests.server.house import House
from tests.server.operation.processes import until
from tests.server.storages import ON_SQLITE

ROOT = Path(__file__).parents[3]


class Counting:
    """Has something to do each time."""

    def __init__(self) -> None:
        self.done = 0
        self.ended = Event()

    def do_next(self, now_us: int) -> bool:
        self.done += 1
        return now_us > 0

    def end(self) -> None:
        self.ended.set()


class Failing:
    """Fails each time, and at its end."""

    def __init__(self) -> None:
        self.calls = 0

    def do_next(self, now_us: int) -> bool:
        self.calls += 1
        raise RuntimeError("secret text of an error")

    def end(self) -> None:
        raise RuntimeError("secret text of an error")


class Hanging:
    """Waits for a network that does not answer."""

    def __init__(self) -> None:
        self.began, self.answered = Event(), Event()

    def do_next(self, now_us: int) -> bool:
        self.began.set()
        self.answered.wait(30)
        return True


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    made = Hanging()
    yield made
    made.answered.set()


def test_one_that_fails_and_one_that_hangs_stop_no_other(
    hanging: Hanging, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(rounds, "_PAUSE_S", 0.001)
    monkeypatch.setattr(rounds, "_REPORT_S", 0.0)
    failing, counting = Failing(), Counting()
    running = Rounds([failing, hanging, counting])
    running.start()
    assert hanging.began.wait(30)
    until(lambda: counting.done > 100 and failing.calls > 2)
    with caplog.at_level("INFO"):
        running.report()
    hanging.answered.set()
    assert running.stop()
    assert counting.ended.is_set()
    told = {
        vars(record)["errand"]: vars(record)
        for record in caplog.records
        if record.levelname == "INFO"
    }
    assert set(told) == {"Failing", "Hanging", "Counting"}
    assert told["Failing"]["failures"] > 1


def test_a_stop_waits_for_what_is_being_done_but_not_for_ever(
    hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "_GRACE_S", 0.05)
    running = Rounds([hanging])
    running.start()
    assert hanging.began.wait(30)
    assert not running.stop()
    hanging.answered.set()
    assert running.stop()


@ON_SQLITE
def test_the_process_ends_with_the_server_that_started_it(house: House) -> None:
    gone = "1"
    words = [sys.executable, "-m", "server.errands.worker", str(house.path), "node", gone]
    assert subprocess.run(words, cwd=ROOT, timeout=60, check=False).returncode == 0
