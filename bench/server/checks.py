"""After a run: is everything that was acknowledged in the store, and do the receipts hold?"""

from dataclasses import dataclass

import numpy as np
from sqlalchemy import ColumnElement, Engine, func, select

from bench.server.population import SimulatedAgent
from bench.server.run_result import Measured
from bench.server.sealing import Sealed
from server.storage import tables
from wire.errors import WireError
from wire.messages import Acknowledgement, decode_message
from wire.signing import VerifyKey


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found."""

    acknowledged: int
    stored: int
    """Batches in the store, those included whose answer got lost."""
    missing: int
    """Acknowledged and not in the store."""
    heads_behind: int
    """Sessions whose head is not at least the last acknowledged batch."""
    looked_at: int
    """Open sessions that the scorer looked at."""
    scored: int
    """Closed sessions with their flag decision."""
    receipts: int
    receipts_wrong: int


def check(engine: Engine, sealed: Sealed, measured: Measured, seed: int, key: VerifyKey) -> Checked:
    """Compare the answers with the store."""
    told = np.flatnonzero(measured.acknowledged)
    batches, heads, compacted = _stored(engine)
    missing = sum(
        sealed.digests[number].tobytes() not in batches
        and SimulatedAgent(seed, int(sealed.agents[number])).session not in compacted
        for number in told
    )
    wrong = sum(
        not _holds(body, sealed.digests[number].tobytes(), key)
        for number, body in measured.run.receipts.items()
    )
    return Checked(
        acknowledged=len(told),
        stored=len(batches),
        missing=missing,
        heads_behind=_heads_behind(heads, sealed, told, seed),
        looked_at=_rows(engine, tables.scoring_states.c.provisional.is_not(None)),
        scored=_rows(engine, tables.facts.c.session.is_not(None)),
        receipts=len(measured.run.receipts),
        receipts_wrong=wrong,
    )


def _rows(engine: Engine, which: ColumnElement[bool]) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).where(which)).scalar_one()


def _stored(engine: Engine) -> tuple[set[bytes], dict[bytes, tuple[int, bytes]], set[bytes]]:
    """Digests in the log, heads, and sessions whose batches left the log: their heads speak."""
    sessions, heads, compacted = tables.sessions.c, tables.heads.c, tables.compacted.c
    with engine.connect() as connection:
        batches = set(connection.execute(select(tables.batches.c.digest)).scalars())
        found = connection.execute(
            select(sessions.id, heads.sequence, heads.digest).join(
                tables.heads, heads.session == sessions.row
            )
        )
        left = connection.execute(
            select(sessions.id).join(tables.compacted, compacted.session == sessions.row)
        )
        return batches, {row[0]: (row[1], row[2]) for row in found}, set(left.scalars())


def _heads_behind(
    heads: dict[bytes, tuple[int, bytes]], sealed: Sealed, told: np.ndarray, seed: int
) -> int:
    last: dict[int, int] = {}
    for number in told:
        agent, sequence = int(sealed.agents[number]), int(sealed.sequences[number])
        if agent not in last or sequence > sealed.sequences[last[agent]]:
            last[agent] = int(number)
    behind = 0
    for agent, number in last.items():
        sequence, digest = heads[SimulatedAgent(seed, agent).session]
        due = int(sealed.sequences[number])
        right = sequence > due or (sequence, digest) == (due, sealed.digests[number].tobytes())
        behind += not right
    return behind


def _holds(body: str, digest: bytes, key: VerifyKey) -> bool:
    try:
        receipt = decode_message(body.encode(), Acknowledgement)
        receipt.verify(key)
    except WireError:
        return False
    return receipt.digest == digest
