"""The gallery commands, the gallery's file, and scoring with one."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from detector.__main__ import main
from detector.doors.gallery_file import MAGIC, read_gallery, write_gallery
from detector.errors import BadGalleryError
from detector.replay import OrganisationKey, gallery_of
from detector.simulation import composing, draw_text, replay
from tests.detector.doors.tables import Row, write_sessions


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Earlier sessions of three people, later ones of which two are replays, and a key."""
    rng = np.random.default_rng(21)
    made = tmp_path_factory.mktemp("gallery")
    tables = [composing(rng, characters=900).keystrokes for _ in range(4)]
    earlier: list[Row] = [(f"s{n}", f"u{n}", "", table) for n, table in enumerate(tables[:3])]
    write_sessions(made / "earlier.parquet", earlier)
    text = draw_text(rng, 700)
    other = replay(rng, tables[0], text, shuffled=True).keystrokes
    own = replay(rng, tables[1], text).keystrokes
    later: list[Row] = [
        ("new", "u2", "", other),
        ("own", "u1", "", own),
        ("s4", "u2", "", tables[3]),
    ]
    write_sessions(made / "later.parquet", later)
    (made / "key").write_bytes(bytes(range(32)))
    built = run("gallery", "build", made / "earlier.parquet", "--out", made / "g", *keyed(made))
    assert built.exit_code == 0, built.output
    assert "3 session(s)" in built.output
    return made


def keyed(folder: Path) -> tuple[str, Path]:
    return "--org-key-file", folder / "key"


def test_score_with_a_gallery_flags_replays_without_naming_the_other_session(folder: Path) -> None:
    result = run(
        "score", folder / "later.parquet", "--json", "--gallery", folder / "g", *keyed(folder)
    )
    assert result.exit_code == 0, result.output
    rows = {r["session"]: r for r in map(json.loads, result.stdout.splitlines())}
    codes = {name: [reason["code"] for reason in row["reasons"]] for name, row in rows.items()}
    assert rows["new"]["band"] == rows["own"]["band"] == "strong"
    assert codes["new"][0] == "timing_replayed"
    assert codes["own"][0] == "own_timing_replayed"
    assert rows["new"]["reasons"][0]["value"] > 300
    found = rows["new"]["matches"]["found"]
    assert len(found) == 1
    assert len(found[0]["session"]) == 16
    assert "s0" not in json.dumps(rows["new"])
    assert rows["s4"]["matches"] == {"searched_sessions": 3, "found": []}
    assert not {"timing_replayed", "own_timing_replayed"} & set(codes["s4"])


def test_scored_without_a_gallery_nothing_is_said_of_matches(folder: Path) -> None:
    result = run("score", folder / "later.parquet", "--json")
    assert all("matches" not in json.loads(line) for line in result.stdout.splitlines())


def test_dropped_people_leave_no_signature(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "g"
    copy.write_bytes((folder / "g").read_bytes())
    result = run("gallery", "drop", copy, "--person", "u0", *keyed(folder))
    assert result.exit_code == 0, result.output
    assert "1 session(s) taken out" in result.output
    left = read_gallery(copy)
    assert (len(left), len(left.shape_tag)) == (2, int(left.shapes.sum()))
    again = run("gallery", "drop", copy, "--session", "s1", *keyed(folder))
    assert "1 session(s), " in again.output
    assert run("gallery", "drop", copy, *keyed(folder)).exit_code == 2


def test_galleries_grow_and_merge(folder: Path, tmp_path: Path) -> None:
    first, both = tmp_path / "first", tmp_path / "both"
    run("gallery", "build", folder / "later.parquet", "--out", first, *keyed(folder))
    merged = run("gallery", "merge", first, folder / "g", "--out", both)
    assert "6 session(s)" in merged.output
    run("gallery", "build", folder / "earlier.parquet", "--out", first, *keyed(folder))
    assert np.array_equal(read_gallery(first).shape_tag, read_gallery(both).shape_tag)


def test_a_gallery_of_another_key_is_refused_in_one_line(folder: Path) -> None:
    result = run("score", folder / "later.parquet", "--gallery", folder / "g")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: the gallery was made with another organisation's key")


def test_files_that_are_no_galleries_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "g"
    write_gallery(gallery_of([], OrganisationKey.from_secret(bytes(16))), path)
    assert len(read_gallery(path)) == 0
    good = path.read_bytes()
    for bad in (
        b"",
        b"PAR1",
        MAGIC,
        good[:-1],
        good[:-64],
        good + b"\0",
        good.replace(b"<u4", b"<f4"),
    ):
        path.write_bytes(bad)
        with pytest.raises(BadGalleryError, match=str(path)):
            read_gallery(path)
