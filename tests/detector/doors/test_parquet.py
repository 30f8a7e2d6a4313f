from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from detector.doors.parquet import is_keystroke_table, read_sessions, read_texts
from detector.errors import BadTableError
from detector.simulation import composing
from detector.tables import MISSING
from tests.detector.doors.tables import as_table, write_sessions


def plain(**changes: object) -> pa.Table:
    columns: dict[str, object] = {
        "session": ["s", "s"],
        "t_ms": [0, 120],
        "key": ["letter", "space"],
    }
    return pa.table({k: v for k, v in (columns | changes).items() if v is not None})


def test_a_table_is_read_as_it_was_recorded(tmp_path: Path, rng: np.random.Generator) -> None:
    one, two = (composing(rng, characters=200).keystrokes for _ in range(2))
    path = write_sessions(tmp_path / "t.parquet", [("a", "u", "x", one), ("b", "v", "y", two)])
    first, second = read_sessions(path)
    assert (first.session, first.user, first.label) == ("a", "u", "x")
    assert first.keystrokes.key.tolist() == one.key.tolist()
    assert second.keystrokes.cursor.tolist() == two.cursor.tolist()
    assert (second.keystrokes.t_us // 1000).tolist() == (two.t_us // 1000).tolist()


def test_sessions_that_do_not_stand_together_are_gathered(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    table = as_table([(n, n, "", composing(rng, characters=60).keystrokes) for n in "ab"])
    mixed = table.take(pa.array(rng.permutation(len(table))))
    pq.write_table(mixed, tmp_path / "t.parquet", row_group_size=20)
    found = list(read_sessions(tmp_path / "t.parquet"))
    assert sorted(s.session for s in found) == ["a", "b"]
    assert sum(len(s.keystrokes) for s in found) == len(table)
    assert all(np.all(np.diff(s.keystrokes.t_us) >= 0) for s in found)


def test_a_session_may_cross_row_groups(tmp_path: Path, rng: np.random.Generator) -> None:
    table = as_table([(n, n, "", composing(rng, characters=60).keystrokes) for n in "abc"])
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=7)
    assert [s.session for s in read_sessions(tmp_path / "t.parquet")] == ["a", "b", "c"]


def test_only_session_time_and_key_are_needed(tmp_path: Path) -> None:
    pq.write_table(plain(), tmp_path / "t.parquet")
    (session,) = read_sessions(tmp_path / "t.parquet")
    assert session.user == session.label == ""
    assert session.keystrokes.hold_us.tolist() == [MISSING, MISSING]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"key": ["letter", "emoji"]}, "unknown value"),
        ({"key": None}, "lacks the column"),
        ({"t_ms": ["0", "1"]}, "not a number"),
        ({"t_ms": [0.0, float("nan")]}, "no numbers"),
        ({"t_ms": [0, None]}, "empty values"),
        ({"session": ["s", None]}, "no session"),
        ({"activity": ["input", "dancing"]}, "unknown value"),
    ],
)
def test_a_bad_table_is_refused_with_a_reason(
    tmp_path: Path, changes: dict[str, object], says: str
) -> None:
    pq.write_table(plain(**changes), tmp_path / "t.parquet")
    with pytest.raises(BadTableError, match=says):
        list(read_sessions(tmp_path / "t.parquet"))


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(BadTableError, match="cannot be read"):
        is_keystroke_table(tmp_path / "t.parquet")


def test_texts_need_their_two_columns(tmp_path: Path) -> None:
    pq.write_table(pa.table({"session": ["s"]}), tmp_path / "x.parquet")
    with pytest.raises(BadTableError, match="text_class"):
        read_texts(tmp_path / "x.parquet")


def test_a_session_whose_clock_was_set_back_is_refused_alone(tmp_path: Path) -> None:
    times = np.r_[np.arange(5) * 200, np.arange(5) * 200 + 90_000, np.arange(5) * 200 + 40_000]
    names = ["good"] * 5 + ["bad"] * 10
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"session": names, "t_ms": times, "key": ["letter"] * 15}), path)
    good, bad = read_sessions(path)
    assert len(good.keystrokes) == 5
    assert good.refused == ""
    assert len(bad.keystrokes) == 0
    assert "set back by 51 s" in bad.refused


def test_a_session_that_spans_years_is_refused_alone(tmp_path: Path) -> None:
    pq.write_table(plain(t_ms=[0, 10**15]), tmp_path / "t.parquet")
    (stored,) = read_sessions(tmp_path / "t.parquet")
    assert "30 days" in stored.refused
