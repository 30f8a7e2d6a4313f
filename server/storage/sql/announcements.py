"""What happened, and who is told, in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, exists, func, insert, literal, select

from server.records.announcements import Announcement, Happened
from server.records.notices import Mailing, Told
from server.records.webhooks import DeliveryState
from server.storage import tables
from server.storage.sql.bound import Bound

_TABLE = tables.announcements
_ENDPOINT = tables.webhook_endpoints


class SqlAnnouncements(Bound):
    """See `server.storage.protocols.announcements.Announcements`.

    Written by `Bound._announce`, in the transaction of what happened. What has no number was not
    told: rows alone would not do, since of two transactions the later number may commit first.
    """

    def announcements(self, after_row: int, limit: int) -> Sequence[Announcement]:
        """The next ones behind a row."""
        query = self._select(_TABLE).where(_TABLE.c.row > after_row).order_by(_TABLE.c.row)
        return [as_announcement(row) for row in self._all(query.limit(limit))]

    def untold(self, limit: int) -> Sequence[Announcement]:
        """The oldest of which it was not yet settled who is told."""
        query = self._select(_TABLE).where(_TABLE.c.number.is_(None)).order_by(_TABLE.c.row)
        return [as_announcement(row) for row in self._all(query.limit(limit))]

    def tell(self, told: Sequence[Told], now_us: int, *, by_mail: bool) -> int:
        """Number them, and make due what is to be sent and shown, as one; how many were new."""
        with self._transaction() as connection:
            endpoints = self._endpoints(connection)
            number = self._next_number(connection)
            first = number
            for each in told:
                if self._numbered(connection, each.announcement, number):
                    number += 1
                    self._deliver(connection, each.announcement, endpoints, now_us)
                    self._notify(connection, each, now_us, by_mail)
            return number - first

    def _endpoints(self, connection: Connection) -> list[tuple[int, frozenset[Happened]]]:
        query = self._select(_ENDPOINT, _ENDPOINT.c.row, _ENDPOINT.c.kinds)
        found = connection.execute(query.where(_ENDPOINT.c.paused_us.is_(None)))
        return [(row.row, kinds_of(row.kinds)) for row in found]

    def _next_number(self, connection: Connection) -> int:
        query = self._select(_TABLE, func.coalesce(func.max(_TABLE.c.number), 0))
        return int(connection.execute(query).scalar_one()) + 1

    def _numbered(self, connection: Connection, each: Announcement, number: int) -> bool:
        here = self._update(_TABLE).where(_TABLE.c.row == each.row, _TABLE.c.number.is_(None))
        return connection.execute(here.values(number=number)).rowcount == 1

    def _deliver(
        self,
        connection: Connection,
        each: Announcement,
        endpoints: Sequence[tuple[int, frozenset[Happened]]],
        now_us: int,
    ) -> None:
        wanted = [endpoint for endpoint, kinds in endpoints if each.kind in kinds]
        if not wanted:
            return
        values = new_delivery(0, each.row, now_us)
        del values["endpoint"]
        found = self._select(
            _ENDPOINT,
            _ENDPOINT.c.organisation,
            _ENDPOINT.c.row,
            *(literal(value).label(name) for name, value in values.items()),
        ).where(_ENDPOINT.c.row.in_(wanted))
        made = insert(tables.webhook_deliveries).from_select(
            ["organisation", "endpoint", *values], found
        )
        connection.execute(made)

    def _notify(self, connection: Connection, told: Told, now_us: int, by_mail: bool) -> None:
        for notice in told.notices:
            values = {
                "person": notice.person,
                "announcement": told.announcement.row,
                "kind": notice.kind.value,
                "path": notice.path,
                "created_us": now_us,
                "mail": (Mailing.WAITING if by_mail else Mailing.NONE).value,
                "mail_attempts": 0,
                "mail_due_us": now_us,
            }
            connection.execute(self._insert(tables.notices, values))


class SqlUntold:
    """See `server.storage.protocols.announcements.Untold`."""

    _reading: Engine

    def organisations_with_news(self) -> Sequence[int]:
        """Where something happened that nobody was told of."""
        # Each organisation is asked: a DISTINCT would read every announcement, each second.
        organisation = tables.organisations.c.id
        news = exists().where(_TABLE.c.organisation == organisation, _TABLE.c.number.is_(None))
        query = select(organisation).where(news)
        with self._reading.connect() as connection:
            return connection.execute(query).scalars().all()


def as_announcement(row: Any) -> Announcement:
    """A row of announcements."""
    return Announcement(row.row, row.at_us, Happened(row.kind), row.subject, row.number)


def new_delivery(endpoint: int, announcement: int, now_us: int) -> dict[str, object]:
    """What is stored of a delivery that is due."""
    return {
        "endpoint": endpoint,
        "announcement": announcement,
        "state": DeliveryState.WAITING.value,
        "attempts": 0,
        "created_us": now_us,
        "due_us": now_us,
    }


def kinds_of(text: str) -> frozenset[Happened]:
    """The kinds that an endpoint wants, as they are stored."""
    return frozenset(Happened(kind) for kind in text.split())
