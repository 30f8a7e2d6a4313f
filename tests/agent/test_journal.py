import subprocess
import sys

import pytest

_PROGRAM = """
import sys, threading
from pathlib import Path
from agent.journal import log_uncaught, write_journal
write_journal(Path(sys.argv[1]))
log_uncaught()
def fails():
    raise ValueError("what the trainer typed")
if sys.argv[2] == "thread":
    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
else:
    fails()
"""


@pytest.mark.parametrize("place", ["thread", "main"])
def test_what_nobody_catches_is_logged_by_kind_and_place_alone(
    place: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    log = tmp_path_factory.mktemp("agent") / "agent.log"
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(log), place],
        capture_output=True,
        text=True,
        check=False,
    )
    written = log.read_text() + done.stdout + done.stderr
    assert "uncaught ValueError at " in written
    assert "<string>:8" in written
    assert "typed" not in written
    assert done.returncode == (0 if place == "thread" else 1)
