"""Which tables a piece of work reads from end to end, as SQLite plans it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from tests.server.house import House

_SCANNED = re.compile(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")


class Reads:
    """What was asked while it watched."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.asked: list[tuple[str, Sequence[object]]] = []

    def scanned(self) -> set[str]:
        """Tables that were read from end to end, by a name the query gives them."""
        found: set[str] = set()
        with self._engine.connect() as connection:
            for statement, values in self.asked:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(values))
                for step in plan.all():
                    if scan := _SCANNED.match(step.detail):
                        found.add(scan[1] if scan[2] is None else f"{scan[1]} by {scan[2]}")
        return found


@contextmanager
def reading(house: House) -> Iterator[Reads]:
    """Watch what is asked of the database in the block."""
    engine = house.database.reading
    reads = Reads(engine)

    def note(*called: Any) -> None:
        statement, values, many = called[2], called[3], called[5]
        if statement.split(None, 1)[0] in {"SELECT", "WITH", "UPDATE", "DELETE"}:
            reads.asked += [(statement, each) for each in (values if many else [values])]

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield reads
    finally:
        event.remove(engine, "before_cursor_execute", note)
