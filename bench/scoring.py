"""What looking at open sessions costs, and how long a closed one waits meanwhile.

Batches are the load generator's (`bench.server.material`): 400 events, 372 of them keys. Costs are
processor time of this process, so that a busy machine changes them little. Rounds run on SQLite,
each look as in service: claims, batches, states and provisional assessments in the database.
"""

import argparse
import gc
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec
import numpy as np
from sqlalchemy import Connection, func, insert, select, update

from bench.report import Bound, Report, Row
from bench.server.material import STRETCH_US, stretch_of
from bench.server.population import PROJECT, populate
from detector.from_wire.columns import SealedColumns, checked_body
from detector.model import Model, load_model
from detector.state import State, beginning, provisional_all, to_bytes, update_from
from detector.state import update as fold
from detector.state.stretches import BLOCK_BATCHES
from server.clock import now_us
from server.installation import Installation, make_data_folder, open_installation
from server.records import ROUND_US
from server.scoring.assessor import DetectorAssessor
from server.scoring.rounds import Rounds
from server.scoring.session import Scoring
from server.scoring.worker import Worker
from server.services.administration import Administration
from server.storage import tables
from server.storage.log_seal import LogPlace, LogSeal
from server.storage.sql.database import Database
from server.storage.sql.store import SqlStore
from wire.batch import Batch, decode, open_envelope, seal
from wire.header import NO_PREVIOUS, blank_header
from wire.policy import Policy
from wire.signing import SigningKey

SEED = 7
AGENTS = 100_000
ROUND_BATCHES = ROUND_US // STRETCH_US
HOURS = 8
JUDGED = 256
CLOSED_EVERY_S = 0.25
CLOSED = 24
_HEADER = blank_header()


@dataclass(frozen=True, slots=True)
class Round:
    """One round over sessions of a database."""

    cpu_s: float
    wall_s: float
    sessions: int
    batches: int


def sealed_batches(agent: int, count: int, key: SigningKey) -> list[bytes]:
    """An agent's first batches."""
    found, previous = [], NO_PREVIOUS
    for sequence in range(count):
        header = msgspec.structs.replace(
            _HEADER,
            sequence=sequence,
            previous=previous,
            start_us=sequence * STRETCH_US,
            end_us=(sequence + 1) * STRETCH_US,
        )
        body = stretch_of(SEED, agent, sequence).at(sequence * STRETCH_US)
        envelope = seal(header, body, key)
        previous = envelope.digest
        found.append(envelope.sealed)
    return found


def cpu_us(what: Callable[[], object], times: int) -> float:
    """Processor time of one call, the best of five."""
    best = float("inf")
    for _ in range(5):
        gc.collect()
        started = time.process_time()
        for _ in range(times):
            what()
        best = min(best, (time.process_time() - started) / times)
    return best * 1e6


def of_state(model: Model) -> list[Row]:
    """What folding in and judging cost, without a database."""
    key = SigningKey.generate()
    sealed = sealed_batches(0, 2 * BLOCK_BATCHES, key)
    batches = [decode(open_envelope(one)) for one in sealed]
    count = len(batches)
    policy = Policy(version=1, windows=())
    days = [folded(batches, hour) for hour in range(8)]
    cases = [(days[n % len(days)], policy) for n in range(JUDGED)]
    sizes = [len(to_bytes(state)) for state in days]
    return [
        Row("opening and decoding a batch", cpu_us(lambda: opened(sealed), 1) / count, "us"),
        Row(
            f"opening and folding in, {ROUND_BATCHES} at a time",
            cpu_us(lambda: looked(sealed), 1) / count,
            "us",
        ),
        Row("folding in, batch by batch", cpu_us(lambda: grouped(batches, 1), 1) / count, "us"),
        Row(
            f"folding in, {ROUND_BATCHES} at a time",
            cpu_us(lambda: grouped(batches, ROUND_BATCHES), 1) / count,
            "us",
            100.0,
        ),
        Row(
            f"judging one of {JUDGED} sessions",
            cpu_us(lambda: provisional_all(cases, model), 1) / JUDGED,
            "us",
            1_000.0,
        ),
        Row("a state, on average over a day", float(np.mean(sizes)), "bytes"),
        Row("a state, at most", float(max(sizes)), "bytes"),
    ]


def opened(sealed: Sequence[bytes]) -> list[Batch]:
    """Read, as a close does."""
    return [decode(open_envelope(one)) for one in sealed]


def looked(sealed: Sequence[bytes]) -> State:
    """Open and fold in, as looks do: what the state needs is decoded and nothing else."""
    state = beginning()
    for at in range(0, len(sealed), ROUND_BATCHES):
        envelopes = [open_envelope(one) for one in sealed[at : at + ROUND_BATCHES]]
        columns = SealedColumns([checked_body(envelope) for envelope in envelopes])
        state = update_from(state, [envelope.header for envelope in envelopes], columns)
    return state


def grouped(batches: Sequence[Batch], size: int) -> State:
    """All batches in groups."""
    state = beginning()
    for at in range(0, len(batches), size):
        state = fold(state, batches[at : at + size])
    return state


def folded(batches: Sequence[Batch], hour: int) -> State:
    """A session of so many hours and a half, made of the same batches over and over."""
    state, count = beginning(), (2 * hour + 1) * BLOCK_BATCHES + 20
    again = [batches[n % len(batches)] for n in range(count)]
    return fold(
        state,
        [
            Batch(msgspec.structs.replace(one.header, sequence=n), one.body)
            for n, one in enumerate(again)
        ],
    )


def database_of(installation: Installation) -> Database:
    """The database behind the store."""
    store = installation.store
    assert isinstance(store, SqlStore)
    return store._database


def furnished(folder: Path, sessions: int) -> Installation:
    """A data folder with open sessions, each with a round's batches."""
    make_data_folder(folder)
    installation = open_installation(folder)
    administration = Administration(installation.store, installation.settings)
    administration.found("Bench", None)
    policy = Policy(version=1, windows=())
    administration.add_project(PROJECT, msgspec.json.encode(policy))
    key = SigningKey.generate()
    writing = database_of(installation).writing
    log = LogSeal(installation.keys)
    populate(writing, log, SEED, [secrets.token_bytes(32) for _ in range(sessions)])
    chains = [sealed_batches(agent, ROUND_BATCHES, key) for agent in range(24)]
    table = tables.sessions.c
    with writing.begin() as connection:
        query = select(table.organisation, table.row, table.id).order_by(table.row)
        opened = [_Session(*row) for row in connection.execute(query)]
        for sequence in range(ROUND_BATCHES):
            connection.execute(
                insert(tables.batches),
                [
                    _batch_row(log, opened, place, sequence, chains[place % len(chains)])
                    for place in range(len(opened))
                ],
            )
        _move_heads(connection, [session.row for session in opened])
    return installation


class _Session(NamedTuple):
    organisation: int
    row: int
    id: bytes


def _batch_row(
    log: LogSeal, sessions: Sequence[_Session], place: int, sequence: int, chain: Sequence[bytes]
) -> dict[str, object]:
    number, session = 1 + sequence * len(sessions) + place, sessions[place]
    whose = LogPlace(session.organisation, session.id, sequence, bytes(32))
    return {
        "row": number,
        "organisation": session.organisation,
        "session": session.row,
        "sequence": sequence,
        "previous_row": number - len(sessions) if sequence else None,
        "digest": whose.digest,
        "received_us": now_us(),
        "sealed": log.seal(whose, chain[sequence]),
    }


def _move_heads(connection: Connection, rows: Sequence[int]) -> None:
    first = 1 + (ROUND_BATCHES - 1) * len(rows)
    connection.execute(
        update(tables.heads).values(
            sequence=ROUND_BATCHES - 1, last_row=tables.heads.c.session - rows[0] + first
        )
    )


def whole_round(installation: Installation, model: Model) -> Round:
    """Look at every session once, as one worker does."""
    with database_of(installation).writing.begin() as connection:
        connection.execute(update(tables.scoring_states).values(due_us=0))
    scoring = Scoring(
        installation.store, installation.objects, DetectorAssessor(), installation.keys
    )
    worker = Worker(installation.store, scoring, Rounds(installation.store, model), None, "bench")
    cpu, wall = time.process_time(), time.perf_counter()
    while worker.do_next():
        pass
    counters = worker.tally.counters
    cpu_s, wall_s = time.process_time() - cpu, time.perf_counter() - wall
    return Round(cpu_s, wall_s, counters.provisional, counters.batches)


def closed_each(installation: Installation, model: Model, count: int) -> float:
    """Processor time of one close, when nothing else is due."""
    with database_of(installation).writing.begin() as connection:
        sessions = connection.execute(select(tables.sessions.c.row)).scalars().all()[-count:]
    for session in sessions:
        _close(installation, session, now_us())
    store = installation.store
    scoring = Scoring(store, installation.objects, DetectorAssessor(), installation.keys)
    worker = Worker(store, scoring, Rounds(store, model), None, "bench")
    cpu = time.process_time()
    while worker.do_next():
        pass
    return (time.process_time() - cpu) / count


def closing_meanwhile(installation: Installation, model: Model) -> tuple[float, int]:
    """Sessions close while all open ones are due; the longest wait, and how many closed."""
    store = installation.store
    with database_of(installation).writing.begin() as connection:
        connection.execute(
            update(tables.scoring_states).values(due_us=0, next_sequence=0, state=None)
        )
        sessions = connection.execute(select(tables.sessions.c.row)).scalars().all()
    scoring = Scoring(store, installation.objects, DetectorAssessor(), installation.keys)
    worker = Worker(store, scoring, Rounds(store, model), None, "bench")
    closed, next_at = 0, time.time()
    while worker.do_next():
        while time.time() >= next_at and closed < len(sessions) // 4:
            _close(installation, sessions[closed], int(next_at * 1e6))
            closed, next_at = closed + 1, next_at + CLOSED_EVERY_S
    return worker.tally.counters.slowest_s, worker.tally.counters.scored


def _close(installation: Installation, session: int, at_us: int) -> None:
    job = {
        "session": session,
        "organisation": 1,
        "due_us": at_us,
        "claimed_until_us": 0,
        "attempts": 0,
        "done": False,
    }
    with database_of(installation).writing.begin() as connection:
        connection.execute(insert(tables.scoring_jobs).values(job))


def of_rounds(sessions: int, model: Model) -> list[Row]:
    """What rounds cost in service."""
    with TemporaryDirectory() as folder:
        installation = furnished(Path(folder) / "data", sessions)
        done = whole_round(installation, model)
        close_s = closed_each(installation, model, CLOSED)
        waited_s, closed = closing_meanwhile(installation, model)
        with database_of(installation).reading.connect() as connection:
            kept = connection.execute(
                select(func.avg(func.length(tables.scoring_states.c.state)))
            ).scalar_one()
        installation.store.close()
    due = AGENTS / (ROUND_US / 1e6)
    return [
        Row("sessions looked at", done.sessions, ""),
        Row("batches folded in", done.batches, ""),
        Row("processor time a session", 1e3 * done.cpu_s / done.sessions, "ms"),
        Row(
            "sessions that one core looks at",
            done.sessions / done.cpu_s,
            "/s",
            due,
            Bound.AT_LEAST,
        ),
        Row("a stored state", float(kept), "bytes"),
        Row(f"closing one of {CLOSED} sessions", 1e3 * close_s, "ms"),
        Row("longest wait of a closed session meanwhile", waited_s, "s", 30.0),
        Row("sessions closed meanwhile", closed, ""),
    ]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=1_000)
    arguments = parser.parse_args()
    model = load_model()
    rows = [*of_state(model), *of_rounds(arguments.sessions, model)]
    print(Report(rows=rows).as_text())


if __name__ == "__main__":
    main()
