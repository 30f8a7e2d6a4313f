"""`kill -9` at random moments under load. `make soak` does it 500 times."""

import random
from pathlib import Path

import pytest

from tests.contract.conftest import RunningServer
from tests.faults import killing
from tests.faults.killing import Key, enrolled, findings, kept_by, kill_often, promised
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
    server: RunningServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recording_proxy(server.port) as proxy:
        victim = enrolled(server, proxy.url, tmp_path / "device")
        rng = random.Random(SEED)
        kill_often(victim, 4, rng)
        # A hole is between batches: on a busy machine four kills may leave one of each session.
        while not (later := [key for key in promised(victim) if key[1] > 0]):
            kill_often(victim, 1, rng)
        missing = (min(later)[0], 0)

        def without_it(server: RunningServer, sessions: set[bytes]) -> dict[Key, bytes]:
            return {key: kept for key, kept in kept_by(server, sessions).items() if key != missing}

        monkeypatch.setattr(killing, "kept_by", without_it)
        wrong = " ".join(findings(victim, server, proxy).wrong)
    assert "was promised and is not on the server" in wrong
    assert "a session has a hole in its numbers" in wrong
