"""Controls are marked from a file, each once, and what is not understood is said by its line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli.main import main
from server.labels.marking import read_made
from server.records import Truth
from tests.server.device import Chain
from tests.server.house import House


def marked(house: House, file: Path) -> Result:
    return CliRunner().invoke(
        main, ["labels", "mark", str(file), "--data", str(house.path), "--json"]
    )


def test_sessions_are_marked_once(house: House, chain: Chain, tmp_path: Path) -> None:
    file = tmp_path / "made.csv"
    file.write_text(f"session,truth,made_on\n{chain.session.hex()},pasted,2026-12-01\n")
    assert json.loads(marked(house, file).output)["marked"] == 1
    assert json.loads(marked(house, file).output) == {"marked": 0, "already": 1, "unknown": []}
    (control,) = house.own.control_sessions()
    assert (control.session, control.truth) == (chain.session, Truth.PASTED)


def test_what_is_not_known_is_named_and_the_rest_is_marked(
    house: House, chain: Chain, tmp_path: Path
) -> None:
    file = tmp_path / "made.csv"
    lines = (f"{'ab' * 16},genuine", f"{chain.session.hex()},genuine")
    file.write_text("\n".join(("session,truth", *lines)))
    done = marked(house, file)
    assert done.exit_code == 1
    assert json.loads(done.output) == {"marked": 1, "already": 0, "unknown": ["ab" * 16]}


@pytest.mark.parametrize(
    "text",
    [
        "session,truth\nabc,genuine\n",
        f"session,truth\n{'ab' * 16},honest\n",
        f"session\n{'ab' * 16}\n",
        "session,truth\n,\n",
    ],
)
def test_a_line_that_is_not_understood_is_named(house: House, tmp_path: Path, text: str) -> None:
    file = tmp_path / "made.csv"
    file.write_text(text)
    done = marked(house, file)
    assert done.exit_code != 0
    assert "line 2: 'session' is 32 hex digits" in done.output


def test_a_file_that_is_not_there_is_said(house: House, tmp_path: Path) -> None:
    done = marked(house, tmp_path / "none.csv")
    assert done.exit_code != 0
    assert "cannot be read" in done.output


def test_an_empty_file_marks_nothing(tmp_path: Path) -> None:
    file = tmp_path / "made.csv"
    file.write_text("session,truth\n")
    assert read_made(file) == []
