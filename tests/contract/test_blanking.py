"""What the trainer blanks after clock-out, and the typing sample, against the real server."""

import io
import sqlite3
from contextlib import closing
from typing import Any

from PIL import Image

from agent.page.sample import CONSENT_VERSION, Samples
from agent.paths import Paths
from agent.session.blanking import blank_picture
from agent.spool.blankings import waiting_pictures
from tests.contract.conftest import RunningServer, ScriptedAgent, clock
from wire.baseline import TypedKeys, TypingSample
from wire.codes import ObjectKind
from wire.messages import BlankingNotice, decode_message
from wire.objects import object_digest


def rows(server: RunningServer, query: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(server.folder / "veritype.db")) as database:
        return database.execute(query, values).fetchall()


def of_session(agent: ScriptedAgent, table: str, columns: str) -> list[tuple[Any, ...]]:
    query = f"SELECT {columns} FROM {table} JOIN sessions s ON s.row = session WHERE s.id = ?"  # noqa: S608
    return rows(agent.server, query, agent.facts.session)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 30, 30)).save(out, "WEBP", quality=60)
    return out.getvalue()


def test_pictures_blanked_after_clock_out_are_told_and_only_what_was_left_arrives(
    agent: ScriptedAgent,
) -> None:
    data = picture()
    agent.type(20)
    agent.spool.add_object(
        agent.facts.session, ObjectKind.IMAGE, object_digest(data), data, 600_000_000
    )
    agent.seal(final=True)
    (held,) = waiting_pictures(agent.spool)
    region = (0, 0, 20, 20)
    blank_picture(agent.spool, held.number, [region], clock(60_000_000), None)
    (left,) = waiting_pictures(agent.spool)
    assert agent.ship()
    ((message, digest, kept),) = of_session(agent, "late_blankings", "message, digest, kept")
    assert (digest, kept) == (object_digest(data), left.digest)
    decode_message(message, BlankingNotice).verify(agent.identity.key.verify_key)
    assert of_session(agent, "objects", "digest") == []
    with agent.spool.transaction() as db:
        db.execute("UPDATE objects SET review_left_us = 0")
    assert agent.ship()
    assert of_session(agent, "objects", "digest") == [(left.digest,)]


def test_a_typing_sample_is_stored_and_deleted(agent: ScriptedAgent, tmp_path: Any) -> None:
    keys = TypedKeys((0, 120_000), (80_000, 90_000), (0, 3))
    samples = Samples(Paths(tmp_path), lambda: agent.transport)
    samples.keep(TypingSample(CONSENT_VERSION, 5, keys, keys))
    assert rows(agent.server, "SELECT count(*) FROM typing_samples") == [(1,)]
    samples.delete()
    assert rows(agent.server, "SELECT count(*) FROM typing_samples") == [(0,)]
