import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from detector.__main__ import main
from detector.simulation import composed_with_paste, composing
from detector.tables import Keystrokes
from tests.detector.doors.tables import Row, write_sessions

WRITERS = 24


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def slower(table: Keystrokes) -> Keystrokes:
    """The same session by somebody who holds keys three times as long, unlike anyone."""
    return replace(table, t_us=table.t_us * 3, hold_us=table.hold_us * 3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(3)
    made = tmp_path_factory.mktemp("promise")
    tables = [composing(rng, characters=450).keystrokes for _ in range(WRITERS)]
    pasted = composed_with_paste(rng, characters=900).keystrokes
    genuine: list[Row] = [(f"s{n}", f"w{n}", "composed", t) for n, t in enumerate(tables)]
    copied: Row = ("copied", "w0", "transcribed", tables[0])
    write_sessions(made / "genuine.parquet", [*genuine, copied, ("p", "w1", "composed", pasted)])
    write_sessions(made / "slower.parquet", [(s, f"n{u}", "", slower(t)) for s, u, _, t in genuine])
    write_sessions(made / "nobody.parquet", [("s", "", "", tables[0])])
    return made


@pytest.fixture(scope="module")
def made(folder: Path) -> Path:
    out = folder / "promise.json"
    result = run("promise", folder / "genuine.parquet", "--out", out, "--quarter", 10)
    assert result.exit_code == 0, result.output
    return out


def test_a_promise_counts_writers_of_genuine_sessions_and_names_the_highest(
    folder: Path, made: Path
) -> None:
    plain = json.loads(made.read_text())
    assert plain["session"]["writers"] == WRITERS
    assert plain["session"]["sessions"] == WRITERS + 1
    assert plain["session"]["confidence"] == pytest.approx(1 - 0.99**WRITERS)
    assert plain["person"]["blocks"] == 10
    assert len(plain["reference"]["hold_median"]) == WRITERS
    shown = run("promise", folder / "genuine.parquet").stdout
    assert "needs 299 writers; there are 24" in shown
    assert "to be looked at first: p" in shown


def test_scoring_under_a_promise_says_what_it_rests_on(folder: Path, made: Path) -> None:
    table = folder / "genuine.parquet"
    plain = [json.loads(row) for row in run("score", table, "--json").stdout.splitlines()]
    rows = run("score", table, "--json", "--promise", made).stdout.splitlines()
    promised = [json.loads(row) for row in rows]
    assert {row["promise"]["basis"] for row in plain} == {"shipped_figures"}
    assert {row["promise"]["basis"] for row in promised} == {"platform_promise"}
    assert plain[-1]["band"] in ("review", "strong")
    assert promised[-1]["band"] == "cannot_determine"
    assert promised[-1]["abstained_because"]["code"] == "within_promised_error"


def test_lines_of_score_make_the_same_promise(folder: Path, made: Path, tmp_path: Path) -> None:
    rows = run("score", folder / "genuine.parquet", "--json").stdout.splitlines()
    lines = tmp_path / "scores.jsonl"
    lines.write_text("\n".join(row for row in rows if '"copied"' not in row))
    plain = json.loads(run("promise", lines, "--json", "--population", "mine").stdout)
    expected = json.loads(made.read_text())["session"]
    assert plain["session"]["valid_for"].pop("population") == "mine"
    expected["valid_for"].pop("population")
    assert plain["session"]["threshold"] == pytest.approx(expected.pop("threshold"), abs=1e-6)
    assert {**plain["session"], "threshold": None} == {**expected, "threshold": None}


def test_drift_withdraws_the_promise_in_its_file(folder: Path, made: Path, tmp_path: Path) -> None:
    kept = tmp_path / "promise.json"
    kept.write_text(made.read_text())
    same = run("drift", folder / "genuine.parquet", "--promise", kept)
    assert same.exit_code == 0
    assert same.stdout.startswith("the promise stands")
    assert kept.read_text() == made.read_text()
    found = run("drift", folder / "slower.parquet", "--promise", kept, "--alarm", 0.2, "--json")
    assert found.exit_code == 1, found.output
    assert json.loads(found.stdout)["fired"]
    assert json.loads(kept.read_text())["withdrawn"]
    again = run("drift", folder / "genuine.parquet", "--promise", kept)
    assert again.exit_code == 1
    assert again.stdout.startswith("the promise is withdrawn")


@pytest.mark.parametrize("command", ["promise", "drift"])
def test_help_teaches_with_an_example(command: str) -> None:
    assert f"Example: python -m detector {command}" in run(command, "--help").stdout


def test_bad_input_is_one_line_and_status_2(folder: Path, made: Path, tmp_path: Path) -> None:
    bad, mixed, empty = (tmp_path / name for name in ("bad.json", "mixed.jsonl", "empty.jsonl"))
    bad.write_text("{}")
    empty.write_text("")
    row = {"session": "s", "user": "u", "band": "consistent", "model_version": "1"}
    row |= {"reference": "population", "texts": ""}
    lines = [json.dumps({**row, "features_version": version}) for version in ("1", "2")]
    mixed.write_text("\n".join(lines))
    table = folder / "genuine.parquet"
    for arguments in (
        ("promise", bad),
        ("promise", mixed),
        ("promise", empty),
        ("promise", folder / "nobody.parquet"),
        ("promise", table, "--doubtful", WRITERS),
        ("score", table, "--promise", bad),
        ("score", table, "--promise", table),
        ("drift", table, "--promise", bad),
        ("drift", folder / "nobody.parquet", "--promise", made),
    ):
        result = run(*arguments)
        assert result.exit_code == 2, arguments
        assert result.stdout == ""
        assert "Traceback" not in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1
