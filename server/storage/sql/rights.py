"""What is held about a person, and its end, in SQL."""

import struct
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from server.errors import NotKnown
from server.records import Happened
from server.records.privacy import ErasedSession, PersonalExport
from server.storage import tables
from server.storage.sql.audit import SqlAuditLog
from server.storage.sql.personal import PERSONAL, is_theirs, rows_of

_TAKEN = struct.Struct("<32sQ")
_EXPORT = tables.personal_exports.c
_MADE = ("made_us", "digest", "name", "person_key", "size_bytes")
_CLAIM_US = 3_600_000_000
_EXPORT_COLUMNS = [_EXPORT[name] for name in PersonalExport.__slots__]


class SqlRights(SqlAuditLog):
    """See `server.storage.protocols.rights.Rights`."""

    def held_about(self, person: bytes) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """All rows about a person, table by table."""
        with self._reading.connect() as connection:
            return {
                name: [
                    dict(row._mapping)
                    for row in connection.execute(rows_of(name, self.organisation, person))
                ]
                for name in PERSONAL
            }

    def taken_of(self, session_row: int) -> Sequence[tuple[bytes, int]]:
        """Digest and time of receipt of each batch of a compacted session, in order."""
        compacted = tables.compacted
        query = self._select(compacted, compacted.c.taken)
        row = self._one(query.where(compacted.c.session == session_row))
        return [(bytes(d), int(at)) for d, at in _TAKEN.iter_unpack(row.taken)] if row else []

    def begin_erasure(self, person: bytes, erased_by: str, now_us: int) -> None:
        """Note that a person is being erased: nothing of theirs is sealed or taken any more."""
        erasures, devices, people = tables.erasures, tables.devices, tables.people
        known = self._select(erasures, erasures.c.person).where(erasures.c.person == person)
        values = {"person": person, "erased_us": now_us, "erased_by": erased_by, "done": False}
        with self._transaction() as connection:
            if connection.execute(known).one_or_none() is None:
                connection.execute(self._insert(erasures, values))
            revoke = self._update(devices).where(
                devices.c.person == person, devices.c.revoked_us.is_(None)
            )
            connection.execute(revoke.values(revoked_us=now_us))
            remove = self._update(people).where(
                people.c.id == person, people.c.removed_us.is_(None)
            )
            connection.execute(remove.values(removed_us=now_us))

    def erasing(self, person: bytes) -> bool:
        """Whether a person is erased, or being erased."""
        erasures = tables.erasures
        query = self._select(erasures, erasures.c.person).where(erasures.c.person == person)
        return self._one(query) is not None

    def add_tombstone(self, session_row: int, erased: ErasedSession) -> None:
        """Keep the digests of a session whose content goes; one that is there stays."""
        table = tables.tombstones
        known = self._select(table, table.c.session).where(table.c.session == session_row)
        values = {
            "session": session_row,
            "erased_us": erased.erased_us,
            "digests": erased.digests,
            "document": erased.document,
            "signature": erased.signature,
        }
        with self._transaction() as connection:
            if connection.execute(known).one_or_none() is None:
                connection.execute(self._insert(table, values))

    def tombstone(self, session_row: int) -> ErasedSession | None:
        """What is left of an erased session."""
        table = tables.tombstones
        columns = [table.c[name] for name in ErasedSession.__slots__]
        row = self._one(self._select(table, *columns).where(table.c.session == session_row))
        return ErasedSession(*row) if row else None

    def empty_session(self, session_row: int, facts: bytes | None, nothing: bytes) -> None:
        """Put hours alone, and that nothing was judged, in the place of what was computed."""
        assessments, stored = tables.assessments, tables.facts
        empty = self._update(assessments).where(assessments.c.session == session_row)
        with self._transaction() as connection:
            connection.execute(
                empty.values(document=nothing, band="cannot_determine", main_reason=None)
            )
            change = self._update(stored).where(stored.c.session == session_row)
            connection.execute(change.values(card=None, kinds=None))
            if facts is not None:
                connection.execute(change.values(document=facts))

    def finish_erasure(self, person: bytes, name: str, actor: str, now_us: int) -> None:
        """Destroy the person's keys, delete or change every row about them, and say so, as one."""
        people, invitations, erasures = tables.people, tables.invitations, tables.erasures
        with self._transaction() as connection:
            query = self._select(people, people.c.login).where(people.c.id == person)
            known = connection.execute(query).one_or_none()
            if known is None:
                raise NotKnown("there is no such person")
            if (login := known.login) is not None:
                invited = self._update(invitations).where(invitations.c.email == login)
                connection.execute(invited.values(email=None))
            for table in reversed(tables.metadata.sorted_tables):
                personal = PERSONAL.get(table.name)
                if personal is None:
                    continue
                theirs = is_theirs(table.name, self.organisation, person)
                if personal.deleted:
                    connection.execute(self._delete(table).where(theirs))
                elif personal.changed:
                    connection.execute(self._update(table).where(theirs).values(**personal.changed))
            anonymous = {"name": name, "login": None, "password_hash": None, "language": None}
            change = self._update(people).where(people.c.id == person)
            connection.execute(change.values(epoch=people.c.epoch + 1, **anonymous))
            done = self._update(erasures).where(erasures.c.person == person)
            connection.execute(done.values(done=True))
            self._audit(connection, actor, "person.erased", person.hex())
            self._announce(connection, Happened.PERSON_ERASED, person.hex(), now_us)
        self._database.forget_overwritten()

    def ask_export(self, person: bytes, now_us: int) -> bool:
        """Ask for an export; False if one is being made or lies ready."""
        values = {"person": person, "asked_us": now_us, "claimed_until_us": 0}
        with self._transaction() as connection:
            known = self._select(tables.personal_exports, _EXPORT.row)
            if connection.execute(known.where(_EXPORT.person == person)).one_or_none():
                return False
            connection.execute(self._insert(tables.personal_exports, values))
        return True

    def export_of(self, person: bytes) -> PersonalExport | None:
        """A person's export."""
        query = self._select(tables.personal_exports, *_EXPORT_COLUMNS)
        row = self._one(query.where(_EXPORT.person == person))
        return PersonalExport(*row) if row else None

    def exports_asked(self) -> Sequence[PersonalExport]:
        """Those of everybody."""
        query = self._select(tables.personal_exports, *_EXPORT_COLUMNS)
        found = [PersonalExport(*row) for row in self._all(query)]
        # Few, and sorted here: they are forgotten after seven days.
        return sorted(found, key=lambda made: -made.asked_us)

    def claim_export(self, now_us: int) -> PersonalExport | None:
        """Take one that waits, for an hour."""
        waits = (_EXPORT.made_us.is_(None)) & (_EXPORT.claimed_until_us < now_us)
        query = self._select(tables.personal_exports, *_EXPORT_COLUMNS).where(waits)
        first = query.order_by(_EXPORT.row).limit(1)
        if self._one(first) is None:
            return None
        with self._transaction() as connection:
            row = connection.execute(first).one_or_none()
            if row is None:
                return None
            claim = self._update(tables.personal_exports).where(_EXPORT.row == row.row)
            connection.execute(claim.values(claimed_until_us=now_us + _CLAIM_US))
        return PersonalExport(*row)

    def finish_export(self, made: PersonalExport) -> bool:
        """Note where it lies; False if it is not asked for any more."""
        values = {name: getattr(made, name) for name in _MADE}
        change = self._update(tables.personal_exports).where(_EXPORT.row == made.row)
        with self._transaction() as connection:
            return connection.execute(change.values(**values)).rowcount == 1

    def forget_exports(self, made_before_us: int, person: bytes | None = None) -> Sequence[bytes]:
        """Delete those that were made before a moment, or a person's; the names they lay under."""
        old = _EXPORT.made_us < made_before_us if person is None else _EXPORT.person == person
        with self._transaction() as connection:
            query = select(_EXPORT.name).where(_EXPORT.organisation == self.organisation, old)
            names = [bytes(row.name) for row in connection.execute(query) if row.name is not None]
            connection.execute(self._delete(tables.personal_exports).where(old))
        return names
