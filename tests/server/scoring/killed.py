"""Kills a scorer at steps drawn by a seed, and says what is there after the next one ran.

Run by `test_killed.py` as `python -m tests.server.scoring.killed FOLDER SEED TURNS`: a process of
its own, since a kill -9 needs a process to end. Each turn works on a copy of FOLDER. With more
turns than there are steps every step has one.
"""

import json
import os
import random
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from sqlalchemy import Engine, event

from server.installation import open_installation
from server.scoring.rounds import Rounds
from server.scoring.session import Scoring
from server.scoring.worker import Worker
from server.storage.log_seal import LogSeal, state_place
from server.storage.sql.store import SqlStore
from tests.server.scoring.conftest import Plain, named_model


def score(folder: Path, die_at: int) -> int:
    """Do all that is due; die at a step: before or after a statement, or before a commit."""
    steps = 0

    def step(*_: object, **__: object) -> None:
        nonlocal steps
        steps += 1
        if steps == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(Engine, name, step)
    installation = open_installation(folder)
    store = installation.store
    scoring = Scoring(store, installation.objects, Plain("m1"), installation.keys)
    store.release("one")
    worker = Worker(store, scoring, Rounds(store, named_model("m1")), None, "one")
    while worker.do_next():
        pass
    store.close()
    return steps


def in_a_child(folder: Path, die_at: int) -> bool:
    """Score in a child; whether it was killed."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            score(folder, die_at)
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), f"the scorer ended with {status}"
    return status != 0


def found(folder: Path) -> list[list[object]]:
    """What the database holds that scoring made."""
    installation = open_installation(folder)
    store = installation.store
    queries = (
        "SELECT session, done, attempts FROM scoring_jobs",
        "SELECT session, band FROM assessments",
        "SELECT session, assessment FROM facts",
    )
    assert isinstance(store, SqlStore)
    with store._database.reading.connect() as connection:
        rows = [connection.exec_driver_sql(query).all() for query in queries]
        states = connection.exec_driver_sql(
            "SELECT sessions.id, next_sequence, state FROM scoring_states"
            " JOIN sessions ON sessions.row = scoring_states.session"
        ).all()
    store.close()
    log = LogSeal(installation.keys)
    opened: list[object] = [
        [session.hex(), number, log.open(state_place(1, session, number), state).hex()]
        for session, number, state in states
    ]
    plain: list[list[object]] = [[list(row) for row in table] for table in rows]
    return [*plain, opened]


def main(folder: Path, seed: int, turns: int) -> None:
    """Print one JSON line for each turn, the last one for one that nothing interrupted."""
    for die_at in (*_drawn(folder, random.Random(seed), turns), 0):
        with tempfile.TemporaryDirectory() as scratch:
            copy = Path(shutil.copytree(folder, Path(scratch) / "data"))
            killed = die_at > 0 and in_a_child(copy, die_at)
            assert not in_a_child(copy, 0)
            line = {"die_at": die_at, "killed": killed, "found": found(copy)}
            print(json.dumps(line), flush=True)


def _drawn(folder: Path, rng: random.Random, turns: int) -> list[int]:
    with tempfile.TemporaryDirectory() as scratch:
        steps = score(Path(shutil.copytree(folder, Path(scratch) / "data")), 0)
    return rng.sample(range(1, steps + 1), min(turns, steps))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
