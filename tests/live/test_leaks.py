"""The search for secrets finds what is hidden: without this, finding nothing means nothing."""

import base64
import shutil
import sqlite3
from pathlib import Path

import pytest
import zstandard

from tests.live.leaks import Place, file_places, forms, key_forms, search

SECRET = "wqzvkxjhpfgbtdnm"


@pytest.mark.parametrize("form", sorted(forms(SECRET)))
def test_each_form_of_a_planted_secret_is_found(form: str) -> None:
    planted = Place("planted", b"\x00head" + forms(SECRET)[form] + b"tail\xff")
    assert form in {find.form for find in search([planted], forms(SECRET))}


@pytest.mark.parametrize("before", [b"", b"a", b"ab", b"abc", b"abcd"])
@pytest.mark.parametrize("after", [b"", b"z", b"zy"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_secret_inside_base64_is_found_at_every_alignment(
    before: bytes, after: bytes, encoding: str
) -> None:
    packed = base64.b64encode(before + SECRET.encode(encoding) + after)
    for text in (packed, packed.rstrip(b"=")):
        assert search([Place("planted", text)], forms(SECRET))


def test_a_secret_in_other_case_is_found() -> None:
    assert search([Place("planted", SECRET.upper().encode())], forms(SECRET))
    assert search([Place("planted", SECRET.encode().hex().upper().encode())], forms(SECRET))


def test_a_secret_logged_key_by_key_is_found() -> None:
    log = "\n".join(f"12:00:0{n % 10} key={letter} down" for n, letter in enumerate(SECRET))
    assert {find.form for find in search([Place("log", log.encode())], forms(SECRET))} == {
        "letter by letter"
    }


def test_keycodes_of_a_typed_secret_are_found() -> None:
    codes = [25, 24, 52, 55, 45]
    hidden = Place("planted", b"\x01\x02" + bytes(codes))
    assert [find.form for find in search([hidden], key_forms(codes))] == ["keycodes, one byte"]


def test_a_compressed_secret_is_found() -> None:
    packed = zstandard.compress(b"x" * 500 + SECRET.encode())
    assert search([Place("planted", b"header" + packed + b"signature")], forms(SECRET))


def test_a_compressed_secret_deep_in_a_database_still_open_is_found(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "spool.db")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE batch (sealed BLOB)")
    filler = bytes(range(256)) * 64
    packed = zstandard.compress(filler + SECRET.encode())
    database.execute("INSERT INTO batch VALUES (?)", (packed,))
    database.commit()
    try:
        assert search(file_places(tmp_path), forms(SECRET))
    finally:
        database.close()


def test_nothing_is_found_where_nothing_is() -> None:
    innocent = Place("innocent", bytes(range(256)) * 50 + b"the quick brown fox\n" * 50)
    assert not search([innocent], forms(SECRET))


def test_a_folder_that_another_program_takes_away_during_the_search_does_not_stop_it(
    tmp_path: Path,
) -> None:
    for number in range(3):
        (tmp_path / f"{number}").mkdir()
        (tmp_path / f"{number}" / "file").write_text(SECRET)
    places = file_places(tmp_path)
    first = next(places)
    gone = [folder for folder in tmp_path.iterdir() if folder not in Path(first.name).parents]
    shutil.rmtree(gone[0])
    assert {Path(place.name).parent for place in (first, *places)} == {
        Path(first.name).parent,
        gone[1],
    }
