"""What looks after the whole store, across organisations: for the operator's commands alone."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Column, ColumnElement, Engine, delete, func, select

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
        uploaded = func.coalesce(objects.name, objects.digest)
        yield from self._named(objects.row, objects.organisation, (uploaded,))
        exports = tables.personal_exports.c
        made = func.coalesce(exports.name, exports.digest)
        yield from self._named(exports.row, exports.organisation, (made,))
        halves = (
            func.coalesce(compacted.original_name, compacted.original),
            func.coalesce(compacted.block_name, compacted.block),
        )
        yield from self._named(compacted.session, compacted.organisation, halves)

    def _named(
        self, key: Column[int], organisation: Column[int], names: Sequence[ColumnElement[bytes]]
    ) -> Iterator[tuple[int, bytes]]:
        """What the columns of a table name, page by page."""
        after, columns = 0, select(key, organisation, *names)
        while True:
            page = columns.where(key > after).order_by(key).limit(_AT_ONCE)
            with self._reading.connect() as connection:
                rows = connection.execute(page).all()
            if not rows:
                return
            yield from ((row[1], bytes(name)) for row in rows for name in row[2:] if name)
            after = rows[-1][0]

    def forget_answers(self, now_us: int) -> int:
        """Delete answers that are given again no longer."""
        table = tables.idempotency_keys
        over = table.c.expires_us <= now_us
        # Looked for first: it is asked each second, and there is something to delete once a day.
        with self._reading.connect() as connection:
            if connection.execute(select(table.c.row).where(over).limit(1)).first() is None:
                return 0
        with self._writing.begin() as connection:
            return connection.execute(delete(table).where(over)).rowcount

    def forget_expired(self, before_us: int, *, dry_run: bool) -> Mapping[str, int]:
        """Delete codes, links and attempts that expired before a moment; how many of each."""
        codes, resets = tables.pairing_codes, tables.password_resets
        invitations, attempts = tables.invitations, tables.attempts
        once = tables.idempotency_keys
        due = {
            "pairing_codes": (codes, codes.c.expires_us < before_us),
            "password_resets": (resets, resets.c.expires_us < before_us),
            "invitations": (invitations, invitations.c.expires_us < before_us),
            "attempts": (attempts, attempts.c.started_us < before_us),
            "idempotency_keys": (once, once.c.expires_us < before_us),
        }
        if dry_run:
            with self._reading.connect() as connection:
                return {
                    name: connection.execute(
                        select(func.count()).select_from(table).where(old)
                    ).scalar_one()
                    for name, (table, old) in due.items()
                }
        invited = select(invitations.c.row).where(invitations.c.expires_us < before_us)
        teams = tables.invitation_teams
        with self._writing.begin() as connection:
            connection.execute(delete(teams).where(teams.c.invitation.in_(invited)))
            return {
                name: connection.execute(delete(table).where(old)).rowcount
                for name, (table, old) in due.items()
            }
