"""Pictures that were sent and that a trainer asks to be blanked, in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select

from server.records.blankings import BlankingRequest
from server.storage import tables
from server.storage.sql.bound import Bound

_NOTHING = bytes(32)
"""What takes the place of a picture that is blanked wholly."""
_ASKED, _SESSION, _PERSON = tables.blanking_requests.c, tables.sessions.c, tables.people.c


class SqlBlankingRequests(Bound):
    """See `server.storage.protocols.blankings.BlankingRequests`."""

    def ask_blanking(
        self, session_row: int, person: bytes, digest: bytes, reason: str, now_us: int
    ) -> bool:
        """Store a request."""
        table = tables.blanking_requests
        known = self._select(table, _ASKED.row).where(
            _ASKED.session == session_row, _ASKED.digest == digest
        )
        values = {
            "session": session_row,
            "person": person,
            "digest": digest,
            "reason": reason,
            "asked_us": now_us,
        }
        with self._transaction() as connection:
            if connection.execute(known).one_or_none() is not None:
                return False
            connection.execute(self._insert(table, values))
        return True

    def blanking_requests_of(self, person: bytes, limit: int) -> Sequence[BlankingRequest]:
        """A trainer's requests."""
        query = self._requests().where(_ASKED.person == person)
        found = self._all(query.order_by(_ASKED.row.desc()).limit(limit))
        return [BlankingRequest(*row) for row in found]

    def open_blanking_requests(self, limit: int) -> Sequence[BlankingRequest]:
        """Those that nobody decided."""
        query = self._requests().where(_ASKED.decided_us.is_(None))
        return [BlankingRequest(*row) for row in self._all(query.order_by(_ASKED.row).limit(limit))]

    def decide_blanking(
        self, request_row: int, answer: str, now_us: int, *, granted: bool
    ) -> BlankingRequest | None:
        """Decide one."""
        table, blanked = tables.blanking_requests, tables.late_blankings
        decide = (
            self._update(table)
            .where(_ASKED.row == request_row, _ASKED.decided_us.is_(None))
            .values(decided_us=now_us, granted=granted, answer=answer)
        )
        where = self._select(table, _ASKED.session, _ASKED.digest).where(_ASKED.row == request_row)
        with self._transaction() as connection:
            if connection.execute(decide).rowcount != 1:
                return None
            session_row, digest = connection.execute(where).one()
            known = self._select(blanked, blanked.c.row).where(
                blanked.c.session == session_row, blanked.c.digest == digest
            )
            if granted and connection.execute(known).one_or_none() is None:
                values = {
                    "session": session_row,
                    "digest": digest,
                    "kept": _NOTHING,
                    "message": b"asked by the trainer, granted by the organisation",
                    "received_us": now_us,
                }
                connection.execute(self._insert(blanked, values))
            found = connection.execute(self._requests().where(_ASKED.row == request_row)).one()
        return BlankingRequest(*found)

    def _requests(self) -> Select[Any]:
        return (
            self._select(
                tables.blanking_requests,
                _ASKED.row,
                _SESSION.id,
                _ASKED.person,
                _PERSON.name,
                _SESSION.opened_us,
                _ASKED.digest,
                _ASKED.reason,
                _ASKED.asked_us,
                _ASKED.decided_us,
                _ASKED.granted,
                _ASKED.answer,
            )
            .join(tables.sessions, _SESSION.row == _ASKED.session)
            .join(tables.people, _PERSON.id == _ASKED.person)
        )
