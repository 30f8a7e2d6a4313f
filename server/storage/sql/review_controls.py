"""Draws, and sessions of which is known how they were made, in SQL."""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, Table

from server.records import ControlSession, Made, ReviewSettings, Truth
from server.records.reviews import NOT_SAID
from server.storage import tables
from server.storage.sql.review_closing import SqlReviewClosing

_SEED_BYTES = 32
_CONTROL_SHARE = 0.1
_SETTING = tables.review_settings.c
_CONTROL = tables.control_sessions.c


class SqlControls(SqlReviewClosing):
    """See `server.storage.protocols.reviews.Controls`."""

    def review_settings(self) -> ReviewSettings:
        """What draws rest on."""
        found = self._settings()
        if found is None:
            self._make_settings()
            found = self._settings()
        assert found is not None  # noqa: S101 - it was made above, and is never deleted
        return found

    def set_control_share(self, share: float) -> None:
        """Change how many reviews of control sessions are mixed in."""
        self.review_settings()
        with self._transaction() as connection:
            change = self._update(tables.review_settings)
            connection.execute(change.values(control_share=share))

    def mark_control(
        self, session_row: int, truth: Truth, marked_by: str, now_us: int, made: Made = NOT_SAID
    ) -> bool:
        """Make a session a control."""
        table = tables.control_sessions
        known = self._select(table, _CONTROL.session).where(_CONTROL.session == session_row)
        values = {
            "session": session_row,
            "truth": truth.value,
            "marked_by": marked_by,
            "marked_us": now_us,
            "language": made.language,
            "input_mode": made.input_mode,
        }
        with self._transaction() as connection:
            if connection.execute(known).one_or_none() is not None:
                return False
            connection.execute(self._insert(table, values))
            self._close_reviews(connection, tables.sessions.c.row == session_row, now_us)
        return True

    def control_sessions(self) -> Sequence[ControlSession]:
        """All control sessions."""
        query = self._controls(tables.control_sessions)
        query = query.join(tables.sessions, tables.sessions.c.row == _CONTROL.session)
        return [as_control(row) for row in self._all(_found(query).order_by(_CONTROL.session))]

    def controls_opened(self, from_us: int, to_us: int) -> Sequence[ControlSession]:
        """Those that were opened in a period."""
        opened_us = tables.sessions.c.opened_us
        query = self._controls(tables.sessions).join(
            tables.control_sessions, _CONTROL.session == tables.sessions.c.row
        )
        query = query.where(opened_us >= from_us, opened_us < to_us)
        return [as_control(row) for row in self._all(_found(query))]

    def _controls(self, first: Table) -> Select[Any]:
        columns = (
            _CONTROL.session,
            tables.sessions.c.id,
            _CONTROL.truth,
            _CONTROL.marked_us,
            _CONTROL.language,
            _CONTROL.input_mode,
            tables.assessments.c.band,
            tables.devices.c.platform,
        )
        return self._select(first, *columns).select_from(first)

    def _settings(self) -> ReviewSettings | None:
        columns = (_SETTING.seed, _SETTING.control_share)
        row = self._one(self._select(tables.review_settings, *columns))
        return ReviewSettings(bytes(row.seed), row.control_share) if row else None

    def _make_settings(self) -> None:
        table = tables.review_settings
        values = {"seed": secrets.token_bytes(_SEED_BYTES), "control_share": _CONTROL_SHARE}
        with self._transaction() as connection:
            if connection.execute(self._select(table, _SETTING.seed)).one_or_none() is None:
                connection.execute(self._insert(table, values))


def _found(query: Select[Any]) -> Select[Any]:
    """With what the detector found, and the device."""
    facts, made, devices = tables.facts.c, tables.assessments.c, tables.devices.c
    return (
        query.outerjoin(tables.facts, facts.session == _CONTROL.session)
        .outerjoin(tables.assessments, made.row == facts.assessment)
        .outerjoin(tables.devices, devices.id == tables.sessions.c.device)
    )


def as_control(row: Any) -> ControlSession:
    """A row of control sessions."""
    return ControlSession(
        row.session,
        bytes(row.id),
        Truth(row.truth),
        row.marked_us,
        row.band,
        row.platform or "",
        Made(row.language, row.input_mode),
    )
