"""One program, many processes: from source and frozen."""

import importlib
import subprocess
import sys

import pytest

from agent.processes import PROCESSES, be_process, command


def test_from_source_a_process_is_a_module_of_this_interpreter() -> None:
    assert command("run") == [sys.executable, "-m", "agent", "run"]


def test_a_frozen_program_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert command("capture", "7") == [sys.executable, "--process", "capture", "7"]


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["--help"]])
def test_an_unknown_process_is_refused_in_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert be_process(arguments) == 2
    assert capsys.readouterr().err.startswith("usage: python -m agent ")


@pytest.mark.parametrize("name", PROCESSES)
def test_each_process_has_a_main(name: str) -> None:
    assert callable(importlib.import_module(PROCESSES[name]).main)


def test_a_process_says_which_arguments_it_takes() -> None:
    done = subprocess.run(command("run", "more"), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "usage: python -m agent run [clocking-in]\n"
