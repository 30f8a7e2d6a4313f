"""A machine without the live tests' packages gets a failure that names them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.needed import complaint, missing_packages

ROOT = Path(__file__).parents[2]


def test_missing_programs_are_named_by_their_debian_packages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert missing_packages.__wrapped__()[:3] == ("xvfb", "openbox", "xdotool")


def test_the_complaint_is_the_command_that_helps() -> None:
    assert complaint(("xvfb", "python3-tk")).endswith("apt-get install xvfb python3-tk")


def test_without_its_packages_a_live_test_fails_and_is_not_skipped() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/live/test_leaks.py", "-k", "nothing_is"],
        cwd=ROOT,
        env={**os.environ, "PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "apt-get install xvfb openbox xdotool" in done.stdout
    assert "skipped" not in done.stdout
