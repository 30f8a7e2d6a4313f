"""Requests that must be done once, in SQL."""

from sqlalchemy.exc import IntegrityError

from server.records.idempotency import KeptAnswer, Once
from server.storage import tables
from server.storage.sql.bound import Bound


class SqlIdempotency(Bound):
    """See `server.storage.protocols.idempotency.Idempotency`."""

    def begin_once(
        self, key_hash: bytes, fingerprint: bytes, now_us: int, expires_us: int
    ) -> Once | None:
        """Note durably that a request begins, or what is noted already."""
        table = tables.idempotency_keys
        values = {
            "key_hash": key_hash,
            "fingerprint": fingerprint,
            "begun_us": now_us,
            "expires_us": expires_us,
        }
        while True:
            try:
                with self._transaction(alone=False) as connection:
                    connection.execute(self._delete(table).where(table.c.expires_us <= now_us))
                    connection.execute(self._insert(table, values))
                    return None
            except IntegrityError:
                known = self._once(key_hash)
            # Gone again in the meantime, as it was refused: then it is the caller's after all.
            if known is not None:
                return known

    def keep_answer(self, key_hash: bytes, answer: KeptAnswer) -> None:
        """Note how the request was answered."""
        table = tables.idempotency_keys
        values = {"route": answer.route, "status": answer.status, "sealed": answer.sealed}
        with self._transaction(alone=False) as connection:
            connection.execute(
                self._update(table).where(table.c.key_hash == key_hash).values(**values)
            )

    def forget_once(self, key_hash: bytes) -> None:
        """Free the key."""
        table = tables.idempotency_keys
        with self._transaction(alone=False) as connection:
            connection.execute(self._delete(table).where(table.c.key_hash == key_hash))

    def _once(self, key_hash: bytes) -> Once | None:
        table = tables.idempotency_keys
        row = self._one(self._select(table).where(table.c.key_hash == key_hash))
        if row is None:
            return None
        answered = None
        if row.sealed is not None:
            answered = KeptAnswer(row.route, row.status, bytes(row.sealed))
        return Once(bytes(row.fingerprint), row.begun_us, answered)
