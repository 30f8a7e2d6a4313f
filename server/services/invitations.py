"""Links that work once: invitations, and new passwords.

A link's token has 256 random bits and is stored as a hash. Whoever holds the link is in: it is
shown once, to whoever made it.
"""

from collections.abc import Sequence

from server.clock import now_us
from server.errors import ServerError, not_found
from server.language import N_
from server.operation.keys import hash_of, new_token
from server.records import Invitation, NewInvitation, Person, Role
from server.services.asking import Asker
from server.services.naming import checked_name
from server.signin.passwords import checked_password, hash_password
from server.storage.protocols import Store

_DAY_US = 24 * 3600 * 1_000_000
INVITATION_DAYS = 7
RESET_DAYS = 1
_TOKEN_MAX_CHARS = 100
NO_LINK = N_("This link is wrong, used or too old; ask for a new one.")


class Invitations:
    """Makes links and takes them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def invite(
        self, asker: Asker, role: Role, teams: frozenset[int], email: str | None = None
    ) -> str:
        """A token that adds one person with this role, in these teams; raises `Refusal`."""
        store = self._store.of(asker.organisation)
        known = {team.id for team in store.teams()}
        if not asker.may_invite(role, teams) or not teams <= known:
            raise not_found()
        now, token = now_us(), new_token("vti")
        row = store.add_invitation(
            NewInvitation(
                hash_of(token),
                role,
                teams,
                checked_email(email) if email else None,
                asker.name,
                now,
                now + INVITATION_DAYS * _DAY_US,
            )
        )
        store.audit(asker.name, f"invitation.made.{role.value}", str(row))
        return token

    def pending(self, asker: Asker) -> Sequence[Invitation]:
        """Invitations that can still be accepted, as far as the asker could have made them."""
        asker.need_people()
        found = self._store.of(asker.organisation).invitations(now_us())
        return [each for each in found if asker.may_invite(each.role, each.teams)]

    def withdraw(self, asker: Asker, row: int) -> None:
        """Take an invitation back; raises `Refusal`."""
        if row not in {each.row for each in self.pending(asker)}:
            raise not_found()
        store = self._store.of(asker.organisation)
        store.withdraw_invitation(row)
        store.audit(asker.name, "invitation.withdrawn", str(row))

    def invitation(self, token: str) -> Invitation | None:
        """The invitation of a link, if it can still be accepted."""
        if len(token) > _TOKEN_MAX_CHARS:
            return None
        return self._store.invitation(hash_of(token), now_us())

    def accept(self, invitation: Invitation, name: str, login: str, password: str) -> Person:
        """Add the person; raises `ServerError`, `NameTaken`, and `Refusal` if it was used."""
        known_as = invitation.email or _own_login(login)
        hashed = hash_password(checked_password(password))
        return self._accept(invitation, checked_name(name), known_as, hashed)

    def accept_identity(self, invitation: Invitation, name: str, email: str | None) -> Person:
        """Add a person who signs in elsewhere; raises as `accept` does."""
        return self._accept(invitation, checked_name(name), email, None)

    def make_reset(self, asker: Asker, person: Person) -> str:
        """A token that sets another password, once, within a day; older ones end."""
        asker.need_administrator()
        store = self._store.of(asker.organisation)
        if person.login is None:
            raise ServerError(N_("somebody without a login has no password; invite them anew"))
        token = new_token("vtr")
        store.add_password_reset(hash_of(token), person.id, now_us() + RESET_DAYS * _DAY_US)
        store.audit(asker.name, "password.reset-link", person.id.hex())
        return token

    def person_to_reset(self, token: str) -> Person | None:
        """Whose password a link is for, if it still holds."""
        if len(token) > _TOKEN_MAX_CHARS:
            return None
        return self._store.password_reset(hash_of(token), now_us())

    def reset(self, token: str, person: Person, password: str) -> None:
        """Set the password and end every sign-in; raises `Refusal` if the link was used."""
        hashed = hash_password(checked_password(password))
        if not self._store.reset_password(hash_of(token), hashed, now_us()):
            raise not_found(NO_LINK)
        store = self._store.of(person.organisation)
        store.audit(f"person:{person.id.hex()}", "password.reset", person.id.hex())

    def _accept(
        self, invitation: Invitation, name: str, login: str | None, hashed: str | None
    ) -> Person:
        store = self._store.of(invitation.organisation)
        person = store.accept_invitation(invitation.row, name, login, hashed, now_us())
        if person is None:
            raise not_found(NO_LINK)
        store.audit(f"person:{person.id.hex()}", "invitation.accepted", str(invitation.row))
        return person


def _own_login(text: str) -> str:
    """A login that somebody chose; raises `ServerError`.

    No address: it would wait there for its owner to sign in by OpenID Connect and be bound to it.
    """
    login = checked_name(text)
    if "@" in login:
        raise ServerError(N_("a login of your own choice is no e-mail address"))
    return login


def checked_email(text: str) -> str:
    """The address, if it looks like one; raises `ServerError`."""
    name = checked_name(text)
    before, at, after = name.partition("@")
    if not before or not at or not after or any(char.isspace() for char in name):
        raise ServerError(N_("an e-mail address looks like name@example.com"))
    return name.lower()
