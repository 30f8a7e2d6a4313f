"""A platform's year, straight into the database: people, devices, and sessions with what was found.

Everything is derived from numbers, so that whoever measures knows what there is without reading it.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Table, func, select

from server.operation.keys import hash_of
from server.records import Scope
from server.scoring.assessments import Assessed, AssessedSpan, ReasonText
from server.scoring.facts import SessionFacts
from server.storage import tables
from wire.policy import Policy

KEY = "vtp_bench"
POLICY = Policy(version=1, windows=())
FIRST_US = 1_735_689_600_000_000
"""2025-01-01, when the first session was opened."""
YEAR_US = 365 * 86_400_000_000
_ROWS_AT_ONCE = 20_000
_HOUR_S = 3600.0
_EVERY_FLAGGED = 50


@dataclass(frozen=True, slots=True)
class Population:
    """How much of each there is; of the sessions, the newest are open or wait for their score."""

    sessions: int = 1_000_000
    people: int = 30_000
    projects: int = 20
    open: int = 5_000
    waiting: int = 500

    def person(self, number: int) -> bytes:
        """The id of a person, and of their device: a trainer has one."""
        return _id("person", number)

    def device(self, number: int) -> bytes:
        """The id of a device."""
        return _id("device", number)

    def project(self, number: int) -> bytes:
        """The id of a project."""
        return _id("project", number)

    def session(self, number: int) -> bytes:
        """The id of a session; its row is one more than its number."""
        return _id("session", number)

    def opened_us(self, number: int) -> int:
        """When a session was opened."""
        return FIRST_US + number * (YEAR_US // self.sessions)


def populate(engine: Engine, population: Population) -> None:
    """Write all of it for the first organisation, and a key for everything (`KEY`)."""
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            # Ids are random: an index over a million of them does not fit SQLite's own cache.
            connection.exec_driver_sql("PRAGMA cache_size=-800000")
        organisation = connection.execute(select(func.min(tables.organisations.c.id))).scalar_one()
        for table, rows in _few(population):
            write(connection, table, organisation, rows)
        for at in range(0, population.sessions, _ROWS_AT_ONCE):
            numbers = range(at, min(at + _ROWS_AT_ONCE, population.sessions))
            for table, rows in _sessions(population, numbers):
                write(connection, table, organisation, rows)
        if connection.dialect.name == "postgresql":
            for table in (tables.sessions, tables.assessments):
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'row'), "
                    f"{population.sessions + 1}, false)"
                )


def write(
    connection: Connection, table: Table, organisation: int, rows: list[dict[str, Any]]
) -> None:
    """Rows, by the driver itself: five million are many for anything that looks at each."""
    if not rows:
        return
    names = (*rows[0], "organisation")
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join(mark for _ in names)
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({columns}) VALUES ({marks})",  # noqa: S608 - our own names
        [(*row.values(), organisation) for row in rows],
    )


def _few(population: Population) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    people = range(population.people)
    yield (
        tables.people,
        [
            {"id": population.person(n), "name": f"Trainer {n:06}", "role": "trainer", "epoch": 0}
            for n in people
        ],
    )
    yield (
        tables.devices,
        [
            {
                "id": population.device(n),
                "person": population.person(n),
                "public_key": _id("key", n) * 2,
                "token_hash": _id("token", n) * 2,
                "platform": "Linux",
                "agent_version": "0.1.0",
                "enrolled_us": FIRST_US + n,
                "seen_us": FIRST_US,
                "observes": b"[[1,1],[2,1],[3,1],[5,2]]",
            }
            for n in people
        ],
    )
    projects = range(population.projects)
    yield (
        tables.projects,
        [{"id": population.project(n), "name": f"Project {n:03}"} for n in projects],
    )
    document = msgspec.json.encode(POLICY)
    yield (
        tables.policies,
        [
            {
                "project": population.project(n),
                "version": POLICY.version,
                "document": document,
                "author": "operator",
                "created_us": FIRST_US,
            }
            for n in projects
        ],
    )
    yield (
        tables.platform_keys,
        [
            {
                "name": "bench",
                "key_hash": hash_of(KEY),
                "scopes": " ".join(Scope),
                "created_us": FIRST_US,
            }
        ],
    )


def _sessions(
    population: Population, numbers: range
) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    closed_until = population.sessions - population.open
    scored_until = closed_until - population.waiting
    scored = [n for n in numbers if n < scored_until]
    unscored = [n for n in numbers if n >= scored_until]
    facts, calm, flagged = _facts(), _assessed("none"), _assessed("strong")
    yield tables.sessions, [_session(population, n) for n in numbers]
    yield (
        tables.heads,
        [
            {
                "session": n + 1,
                "sequence": 119,
                "digest": bytes(32),
                "closed": n < closed_until,
                "received_us": population.opened_us(n) + 3_600_000_000,
            }
            for n in numbers
        ],
    )
    yield (
        tables.assessments,
        [
            {
                "row": n + 1,
                "session": n + 1,
                "model_version": "1",
                "features_version": "1",
                "band": "none" if n % _EVERY_FLAGGED else "strong",
                "main_reason": None if n % _EVERY_FLAGGED else "pasted_from_assistant",
                "document": calm if n % _EVERY_FLAGGED else flagged,
                "created_us": population.opened_us(n) + 3_700_000_000,
                "why": "closed",
            }
            for n in scored
        ],
    )
    yield (
        tables.facts,
        [{"session": n + 1, "document": facts, "assessment": n + 1} for n in scored],
    )
    yield (
        tables.scoring_jobs,
        [
            {
                "session": n + 1,
                "due_us": 0 if n < scored_until else 1 << 60,
                "claimed_until_us": 0,
                "attempts": 1,
                "done": n < scored_until,
            }
            for n in numbers
            if n < closed_until
        ],
    )
    yield (
        tables.scoring_states,
        [{"session": n + 1, "due_us": 1 << 60} for n in unscored],
    )


def _session(population: Population, number: int) -> dict[str, Any]:
    person = number * 7 % population.people
    return {
        "row": number + 1,
        "id": population.session(number),
        "person": population.person(person),
        "device": population.device(person),
        "project": population.project(number % population.projects),
        "policy_version": POLICY.version,
        "agent_version": "0.1.0",
        "opened_us": population.opened_us(number),
    }


def _facts() -> bytes:
    return msgspec.json.encode(
        SessionFacts(
            duration_s=_HOUR_S,
            worked_s=_HOUR_S - 120,
            paused_s=60,
            batches=120,
            quarantined_batches=0,
            unanchored_batches=0,
            ahead_of_server_s=0.1,
            lost_events={},
            lost_stretches=(),
            idle_s=60,
        )
    )


def _assessed(band: str) -> bytes:
    """About as long as those of real sessions."""
    reason = ReasonText("pasted_from_assistant", 2_400.0, "characters", "x" * 90, "y" * 120, ("z",))
    span = AssessedSpan(60_000, 120_000, "paste", 0.9, "w" * 60)
    flagged = band != "none"
    return msgspec.json.encode(
        Assessed(
            band=band,
            score=0.9 if flagged else 0.1,
            kinds={"composition": 0.7, "transcription": 0.1, "paste": 0.1, "synthetic": 0.1},
            coverage=0.97,
            reasons=(reason, reason) if flagged else (),
            counter_evidence=(reason,),
            abstained_because=None,
            spans=(span,) * (4 if flagged else 1),
            model_version="1",
            features_version="1",
        )
    )


def _id(kind: str, number: int) -> bytes:
    return hashlib.blake2b(f"{kind} {number}".encode(), digest_size=16).digest()
