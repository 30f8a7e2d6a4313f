"""The append-only log in SQL.

A line is added in a transaction that is alone in its organisation, so that no two follow the same
one; a unique index over the numbers would refuse the second.
"""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, func

from server.clock import now_us as clock_us
from server.records.announcements import Happened
from server.records.audit import CLOSED, FIRST, VIEWED, AuditLine, AuditSearch, SignedDocument
from server.storage import tables
from server.storage.sql.bound import Bound, unindexed

_LINE = tables.audit_log.c
_COLUMNS = [_LINE[name] for name in AuditLine.__slots__]
_CLOCKS_US = 60_000_000
"""So far may the clocks of two nodes lie apart, at most."""
_NO_ROW = 1 << 62
_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


class SqlAuditLog(Bound):
    """See `server.storage.protocols.audit.AuditLog`."""

    def audit(
        self,
        actor: str,
        action: str,
        subject: str,
        *,
        about: bytes | None = None,
        lasted_ms: int | None = None,
    ) -> None:
        """Add a line to the append-only log."""
        with self._transaction() as connection:
            self._audit(connection, actor, action, subject, about, lasted_ms)

    def _audit(
        self,
        connection: Connection,
        actor: str,
        action: str,
        subject: str,
        about: bytes | None = None,
        lasted_ms: int | None = None,
    ) -> None:
        """Add a line, in a transaction that is alone."""
        end = connection.execute(self._audit_end()).one_or_none()
        digest, number = (end.digest, end.sequence + 1) if end else (FIRST, 0)
        about = about or self._audit_about(connection, subject)
        for left in connection.execute(self._audit_unchained(end.row if end else 0)):
            digest = AuditLine(*left).digest_behind(digest)
        at_us = clock_us()
        line = AuditLine(
            0, self.organisation, at_us, actor, action, subject, about, lasted_ms, number, None
        )
        values = {
            "at_us": at_us,
            "actor": actor,
            "action": action,
            "subject": subject,
            "about": about,
            "lasted_ms": lasted_ms,
            "sequence": number,
            "digest": line.digest_behind(digest),
        }
        connection.execute(self._insert(tables.audit_log, values))

    def audit_lines(self, after_row: int, limit: int) -> Sequence[AuditLine]:
        """The next lines, the oldest first."""
        query = self._audit_lines().where(_LINE.row > after_row).order_by(_LINE.row).limit(limit)
        return [AuditLine(*row) for row in self._all(query)]

    def audit_search(
        self, search: AuditSearch, before_row: int | None, limit: int
    ) -> Sequence[AuditLine]:
        """The lines that are looked for, the newest first."""
        query = self._audit_lines().order_by(_LINE.row.desc()).limit(limit)
        if before_row is not None:
            query = query.where(_LINE.row < before_row)
        if search.about is not None:
            query = query.where(_LINE.about == search.about)
        if search.actor is not None:
            query = query.where(_LINE.actor == search.actor)
        if search.subject is not None:
            query = query.where(_LINE.subject.startswith(search.subject, autoescape=True))
        if search.action is not None:
            query = query.where(_LINE.action == search.action)
        if search.from_us is not None:
            query = query.where(self._audit_row_at(search.from_us) <= _LINE.row)
            query = query.where(unindexed(_LINE.at_us, 0) >= search.from_us)
        if search.to_us is not None:
            query = query.where(_LINE.row <= self._audit_row_before(search.to_us))
            query = query.where(unindexed(_LINE.at_us, 0) < search.to_us)
        return [AuditLine(*row) for row in self._all(query)]

    def audit_end(self) -> AuditLine | None:
        """The last line of the chain."""
        row = self._one(self._audit_end())
        return AuditLine(*row) if row else None

    def looked_at(self, actor: str, subject: str) -> int | None:
        """Since when somebody looks at something."""
        query = self._audit_lines().where(_LINE.subject == subject, _LINE.actor == actor)
        last = query.where(_LINE.action.in_((VIEWED, CLOSED))).order_by(_LINE.row.desc()).limit(1)
        row = self._one(last)
        return int(row.at_us) if row and row.action == VIEWED else None

    def add_audit_head(self, sequence: int, document: bytes, signature: bytes, now_us: int) -> bool:
        """Store a signed head."""
        table = tables.audit_heads
        known = self._select(table, table.c.row).where(table.c.sequence == sequence)
        values = {"sequence": sequence, "document": document, "signature": signature}
        with self._transaction() as connection:
            if connection.execute(known).one_or_none() is not None:
                return False
            digest = connection.execute(
                self._select(tables.audit_log, _LINE.digest).where(_LINE.sequence == sequence)
            ).scalar_one_or_none()
            if digest is None:
                return False
            connection.execute(self._insert(table, values))
            subject = f"{sequence}-{digest.hex()}"
            self._announce(connection, Happened.AUDIT_SEALED, subject, now_us)
        return True

    def audit_heads(self, limit: int) -> Sequence[SignedDocument]:
        """The signed heads, the newest first."""
        table = tables.audit_heads
        columns = [table.c[name] for name in SignedDocument.__slots__]
        query = self._select(table, *columns).order_by(table.c.sequence.desc()).limit(limit)
        return [SignedDocument(*row) for row in self._all(query)]

    def _audit_row_at(self, from_us: int) -> Any:
        """The first row of a period: lines are added in the order of time, but for the clocks."""
        since = self._select(tables.audit_log, _LINE.row).where(_LINE.at_us >= from_us - _CLOCKS_US)
        first = since.order_by(_LINE.at_us, _LINE.row).limit(1).scalar_subquery()
        return func.coalesce(first, _NO_ROW)

    def _audit_row_before(self, to_us: int) -> Any:
        """The last row of a period."""
        until = self._select(tables.audit_log, _LINE.row).where(_LINE.at_us < to_us + _CLOCKS_US)
        last = until.order_by(_LINE.at_us.desc(), _LINE.row.desc()).limit(1).scalar_subquery()
        return func.coalesce(last, 0)

    def _audit_lines(self) -> Select[Any]:
        return self._select(tables.audit_log, *_COLUMNS)

    def _audit_end(self) -> Select[Any]:
        chained = self._audit_lines().where(_LINE.sequence.is_not(None))
        return chained.order_by(_LINE.sequence.desc()).limit(1)

    def _audit_unchained(self, after_row: int) -> Select[Any]:
        """Lines that an older version added since."""
        lines = self._audit_lines().where(_LINE.digest.is_(None), _LINE.row > after_row)
        return lines.order_by(_LINE.row)

    def _audit_about(self, connection: Connection, subject: str) -> bytes | None:
        """Whom a subject concerns: a person of the organisation, or whose session or device."""
        found = _ID.search(subject)
        if found is None:
            return None
        named = bytes.fromhex(found[0])
        for table, person in (
            (tables.sessions, tables.sessions.c.person),
            (tables.people, tables.people.c.id),
            (tables.devices, tables.devices.c.person),
        ):
            query = self._select(table, person).where(table.c.id == named)
            whose = connection.execute(query).scalar_one_or_none()
            if whose is not None:
                return bytes(whose)
        return None
