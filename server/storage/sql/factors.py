"""Second factors in SQL."""

from collections.abc import Sequence

from sqlalchemy import func, select, update

from server.records import NEEDS_SECOND_FACTOR, SecondFactor
from server.storage import tables
from server.storage.sql.bound import Bound

_FACTOR = tables.second_factors
_CODES = tables.recovery_codes
_PEOPLE = tables.people


class SqlSecondFactors(Bound):
    """See `server.storage.protocols.signin.SecondFactors`."""

    def require_second_factor(self, *, required: bool) -> None:
        """Ask for it from now on, or not."""
        table = tables.organisations
        asked = update(table).where(table.c.id == self.organisation)
        confirmed = select(_FACTOR.c.person).where(
            _FACTOR.c.organisation == self.organisation, _FACTOR.c.confirmed_us.is_not(None)
        )
        lacking = self._update(_PEOPLE).where(
            _PEOPLE.c.role.in_([role.value for role in NEEDS_SECOND_FACTOR]),
            _PEOPLE.c.id.not_in(confirmed),
        )
        with self._transaction() as connection:
            connection.execute(asked.values(second_factor_required=required))
            if required:
                connection.execute(lacking.values(epoch=_PEOPLE.c.epoch + 1))

    def second_factor_required(self) -> bool:
        """Whether it is asked for."""
        table = tables.organisations
        query = select(table.c.second_factor_required).where(table.c.id == self.organisation)
        row = self._one(query)
        return bool(row[0]) if row else False

    def second_factor(self, person: bytes) -> SecondFactor | None:
        """A person's factor."""
        columns = (_FACTOR.c.sealed, _FACTOR.c.confirmed_us, _FACTOR.c.last_step)
        row = self._one(self._select(_FACTOR, *columns).where(_FACTOR.c.person == person))
        return SecondFactor(bytes(row.sealed), row.confirmed_us, row.last_step) if row else None

    def begin_second_factor(self, person: bytes, sealed: bytes) -> bool:
        """Store a factor that waits for its first code."""
        waiting = (_FACTOR.c.person == person) & _FACTOR.c.confirmed_us.is_(None)
        known = self._select(_FACTOR, _FACTOR.c.person).where(_FACTOR.c.person == person)
        with self._transaction() as connection:
            connection.execute(self._delete(_FACTOR).where(waiting))
            if connection.execute(known).one_or_none() is not None:
                return False
            values = {"person": person, "sealed": sealed, "last_step": 0}
            connection.execute(self._insert(_FACTOR, values))
        return True

    def confirm_second_factor(
        self, person: bytes, step: int, code_hashes: Sequence[bytes], now_us: int
    ) -> bool:
        """The first code was right."""
        waiting = (_FACTOR.c.person == person) & _FACTOR.c.confirmed_us.is_(None)
        held = self._update(_FACTOR).where(waiting)
        with self._transaction() as connection:
            held = held.values(confirmed_us=now_us, last_step=step)
            if connection.execute(held).rowcount != 1:
                return False
            connection.execute(self._delete(_CODES).where(_CODES.c.person == person))
            for code_hash in code_hashes:
                values = {"person": person, "code_hash": code_hash}
                connection.execute(self._insert(_CODES, values))
        return True

    def use_step(self, person: bytes, step: int) -> bool:
        """Use the code of a time step up."""
        here = self._update(_FACTOR).where(_FACTOR.c.person == person, _FACTOR.c.last_step < step)
        with self._transaction() as connection:
            return connection.execute(here.values(last_step=step)).rowcount == 1

    def use_recovery_code(self, person: bytes, code_hash: bytes, now_us: int) -> bool:
        """Use a recovery code up."""
        here = self._update(_CODES).where(
            _CODES.c.person == person, _CODES.c.code_hash == code_hash, _CODES.c.used_us.is_(None)
        )
        with self._transaction() as connection:
            return connection.execute(here.values(used_us=now_us)).rowcount == 1

    def recovery_codes_left(self, person: bytes) -> int:
        """How many can still be used."""
        query = self._select(_CODES, func.count(_CODES.c.row)).where(
            _CODES.c.person == person, _CODES.c.used_us.is_(None)
        )
        row = self._one(query)
        return int(row[0]) if row else 0

    def delete_second_factor(self, person: bytes) -> None:
        """Delete factor and codes, and end every sign-in."""
        ended = self._update(_PEOPLE).where(_PEOPLE.c.id == person)
        with self._transaction() as connection:
            for table in (_FACTOR, _CODES):
                connection.execute(self._delete(table).where(table.c.person == person))
            connection.execute(ended.values(epoch=_PEOPLE.c.epoch + 1))
