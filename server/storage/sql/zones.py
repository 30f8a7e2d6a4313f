"""Time zones that days are counted in, in SQL."""

from sqlalchemy import func

from server.storage import tables
from server.storage.sql.bound import Bound


class SqlZones(Bound):
    """The part of `server.storage.protocols.hours.Hours` about zones."""

    def own_zone_since(self, person: bytes) -> int | None:
        """When a person chose their newest zone."""
        zone = tables.zones.c
        query = self._select(tables.zones, func.max(zone.since_s)).where(zone.person == person)
        row = self._one(query)
        return row[0] if row else None

    def set_zone(self, person: bytes | None, zone: str, since_s: int) -> None:
        """Count days in a zone from a moment on."""
        values: dict[str, object] = {"since_s": since_s, "zone": zone}
        if person is not None:
            values["person"] = person
        with self._transaction() as connection:
            connection.execute(self._insert(tables.zones, values))
