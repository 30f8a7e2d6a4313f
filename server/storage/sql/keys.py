"""Platform keys in SQL."""

from server.storage import tables
from server.storage.sql.bound import Bound, taken


class SqlPlatformKeys(Bound):
    """See `server.storage.protocols.keys.PlatformKeys`."""

    def add_platform_key(self, name: str, key_hash: bytes) -> None:
        """Store a platform key."""
        values = {"name": name, "key_hash": key_hash}
        with taken(f"there is a key {name!r} already"), self._transaction() as connection:
            connection.execute(self._insert(tables.platform_keys, values))
