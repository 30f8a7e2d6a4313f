"""Attempts at what can be guessed, in SQL: they hold over restarts and for all nodes."""

from sqlalchemy import Engine, case, delete, insert, update
from sqlalchemy.exc import IntegrityError

from server.storage import tables

_KEPT_US = 24 * 3600 * 1_000_000
_TABLE = tables.attempts


class SqlAttempts:
    """See `server.storage.protocols.signin.Attempts`."""

    _writing: Engine

    def attempt(self, name_hash: bytes, window_us: int, now_us: int) -> tuple[int, int]:
        """Count an attempt."""
        over = _TABLE.c.started_us <= now_us - window_us
        again = (
            update(_TABLE)
            .where(_TABLE.c.name_hash == name_hash)
            .values(
                count=case((over, 1), else_=_TABLE.c.count + 1),
                started_us=case((over, now_us), else_=_TABLE.c.started_us),
            )
            .returning(_TABLE.c.count, _TABLE.c.started_us)
        )
        while True:
            with self._writing.begin() as connection:
                row = connection.execute(again).one_or_none()
            if row is not None:
                return int(row[0]), int(row[1])
            if self._first(name_hash, now_us):
                return 1, now_us

    def give_back(self, name_hash: bytes) -> None:
        """Take one attempt back."""
        one_less = update(_TABLE).where(_TABLE.c.name_hash == name_hash, _TABLE.c.count > 0)
        with self._writing.begin() as connection:
            connection.execute(one_less.values(count=_TABLE.c.count - 1))

    def forget_attempts(self, name_hash: bytes) -> None:
        """Forget all attempts of a name."""
        with self._writing.begin() as connection:
            connection.execute(delete(_TABLE).where(_TABLE.c.name_hash == name_hash))

    def _first(self, name_hash: bytes, now_us: int) -> bool:
        """Count the first one; False if another request just did."""
        first = insert(_TABLE).values(name_hash=name_hash, started_us=now_us, count=1)
        try:
            with self._writing.begin() as connection:
                old = _TABLE.c.started_us < now_us - _KEPT_US
                connection.execute(delete(_TABLE).where(old))
                connection.execute(first)
        except IntegrityError:
            return False
        return True
