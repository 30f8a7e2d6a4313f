"""Blanking in the spool: the bytes are gone, what took their place stays."""

import os
import sqlite3
from pathlib import Path

import pytest

from agent.errors import ControlFailed
from agent.spool.blankings import (
    blank,
    next_notice,
    picture_bytes,
    told,
    waiting_pictures,
    waiting_titles,
)
from agent.spool.reading import SpoolReader
from agent.spool.store import Spool
from wire.codes import LossReason, ObjectKind
from wire.objects import object_digest

SESSION = b"s" * 16
PICTURE = os.urandom(50_000)
PARTLY = os.urandom(40_000)


def add(spool: Spool, data: bytes = PICTURE, review_us: int = 9_000_000) -> None:
    spool.add_object(SESSION, ObjectKind.IMAGE, object_digest(data), data, review_us, 7)


def on_disk(folder: Path, data: bytes) -> bool:
    """Whether any 64 bytes of the picture are in any file of the spool."""
    files = [file.read_bytes() for file in folder.glob("spool.db*")]
    pieces = [data[at : at + 64] for at in range(0, len(data) - 64, 1_000)]
    return any(piece in file for piece in pieces for file in files)


@pytest.mark.parametrize("kept", [b"", PARTLY])
def test_the_bytes_of_a_blanked_picture_are_nowhere_on_the_disk(
    spool: Spool, tmp_path: Path, kept: bytes
) -> None:
    add(spool)
    (picture,) = waiting_pictures(spool)
    assert on_disk(tmp_path, PICTURE)
    blank(spool, picture.number, 5, kept, object_digest(kept) if kept else bytes(32))
    assert not on_disk(tmp_path, PICTURE)
    assert on_disk(tmp_path, PARTLY) == bool(kept)


def test_a_picture_blanked_wholly_never_goes(spool: Spool) -> None:
    add(spool, review_us=0)
    (picture,) = waiting_pictures(spool)
    blank(spool, picture.number, 5)
    assert spool.next_object() is None
    add(spool, review_us=0)
    assert spool.next_object() is None, "the same picture, taken again, is blanked already"
    with pytest.raises(ControlFailed):
        picture_bytes(spool, picture.number)
    with pytest.raises(ControlFailed):
        blank(spool, picture.number, 5)


def test_a_part_blanked_leaves_the_rest_with_its_time_and_number(spool: Spool) -> None:
    add(spool)
    (before,) = waiting_pictures(spool)
    blank(spool, before.number, 5, PARTLY, object_digest(PARTLY))
    (after,) = waiting_pictures(spool)
    assert (after.number, after.kept_us, after.review_left_us) == (before.number, 7, 9_000_000)
    assert after.digest == object_digest(PARTLY)
    assert picture_bytes(spool, after.number) == PARTLY


def test_two_pictures_blacked_to_the_same_bytes_are_one(spool: Spool) -> None:
    add(spool)
    add(spool, PICTURE[::-1])
    for picture in waiting_pictures(spool):
        blank(spool, picture.number, 5, PARTLY, object_digest(PARTLY))
    assert [picture.digest for picture in waiting_pictures(spool)] == [object_digest(PARTLY)]


def test_what_was_blanked_itself_does_not_take_another_pictures_place(spool: Spool) -> None:
    add(spool)
    add(spool, b"another picture")
    first, second = [each.number for each in waiting_pictures(spool)]
    blank(spool, first, 1, b"all black", object_digest(b"all black"))
    blank(spool, first, 2)
    blank(spool, second, 3, b"all black", object_digest(b"all black"))
    assert waiting_pictures(spool) == []


def test_nothing_but_pictures_and_titles_can_be_blanked(spool: Spool) -> None:
    spool.add_object(SESSION, ObjectKind.TEXT_CLASSES, b"c" * 32, b"VTC1aaa")
    with pytest.raises(ControlFailed):
        blank(spool, 1, 5)
    assert spool.next_object() is not None


def test_a_number_is_never_given_twice(spool: Spool) -> None:
    add(spool)
    (first,) = waiting_pictures(spool)
    blank(spool, first.number, 5)
    add(spool, PARTLY)
    (second,) = waiting_pictures(spool)
    assert second.number > first.number


def test_a_notice_waits_until_the_session_is_over(spool: Spool) -> None:
    spool.add_session(SESSION, b"p" * 16, 1)
    add(spool)
    (picture,) = waiting_pictures(spool)
    row = blank(spool, picture.number, 5)
    assert next_notice(spool) is None
    spool.session_stuck(SESSION, "over")
    assert next_notice(spool) == row
    assert spool.counts().notices_waiting == 1
    told(spool, row)
    assert next_notice(spool) is None


def test_a_spool_of_the_first_cut_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as old:
        old.executescript(
            "CREATE TABLE objects (id INTEGER PRIMARY KEY, session BLOB NOT NULL,"
            " digest BLOB NOT NULL, kind INTEGER NOT NULL, data BLOB NOT NULL,"
            " not_before_us INTEGER NOT NULL, aside TEXT NOT NULL DEFAULT '',"
            " UNIQUE (session, digest)) STRICT;"
            "INSERT INTO objects(session, digest, kind, data, not_before_us)"
            " VALUES (x'01', x'02', 1, x'03', 5),"
            " (x'01', x'03', 1, x'04', (unixepoch() + 60) * 1000000);"
        )
    old.close()
    spool = Spool(path)
    first, second = waiting_pictures(spool)
    assert first.review_left_us == 0
    assert 30_000_000 < second.review_left_us <= 60_000_000
    spool.close()


def test_a_reader_beside_the_agent_sees_what_waits(spool: Spool, tmp_path: Path) -> None:
    add(spool)
    reader = SpoolReader(tmp_path / "spool.db")
    (seen,) = reader.objects()
    reader.close()
    assert (seen.data, seen.review_left_us) == (PICTURE, 9_000_000)


def test_a_title_can_be_blanked_like_a_picture(spool: Spool, tmp_path: Path) -> None:
    title = (
        b"Evaluation task of the patient J. Smith, born 1962, in the ward of dermatology at noon"
    )
    spool.add_object(SESSION, ObjectKind.TITLE, object_digest(title), title, 60_000_000, 1)
    (waiting,) = waiting_titles(spool)
    assert waiting.text == title.decode()
    row = blank(spool, waiting.number, 5)
    assert row.kind == ObjectKind.TITLE
    assert waiting_titles(spool) == []
    assert not on_disk(tmp_path, title)


def test_what_a_reader_kept_in_the_log_is_gone_after_the_next_write(
    spool: Spool, tmp_path: Path
) -> None:
    add(spool)
    spool._all("PRAGMA busy_timeout = 50")
    reader = sqlite3.connect(tmp_path / "spool.db")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM objects").fetchone()
    (picture,) = waiting_pictures(spool)
    blank(spool, picture.number, 5)
    assert on_disk(tmp_path, PICTURE), "a reader holds the log: the test has a point"
    reader.close()
    spool.count_loss(LossReason.KILLED)
    assert not on_disk(tmp_path, PICTURE)


def test_a_reader_of_the_file_does_not_keep_the_bytes_there(spool: Spool, tmp_path: Path) -> None:
    add(spool)
    reader = SpoolReader(tmp_path / "spool.db")
    assert len(reader.objects()) == 1
    blank(spool, waiting_pictures(spool)[0].number, 5)
    assert not on_disk(tmp_path, PICTURE)
    reader.close()
