"""Webhooks of one organisation, in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from server.records.announcements import Happened
from server.records.webhooks import (
    AttemptLine,
    DeliveryLine,
    DeliveryState,
    Endpoint,
    Failure,
    Paused,
)
from server.storage import tables
from server.storage.sql.announcements import as_announcement, kinds_of, new_delivery
from server.storage.sql.bound import Bound

_ENDPOINT = tables.webhook_endpoints
_DELIVERY = tables.webhook_deliveries
_ATTEMPT = tables.webhook_attempts
_ANNOUNCEMENT = tables.announcements
_AGAIN: dict[str, object] = {"paused_us": None, "paused_why": None, "due_us": 0}


class SqlWebhooks(Bound):
    """See `server.storage.protocols.webhooks.Webhooks`."""

    def endpoints(self, after_row: int, limit: int) -> Sequence[Endpoint]:
        """The next ones behind a row."""
        query = self._select(_ENDPOINT).where(_ENDPOINT.c.row > after_row)
        found = self._all(query.order_by(_ENDPOINT.c.row).limit(limit))
        return [_as_endpoint(row) for row in found]

    def endpoint(self, endpoint: bytes) -> Endpoint | None:
        """An endpoint by its id."""
        row = self._one(self._select(_ENDPOINT).where(_ENDPOINT.c.id == endpoint))
        return _as_endpoint(row) if row else None

    def add_endpoint(
        self, endpoint: bytes, url: str, kinds: frozenset[Happened], sealed: bytes, now_us: int
    ) -> None:
        """Add one."""
        values = {
            "id": endpoint,
            "url": url,
            "kinds": _text(kinds),
            "sealed_secret": sealed,
            "previous_until_us": 0,
            "created_us": now_us,
            "failures": 0,
            "due_us": 0,
        }
        with self._transaction() as connection:
            connection.execute(self._insert(_ENDPOINT, values))

    def change_endpoint(
        self,
        endpoint: bytes,
        url: str,
        kinds: frozenset[Happened],
        paused: bool,
        now_us: int,
    ) -> bool:
        """Change it; one that is no longer paused is tried at once."""
        here = self._update(_ENDPOINT).where(_ENDPOINT.c.id == endpoint)
        with self._transaction() as connection:
            changed = here.values(url=url, kinds=_text(kinds))
            if connection.execute(changed).rowcount != 1:
                return False
            if paused:
                pause = here.where(_ENDPOINT.c.paused_us.is_(None))
                pause = pause.values(paused_us=now_us, paused_why=Paused.ASKED.value)
                connection.execute(pause)
            else:
                resume = here.where(_ENDPOINT.c.paused_us.is_not(None))
                connection.execute(resume.values(failures=0, failing_since_us=None, **_AGAIN))
            return True

    def set_endpoint_secret(self, endpoint: bytes, sealed: bytes, previous_until_us: int) -> bool:
        """Sign with another secret; with the one before too, until then."""
        here = self._update(_ENDPOINT).where(_ENDPOINT.c.id == endpoint)
        changed = here.values(
            sealed_secret=sealed,
            sealed_previous=_ENDPOINT.c.sealed_secret,
            previous_until_us=previous_until_us,
        )
        with self._transaction() as connection:
            return connection.execute(changed).rowcount == 1

    def remove_endpoint(self, endpoint: bytes) -> bool:
        """Remove it with its deliveries and their log."""
        with self._transaction() as connection:
            row = self._row(connection, endpoint)
            if row is None:
                return False
            theirs = self._select(_DELIVERY, _DELIVERY.c.row).where(_DELIVERY.c.endpoint == row)
            connection.execute(self._delete(_ATTEMPT).where(_ATTEMPT.c.delivery.in_(theirs)))
            connection.execute(self._delete(_DELIVERY).where(_DELIVERY.c.endpoint == row))
            connection.execute(self._delete(_ENDPOINT).where(_ENDPOINT.c.row == row))
            return True

    def test_endpoint(self, endpoint: bytes, now_us: int) -> int | None:
        """Make a test due there, and nowhere else; its number."""
        with self._transaction() as connection:
            row = self._row(connection, endpoint)
            if row is None:
                return None
            newest = self._select(_ANNOUNCEMENT, func.max(_ANNOUNCEMENT.c.number))
            number = int(connection.execute(newest).scalar_one() or 0) + 1
            values: dict[str, object] = {
                "at_us": now_us,
                "kind": Happened.WEBHOOK_TEST.value,
                "subject": endpoint.hex(),
                "number": number,
            }
            key = connection.execute(self._insert(_ANNOUNCEMENT, values)).inserted_primary_key
            due = new_delivery(row, int(key[0]) if key else 0, now_us)
            connection.execute(self._insert(_DELIVERY, due))
            return number

    def replay(self, endpoint: bytes, first: int, last: int, now_us: int) -> int:
        """Make due again what happened in a range of numbers and is of its kinds; how many."""
        with self._transaction() as connection:
            row = self._row(connection, endpoint)
            if row is None:
                return 0
            kinds = select(_ENDPOINT.c.kinds).where(_ENDPOINT.c.row == row)
            wanted = connection.execute(kinds).scalar_one().split()
            happened = self._select(_ANNOUNCEMENT, _ANNOUNCEMENT.c.row).where(
                _ANNOUNCEMENT.c.number.between(first, last), _ANNOUNCEMENT.c.kind.in_(wanted)
            )
            sent = self._select(_DELIVERY, _DELIVERY.c.announcement).where(
                _DELIVERY.c.endpoint == row
            )
            again = self._update(_DELIVERY).where(
                _DELIVERY.c.endpoint == row, _DELIVERY.c.announcement.in_(happened)
            )
            values = new_delivery(row, 0, now_us)
            due = {name: values[name] for name in ("state", "attempts", "created_us", "due_us")}
            count = connection.execute(again.values(**due, ended_us=None)).rowcount
            missing = happened.where(_ANNOUNCEMENT.c.row.not_in(sent))
            for announcement in connection.execute(missing).scalars().all():
                values = new_delivery(row, announcement, now_us)
                connection.execute(self._insert(_DELIVERY, values))
                count += 1
            return count

    def deliveries(
        self, endpoint: bytes, before_row: int | None, limit: int
    ) -> Sequence[DeliveryLine]:
        """What was sent to an endpoint or waits for it, the newest first."""
        query = self._deliveries(endpoint).order_by(_DELIVERY.c.row.desc()).limit(limit)
        if before_row is not None:
            query = query.where(_DELIVERY.c.row < before_row)
        return self._with_attempts(self._all(query))

    def delivery(self, endpoint: bytes, number: int) -> DeliveryLine | None:
        """The delivery of one announcement to one endpoint."""
        query = self._deliveries(endpoint).where(_ANNOUNCEMENT.c.number == number)
        return next(iter(self._with_attempts(self._all(query))), None)

    def _deliveries(self, endpoint: bytes) -> Any:
        joined = _DELIVERY.join(_ANNOUNCEMENT, _ANNOUNCEMENT.c.row == _DELIVERY.c.announcement)
        # As one value, so that the index which finds its deliveries also gives their order.
        named = self._select(_ENDPOINT, _ENDPOINT.c.row).where(_ENDPOINT.c.id == endpoint)
        columns = (
            _DELIVERY.c.row.label("delivery"),
            _DELIVERY.c.state,
            _DELIVERY.c.attempts,
            _DELIVERY.c.due_us,
            _DELIVERY.c.ended_us,
            *_ANNOUNCEMENT.c,
        )
        query = self._select(_DELIVERY, *columns).select_from(joined)
        return query.where(_DELIVERY.c.endpoint == named.scalar_subquery())

    def _with_attempts(self, rows: Sequence[Any]) -> list[DeliveryLine]:
        numbers = [row.delivery for row in rows]
        query = self._select(_ATTEMPT).where(_ATTEMPT.c.delivery.in_(numbers))
        tried: dict[int, list[AttemptLine]] = {}
        for row in self._all(query.order_by(_ATTEMPT.c.row)):
            tried.setdefault(row.delivery, []).append(_as_attempt(row))
        return [
            DeliveryLine(
                row.delivery,
                DeliveryState(row.state),
                row.attempts,
                row.due_us,
                row.ended_us,
                as_announcement(row),
                tried.get(row.delivery, []),
            )
            for row in rows
        ]

    def _row(self, connection: Connection, endpoint: bytes) -> int | None:
        query = self._select(_ENDPOINT, _ENDPOINT.c.row).where(_ENDPOINT.c.id == endpoint)
        found = connection.execute(query).scalar_one_or_none()
        return int(found) if found is not None else None


def _text(kinds: frozenset[Happened]) -> str:
    return " ".join(sorted(kinds))


def _as_endpoint(row: Any) -> Endpoint:
    return Endpoint(
        row.row,
        bytes(row.id),
        row.url,
        kinds_of(row.kinds),
        row.created_us,
        row.paused_us,
        Paused(row.paused_why) if row.paused_why else None,
        row.failures,
        row.failing_since_us,
        row.previous_until_us,
    )


def _as_attempt(row: Any) -> AttemptLine:
    error = Failure(row.error) if row.error else None
    return AttemptLine(row.number, row.at_us, row.duration_ms, row.status, error, row.answer)
