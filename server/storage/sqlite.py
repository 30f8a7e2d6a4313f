"""The embedded store: one SQLite file."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import and_, case, insert, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from server.errors import NotKnown
from server.records import ATTEMPTS_MAX, Device, Job, NewDevice, Person
from server.storage import tables
from server.storage.engine import migrate, open_engine, schema_version, writing
from server.storage.organisation import SqlOrganisationStore, as_person
from server.storage.writer import GroupCommitWriter

_CLAIM_US = 60_000_000
_RETRY_US = 5_000_000
_RETRY_DOUBLINGS_MAX = 12
_INTERRUPTED = "Interrupted"


class SqliteStore:
    """See `server.storage.protocols.Store`."""

    def __init__(self, path: Path) -> None:
        self._engine = open_engine(path)
        self._writing = writing(self._engine)

    def of(self, organisation: int) -> SqlOrganisationStore:
        """The part of one organisation."""
        return SqlOrganisationStore(self._engine, self._writing, organisation)

    def writer(self, queue_max: int) -> GroupCommitWriter:
        """The batch writer on this store."""
        return GroupCommitWriter(self._writing, queue_max)

    def migrate(self) -> None:
        """Bring the schema to this version."""
        migrate(self._engine)

    def check(self) -> Sequence[str]:
        """What is wrong with the store."""
        try:
            found, needed = schema_version(self._engine)
            with self._engine.connect() as connection:
                answers = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
                failed = connection.execute(
                    select(tables.scoring_jobs.c.session).where(
                        tables.scoring_jobs.c.done.is_(False),
                        tables.scoring_jobs.c.attempts >= ATTEMPTS_MAX,
                    )
                ).all()
        except SQLAlchemyError as error:
            return [f"the database cannot be read ({type(error).__name__})"]
        wrong = [f"database: {answer}" for answer in answers if answer != "ok"]
        if found != needed:
            wrong.append(f"the schema is version {found}; {needed} is needed: run init again")
        if failed:
            wrong.append(f"{len(failed)} sessions could not be scored; see the log")
        return wrong

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def device(self, token_hash: bytes) -> Device | None:
        """The device with this token."""
        table = tables.devices
        query = select(table.c.organisation, table.c.id, table.c.person, table.c.public_key)
        with self._engine.connect() as connection:
            row = connection.execute(query.where(table.c.token_hash == token_hash)).one_or_none()
        return Device(*row) if row else None

    def platform(self, key_hash: bytes) -> int | None:
        """The organisation of this platform key."""
        table = tables.platform_keys
        query = select(table.c.organisation).where(table.c.key_hash == key_hash)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def sign_in(self, login: str) -> tuple[Person, str] | None:
        """The person of this login, and the password's hash."""
        table = tables.people
        query = select(table).where(table.c.login == login, table.c.password_hash.is_not(None))
        with self._engine.connect() as connection:
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
        with self._engine.connect() as connection:
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

    def release(self, worker: str) -> None:
        """Give back what this worker had claimed before it died, and the attempt with it.

        Twice in a row counts: a session that ends the worker must not be tried for ever.
        """
        table = tables.scoring_jobs
        again = table.c.failure == _INTERRUPTED
        with self._writing.begin() as connection:
            connection.execute(
                update(table)
                .where(table.c.worker == worker, table.c.done.is_(False))
                .values(
                    worker=None,
                    claimed_until_us=0,
                    attempts=case((again, table.c.attempts), else_=table.c.attempts - 1),
                    failure=_INTERRUPTED,
                )
            )

    def claim(self, worker: str, now_us: int) -> Job | None:
        """Take the oldest waiting job; a claim lapses, so that a dead worker's job is re-done."""
        table = tables.scoring_jobs
        waiting = and_(
            table.c.done.is_(False),
            table.c.due_us <= now_us,
            or_(table.c.worker.is_(None), table.c.claimed_until_us < now_us),
        )
        oldest = select(table.c.session).where(waiting).order_by(table.c.due_us).limit(1)
        with self._engine.connect() as connection:
            if connection.execute(oldest).one_or_none() is None:
                return None
        take = (
            update(table)
            .where(table.c.session == oldest.scalar_subquery())
            .values(
                worker=worker,
                claimed_until_us=now_us + _CLAIM_US,
                attempts=table.c.attempts + 1,
            )
            .returning(table.c.organisation, table.c.session, table.c.attempts)
        )
        with self._writing.begin() as connection:
            row = connection.execute(take).one_or_none()
        return Job(*row) if row else None

    def fail(self, job: Job, reason: str, now_us: int) -> None:
        """Note a failure; the job is tried again later."""
        table = tables.scoring_jobs
        wait_us = _RETRY_US * 2 ** min(job.attempts, _RETRY_DOUBLINGS_MAX)
        with self._writing.begin() as connection:
            connection.execute(
                update(table)
                .where(table.c.session == job.session_row)
                .values(worker=None, failure=reason, due_us=now_us + wait_us)
            )
