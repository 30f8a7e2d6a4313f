"""Legal holds, records of purges and the work of each day, in SQL."""

from collections.abc import Sequence
from dataclasses import asdict

from server.records.audit import SignedDocument
from server.records.privacy import Held, LegalHold
from server.storage import tables
from server.storage.sql.bound import Bound

_HOLD = tables.legal_holds.c
_DAILY = tables.daily_work.c
_CLAIM_US = 3_600_000_000


class SqlHolds(Bound):
    """See `server.storage.protocols.privacy.Holds`."""

    def add_legal_hold(self, hold: LegalHold) -> int:
        """Place one."""
        values = {name: value for name, value in asdict(hold).items() if name != "row"}
        with self._transaction() as connection:
            key = connection.execute(self._insert(tables.legal_holds, values)).inserted_primary_key
        return int(key[0]) if key else 0

    def lift_legal_hold(self, row: int, lifted_by: str, now_us: int) -> bool:
        """End one."""
        statement = self._update(tables.legal_holds).where(
            _HOLD.row == row, _HOLD.lifted_us.is_(None)
        )
        with self._transaction() as connection:
            lifted = connection.execute(statement.values(lifted_by=lifted_by, lifted_us=now_us))
            return lifted.rowcount == 1

    def legal_holds(self) -> Sequence[LegalHold]:
        """All that there ever were."""
        columns = [_HOLD[name] for name in LegalHold.__slots__]
        query = self._select(tables.legal_holds, *columns).order_by(_HOLD.row.desc())
        return [LegalHold(*row) for row in self._all(query)]

    def held(self, now_us: int) -> Held:
        """What is under one that is in force."""
        in_force = [hold for hold in self.legal_holds() if hold.in_force(now_us)]
        return Held(
            frozenset(hold.person for hold in in_force if hold.person is not None),
            frozenset(hold.session for hold in in_force if hold.session is not None),
            frozenset(hold.project for hold in in_force if hold.project is not None),
        )


class SqlProofs(Bound):
    """See `server.storage.protocols.privacy.Proofs`."""

    def add_purge_record(self, at_us: int, document: bytes, signature: bytes) -> None:
        """Store a signed record."""
        values = {"at_us": at_us, "document": document, "signature": signature}
        with self._transaction(alone=False) as connection:
            connection.execute(self._insert(tables.purge_records, values))

    def purge_records(self, limit: int) -> Sequence[SignedDocument]:
        """The newest records."""
        table = tables.purge_records
        columns = [table.c[name] for name in SignedDocument.__slots__]
        query = self._select(table, *columns).order_by(table.c.row.desc()).limit(limit)
        return [SignedDocument(*row) for row in self._all(query)]

    def claim_daily(self, kind: str, day: int, now_us: int) -> bool:
        """Take a day's work."""
        its = self._select(tables.daily_work, _DAILY.day).where(_DAILY.kind == kind)
        claimed = {"day": day, "claimed_until_us": now_us + _CLAIM_US, "done": False}
        free = (_DAILY.day < day) | ((_DAILY.claimed_until_us < now_us) & _DAILY.done.is_(False))
        take = self._update(tables.daily_work).where(_DAILY.kind == kind, free)
        if (row := self._one(its.where(~free))) is not None and row.day >= day:
            return False
        with self._transaction() as connection:
            if connection.execute(its).one_or_none() is None:
                connection.execute(self._insert(tables.daily_work, {"kind": kind, **claimed}))
                return True
            return connection.execute(take.values(**claimed)).rowcount == 1

    def finish_daily(self, kind: str, day: int) -> None:
        """Note that a day's work is done."""
        statement = self._update(tables.daily_work).where(_DAILY.kind == kind, _DAILY.day == day)
        with self._transaction(alone=False) as connection:
            connection.execute(statement.values(done=True))
