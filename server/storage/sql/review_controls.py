"""Draws, and sessions of which is known how they were made, in SQL."""

import secrets
from collections.abc import Sequence

from server.records import ControlSession, ReviewSettings, Truth
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

    def mark_control(self, session_row: int, truth: Truth, marked_by: str, now_us: int) -> bool:
        """Make a session a control."""
        table = tables.control_sessions
        known = self._select(table, _CONTROL.session).where(_CONTROL.session == session_row)
        values = {
            "session": session_row,
            "truth": truth.value,
            "marked_by": marked_by,
            "marked_us": now_us,
        }
        with self._transaction() as connection:
            if connection.execute(known).one_or_none() is not None:
                return False
            connection.execute(self._insert(table, values))
            self._close_reviews(connection, tables.sessions.c.row == session_row, now_us)
        return True

    def control_sessions(self) -> Sequence[ControlSession]:
        """All control sessions."""
        sessions, made = tables.sessions, tables.assessments
        query = (
            self._select(
                tables.control_sessions,
                _CONTROL.session,
                sessions.c.id,
                _CONTROL.truth,
                _CONTROL.marked_us,
                made.c.band,
            )
            .join(sessions, sessions.c.row == _CONTROL.session)
            .outerjoin(tables.facts, tables.facts.c.session == _CONTROL.session)
            .outerjoin(made, made.c.row == tables.facts.c.assessment)
        )
        rows = self._all(query.order_by(_CONTROL.session))
        return [
            ControlSession(row.session, bytes(row.id), Truth(row.truth), row.marked_us, row.band)
            for row in rows
        ]

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
