"""`veritype doctor` on a real display."""

from pathlib import Path
from typing import Any

import pytest

from agent.doctor.examination import examine
from agent.doctor.finding import WORKS, Desk
from agent.paths import Paths
from agent.settings import Settings
from tests.agent.x11.conftest import Desktop
from tests.agent.x11.trainer import Trainer

pytestmark = pytest.mark.live


def refuse(*_arguments: Any, **_named: Any) -> None:
    raise AssertionError("doctor asked for input")


def test_doctor_sees_what_the_display_offers_and_asks_for_no_input(
    desktop: Desktop, home: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    for request in ("ext.xinput.XISelectEvents", "ext.record.CreateContext"):
        monkeypatch.setattr(f"Xlib.{request}", refuse)
    monkeypatch.setattr("Xlib.protocol.request.GetImage", refuse)
    seen = examine(Desk({"DISPLAY": desktop.name, "HOME": "/x"}, "linux", home, Settings()))
    found = {finding.topic: finding for finding in seen.seeing}
    for topic in ("display", "keys", "windows", "copies", "pastes", "screenshots"):
        assert found[topic].state == WORKS, found[topic]
    assert "Openbox" in found["windows"].says


def test_a_display_that_does_not_answer_fails(tmp_path: Path) -> None:
    trainer = Trainer(tmp_path / "home")
    trainer.environment["DISPLAY"] = ":7654"
    done = trainer.run("doctor")
    assert done.returncode == 1
    assert "FAIL display" in done.stdout
    assert "does not take connections" in done.stdout
