import pytest

from detector.doors import progress
from detector.doors.progress import Progress


class Terminal:
    """Standard error that says it is a terminal."""

    def __init__(self) -> None:
        self.said = ""

    def write(self, text: str) -> None:
        self.said += text

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AFTER_S", "EVERY_S", "EVERY_S_IN_A_LOG"):
        monkeypatch.setattr(progress, name, 0.0)


def test_a_terminal_has_one_line_that_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with Progress("reading", 2) as done:
        done(1)
        done(2)
    assert terminal.said == "\rreading: 1/2\rreading: 2/2\n"


def test_a_log_has_whole_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("reading") as done:
        done(1)
        done(2)
    assert capsys.readouterr().err == "reading: 1\nreading: 2\n"


def test_quick_work_says_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "AFTER_S", 2.0)
    with Progress("reading") as done:
        done(1)
    assert not capsys.readouterr().err
