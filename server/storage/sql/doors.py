"""Who is it? Look-ups before the organisation is known, in SQL."""

from sqlalchemy import Engine, insert, select, update

from server.errors import NotKnown
from server.records import Device, NewDevice, Person
from server.storage import tables
from server.storage.sql.organisation import SqlOrganisationStore
from server.storage.sql.people import as_person


class SqlDoors:
    """See `server.storage.protocols.doors.Doors`."""

    def __init__(self, reading: Engine, writing: Engine) -> None:
        self._reading = reading
        self._writing = writing

    def of(self, organisation: int) -> SqlOrganisationStore:
        """The part of one organisation."""
        return SqlOrganisationStore(self._reading, self._writing, organisation)

    def device(self, token_hash: bytes) -> Device | None:
        """The device with this token."""
        table = tables.devices
        query = select(table.c.organisation, table.c.id, table.c.person, table.c.public_key)
        with self._reading.connect() as connection:
            row = connection.execute(query.where(table.c.token_hash == token_hash)).one_or_none()
        return Device(*row) if row else None

    def platform(self, key_hash: bytes) -> int | None:
        """The organisation of this platform key."""
        table = tables.platform_keys
        query = select(table.c.organisation).where(table.c.key_hash == key_hash)
        with self._reading.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def sign_in(self, login: str) -> tuple[Person, str] | None:
        """The person of this login, and the password's hash."""
        table = tables.people
        query = select(table).where(table.c.login == login, table.c.password_hash.is_not(None))
        with self._reading.connect() as connection:
            row = connection.execute(query).one_or_none()
        return (as_person(row), row.password_hash) if row else None

    def enrol(self, code_hash: bytes, device: NewDevice, now_us: int) -> Person | None:
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
        with self._writing.begin() as connection:
            owner = connection.execute(use_up).one_or_none()
            if owner is None:
                return None
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
                )
            )
        return self.of(owner.organisation).person(owner.person)

    def first_organisation(self) -> int:
        """The organisation that `init` made."""
        query = select(tables.organisations.c.id).order_by(tables.organisations.c.id).limit(1)
        with self._reading.connect() as connection:
            found = connection.execute(query).scalar_one_or_none()
        if found is None:
            raise NotKnown("there is no organisation yet; run 'veritype-server init' first")
        return int(found)

    def add_organisation(self, name: str, now_us: int) -> int:
        """Make an organisation."""
        statement = insert(tables.organisations).values(name=name, created_us=now_us)
        with self._writing.begin() as connection:
            key = connection.execute(statement).inserted_primary_key
        return int(key[0]) if key else 0
