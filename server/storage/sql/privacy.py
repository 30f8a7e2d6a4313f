"""Wrapped keys, and what is sealed under them, in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Select,
    Table,
    Update,
    exists,
    func,
    or_,
)

from server.errors import KeyReplaced, PictureMissing
from server.records import OrganisationKey, Owner, PersonKey, Place, ToReseal
from server.storage import tables
from server.storage.sql.bound import Bound

_OF_ORGANISATION = tables.organisation_keys.c
_OF_PERSON = tables.person_keys.c
_OBJECT = tables.objects.c
_COMPACTED = tables.compacted.c
_HALVES = (
    (_COMPACTED.original, _COMPACTED.original_name),
    (_COMPACTED.block, _COMPACTED.block_name),
)


class SqlSealingKeys(Bound):
    """See `server.storage.protocols.privacy.SealingKeys`."""

    def organisation_keys(self) -> Sequence[OrganisationKey]:
        """Those that there are."""
        return [OrganisationKey(*row) for row in self._all(self._organisation_keys())]

    def add_organisation_key(self, wrapped: bytes, newest: int, now_us: int) -> OrganisationKey:
        """Add one behind the newest."""
        values = {"wrapped": wrapped, "made_us": now_us}
        with self._transaction() as connection:
            found = connection.execute(self._organisation_keys().limit(1)).one_or_none()
            if found is not None and found.row > newest:
                return OrganisationKey(*found)
            row = _inserted(connection, self._insert(tables.organisation_keys, values))
        return OrganisationKey(row, wrapped, now_us)

    def rewrap_organisation_key(self, row: int, before: bytes, after: bytes) -> bool:
        """Store the same key wrapped anew."""
        statement = self._update(tables.organisation_keys).where(
            _OF_ORGANISATION.row == row, _OF_ORGANISATION.wrapped == before
        )
        with self._transaction() as connection:
            return connection.execute(statement.values(wrapped=after)).rowcount == 1

    def forget_organisation_key(self, row: int) -> bool:
        """Destroy one."""
        used = exists().where(_OF_PERSON.organisation_key == row)
        others = tables.organisation_keys.alias("others").c
        newer = exists().where(others.organisation == self.organisation, others.row > row)
        statement = self._delete(tables.organisation_keys).where(_OF_ORGANISATION.row == row)
        with self._transaction() as connection:
            return connection.execute(statement.where(~used, newer)).rowcount == 1

    def person_keys(self, person: bytes) -> Sequence[PersonKey]:
        """A person's keys."""
        return [PersonKey(*row) for row in self._all(self._person_keys(person))]

    def add_person_key(
        self, person: bytes, organisation_key: int, wrapped: bytes, newest: int, now_us: int
    ) -> PersonKey | None:
        """Add one behind the newest."""
        values = {
            "person": person,
            "organisation_key": organisation_key,
            "wrapped": wrapped,
            "made_us": now_us,
        }
        erasures = tables.erasures
        erased = self._select(erasures, erasures.c.person).where(erasures.c.person == person)
        with self._transaction() as connection:
            found = connection.execute(self._person_keys(person).limit(1)).one_or_none()
            if found is not None and found.row > newest:
                return PersonKey(*found)
            if connection.execute(erased).one_or_none() is not None:
                raise PictureMissing("the person was erased: nothing of theirs is kept")
            top = connection.execute(self._organisation_keys().limit(1)).one_or_none()
            if top is None or top.row != organisation_key:
                return None
            row = _inserted(connection, self._insert(tables.person_keys, values))
        return PersonKey(row, person, organisation_key, wrapped, now_us)

    def person_keys_under(self, organisation_key: int, limit: int) -> Sequence[PersonKey]:
        """Keys that a key wraps."""
        query = self._keys().where(_OF_PERSON.organisation_key == organisation_key)
        return [PersonKey(*row) for row in self._all(query.order_by(_OF_PERSON.row).limit(limit))]

    def rewrap_person_keys(self, organisation_key: int, wrapped: Mapping[int, bytes]) -> None:
        """Store keys wrapped anew."""
        own = exists().where(
            _OF_ORGANISATION.row == organisation_key,
            _OF_ORGANISATION.organisation == self.organisation,
        )
        statement = self._update(tables.person_keys).where(own)
        with self._transaction() as connection:
            for row, each in wrapped.items():
                change = statement.where(_OF_PERSON.row == row)
                connection.execute(change.values(organisation_key=organisation_key, wrapped=each))

    def forget_person_key(self, row: int) -> bool:
        """Destroy one."""
        other = tables.person_keys.alias("other")
        newer = exists().where(other.c.person == _OF_PERSON.person, other.c.row > row)
        objects = exists().where(_OBJECT.person_key == row)
        sessions = exists().where(_COMPACTED.person_key == row)
        exports = exists().where(tables.personal_exports.c.person_key == row)
        statement = self._delete(tables.person_keys).where(_OF_PERSON.row == row)
        with self._transaction() as connection:
            gone = connection.execute(statement.where(newer, ~objects, ~sessions, ~exports))
            return gone.rowcount == 1

    def _key_must_be_there(self, connection: Connection, person_key: int | None) -> None:
        """In a transaction that is alone: what is sealed under a key that is gone is not listed."""
        if person_key is None:
            return
        query = self._select(tables.person_keys, _OF_PERSON.row)
        if connection.execute(query.where(_OF_PERSON.row == person_key)).one_or_none() is None:
            raise KeyReplaced("the key that this was sealed under is gone; seal it anew")

    def _organisation_keys(self) -> Select[Any]:
        columns = [_OF_ORGANISATION[name] for name in OrganisationKey.__slots__]
        query = self._select(tables.organisation_keys, *columns)
        return query.order_by(_OF_ORGANISATION.row.desc())

    def _keys(self) -> Select[Any]:
        columns = [_OF_PERSON[name] for name in PersonKey.__slots__]
        return self._select(tables.person_keys, *columns)

    def _person_keys(self, person: bytes) -> Select[Any]:
        return self._keys().where(_OF_PERSON.person == person).order_by(_OF_PERSON.row.desc())


class SqlSealed(SqlSealingKeys):
    """See `server.storage.protocols.privacy.Sealed`."""

    def unsealed(self, limit: int) -> Sequence[ToReseal]:
        """Stored bytes that an older version did not seal."""
        return self._to_reseal(_OBJECT.name.is_(None), _COMPACTED.original_name.is_(None), limit)

    def sealed_under(self, person_key: int, limit: int) -> Sequence[ToReseal]:
        """Stored bytes under a key."""
        objects = _OBJECT.person_key == person_key
        return self._to_reseal(objects, _COMPACTED.person_key == person_key, limit)

    def move_sealed(self, moved: ToReseal, places: Sequence[Place]) -> bool:
        """Note other places."""
        statement = _MOVE[len(places)](self, moved, places)
        with self._transaction() as connection:
            for place in places:
                self._key_must_be_there(connection, place.person_key)
            return connection.execute(statement).rowcount == 1

    def _move_object(self, moved: ToReseal, places: Sequence[Place]) -> Update:
        return (
            self._update(tables.objects)
            .where(
                _OBJECT.session == moved.session_row,
                _OBJECT.digest == moved.digests[0],
                _at(_OBJECT.name, moved.places[0]),
            )
            .values(name=places[0].name, person_key=places[0].person_key)
        )

    def _move_compacted(self, moved: ToReseal, places: Sequence[Place]) -> Update:
        return (
            self._update(tables.compacted)
            .where(
                _COMPACTED.session == moved.session_row,
                _at(_COMPACTED.original_name, moved.places[0]),
                _at(_COMPACTED.block_name, moved.places[1]),
            )
            .values(
                original_name=places[0].name,
                block_name=places[1].name,
                person_key=places[1].person_key,
            )
        )

    def _to_reseal(
        self, of_objects: ColumnElement[bool], of_sessions: ColumnElement[bool], limit: int
    ) -> list[ToReseal]:
        objects = self._owned(
            tables.objects, _OBJECT.person_key, (_OBJECT.digest,), (_OBJECT.name,)
        ).where(of_objects)
        found = [_as_to_reseal(row, 1) for row in self._all(objects.limit(limit))]
        if found:
            return found
        sessions = self._owned(
            tables.compacted,
            _COMPACTED.person_key,
            (_COMPACTED.original, _COMPACTED.block),
            (_COMPACTED.original_name, _COMPACTED.block_name),
        ).where(of_sessions)
        return [_as_to_reseal(row, 2) for row in self._all(sessions.limit(limit))]

    def _owned(
        self,
        table: Table,
        key: ColumnElement[Any],
        digests: Sequence[ColumnElement[Any]],
        names: Sequence[ColumnElement[Any]],
    ) -> Select[Any]:
        sessions = tables.sessions
        owner = (sessions.c.organisation, sessions.c.person, sessions.c.id, sessions.c.row)
        return self._select(table, *owner, key, *digests, *names).join(
            sessions, sessions.c.row == table.c.session
        )

    def plain_in_use(self, digest: bytes) -> bool:
        """Whether anything names these bytes as they are."""
        objects = self._select(tables.objects, func.count()).where(
            _OBJECT.digest == digest, _OBJECT.name.is_(None)
        )
        halves = or_(*((half == digest) & name.is_(None) for half, name in _HALVES))
        compacted = self._select(tables.compacted, func.count()).where(halves)
        return any(row[0] for query in (objects, compacted) for row in self._all(query))


_MOVE = {1: SqlSealed._move_object, 2: SqlSealed._move_compacted}


def _at(name: ColumnElement[Any], place: Place | None) -> ColumnElement[bool]:
    return name.is_(None) if place is None else name == place.name


def _as_to_reseal(row: Any, pieces: int) -> ToReseal:
    organisation, person, session, session_row, key = row[:5]
    digests, names = row[5 : 5 + pieces], row[5 + pieces :]
    return ToReseal(
        Owner(organisation, person, session),
        session_row,
        tuple(bytes(digest) for digest in digests),
        tuple(None if name is None else Place(bytes(name), key) for name in names),
    )


def _inserted(connection: Connection, statement: Insert) -> int:
    key = connection.execute(statement).inserted_primary_key
    return int(key[0]) if key else 0
