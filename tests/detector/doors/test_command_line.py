import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from detector.__main__ import main
from detector.evaluation import speed
from detector.model import Model
from detector.simulation import composed_with_paste, composing, draw_text, robot_a4, transcribing
from detector.tables import no_keystrokes
from tests.detector.doors.tables import as_table, write_aggregates, write_sessions, write_texts


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(8)
    folder = tmp_path_factory.mktemp("corpus")
    essays = {f"w{n}": composing(rng, characters=900) for n in range(24)}
    write_sessions(
        folder / "klicke.parquet",
        [(name, name, "composed", e.keystrokes) for name, e in essays.items()],
    )
    write_texts(
        folder / "klicke_final_text_class.parquet",
        {name: e.text_class for name, e in essays.items()},
    )
    write_aggregates(folder / "crossley_features.parquet", rng, 40)
    rows = []
    for number in range(4):
        for part in range(2):
            free = composing(rng, characters=700).keystrokes
            copied = transcribing(rng, characters=700).keystrokes
            rows.append((f"f{number}{part}", f"u{number}", "composed", free))
            rows.append((f"c{number}{part}", f"u{number}", "transcribed", copied))
    write_sessions(folder / "never_seen.parquet", rows)
    (folder / "sealed.bin").write_bytes(b"\0" * 64)
    pq.write_table(pa.table({"anything": [1, 2]}), folder / "other.parquet")
    return folder


def test_score_prints_one_object_a_session(tmp_path: Path, rng: np.random.Generator) -> None:
    composed, robot = composing(rng, characters=700), robot_a4(rng, draw_text(rng, 500))
    path = write_sessions(
        tmp_path / "t.parquet",
        [("one", "", "", composed.keystrokes), ("two", "", "", robot.keystrokes)],
    )
    result = run("score", path, "--json")
    assert result.exit_code == 0
    one, two = map(json.loads, result.stdout.splitlines())
    assert one["session"] == "one"
    assert one["band"] == "consistent"
    assert two["band"] in ("review", "strong")
    assert two["spans"][0].keys() >= {"start_ms", "end_ms", "kind", "strength"}
    assert 0 <= one["score"] < two["score"] <= 1
    assert sum(two["kinds"].values()) == pytest.approx(1.0)


def test_score_without_json_is_for_people(tmp_path: Path, rng: np.random.Generator) -> None:
    session = composed_with_paste(rng, characters=900).keystrokes
    result = run("score", write_sessions(tmp_path / "t.parquet", [("one", "", "", session)]))
    assert "inserted_unknown_source" in result.stdout


def test_enrolment_is_used(tmp_path: Path, corpus: Path, enrolling_model: Model) -> None:
    path = tmp_path / "model.skops"
    path.write_bytes(enrolling_model.to_bytes())
    table = corpus / "never_seen.parquet"
    result = run("score", table, "--json", "--enrolment", table, "--model", path)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    said = {code for row in rows for code in (r["code"] for r in row["counter_evidence"])}
    assert "compared_with_enrolment" in said
    assert {row["reference"] for row in rows} <= {"enrolment", "population"}
    for row in rows:
        used = any(r["code"] == "compared_with_enrolment" for r in row["counter_evidence"])
        assert used == (row["reference"] == "enrolment")


def test_align_prints_the_unexplained_range(tmp_path: Path, rng: np.random.Generator) -> None:
    session = composing(rng, characters=900)
    at = 300
    text = session.text_class[:at] + draw_text(rng, 230)[:200] + session.text_class[at:]
    typed = write_sessions(tmp_path / "t.parquet", [("one", "", "", session.keystrokes)])
    texts = write_texts(tmp_path / "x.parquet", {"one": text, "absent": "aaa"})
    result = run("align", "--typed", typed, "--text", texts, "--json")
    (row,) = map(json.loads, result.stdout.splitlines())
    longest = max(row["unexplained"], key=lambda r: r["end"] - r["start"])
    assert abs(longest["start"] - at) <= 20
    assert row["explained"] == pytest.approx(1 - 200 / len(text), abs=0.01)
    assert "explained" in run("align", "--typed", typed, "--text", texts).stdout


@pytest.mark.parametrize("command", ["score", "align", "evaluate", "train"])
def test_help_teaches_with_an_example(command: str) -> None:
    text = run(command, "--help").stdout
    assert f"python -m detector {command}" in text


def test_bad_input_is_one_line_and_status_2(tmp_path: Path) -> None:
    bad = tmp_path / "bad.parquet"
    bad.write_bytes(b"nonsense")
    empty = tmp_path / "empty"
    empty.mkdir()
    for arguments in (
        ("score", bad),
        ("score", tmp_path / "absent.parquet"),
        ("score", bad, "--model", bad),
        ("align", "--typed", bad, "--text", bad),
        ("evaluate", "--corpus", empty),
        ("train", "--corpus", empty, "--out", tmp_path / "out"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2, arguments
        assert result.stdout == ""
        assert "Traceback" not in result.stderr
        assert result.stderr.strip()


def test_an_empty_table_scores_to_nothing(tmp_path: Path) -> None:
    pq.write_table(as_table([("s", "", "", no_keystrokes())]), tmp_path / "t.parquet")
    result = run("score", tmp_path / "t.parquet", "--json")
    assert result.exit_code == 0
    assert result.stdout == ""


def test_training_writes_a_model_that_evaluates_every_table(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "LONG_SESSION_EVENTS", 5_000)
    monkeypatch.setattr(speed, "FLEET_SESSION_EVENTS", 1_000)
    trained = run("train", "--corpus", corpus, "--out", tmp_path)
    assert trained.exit_code == 0, trained.output
    names = {Path(line).name for line in trained.stdout.splitlines()}
    assert names == {"composition.skops", "writing_figures.json", "composition.md"}
    again = tmp_path / "again"
    assert run("train", "--corpus", corpus, "--out", again).exit_code == 0
    assert all((again / n).read_bytes() == (tmp_path / n).read_bytes() for n in names)
    shutil.rmtree(again)
    result = run(
        "evaluate",
        "--corpus",
        corpus,
        "--json",
        "--jobs",
        1,
        "--model",
        tmp_path / "composition.skops",
    )
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    tables = figures["tables"]
    assert tables["sealed.bin"]["skipped"]
    assert tables["other.parquet"]["skipped"]
    assert tables["klicke.parquet"]["split"].startswith("writers held out")
    unseen = tables["never_seen.parquet"]
    assert unseen["against_genuine"]["transcribed"]["auc"]["writers"] == 4
    assert unseen["with_enrolment"]["sessions"]["auc"]["sessions"] == 8
    assert tables["crossley_features.parquet"]["all_columns"]["auc"]["value"] > 0.9
    assert figures["alignment"]["effects_seen"]["explained_median"] > 0.98
