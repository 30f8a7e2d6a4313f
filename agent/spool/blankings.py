"""Blanked pictures: their bytes are gone from the disk, and the blanking is told to the server.

In a session that still records it is told by an event in the chain; after that, by a signed
notice (see `docs/decisions/blanking-after-clock-out.md`).
"""

from dataclasses import dataclass

from agent.errors import ControlFailed
from agent.spool.rows import BlankingRow
from agent.spool.store import Spool
from wire.codes import ObjectKind
from wire.messages import BlankingNotice, sign_blanking
from wire.signing import SigningKey

NOTHING_KEPT = bytes(32)
_BLANKED = (int(ObjectKind.IMAGE), int(ObjectKind.TITLE))
"""What may be blanked; the classes of a submitted text are evidence, not a picture of a person."""
_COLUMNS = "id, session, kind, digest, kept, at_us"


@dataclass(frozen=True, slots=True)
class WaitingPicture:
    """A screenshot that has not left this device."""

    number: int
    session: bytes
    digest: bytes
    kept_us: int
    """When it was taken, wall clock."""
    size_bytes: int
    review_left_us: int
    """Of the trainer's presence; 0: it goes as soon as the server takes it."""


@dataclass(frozen=True, slots=True)
class WaitingTitle:
    """A window title that has not left this device."""

    number: int
    text: str
    kept_us: int
    review_left_us: int


def waiting_pictures(spool: Spool) -> list[WaitingPicture]:
    """All screenshots on this device, oldest first."""
    rows = spool.rows(
        "SELECT id, session, digest, kept_us, length(data), review_left_us FROM objects"
        " WHERE aside = '' AND kind = ? ORDER BY id",
        int(ObjectKind.IMAGE),
    )
    return [WaitingPicture(*row) for row in rows]


def waiting_titles(spool: Spool) -> list[WaitingTitle]:
    """All window titles on this device, oldest first."""
    rows = spool.rows(
        "SELECT id, data, kept_us, review_left_us FROM objects"
        " WHERE aside = '' AND kind = ? ORDER BY id",
        int(ObjectKind.TITLE),
    )
    return [WaitingTitle(row[0], row[1].decode(), *row[2:]) for row in rows]


def picture_bytes(spool: Spool, number: int) -> bytes:
    """The picture itself.

    Raises:
        ControlFailed: it is not here any more.
    """
    query = "SELECT data FROM objects WHERE id = ? AND kind = ? AND aside = ''"
    rows = spool.rows(query, number, int(ObjectKind.IMAGE))
    if not rows:
        raise ControlFailed("No picture of that number waits here; `veritype blank` lists them.")
    return bytes(rows[0][0])


def blank(
    spool: Spool, number: int, at_us: int, kept: bytes = b"", kept_digest: bytes = NOTHING_KEPT
) -> BlankingRow:
    """Erase a picture, or put `kept` in its place; remembers that it is still to be told.

    When this returns, the old bytes are neither in the file nor in its log.

    Raises:
        ControlFailed: it is not here any more.
    """
    with spool.exclusive():
        with spool.transaction() as db:
            row = db.execute(
                "SELECT session, kind, digest FROM objects"
                " WHERE id = ? AND aside = '' AND kind IN (?, ?)",
                (number, *_BLANKED),
            ).fetchone()
            if row is None:
                raise ControlFailed(
                    "Nothing of that number waits here; `veritype blank` lists what does."
                )
            if kept:
                # Of two pictures blacked out wholly, the results can be the same; and what was
                # blanked itself is not stored again.
                change = (
                    "UPDATE OR IGNORE objects SET digest = ?1, data = ?2 WHERE id = ?3 AND NOT"
                    " EXISTS (SELECT 1 FROM blankings WHERE session = ?4 AND digest = ?1)"
                )
                db.execute(change, (kept_digest, kept, number, row[0]))
            db.execute("DELETE FROM objects WHERE id = ? AND digest <> ?", (number, kept_digest))
            values = (*row, kept_digest, at_us)
            done = db.execute(
                "INSERT INTO blankings(session, kind, digest, kept, at_us) VALUES (?, ?, ?, ?, ?)",
                values,
            )
        spool.forget_pages()
    return BlankingRow(done.lastrowid or 0, *values)


def release(spool: Spool, number: int) -> None:
    """The trainer has seen it: it need not wait any longer."""
    with spool.transaction() as db:
        db.execute("UPDATE objects SET review_left_us = 0 WHERE id = ?", (number,))


def next_notice(spool: Spool) -> BlankingRow | None:
    """The oldest blanking that no event can tell any more, because its session is over."""
    rows = spool.rows(
        f"SELECT {_COLUMNS} FROM blankings WHERE told = 0 AND session IN"  # noqa: S608
        " (SELECT session FROM sessions WHERE head_closed = 1 OR stuck <> '')"
        " ORDER BY id LIMIT 1"
    )
    return BlankingRow(*rows[0]) if rows else None


def told(spool: Spool, row: BlankingRow) -> None:
    """An event or a notice says it now."""
    with spool.transaction() as db:
        db.execute("UPDATE blankings SET told = 1 WHERE id = ?", (row.id,))


def notice_of(row: BlankingRow, key: SigningKey) -> BlankingNotice:
    """What the server is told of a session that is over, signed by this device."""
    return sign_blanking(
        session=row.session,
        object_kind=row.kind,
        digest=row.digest,
        kept=row.kept,
        blanked_us=row.at_us,
        key=key,
    )
