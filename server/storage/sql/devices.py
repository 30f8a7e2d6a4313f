"""Devices and pairing codes in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select

from server.records import DeviceLine
from server.storage import tables
from server.storage.sql.bound import Bound

_HOUR_US = 3_600_000_000


class SqlDevices(Bound):
    """See `server.storage.protocols.devices.Devices`."""

    def add_pairing_code(self, code_hash: bytes, person: bytes, expires_us: int) -> None:
        """Store a code that enrols one device for this person, in the place of one not used."""
        codes = tables.pairing_codes
        values = {"code_hash": code_hash, "person": person, "expires_us": expires_us}
        waiting = self._delete(codes).where(codes.c.person == person, codes.c.used_us.is_(None))
        with self._transaction() as connection:
            connection.execute(waiting)
            connection.execute(self._insert(codes, values))

    def devices(self, person: bytes | None) -> Sequence[DeviceLine]:
        """Devices, the newest first; of one person, if one is given."""
        table = tables.devices
        query = self._device_lines().order_by(table.c.enrolled_us.desc(), table.c.id)
        if person is not None:
            query = query.where(table.c.person == person)
        return [as_device_line(row) for row in self._all(query)]

    def _device_lines(self) -> Select[Any]:
        table, people = tables.devices, tables.people
        sessions, heads = tables.sessions, tables.heads
        # When its last batch came is known already: noting it at each would slow the hot route.
        received_us = (
            select(heads.c.received_us)
            .join(sessions, sessions.c.row == heads.c.session)
            .where(sessions.c.device == table.c.id)
            .order_by(sessions.c.row.desc())
            .limit(1)
            .scalar_subquery()
        )
        columns = [table.c[name] for name in _OWN]
        return self._select(table, *columns, people.c.name, received_us.label("received_us")).join(
            people, people.c.id == table.c.person
        )

    def revoke_device(self, device: bytes, now_us: int) -> bool:
        """Take nothing from a device any more; whether it is there and was not revoked."""
        table = tables.devices
        statement = self._update(table).where(table.c.id == device, table.c.revoked_us.is_(None))
        with self._transaction(alone=False) as connection:
            return connection.execute(statement.values(revoked_us=now_us)).rowcount == 1

    def note_device(
        self, device: bytes, agent_version: str, observes: bytes | None, now_us: int
    ) -> None:
        """Note that a device was here, at most once an hour unless it changed."""
        table = tables.devices
        row = self._one(
            self._select(table, table.c.id).where(
                table.c.id == device,
                table.c.agent_version == agent_version,
                func.coalesce(table.c.observes, b"") == (observes or b""),
                table.c.seen_us >= now_us - _HOUR_US,
            )
        )
        if row is not None:
            return
        values = {"agent_version": agent_version, "observes": observes, "seen_us": _hour(now_us)}
        statement = self._update(table).where(table.c.id == device)
        with self._transaction(alone=False) as connection:
            connection.execute(statement.values(**values))


_OWN = (
    "id",
    "person",
    "platform",
    "agent_version",
    "enrolled_us",
    "revoked_us",
    "seen_us",
    "observes",
)


def as_device_line(row: Any) -> DeviceLine:
    """A row of a device's line."""
    return DeviceLine(
        row.id,
        row.person,
        row.name,
        row.platform,
        row.agent_version,
        row.enrolled_us,
        row.revoked_us,
        _later_hour(row.seen_us, row.received_us),
        row.observes,
    )


def _hour(at_us: int) -> int:
    return at_us - at_us % _HOUR_US


def _later_hour(*moments_us: int | None) -> int | None:
    known = [at_us for at_us in moments_us if at_us is not None]
    return _hour(max(known)) if known else None
