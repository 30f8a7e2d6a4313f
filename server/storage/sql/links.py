"""Links that work once, in SQL: invitations and password resets."""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Select, func, select, update

from server.language import N_
from server.records import IdentityProvider, Invitation, NewInvitation, Person, Role
from server.storage import tables
from server.storage.sql.bound import Bound, taken
from server.storage.sql.identities import PROVIDER_COLUMNS
from server.storage.sql.people import as_person

_ID_BYTES = 16
_INVITATION = tables.invitations
_TEAMS = tables.invitation_teams
_RESET = tables.password_resets
_PEOPLE = tables.people


class SqlLinks(Bound):
    """See `server.storage.protocols.signin.Links`."""

    def add_invitation(self, invitation: NewInvitation) -> int:
        """Store an invitation."""
        values = {
            "token_hash": invitation.token_hash,
            "role": invitation.role.value,
            "email": invitation.email,
            "invited_by": invitation.invited_by,
            "created_us": invitation.created_us,
            "expires_us": invitation.expires_us,
            "withdrawn": False,
        }
        with self._transaction() as connection:
            key = connection.execute(self._insert(_INVITATION, values)).inserted_primary_key
            row = int(key[0]) if key else 0
            for team in sorted(invitation.teams):
                connection.execute(self._insert(_TEAMS, {"invitation": row, "team": team}))
        return row

    def invitations(self, now_us: int) -> Sequence[Invitation]:
        """Those that can still be accepted, the newest first."""
        query = self._select(_INVITATION).where(*_holds(now_us))
        rows = self._all(query.order_by(_INVITATION.c.row.desc()))
        given = self._all(self._select(_TEAMS, _TEAMS.c.invitation, _TEAMS.c.team))
        return [
            _as_invitation(row, frozenset(team for number, team in given if number == row.row))
            for row in rows
        ]

    def withdraw_invitation(self, row: int) -> bool:
        """Take an invitation back."""
        here = self._update(_INVITATION).where(
            _INVITATION.c.row == row,
            _INVITATION.c.used_us.is_(None),
            _INVITATION.c.withdrawn.is_(False),
        )
        with self._transaction() as connection:
            return connection.execute(here.values(withdrawn=True)).rowcount == 1

    def end_links_of(self, maker: str) -> None:
        """End the invitations that somebody made, and every link for a new password."""
        theirs = self._update(_INVITATION).where(
            _INVITATION.c.invited_by == maker, _INVITATION.c.used_us.is_(None)
        )
        with self._transaction() as connection:
            connection.execute(theirs.values(withdrawn=True))
            connection.execute(self._delete(_RESET).where(_RESET.c.used_us.is_(None)))

    def accept_invitation(
        self, row: int, name: str, login: str | None, password_hash: str | None, now_us: int
    ) -> Person | None:
        """Use it up and add the person, as one."""
        use_up = (
            self._update(_INVITATION)
            .where(_INVITATION.c.row == row, *_holds(now_us))
            .values(used_us=now_us)
            .returning(_INVITATION.c.role)
        )
        person = secrets.token_bytes(_ID_BYTES)
        teams = self._select(_TEAMS, _TEAMS.c.team).where(_TEAMS.c.invitation == row)
        with taken(N_("that name or login is in use")), self._transaction() as connection:
            role = connection.execute(use_up).scalar_one_or_none()
            if role is None:
                return None
            values = {
                "id": person,
                "name": name,
                "role": role,
                "login": login,
                "password_hash": password_hash,
            }
            connection.execute(self._insert(_PEOPLE, values))
            for team in connection.execute(teams).scalars().all():
                member = {"team": team, "person": person, "leads": role == Role.LEAD.value}
                connection.execute(self._insert(tables.team_members, member))
        return Person(self.organisation, person, name, Role(role), login)

    def add_password_reset(self, token_hash: bytes, person: bytes, expires_us: int) -> None:
        """Store a link; those before it end."""
        values = {"token_hash": token_hash, "person": person, "expires_us": expires_us}
        with self._transaction() as connection:
            connection.execute(self._delete(_RESET).where(_RESET.c.person == person))
            connection.execute(self._insert(_RESET, values))


class SqlLinkDoors:
    """See `server.storage.protocols.signin.LinkDoors`."""

    _reading: Engine
    _writing: Engine

    def invitation(self, token_hash: bytes, now_us: int) -> Invitation | None:
        """An invitation that can still be accepted."""
        query = select(_INVITATION).where(_INVITATION.c.token_hash == token_hash, *_holds(now_us))
        with self._reading.connect() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            teams = select(_TEAMS.c.team).where(
                _TEAMS.c.invitation == row.row, _TEAMS.c.organisation == row.organisation
            )
            return _as_invitation(row, frozenset(connection.execute(teams).scalars().all()))

    def password_reset(self, token_hash: bytes, now_us: int) -> Person | None:
        """Whose password a link that still holds is for."""
        with self._reading.connect() as connection:
            row = connection.execute(_reset_of(token_hash, now_us)).one_or_none()
        return as_person(row) if row else None

    def reset_password(self, token_hash: bytes, password_hash: str, now_us: int) -> bool:
        """Use the link up and store the password, as one."""
        use_up = (
            update(_RESET)
            .where(
                _RESET.c.token_hash == token_hash,
                _RESET.c.used_us.is_(None),
                _RESET.c.expires_us > now_us,
            )
            .values(used_us=now_us)
            .returning(_RESET.c.person)
        )
        with self._writing.begin() as connection:
            person = connection.execute(use_up).scalar_one_or_none()
            if person is None:
                return False
            changed = update(_PEOPLE).where(_PEOPLE.c.id == person, _PEOPLE.c.removed_us.is_(None))
            changed = changed.values(password_hash=password_hash, epoch=_PEOPLE.c.epoch + 1)
            return connection.execute(changed).rowcount == 1

    def identity_provider_of(self, organisation: str) -> IdentityProvider | None:
        """The provider of an organisation, by its name whatever the case."""
        named = tables.organisations
        query = (
            select(*PROVIDER_COLUMNS)
            .join(named, named.c.id == PROVIDER_COLUMNS[0])
            .where(func.lower(named.c.name) == organisation.lower())
            .order_by(named.c.id)
            .limit(1)
        )
        with self._reading.connect() as connection:
            row = connection.execute(query).one_or_none()
        return IdentityProvider(*row) if row else None

    def identity_providers(self) -> Sequence[IdentityProvider]:
        """All providers of the installation."""
        with self._reading.connect() as connection:
            rows = connection.execute(select(*PROVIDER_COLUMNS)).all()
        return [IdentityProvider(*row) for row in rows]


def _holds(now_us: int) -> tuple[Any, ...]:
    return (
        _INVITATION.c.used_us.is_(None),
        _INVITATION.c.withdrawn.is_(False),
        _INVITATION.c.expires_us > now_us,
    )


def _reset_of(token_hash: bytes, now_us: int) -> Select[Any]:
    return (
        select(_PEOPLE)
        .join(_RESET, _RESET.c.person == _PEOPLE.c.id)
        .where(
            _RESET.c.token_hash == token_hash,
            _RESET.c.used_us.is_(None),
            _RESET.c.expires_us > now_us,
            _PEOPLE.c.removed_us.is_(None),
        )
    )


def _as_invitation(row: Any, teams: frozenset[int]) -> Invitation:
    return Invitation(row.organisation, row.row, Role(row.role), teams, row.email, row.expires_us)
