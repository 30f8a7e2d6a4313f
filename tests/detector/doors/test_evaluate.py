import subprocess
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from detector.__main__ import main
from detector.doors import frozen as frozen_door
from detector.doors.evaluate import evaluated
from detector.doors.frozen import NO_CHECKOUT, frozen
from detector.doors.jobs import Task, run_tasks
from detector.doors.parquet import NO_SESSION, group_columns, read_sessions
from detector.errors import BadTableError
from detector.model import Model
from detector.simulation import composing, transcribing
from tests.detector.doors.tables import as_table, write_sessions


@pytest.fixture
def table(rng: np.random.Generator) -> pa.Table:
    """Three writers with a composed and a copied session each."""
    rows = []
    for writer in ("ann", "bob", "cyd"):
        free = composing(rng, characters=250).keystrokes
        copied = transcribing(rng, characters=250).keystrokes
        rows.append((f"{writer} free", writer, "Composed ", free))
        rows.append((f"{writer} copied", writer, "retyped", copied))
    return as_table(rows)


def with_column(table: pa.Table, name: str, values: list[object]) -> pa.Table:
    at = table.schema.get_field_index(name)
    return table.set_column(at, name, pa.array(values, table.schema.field(name).type))


def task(path: Path) -> Task:
    return Task("table", str(path), 1)


def test_a_table_of_another_name_and_case_is_evaluated_by_label(
    tmp_path: Path, table: pa.Table, model: Model
) -> None:
    pq.write_table(table, tmp_path / "from elsewhere.parquet")
    made = evaluated(task(tmp_path / "from elsewhere.parquet"), model)
    assert set(made["by_label"]) == {"composed", "retyped"}
    assert made["against_genuine"]["retyped"]["auc"]["writers"] == 3
    assert "broken_sessions" not in made


def test_own_columns_with_few_values_become_groups(tmp_path: Path, table: pa.Table) -> None:
    users = table["user"].to_pylist()
    table = table.append_column("gender", pa.array([{"ann": "f"}.get(u, "m") for u in users]))
    table = table.append_column("row", pa.array(range(len(table))))
    table = table.append_column("parity", pa.array([n % 2 for n in range(len(table))]))
    table = table.append_column("nested", pa.array([[1]] * len(table)))
    pq.write_table(table, tmp_path / "t.parquet")
    groups = group_columns(tmp_path / "t.parquet")
    assert groups == ("gender",)
    by_user = {s.user: s.groups for s in read_sessions(tmp_path / "t.parquet", groups)}
    assert by_user["ann"] == (("gender", "f"),)
    assert by_user["bob"] == (("gender", "m"),)


def test_broken_sessions_are_counted_and_named_and_the_others_evaluated(
    tmp_path: Path, table: pa.Table, model: Model
) -> None:
    names = table["session"].to_pylist()
    times: list[object] = list(table["t_ms"].to_pylist())
    times[names.index("ann free")] = 4_000_000_000
    keys: list[object] = list(table["key"].to_pylist())
    keys[names.index("bob free")] = "emoji"
    users: list[object] = list(table["user"].to_pylist())
    users[names.index("cyd copied")] = "somebody else"
    sessions: list[object] = list(names)
    sessions[-1] = None
    broken = with_column(with_column(with_column(table, "key", keys), "user", users), "t_ms", times)
    pq.write_table(with_column(broken, "session", sessions), tmp_path / "t.parquet")
    made = evaluated(task(tmp_path / "t.parquet"), model)
    why = {each["session"]: each["why"] for each in made["broken_sessions"]["first"]}
    assert set(why) == {"ann free", "bob free", "cyd copied", NO_SESSION}
    assert "emoji" in why["bob free"]
    assert made["sessions"] == 3


def test_a_table_of_broken_sessions_alone_is_left_out(
    tmp_path: Path, table: pa.Table, model: Model
) -> None:
    pq.write_table(with_column(table, "key", ["emoji"] * len(table)), tmp_path / "t.parquet")
    made = evaluated(task(tmp_path / "t.parquet"), model)
    assert made["skipped"] == "no session that can be read"
    assert made["broken_sessions"]["count"] == 6
    with pytest.raises(BadTableError, match="emoji"):
        list(read_sessions(tmp_path / "t.parquet"))


def test_a_section_that_cannot_be_done_says_why(
    tmp_path: Path, rng: np.random.Generator, model: Model
) -> None:
    row = ("s", "w", "composed", composing(rng, characters=200).keystrokes)
    write_sessions(tmp_path / "klicke.parquet", [row])
    made = evaluated(Task("mixed_sessions", str(tmp_path), 1), model)
    assert "klicke_final_text_class.parquet" in made["skipped"]


def test_figures_are_the_same_in_two_processes(
    tmp_path: Path, table: pa.Table, model: Model, capfd: pytest.CaptureFixture[str]
) -> None:
    half = len(table) // 2
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet", tmp_path / "no table.txt"]
    pq.write_table(table, paths[0])
    pq.write_table(table.slice(0, half), paths[1])
    paths[2].write_text("nothing")
    tasks = [task(path) for path in paths]
    alone = run_tasks(evaluated, tasks, model, 1)
    assert run_tasks(evaluated, tasks, model, 2) == alone
    assert alone[2] == {"skipped": "not a parquet table"}
    assert capfd.readouterr().out == ""


def test_a_run_states_commit_versions_and_hashes(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.parquet").write_bytes(b"abc")
    made = frozen(tmp_path, model)
    assert made["files"]["a.parquet"].startswith("ba7816bf")
    assert made["model_version"] == model.version
    monkeypatch.setattr(frozen_door, "ROOT", tmp_path)
    outside = frozen(tmp_path, model)
    assert outside["commit"] == NO_CHECKOUT
    assert outside["code_as_committed"] is None
    git = ["git", "-c", "user.name=n", "-c", "user.email=e@x", "-C", str(tmp_path)]
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "m"]):
        subprocess.run([*git, *command], check=True)
    assert frozen(tmp_path, model)["code_as_committed"] is True
    (tmp_path / "detector").mkdir()
    (tmp_path / "detector" / "changed.py").write_text("")
    assert frozen(tmp_path, model)["code_as_committed"] is False


def test_the_command_writes_figures_report_plots_page_and_log(
    tmp_path: Path, table: pa.Table
) -> None:
    corpus, out, log = tmp_path / "corpus", tmp_path / "out", tmp_path / "docs" / "log.md"
    corpus.mkdir()
    pq.write_table(table, corpus / "elsewhere.parquet")
    options = ("--out", out, "--html", "--log", log, "--jobs", 1)
    result = CliRunner().invoke(main, [str(a) for a in ("evaluate", "--corpus", corpus, *options)])
    assert result.exit_code == 0, result.output
    written = {Path(line) for line in result.stdout.splitlines()}
    assert {out / "evaluation.json", out / "evaluation.md", out / "evaluation.html"} <= written
    assert out / "evaluation" / "roc.png" in written
    assert all(path.is_file() for path in written)
    assert "elsewhere.parquet" in (out / "evaluation.md").read_text()
    assert "elsewhere: composed flagged" in log.read_text()
