"""The simulated population: people, devices and open sessions, all derived from the seed."""

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Table, bindparam, insert, select, update

from bench.server.material import STRETCH_US
from server.operation.keys import hash_of
from server.records import ROUND_US
from server.storage import tables
from server.storage.log_seal import LogPlace, LogSeal, state_place
from wire.chain import ChainHead
from wire.signing import SigningKey

PROJECT = "bench"
POLICY_VERSION = 1
FIRST_SESSION = 1
"""Row of the first agent's session: the data folder is new."""
AGENT_VERSION = "0.1.0"
ROUND_BATCHES = ROUND_US // STRETCH_US
DAY_US = 8 * 3600 * 1_000_000
_ROWS_AT_ONCE = 10_000
_FAR_US = 1 << 52
"""Looks are due from here on until the run begins."""


class Stored(Protocol):
    """A batch that is stored before the run."""

    @property
    def agent(self) -> int:
        """The number of the agent that sealed it."""

    @property
    def sequence(self) -> int:
        """Its number."""

    @property
    def digest(self) -> bytes:
        """Its digest."""

    def sealed(self) -> bytes:
        """Its bytes."""


@dataclass(frozen=True)
class SimulatedAgent:
    """One person with one device and one open session."""

    seed: int
    number: int

    @cached_property
    def person(self) -> bytes:
        """The person's id."""
        return self._drawn("person")[:16]

    @cached_property
    def device(self) -> bytes:
        """The device's id."""
        return self._drawn("device")[:16]

    @cached_property
    def session(self) -> bytes:
        """The session's id."""
        return self._drawn("session")[:16]

    @cached_property
    def token(self) -> str:
        """The device's bearer token."""
        return f"vtd_{self._drawn('token').hex()}"

    @cached_property
    def key(self) -> SigningKey:
        """The device's key."""
        return SigningKey(self._drawn("key"))

    @cached_property
    def look_us(self) -> int:
        """When in a round the scorer looks at the session, as the server spreads it."""
        return int.from_bytes(self.session[:6], "big") * ROUND_US >> 48

    def batches_before(self, run_us: int) -> int:
        """Batches that are stored before the run, if the scorer will look in the run.

        Whoever it does not look at costs the same without them.
        """
        return self.batches_looked_at + ROUND_BATCHES if self.look_us < run_us else 0

    @property
    def batches_looked_at(self) -> int:
        """Of those, how many the scorer looked at a round ago: of every second agent a round's.

        A state judges one stretch of typing in two rounds, so that at any time of the day half of
        the looks have one to judge.
        """
        return ROUND_BATCHES * (self.number % 2)

    @property
    def clocks_out(self) -> bool:
        """Whether the session ends in the run, if the scorer looks at it: as in eight-hour days."""
        return self.look_us % (DAY_US // ROUND_US) == 0

    def _drawn(self, what: str) -> bytes:
        return hashlib.sha256(f"{self.seed} {self.number} {what}".encode()).digest()


def populate(
    engine: Engine,
    log: LogSeal,
    seed: int,
    public_keys: Sequence[bytes],
    before: Sequence[Stored] = (),
    states: Mapping[int, bytes] | None = None,
) -> None:
    """Write one person, device, session and head for each public key, and what came before.

    Of some agents, by their number, that is also the state in which the scorer's last look left
    the session.
    """
    now_us = time.time_ns() // 1000
    with engine.begin() as connection:
        projects = tables.projects.c
        project, organisation = connection.execute(
            select(projects.id, projects.organisation).where(projects.name == PROJECT)
        ).one()
        shared = {"organisation": organisation, "project": project, "now_us": now_us}
        for at in range(0, len(public_keys), _ROWS_AT_ONCE):
            keys = public_keys[at : at + _ROWS_AT_ONCE]
            agents = [SimulatedAgent(seed, at + place) for place in range(len(keys))]
            for table, rows in _rows(agents, keys, shared):
                connection.execute(insert(table), rows)
        _store_before(connection, log, organisation, before, now_us, seed)
        _store_states(connection, log, organisation, states or {}, seed)


def begin_looks(engine: Engine) -> None:
    """From now on the scorer's looks are due, each at its moment of the coming round."""
    due_us = tables.scoring_states.c.due_us
    shift_us = time.time_ns() // 1000 - _FAR_US
    with engine.begin() as connection:
        connection.execute(update(tables.scoring_states).values(due_us=due_us + shift_us))


def _store_before(
    connection: Connection,
    log: LogSeal,
    organisation: int,
    before: Sequence[Stored],
    now_us: int,
    seed: int,
) -> None:
    last: dict[int, tuple[int, Stored]] = {}
    for at in range(0, len(before), _ROWS_AT_ONCE):
        rows = []
        for row, batch in enumerate(before[at : at + _ROWS_AT_ONCE], at + 1):
            previous = last.get(batch.agent)
            session = SimulatedAgent(seed, batch.agent).session
            place = LogPlace(organisation, session, batch.sequence, batch.digest)
            rows.append(
                {
                    "row": row,
                    "organisation": organisation,
                    "session": FIRST_SESSION + batch.agent,
                    "sequence": batch.sequence,
                    "previous_row": previous[0] if previous else None,
                    "digest": batch.digest,
                    "received_us": now_us,
                    "sealed": log.seal(place, batch.sealed()),
                }
            )
            last[batch.agent] = (row, batch)
        connection.execute(insert(tables.batches), rows)
    _move_heads(connection, last)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "SELECT setval(pg_get_serial_sequence('batches', 'row'), "
            "(SELECT coalesce(max(row), 0) + 1 FROM batches), false)"
        )


def _move_heads(connection: Connection, last: Mapping[int, tuple[int, Stored]]) -> None:
    heads = tables.heads
    move = (
        update(heads)
        .where(heads.c.session == bindparam("at"))
        .values(sequence=bindparam("to"), digest=bindparam("by"), last_row=bindparam("last"))
    )
    moved = [
        {"at": FIRST_SESSION + agent, "to": batch.sequence, "by": batch.digest, "last": row}
        for agent, (row, batch) in last.items()
    ]
    if moved:
        connection.execute(move, moved)


def _store_states(
    connection: Connection,
    log: LogSeal,
    organisation: int,
    states: Mapping[int, bytes],
    seed: int,
) -> None:
    table = tables.scoring_states
    keep = (
        update(table)
        .where(table.c.session == bindparam("at"))
        .values(state=bindparam("to"), next_sequence=ROUND_BATCHES)
    )
    rows = [
        {"at": FIRST_SESSION + agent, "to": log.seal(_place(organisation, seed, agent), state)}
        for agent, state in states.items()
    ]
    if rows:
        connection.execute(keep, rows)


def _place(organisation: int, seed: int, agent: int) -> LogPlace:
    return state_place(organisation, SimulatedAgent(seed, agent).session, ROUND_BATCHES)


def _rows(
    agents: Sequence[SimulatedAgent], keys: Sequence[bytes], shared: dict[str, Any]
) -> Iterator[tuple[Table, list[dict[str, object]]]]:
    organisation = shared["organisation"]
    yield (
        tables.people,
        [
            {
                "id": agent.person,
                "organisation": organisation,
                "name": f"Trainer {agent.number:06}",
                "role": "trainer",
            }
            for agent in agents
        ],
    )
    yield (
        tables.devices,
        [
            {
                "id": agent.device,
                "organisation": organisation,
                "person": agent.person,
                "public_key": key,
                "token_hash": hash_of(agent.token),
                "platform": "Linux",
                "agent_version": AGENT_VERSION,
                "enrolled_us": shared["now_us"],
            }
            for agent, key in zip(agents, keys, strict=True)
        ],
    )
    yield (
        tables.sessions,
        [
            {
                "row": FIRST_SESSION + agent.number,
                "organisation": organisation,
                "id": agent.session,
                "person": agent.person,
                "device": agent.device,
                "project": shared["project"],
                "policy_version": POLICY_VERSION,
                "agent_version": AGENT_VERSION,
                "opened_us": shared["now_us"] - ROUND_US,
            }
            for agent in agents
        ],
    )
    empty = ChainHead()
    yield (
        tables.heads,
        [
            {
                "session": FIRST_SESSION + agent.number,
                "organisation": organisation,
                "sequence": empty.sequence,
                "digest": empty.digest,
                "closed": empty.closed,
            }
            for agent in agents
        ],
    )
    yield (
        tables.scoring_states,
        [
            {
                "session": FIRST_SESSION + agent.number,
                "organisation": organisation,
                "due_us": _FAR_US + agent.look_us,
            }
            for agent in agents
        ],
    )
