"""Deliveries of all organisations, in SQL.

A claim is nothing but a later due time and a higher number of attempts: one that nobody ends, since
its node was killed, is due again by itself, and a result counts only for the newest attempt.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, exists, func, insert, select, update

from server.records.announcements import Happened
from server.records.webhooks import AttemptMade, Claimed, DeliveryState, DueEndpoint, Paused
from server.storage import tables
from server.storage.sql.announcements import as_announcement

_ENDPOINT = tables.webhook_endpoints
_DELIVERY = tables.webhook_deliveries
_ATTEMPT = tables.webhook_attempts
_ANNOUNCEMENT = tables.announcements


class SqlDeliveries:
    """See `server.storage.protocols.webhooks.Deliveries`."""

    _reading: Engine
    _writing: Engine

    def due_endpoints(self, now_us: int) -> Sequence[DueEndpoint]:
        """Endpoints to which something is due, those that fail behind those that do not."""
        table = _ENDPOINT.c
        due = exists().where(*_due(now_us), _DELIVERY.c.endpoint == table.row)
        query = select(table.organisation, table.row, table.failures).where(
            table.paused_us.is_(None), table.due_us <= now_us, due
        )
        with self._reading.connect() as connection:
            found = connection.execute(query.order_by(table.failures, table.row)).all()
        return [DueEndpoint(*row) for row in found]

    def claim_deliveries(
        self, wanted: Mapping[int, int], now_us: int, until_us: int
    ) -> Sequence[Claimed]:
        """Take the oldest due deliveries: of each endpoint at most so many."""
        if not wanted:
            return []
        taken: list[int] = []
        with self._writing.begin() as connection:
            for endpoint, count in wanted.items():
                oldest = (
                    select(_DELIVERY.c.row)
                    .where(*_due(now_us), _DELIVERY.c.endpoint == endpoint)
                    .order_by(_DELIVERY.c.due_us, _DELIVERY.c.row)
                    .limit(count)
                    .with_for_update(skip_locked=True)
                )
                taken += connection.execute(oldest).scalars()
            claim = update(_DELIVERY).where(_DELIVERY.c.row.in_(taken))
            raised = {"attempts": _DELIVERY.c.attempts + 1, "due_us": until_us}
            connection.execute(claim.values(**raised))
            return _claimed(connection, taken, now_us)

    def note_attempts(self, made: Sequence[AttemptMade]) -> None:
        """Note how attempts ended; one that is no longer the newest is dropped."""
        with self._writing.begin() as connection:
            newest = _newest(connection, made)
            if newest:
                connection.execute(_END, [_end(each) for each in newest])
                connection.execute(insert(_ATTEMPT), [_line(each) for each in newest])
                _note_health(connection, newest)

    def forget_deliveries(self, ended_before_us: int, limit: int) -> int:
        """Delete deliveries that ended before a moment, with their log; how many."""
        old = select(_DELIVERY.c.row).where(_DELIVERY.c.ended_us < ended_before_us).limit(limit)
        with self._reading.connect() as connection:
            rows = connection.execute(old).scalars().all()
        if not rows:
            return 0
        with self._writing.begin() as connection:
            connection.execute(delete(_ATTEMPT).where(_ATTEMPT.c.delivery.in_(rows)))
            connection.execute(delete(_DELIVERY).where(_DELIVERY.c.row.in_(rows)))
        return len(rows)


def _due(now_us: int) -> tuple[Any, ...]:
    return (_DELIVERY.c.state == DeliveryState.WAITING.value, _DELIVERY.c.due_us <= now_us)


def _claimed(connection: Connection, rows: Sequence[int], now_us: int) -> list[Claimed]:
    query = (
        select(
            _DELIVERY.c.row.label("delivery"),
            _DELIVERY.c.attempts,
            _DELIVERY.c.created_us,
            _ENDPOINT.c.row.label("endpoint"),
            *(_ENDPOINT.c[name] for name in ("id", "url", "sealed_secret", "sealed_previous")),
            *(_ENDPOINT.c[name] for name in ("previous_until_us", "failures", "failing_since_us")),
            *_ANNOUNCEMENT.c,
        )
        .join(_ENDPOINT, _ENDPOINT.c.row == _DELIVERY.c.endpoint)
        .join(_ANNOUNCEMENT, _ANNOUNCEMENT.c.row == _DELIVERY.c.announcement)
        .where(_DELIVERY.c.row.in_(rows))
        .order_by(_DELIVERY.c.row)
    )
    return [_as_claimed(row, now_us) for row in connection.execute(query)]


def _as_claimed(row: Any, now_us: int) -> Claimed:
    both = row.sealed_previous is not None and row.previous_until_us > now_us
    secrets = (row.sealed_secret, *([row.sealed_previous] if both else []))
    return Claimed(
        row.organisation,
        row.delivery,
        row.endpoint,
        bytes(row.id),
        row.url,
        row.attempts,
        as_announcement(row),
        row.created_us,
        row.failures,
        row.failing_since_us,
        tuple(bytes(each) for each in secrets),
    )


_END = (
    update(_DELIVERY)
    .where(_DELIVERY.c.row == bindparam("delivery"))
    .values(
        state=bindparam("new_state"), due_us=bindparam("new_due"), ended_us=bindparam("new_end")
    )
)


def _newest(connection: Connection, made: Sequence[AttemptMade]) -> list[AttemptMade]:
    """Those that nobody took over meanwhile, each once."""
    rows = [each.claimed.row for each in made]
    query = select(_DELIVERY.c.row, _DELIVERY.c.attempts).where(
        _DELIVERY.c.row.in_(rows), _DELIVERY.c.state == DeliveryState.WAITING.value
    )
    found = connection.execute(query.with_for_update()).all()
    waiting = {row.row: row.attempts for row in found}
    return [each for each in made if waiting.pop(each.claimed.row, None) == each.claimed.attempt]


def _end(made: AttemptMade) -> dict[str, object]:
    over = made.state is not DeliveryState.WAITING
    return {
        "delivery": made.claimed.row,
        "new_state": made.state.value,
        "new_due": made.due_us,
        "new_end": made.at_us if over else None,
    }


def _line(made: AttemptMade) -> dict[str, object]:
    return {
        "organisation": made.claimed.organisation,
        "delivery": made.claimed.row,
        "number": made.claimed.attempt,
        "at_us": made.at_us,
        "duration_ms": made.duration_ms,
        "status": made.status,
        "error": made.error.value if made.error else None,
        "answer": made.answer,
    }


def _note_health(connection: Connection, made: Sequence[AttemptMade]) -> None:
    """How the endpoints fare; one success lets an endpoint go."""
    well = {each.claimed.endpoint for each in made if each.error is None}
    if well:
        failing = update(_ENDPOINT).where(_ENDPOINT.c.row.in_(well), _ENDPOINT.c.failures > 0)
        connection.execute(failing.values(failures=0, failing_since_us=None, due_us=0))
    for each in made:
        if each.error is not None:
            _note_failure(connection, each)


def _note_failure(connection: Connection, made: AttemptMade) -> None:
    """One that is paused now is announced, for whoever runs it."""
    here = update(_ENDPOINT).where(_ENDPOINT.c.row == made.claimed.endpoint)
    connection.execute(
        here.values(
            failures=_ENDPOINT.c.failures + 1,
            failing_since_us=func.coalesce(_ENDPOINT.c.failing_since_us, made.at_us),
            due_us=made.endpoint_due_us,
        )
    )
    pause = here.where(_ENDPOINT.c.paused_us.is_(None))
    pause = pause.values(paused_us=made.at_us, paused_why=Paused.FAILING.value)
    if made.pause and connection.execute(pause).rowcount == 1:
        connection.execute(
            insert(_ANNOUNCEMENT).values(
                organisation=made.claimed.organisation,
                at_us=made.at_us,
                kind=Happened.WEBHOOK_PAUSED.value,
                subject=made.claimed.endpoint_id.hex(),
            )
        )
