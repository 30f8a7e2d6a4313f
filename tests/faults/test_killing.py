"""`kill -9` at random moments under load. `make soak` does it 500 times."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.contract.conftest import RunningServer
from tests.faults.killing import enrolled, findings, kill_often, promised
from tests.live.proxy import recording_proxy

KILLS = 20
SEED = 3


def test_killed_at_random_moments_nothing_promised_is_missing_and_nothing_sent_twice(
    server: RunningServer, tmp_path: Path
) -> None:
    with recording_proxy(server.port) as proxy:
        victim = enrolled(server, proxy.url, tmp_path / "device")
        kill_often(victim, KILLS, random.Random(SEED))
        found = findings(victim, server, proxy)
    assert not found.wrong
    assert found.sessions >= KILLS // 2, found
    assert found.acknowledged == found.batches, found
    assert found.keys > KILLS, found


def test_the_search_notices_a_batch_that_went_missing(
    server: RunningServer, tmp_path: Path
) -> None:
    with recording_proxy(server.port) as proxy:
        victim = enrolled(server, proxy.url, tmp_path / "device")
        kill_often(victim, 4, random.Random(SEED))
        with closing(sqlite3.connect(server.folder / "veritype.db")) as database:
            database.execute(
                "DELETE FROM batches WHERE sequence = 0"
                " AND session = (SELECT row FROM sessions WHERE id = ?)",
                (min(promised(victim))[0],),
            )
            database.commit()
        wrong = " ".join(findings(victim, server, proxy).wrong)
    assert "was promised and is not on the server" in wrong
    assert "a session has a hole in its numbers" in wrong
