"""Writing batches into PostgreSQL: a group in few statements, however many batches it holds."""

import logging
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.exc import DataError, IntegrityError

from server.records import Append, LogRow
from server.storage.tables import batches, scoring_jobs

_log = logging.getLogger(__name__)


def commit_group(engine: Engine, group: Sequence[LogRow]) -> list[bool]:
    """See `server.storage.group_commit.Commit`."""
    try:
        with engine.begin() as connection:
            return _store(connection, group)
    except (IntegrityError, DataError) as error:
        if len(group) > 1:
            # One that the database does not take must not hold up the others.
            return [stored for row in group for stored in commit_group(engine, [row])]
        _log.error("a batch was refused by the database", exc_info=error)
        return [False]


def _store(connection: Connection, group: Sequence[LogRow]) -> list[bool]:
    stored = [False] * len(group)
    for places in _rounds([each.append for each in group]):
        turn = [group[place] for place in places]
        moved = _move_heads(connection, [each.append for each in turn])
        kept = [(turn[place], row, previous) for place, row, previous in moved]
        _insert(connection, batches, (_batch_row(*each) for each in kept))
        closing = (each.append for each, *_ in kept if each.append.after.closed)
        _insert(connection, scoring_jobs, (_job_row(append) for append in closing))
        for place, *_ in moved:
            stored[places[place]] = True
    return stored


def _rounds(group: Sequence[Append]) -> list[list[int]]:
    """Places in the group, such that no statement moves a head twice."""
    rounds: list[list[int]] = []
    turns: dict[int, int] = {}
    for place, append in enumerate(group):
        turn = turns.get(append.session.row, 0)
        turns[append.session.row] = turn + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(place)
    return rounds


def _move_heads(
    connection: Connection, group: Sequence[Append]
) -> list[tuple[int, int, int | None]]:
    """Of those whose head was where they said: place, new row, row of the batch before."""
    found = connection.exec_driver_sql(_MOVE_HEADS, _arrays([_head_move(each) for each in group]))
    return [(place - 1, row, previous) for place, row, previous in found]


def _insert(connection: Connection, table: Table, rows: Iterable[Mapping[str, object]]) -> None:
    arrays = _arrays(list(rows))
    if not arrays:
        return
    types = {name: table.c[name].type.compile(connection.dialect) for name in arrays}
    names = ", ".join(f'"{name}"' for name in arrays)
    values = ", ".join(f"%({name})b::{kind}[]" for name, kind in types.items())
    # Names of columns and their types; values are bound.
    statement = f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({values})"  # noqa: S608
    connection.exec_driver_sql(statement, arrays)


def _arrays(rows: Sequence[Mapping[str, object]]) -> dict[str, list[object]]:
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}


def _head_move(append: Append) -> dict[str, object]:
    return {
        "session": append.session.row,
        "organisation": append.session.organisation,
        "at_sequence": append.before.sequence,
        "at_digest": append.before.digest,
        "to_sequence": append.after.sequence,
        "to_digest": append.after.digest,
        "to_closed": append.after.closed,
        "received_us": append.received_us,
    }


def _batch_row(each: LogRow, row: int, previous_row: int | None) -> dict[str, object]:
    append = each.append
    return {
        "row": row,
        "organisation": append.session.organisation,
        "session": append.session.row,
        "sequence": append.after.sequence,
        "previous_row": previous_row,
        "digest": append.after.digest,
        "received_us": append.received_us,
        "sealed": each.sealed,
    }


def _job_row(append: Append) -> dict[str, object]:
    return {
        "session": append.session.row,
        "organisation": append.session.organisation,
        "due_us": append.received_us,
        "claimed_until_us": 0,
        "attempts": 0,
        "done": False,
    }


_MOVE_HEADS = """
WITH move AS MATERIALIZED (
  SELECT * FROM unnest(
    %(session)b::bigint[], %(organisation)b::bigint[],
    %(at_sequence)b::bigint[], %(at_digest)b::bytea[],
    %(to_sequence)b::bigint[], %(to_digest)b::bytea[],
    %(to_closed)b::boolean[], %(received_us)b::bigint[]
  ) WITH ORDINALITY AS of_a_batch (
    session, organisation, at_sequence, at_digest,
    to_sequence, to_digest, to_closed, received_us, place
  )
), held AS MATERIALIZED (
  -- In one order on all nodes, so that none waits for one that waits for it.
  SELECT move.place, heads.last_row AS previous_row FROM heads
  JOIN move ON heads.session = move.session AND heads.organisation = move.organisation
  WHERE heads.sequence = move.at_sequence AND heads.digest = move.at_digest AND NOT heads.closed
  ORDER BY heads.session
  FOR UPDATE OF heads
), numbered AS MATERIALIZED (
  SELECT held.*, nextval((SELECT pg_get_serial_sequence('batches', 'row')::regclass)) AS new_row
  FROM held
)
UPDATE heads
SET sequence = move.to_sequence, digest = move.to_digest, closed = move.to_closed,
    received_us = move.received_us, last_row = numbered.new_row
FROM move JOIN numbered ON numbered.place = move.place
WHERE heads.session = move.session
  AND heads.sequence = move.at_sequence AND heads.digest = move.at_digest AND NOT heads.closed
RETURNING move.place, numbered.new_row, numbered.previous_row
"""
