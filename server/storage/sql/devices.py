"""Devices and pairing codes in SQL."""

from server.storage import tables
from server.storage.sql.bound import Bound


class SqlDevices(Bound):
    """See `server.storage.protocols.devices.Devices`."""

    def add_pairing_code(self, code_hash: bytes, person: bytes, expires_us: int) -> None:
        """Store a code that enrols one device for this person."""
        values = {"code_hash": code_hash, "person": person, "expires_us": expires_us}
        with self._transaction(alone=False) as connection:
            connection.execute(self._insert(tables.pairing_codes, values))
