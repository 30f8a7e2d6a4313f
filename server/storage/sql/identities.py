"""Identities elsewhere, in SQL."""

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError

from server.records import IdentityProvider, Person
from server.storage import tables
from server.storage.sql.bound import Bound
from server.storage.sql.people import as_person

_PROVIDER = tables.identity_providers
_IDENTITY = tables.identities
_PEOPLE = tables.people
PROVIDER_COLUMNS = (
    _PROVIDER.c.organisation,
    _PROVIDER.c.issuer,
    _PROVIDER.c.client_id,
    _PROVIDER.c.sealed_secret,
)


class SqlIdentities(Bound):
    """See `server.storage.protocols.signin.Identities`."""

    def identity_provider(self) -> IdentityProvider | None:
        """Where the organisation's people sign in."""
        row = self._one(self._select(_PROVIDER, *PROVIDER_COLUMNS))
        return IdentityProvider(*row) if row else None

    def set_identity_provider(self, issuer: str, client_id: str, sealed_secret: bytes) -> None:
        """Store the provider in the place of another."""
        values = {"issuer": issuer, "client_id": client_id, "sealed_secret": sealed_secret}
        with self._transaction() as connection:
            connection.execute(self._delete(_PROVIDER))
            connection.execute(self._insert(_PROVIDER, values))

    def remove_identity_provider(self) -> bool:
        """Forget the provider."""
        with self._transaction() as connection:
            return connection.execute(self._delete(_PROVIDER)).rowcount > 0

    def person_of_identity(self, issuer: str, subject: str) -> Person | None:
        """The person who is bound to it and is here."""
        bound = self._select(_IDENTITY, _IDENTITY.c.person).where(
            _IDENTITY.c.issuer == issuer, _IDENTITY.c.subject == subject
        )
        query = self._select(_PEOPLE).where(_PEOPLE.c.id.in_(bound), _PEOPLE.c.removed_us.is_(None))
        row = self._one(query)
        return as_person(row) if row else None

    def person_of_login(self, login: str) -> Person | None:
        """The person who is here and has this login; None if two differ by case alone."""
        query = self._select(_PEOPLE).where(
            func.lower(_PEOPLE.c.login) == login.lower(), _PEOPLE.c.removed_us.is_(None)
        )
        rows = self._all(query)
        return as_person(rows[0]) if len(rows) == 1 else None

    def bind_identity(self, person: bytes, issuer: str, subject: str, now_us: int) -> bool:
        """Bind a person; False if the person or the identity is bound otherwise."""
        values = {"person": person, "issuer": issuer, "subject": subject, "bound_us": now_us}
        try:
            with self._transaction() as connection:
                connection.execute(self._insert(_IDENTITY, values))
        except IntegrityError:
            return False
        return True
