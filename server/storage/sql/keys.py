"""Platform keys in SQL."""

from collections.abc import Sequence, Set
from typing import Any

from server.records import PlatformKey, Scope
from server.storage import tables
from server.storage.sql.bound import Bound, taken


class SqlPlatformKeys(Bound):
    """See `server.storage.protocols.keys.PlatformKeys`."""

    def add_platform_key(self, name: str, key_hash: bytes, scopes: Set[Scope], now_us: int) -> None:
        """Store a platform key."""
        values = {
            "name": name,
            "key_hash": key_hash,
            "scopes": " ".join(sorted(scopes)),
            "created_us": now_us,
        }
        with taken(f"there is a key {name!r} already"), self._transaction() as connection:
            connection.execute(self._insert(tables.platform_keys, values))

    def platform_keys(self) -> Sequence[PlatformKey]:
        """All keys, by name."""
        query = self._select(tables.platform_keys).order_by(tables.platform_keys.c.name)
        return [as_platform_key(row) for row in self._all(query)]

    def revoke_platform_key(self, row: int, now_us: int) -> bool:
        """Revoke a key; whether it was in force."""
        table = tables.platform_keys
        statement = self._update(table).where(table.c.row == row, table.c.revoked_us.is_(None))
        with self._transaction() as connection:
            return connection.execute(statement.values(revoked_us=now_us)).rowcount > 0


def as_platform_key(row: Any) -> PlatformKey:
    """A row of `platform_keys` without its hash; scopes that this version lacks are left out."""
    known = {scope.value for scope in Scope}
    return PlatformKey(
        organisation=row.organisation,
        row=row.row,
        name=row.name,
        scopes=frozenset(Scope(text) for text in row.scopes.split() if text in known),
        created_us=row.created_us,
        used_us=row.used_us,
        revoked_us=row.revoked_us,
    )
