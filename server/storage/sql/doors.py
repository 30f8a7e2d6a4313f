"""Who is it? Look-ups before the organisation is known, in SQL."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Insert, Select, insert, select, update

from server.errors import NotKnown
from server.records import (
    AtWork,
    Device,
    KnownKey,
    NewAdministrator,
    NewDevice,
    Organisation,
    Person,
    PlatformKey,
    Role,
    SessionEntry,
)
from server.storage import tables
from server.storage.log_seal import LogSeal
from server.storage.sql.attempts import SqlAttempts
from server.storage.sql.bound import taken
from server.storage.sql.database import Database
from server.storage.sql.keys import as_platform_key
from server.storage.sql.links import SqlLinkDoors
from server.storage.sql.organisation import SqlOrganisationStore
from server.storage.sql.people import as_person
from wire.chain import ChainHead

_HOUR_US = 3_600_000_000


class SqlDoors(SqlLinkDoors, SqlAttempts):
    """See `server.storage.protocols.doors.Doors`."""

    _database: Database
    _log_seal: LogSeal
    _reading: Engine
    _writing: Engine

    def of(self, organisation: int) -> SqlOrganisationStore:
        """The part of one organisation."""
        return SqlOrganisationStore(self._database, organisation, self._log_seal)

    def device(self, token_hash: bytes) -> Device | None:
        """The device with this token."""
        return self.devices((token_hash,)).get(token_hash)

    def devices(self, token_hashes: Sequence[bytes]) -> Mapping[bytes, Device]:
        """The devices with these tokens, as far as there are any."""
        table, people = tables.devices, tables.people
        query = (
            select(
                table.c.token_hash,
                table.c.organisation,
                table.c.id,
                table.c.person,
                table.c.public_key,
                people.c.removed_us,
                table.c.revoked_us,
            )
            .join(people, people.c.id == table.c.person)
            .where(table.c.token_hash.in_(token_hashes))
        )
        with self._reading.connect() as connection:
            return {row[0]: Device(*row[1:]) for row in connection.execute(query)}

    def refused_since(self, moment_us: int) -> Sequence[bytes]:
        """Tokens of devices that were revoked, or whose person was removed, since a moment."""
        table, people = tables.devices, tables.people
        revoked = select(table.c.token_hash).where(table.c.revoked_us >= moment_us)
        removed = (
            select(table.c.token_hash)
            .join(people, people.c.id == table.c.person)
            .where(people.c.removed_us >= moment_us)
        )
        with self._reading.connect() as connection:
            return [row[0] for query in (revoked, removed) for row in connection.execute(query)]

    def at_work(self, since_us: int, limit: int) -> Sequence[AtWork]:
        """Open sessions among the `limit` that were opened last, no earlier than a moment."""
        sessions, heads = tables.sessions.c, tables.heads.c
        devices, people = tables.devices.c, tables.people.c
        entry = [sessions[name] for name in SessionEntry.__slots__]
        newest = select(sessions.row).order_by(sessions.row.desc()).limit(limit).subquery()
        query = (
            select(
                devices.token_hash,
                devices.public_key,
                people.removed_us,
                devices.revoked_us,
                heads.sequence,
                heads.digest,
                heads.closed,
                *entry,
            )
            .select_from(newest.join(tables.sessions, newest.c.row == sessions.row))
            .join(tables.heads, heads.session == sessions.row)
            .join(tables.devices, devices.id == sessions.device)
            .join(tables.people, people.id == devices.person)
            .where(heads.closed.is_(False), sessions.opened_us >= since_us)
        )
        with self._reading.connect() as connection:
            return [_at_work(row) for row in connection.execute(query)]

    def platform(self, key_hash: bytes, now_us: int) -> PlatformKey | None:
        """This platform key, unless it was revoked."""
        table = tables.platform_keys
        query = select(table).where(table.c.key_hash == key_hash, table.c.revoked_us.is_(None))
        with self._reading.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        key = as_platform_key(row)
        if key.used_us is None or now_us - key.used_us > _HOUR_US:
            self._note_use(key, now_us)
        return key

    def _note_use(self, key: PlatformKey, now_us: int) -> None:
        table = tables.platform_keys
        used = update(table).where(table.c.row == key.row)
        with self._writing.begin() as connection:
            connection.execute(used.values(used_us=now_us - now_us % _HOUR_US))

    def sign_in(self, login: str) -> tuple[Person, str] | None:
        """The person of this login, and the password's hash."""
        table = tables.people
        query = select(table).where(
            table.c.login == login,
            table.c.password_hash.is_not(None),
            table.c.removed_us.is_(None),
        )
        with self._reading.connect() as connection:
            row = connection.execute(query).one_or_none()
        return (as_person(row), row.password_hash) if row else None

    def login_in_use(self, login: str) -> bool:
        """Whether somebody signs in by this name."""
        query = select(tables.people.c.id).where(tables.people.c.login == login)
        with self._reading.connect() as connection:
            return connection.execute(query).one_or_none() is not None

    def enrol(self, code_hash: bytes, device: NewDevice, now_us: int) -> Person | KnownKey | None:
        """Use a pairing code up and store the device, as one."""
        codes = tables.pairing_codes
        use_up = (
            update(codes)
            .where(
                codes.c.code_hash == code_hash,
                codes.c.used_us.is_(None),
                codes.c.expires_us > now_us,
            )
            .values(used_us=now_us)
            .returning(codes.c.organisation, codes.c.person)
        )
        with self._writing.connect() as connection:
            owner = connection.execute(use_up).one_or_none()
            if owner is None or not _is_here(connection, owner.person):
                return None
            known = connection.execute(_of_key(device.public_key)).first()
            if known is not None:
                return KnownKey(owner.organisation, owner.person, known.organisation, known.id)
            connection.execute(
                insert(tables.devices).values(
                    id=device.id,
                    organisation=owner.organisation,
                    person=owner.person,
                    public_key=device.public_key,
                    token_hash=device.token_hash,
                    platform=device.platform,
                    agent_version=device.agent_version,
                    enrolled_us=now_us,
                    observes=device.observes,
                )
            )
            connection.commit()
        return self.of(owner.organisation).person(owner.person)

    def first_organisation(self) -> int:
        """The organisation that `init` made."""
        query = select(tables.organisations.c.id).order_by(tables.organisations.c.id).limit(1)
        with self._reading.connect() as connection:
            found = connection.execute(query).scalar_one_or_none()
        if found is None:
            raise NotKnown("there is no organisation yet; run 'veritype-server init' first")
        return int(found)

    def organisations(self) -> Sequence[Organisation]:
        """All organisations of the installation."""
        table = tables.organisations
        columns = (table.c.id, table.c.name, table.c.second_factor_required)
        with self._reading.connect() as connection:
            rows = connection.execute(select(*columns).order_by(table.c.id)).all()
        return [Organisation(*row) for row in rows]

    def found(self, organisation: str, admin: NewAdministrator, now_us: int) -> Person | None:
        """Make the first organisation with its administrator, or neither."""
        # Whoever founds at the same moment wants the same login: the second waits here for the
        # first, and its organisation goes with its person.
        named = taken("another one founded this installation at the same moment; use what it made")
        with named, self._writing.begin() as connection:
            if connection.execute(select(tables.organisations.c.id).limit(1)).first():
                return None
            # Nothing of an older version is here, or comes.
            values = {"name": organisation, "created_us": now_us, "log_quiet_us": 0}
            row = _inserted(connection, insert(tables.organisations).values(values))
            person = Person(row, secrets.token_bytes(16), admin.name, Role.ADMIN, admin.login)
            values = {
                "organisation": row,
                "id": person.id,
                "name": admin.name,
                "role": Role.ADMIN.value,
                "login": admin.login,
                "password_hash": admin.password_hash,
            }
            connection.execute(insert(tables.people).values(values))
        return person

    def add_organisation(self, name: str, now_us: int) -> int:
        """Make an organisation."""
        statement = insert(tables.organisations).values(
            name=name, created_us=now_us, log_quiet_us=now_us
        )
        named = taken(f"there is an organisation {name!r} already")
        with named, self._writing.begin() as connection:
            return _inserted(connection, statement)


def _inserted(connection: Connection, statement: Insert) -> int:
    key = connection.execute(statement).inserted_primary_key
    return int(key[0]) if key else 0


def _is_here(connection: Connection, person: bytes) -> bool:
    table = tables.people
    query = select(table.c.id).where(table.c.id == person, table.c.removed_us.is_(None))
    return connection.execute(query).one_or_none() is not None


def _of_key(public_key: bytes) -> Select[Any]:
    table = tables.devices
    return select(table.c.organisation, table.c.id).where(table.c.public_key == public_key)


def _at_work(row: Any) -> AtWork:
    entry = SessionEntry(*(getattr(row, name) for name in SessionEntry.__slots__))
    device = Device(
        entry.organisation,
        entry.device,
        entry.person,
        row.public_key,
        row.removed_us,
        row.revoked_us,
    )
    return AtWork(row.token_hash, device, entry, ChainHead(row.sequence, row.digest, row.closed))
