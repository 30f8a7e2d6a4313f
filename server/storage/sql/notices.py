"""What people are told, and their mail, in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Table, func, select, update

from server.records.announcements import Happened
from server.records.notices import ConfirmationDue, MailAddress, MailDue, Mailing, Notice
from server.storage import tables
from server.storage.sql.bound import Bound

_NOTICE = tables.notices
_ADDRESS = tables.mail_addresses


class SqlNotices(Bound):
    """See `server.storage.protocols.notices.Notices`."""

    def notices(self, person: bytes, before_row: int | None, limit: int) -> Sequence[Notice]:
        """A person's notices, the newest first."""
        query = self._select(_NOTICE).where(_NOTICE.c.person == person)
        if before_row is not None:
            query = query.where(_NOTICE.c.row < before_row)
        found = self._all(query.order_by(_NOTICE.c.row.desc()).limit(limit))
        return [_as_notice(row) for row in found]

    def unread(self, person: bytes) -> int:
        """How many of them were not seen."""
        query = self._select(_NOTICE, func.count()).where(
            _NOTICE.c.person == person, _NOTICE.c.read_us.is_(None)
        )
        with self._reading.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def note_read(self, person: bytes, up_to_row: int, now_us: int) -> None:
        """The person saw these and all before."""
        here = self._update(_NOTICE).where(
            _NOTICE.c.person == person, _NOTICE.c.row <= up_to_row, _NOTICE.c.read_us.is_(None)
        )
        with self._transaction(alone=False) as connection:
            connection.execute(here.values(read_us=now_us))

    def mail_address(self, person: bytes) -> MailAddress | None:
        """Where a person's mail goes."""
        row = self._one(self._select(_ADDRESS).where(_ADDRESS.c.person == person))
        if row is None:
            return None
        return MailAddress(row.address, row.asked, row.asked_us, Mailing(row.mail))

    def ask_mail_address(self, person: bytes, address: str, now_us: int) -> None:
        """Note an address; it counts when its owner has confirmed it."""
        asked: dict[str, object] = {
            "asked": address,
            "asked_us": now_us,
            "token_hash": None,
            "expires_us": 0,
            "mail": Mailing.WAITING.value,
            "mail_attempts": 0,
            "mail_due_us": now_us,
        }
        here = self._update(_ADDRESS).where(_ADDRESS.c.person == person)
        with self._transaction() as connection:
            if connection.execute(here.values(**asked)).rowcount == 0:
                connection.execute(self._insert(_ADDRESS, {"person": person} | asked))

    def forget_mail_address(self, person: bytes) -> None:
        """Send this person no mail."""
        with self._transaction() as connection:
            connection.execute(self._delete(_ADDRESS).where(_ADDRESS.c.person == person))

    def set_mail_token(self, person: bytes, token_hash: bytes, expires_us: int) -> bool:
        """What confirms the address that was asked for; False: none waits for it."""
        here = self._update(_ADDRESS).where(
            _ADDRESS.c.person == person, _ADDRESS.c.asked.is_not(None)
        )
        with self._transaction() as connection:
            changed = here.values(token_hash=token_hash, expires_us=expires_us)
            return connection.execute(changed).rowcount == 1

    def confirm_mail_address(self, person: bytes, token_hash: bytes, now_us: int) -> bool:
        """Use the token up: the address counts from now on."""
        here = self._update(_ADDRESS).where(
            _ADDRESS.c.person == person,
            _ADDRESS.c.token_hash == token_hash,
            _ADDRESS.c.expires_us > now_us,
        )
        with self._transaction() as connection:
            changed = here.values(address=_ADDRESS.c.asked, asked=None, token_hash=None)
            return connection.execute(changed).rowcount == 1


class SqlMails:
    """See `server.storage.protocols.notices.Mails`.

    A claim is a later due time and a higher number of attempts, as of deliveries.
    """

    _reading: Engine
    _writing: Engine

    def claim_mail(self, now_us: int, until_us: int) -> MailDue | None:
        """Take the notice whose mail waits longest."""
        row = self._claim(_NOTICE, now_us, until_us)
        if row is None:
            return None
        kind = Happened(row.kind)
        return MailDue(
            row.organisation, row.row, bytes(row.person), row.mail_attempts, kind, row.path
        )

    def note_mail(self, mail: MailDue, state: Mailing, due_us: int) -> None:
        """How an attempt ended; dropped if it is no longer the newest."""
        here = update(_NOTICE).where(
            _NOTICE.c.row == mail.row, _NOTICE.c.mail_attempts == mail.attempt
        )
        self._note(here, state, due_us)

    def claim_confirmation(self, now_us: int, until_us: int) -> ConfirmationDue | None:
        """Take the address whose confirmation waits longest."""
        row = self._claim(_ADDRESS, now_us, until_us)
        if row is None:
            return None
        return ConfirmationDue(row.organisation, bytes(row.person), row.mail_attempts, row.asked)

    def note_confirmation(self, asked: ConfirmationDue, state: Mailing, due_us: int) -> None:
        """How an attempt ended; dropped if it is no longer the newest."""
        here = update(_ADDRESS).where(
            _ADDRESS.c.person == asked.person,
            _ADDRESS.c.mail_attempts == asked.attempt,
            _ADDRESS.c.asked == asked.address,
        )
        self._note(here, state, due_us)

    def _claim(self, table: Table, now_us: int, until_us: int) -> Any | None:
        (key,) = table.primary_key
        due = (
            select(key)
            .where(table.c.mail == Mailing.WAITING.value, table.c.mail_due_us <= now_us)
            .order_by(table.c.mail_due_us)
            .limit(1)
        )
        with self._reading.connect() as connection:
            if connection.execute(due).one_or_none() is None:
                return None
        with self._writing.begin() as connection:
            taken = due.with_for_update(skip_locked=True)
            found = connection.execute(taken).scalar_one_or_none()
            if found is None:
                return None
            claim = update(table).where(key == found)
            raised = {"mail_attempts": table.c.mail_attempts + 1, "mail_due_us": until_us}
            return connection.execute(claim.values(**raised).returning(table)).one()

    def _note(self, here: Any, state: Mailing, due_us: int) -> None:
        with self._writing.begin() as connection:
            connection.execute(here.values(mail=state.value, mail_due_us=due_us))


def _as_notice(row: Any) -> Notice:
    return Notice(
        row.row, Happened(row.kind), row.path, row.created_us, row.read_us, Mailing(row.mail)
    )
