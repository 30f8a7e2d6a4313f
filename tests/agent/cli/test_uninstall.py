"""Leaving: nothing unsent is lost unasked, and nothing but the agent's own goes."""

from datetime import date
from pathlib import Path

import pytest

from agent.extension.installing import install_host
from agent.extension.places import Browser
from agent.paths import Paths
from agent.session.declared import remember
from agent.spool.blankings import blank
from tests.agent.cli.conftest import SESSION, Ledger, Run
from wire.codes import Mode, ObjectKind


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home folder."""
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    return tmp_path / "user"


def left(home: Paths) -> set[str]:
    return {path.name for path in home.home.iterdir()} if home.home.exists() else set()


def test_what_is_unsent_is_said_and_nothing_is_removed(
    ledger: Ledger, run: Run, home: Paths, user: Path
) -> None:
    ledger.work(65)
    ledger.recording.note(ledger.clock.forward(1), "hello")
    before = left(home)
    result = run("uninstall", "--yes", fails=1)
    assert "2 batches of recorded work were not sent." in result.output
    assert "1 pictures or notes were not sent." in result.output
    assert left(home) >= before - {"agent.lock"}
    assert "identity.json" in left(home)


def test_when_all_is_sent_everything_goes(
    ledger: Ledger, run: Run, home: Paths, user: Path
) -> None:
    ledger.recording.clock_out(ledger.clock.forward(1))
    ledger.send()
    home.log.write_text("{}")
    for left_by_a_kill in ("identity.json.12-34.new", "agent.log.1"):
        (home.home / left_by_a_kill).write_text("key")
    remember(home, Mode.IME, on=True, today=date(2026, 1, 1))
    manifest = install_host(home, Browser.CHROMIUM, user)
    output = run("uninstall", "--yes").output
    assert "chromium cannot reach the agent any more" in output
    assert not manifest.exists()
    assert not home.home.exists()


def test_unsent_work_goes_only_when_it_is_discarded(
    ledger: Ledger, run: Run, home: Paths, user: Path
) -> None:
    ledger.work(65)
    run("uninstall", "--yes", "--discard")
    assert not home.home.exists()


def test_a_blanking_that_the_server_does_not_know_of_is_said(
    ledger: Ledger, run: Run, home: Paths, user: Path
) -> None:
    ledger.spool.add_object(SESSION, ObjectKind.IMAGE, b"p" * 32, b"a picture", 1 << 60)
    ledger.recording.clock_out(ledger.clock.forward(1))
    ledger.send()
    blank(ledger.spool, 1, 5)
    result = run("uninstall", "--yes", fails=1)
    assert "1 blanked pictures or titles were not told to the server." in result.output


def test_what_is_not_the_agents_is_left(ledger: Ledger, run: Run, home: Paths, user: Path) -> None:
    (home.home / "thesis.txt").write_text("mine")
    assert "holds files that are not the agent's" in run("uninstall", "--yes").output
    assert left(home) == {"thesis.txt"}


def test_saying_no_removes_nothing(
    ledger: Ledger, run: Run, home: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.confirm", lambda _: False)
    assert "Nothing was removed." in run("uninstall", fails=1).output
    assert home.identity.exists()
