"""What looks after the whole store, across organisations: for the operator's commands alone."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Column, Engine, select

from server.storage import tables
from server.storage.sql.database import Database

_AT_ONCE = 1_000


class SqlUpkeep:
    """See `server.storage.protocols.operation.Upkeep`."""

    _database: Database
    _reading: Engine
    _writing: Engine

    def listed_objects(self) -> Iterator[tuple[int, bytes]]:
        """Every object that the database names, with its organisation; some of them twice."""
        objects, compacted = tables.objects.c, tables.compacted.c
        yield from self._named(objects.row, objects.organisation, (objects.digest,))
        halves = (compacted.original, compacted.block)
        yield from self._named(compacted.session, compacted.organisation, halves)

    def _named(
        self, key: Column[int], organisation: Column[int], digests: Sequence[Column[bytes]]
    ) -> Iterator[tuple[int, bytes]]:
        """The digests in the columns of a table, page by page."""
        after, columns = 0, select(key, organisation, *digests)
        while True:
            page = columns.where(key > after).order_by(key).limit(_AT_ONCE)
            with self._reading.connect() as connection:
                rows = connection.execute(page).all()
            if not rows:
                return
            yield from ((row[1], bytes(digest)) for row in rows for digest in row[2:])
            after = rows[-1][0]
