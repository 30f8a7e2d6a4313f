"""Which tables a piece of work reads from end to end, as SQLite plans it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from tests.server.house import House

_SORTED = "USE TEMP B-TREE FOR ORDER BY"
_WALKED = re.compile(r"SEARCH (\w+) USING (?:COVERING )?INDEX \w+ \(organisation=\?\)")
_SCANNED = re.compile(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")


class Reads:
    """What was asked while it watched."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.asked: list[tuple[str, Sequence[object]]] = []

    def scanned(self) -> set[str]:
        """Tables that were read from end to end, by a name the query gives them."""
        found: set[str] = set()
        for _, detail in self._steps():
            if scan := _SCANNED.match(detail):
                found.add(scan[1] if scan[2] is None else f"{scan[1]} by {scan[2]}")
        return found

    def walked(self) -> set[str]:
        """Tables of which all that an organisation has is looked at, to be sorted."""
        searched: dict[str, set[str]] = {}
        sorts: set[str] = set()
        for statement, detail in self._steps():
            if detail.startswith(_SORTED):
                sorts.add(statement)
            if search := _WALKED.match(detail):
                searched.setdefault(statement, set()).add(search[1])
        return {table for statement in sorts for table in searched.get(statement, ())}

    def _steps(self) -> Iterator[tuple[str, str]]:
        with self._engine.connect() as connection:
            for statement, values in dict.fromkeys((s, tuple(v)) for s, v in self.asked):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                yield from ((statement, step.detail) for step in plan.all())


@contextmanager
def reading(house: House, *, served: bool = False) -> Iterator[Reads]:
    """Watch what is asked of the database in the block.

    `served`: also by a server that this process runs, which has connections of its own.
    """
    engine = Engine if served else house.database.reading
    reads = Reads(house.database.reading)

    def note(*called: Any) -> None:
        statement, values, many = called[2], called[3], called[5]
        if statement.split(None, 1)[0] in {"SELECT", "WITH", "UPDATE", "DELETE"}:
            reads.asked += [(statement, each) for each in (values if many else [values])]

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield reads
    finally:
        event.remove(engine, "before_cursor_execute", note)
