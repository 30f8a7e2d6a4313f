"""The control-session kit on a real agent: from a person's yes to a labelled session."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from detector.doors.labels import read_labelled
from detector.training.examples import Kind
from tests.live.agent_process import Agent
from tests.live.processes import wait_for
from tests.live.server_process import BIN, running_server
from tests.live.trainer import POLICY, PROJECT, trainer_at_desk

ROOT = Path(__file__).parents[2]
TEXT = "this was written on purpose to see whether it is judged rightly " * 2


@contextmanager
def guided(agent: Agent, made: Path) -> Iterator["subprocess.Popen[str]"]:
    """The kit, asking for one composed session."""
    environment = agent.environment() | {
        "PATH": f"{BIN}:/usr/bin:/bin",
        "BROWSER": "/bin/true %s",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "deploy.controls.collect", "--project", PROJECT]
    with subprocess.Popen(
        [*command, "--out", str(made), "--ways", "genuine"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def answer(process: "subprocess.Popen[str]", line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def test_a_control_session_becomes_a_label(tmp_path: Path, seed: int) -> None:
    made, labels = tmp_path / "made.csv", tmp_path / "labels"
    with running_server(tmp_path / "server") as server:
        operator = server.operator
        operator.add_project(PROJECT, POLICY)
        code = operator.add_trainer("Cora Control")
        with trainer_at_desk("cora", tmp_path / "cora", server.url, code, seed=seed) as cora:
            agent = cora.agent
            agent.run("clock", "in", "--accept-policy", "1")
            agent.run("clock", "out", "--wait", "60")
            with guided(agent, made) as process:
                answer(process, "yes")
                answer(process, "")
                wait_for(
                    "the kit's session",
                    lambda: json.loads(agent.run("clock", "status", "--json"))["recording"],
                )
                cora.go_to(cora.task)
                cora.write(TEXT)
                answer(process, "")
                assert process.wait(120) == 0
        with made.open(newline="") as file:
            (line,) = csv.DictReader(file)
        assert line["truth"] == "genuine"
        assert json.loads(operator.run("labels", "mark", str(made), "--json"))["marked"] == 1
        operator.run("labels", "export", "--out", str(labels))
    (session,) = read_labelled(labels)
    assert session.kind is Kind.COMPOSITION
    assert len(session.keystrokes) == pytest.approx(len(TEXT), abs=5)


def test_whoever_does_not_agree_is_not_recorded(tmp_path: Path) -> None:
    agent = Agent(tmp_path / "agent", {})
    with guided(agent, tmp_path / "made.csv") as process:
        answer(process, "no")
        assert process.wait(30) == 1
    assert not (tmp_path / "made.csv").exists()
    assert not agent.state.exists()
