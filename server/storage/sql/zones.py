"""Time zones that days are counted in, in SQL."""

from server.storage import tables
from server.storage.sql.bound import Bound


class SqlZones(Bound):
    """The part of `server.storage.protocols.hours.Hours` about zones."""

    def set_zone(self, person: bytes | None, zone: str, since_s: int) -> None:
        """Count days in a zone from a moment on."""
        values: dict[str, object] = {"since_s": since_s, "zone": zone}
        if person is not None:
            values["person"] = person
        with self._transaction() as connection:
            connection.execute(self._insert(tables.zones, values))
