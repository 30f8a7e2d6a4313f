"""What looks after the whole store, across organisations: for the operator's commands alone."""

from collections.abc import Iterator

from sqlalchemy import Engine, select

from server.storage import tables

_AT_ONCE = 1_000


class SqlUpkeep:
    """See `server.storage.protocols.operation.Upkeep`."""

    def __init__(self, reading: Engine, writing: Engine) -> None:
        self._reading = reading
        self._writing = writing

    def listed_objects(self) -> Iterator[tuple[int, bytes]]:
        """Every object that the database names, with its organisation; some of them twice."""
        table, after = tables.objects, 0
        columns = select(table.c.row, table.c.organisation, table.c.digest)
        while True:
            page = columns.where(table.c.row > after).order_by(table.c.row).limit(_AT_ONCE)
            with self._reading.connect() as connection:
                rows = connection.execute(page).all()
            if not rows:
                return
            yield from ((row.organisation, bytes(row.digest)) for row in rows)
            after = rows[-1].row
