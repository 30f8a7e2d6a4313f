"""The simulated population: people, devices and open sessions, all derived from the seed."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Engine, Table, insert, select

from server.operation.keys import hash_of
from server.records import ROUND_US
from server.storage import tables
from wire.chain import ChainHead
from wire.signing import SigningKey

PROJECT = "bench"
POLICY_VERSION = 1
AGENT_VERSION = "0.1.0"
_ROWS_AT_ONCE = 10_000


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

    def _drawn(self, what: str) -> bytes:
        return hashlib.sha256(f"{self.seed} {self.number} {what}".encode()).digest()


def populate(engine: Engine, seed: int, public_keys: Sequence[bytes]) -> None:
    """Write one person, device, session and head for each public key, in bulk."""
    now_us = time.time_ns() // 1000
    with engine.begin() as connection:
        projects = tables.projects.c
        project, organisation = connection.execute(
            select(projects.id, projects.organisation).where(projects.name == PROJECT)
        ).one()
        first = (connection.execute(select(tables.sessions.c.row)).scalars().all() or [0])[-1] + 1
        shared = {"organisation": organisation, "project": project, "opened_us": now_us}
        for at in range(0, len(public_keys), _ROWS_AT_ONCE):
            keys = public_keys[at : at + _ROWS_AT_ONCE]
            agents = [SimulatedAgent(seed, at + place) for place in range(len(keys))]
            shared |= {"first": first, "policy_version": POLICY_VERSION}
            for table, rows in _rows(agents, keys, shared):
                connection.execute(insert(table), rows)


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
                "enrolled_us": shared["opened_us"],
            }
            for agent, key in zip(agents, keys, strict=True)
        ],
    )
    yield (
        tables.sessions,
        [
            {
                "row": shared["first"] + agent.number,
                "organisation": organisation,
                "id": agent.session,
                "person": agent.person,
                "device": agent.device,
                "project": shared["project"],
                "policy_version": shared["policy_version"],
                "agent_version": AGENT_VERSION,
                "opened_us": shared["opened_us"],
            }
            for agent in agents
        ],
    )
    empty = ChainHead()
    yield (
        tables.heads,
        [
            {
                "session": shared["first"] + agent.number,
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
                "session": shared["first"] + agent.number,
                "organisation": organisation,
                "due_us": shared["opened_us"] + _phase_us(agent),
            }
            for agent in agents
        ],
    )


def _phase_us(agent: SimulatedAgent) -> int:
    """Spread over a round from the start on, as if the sessions had been open for long."""
    return int.from_bytes(agent.session[:6], "big") * ROUND_US >> 48
