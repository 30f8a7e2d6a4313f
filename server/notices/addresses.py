"""Where a person's mail goes: an address counts when its owner has opened the link sent there."""

from server.errors import Refusal, ServerError
from server.language import N_
from server.operation.keys import hash_of
from server.records import Person
from server.records.notices import Mailing
from server.services.invitations import checked_email
from server.storage.protocols import OrganisationStore, Store
from wire.problems import ProblemCode

_TOKEN_MAX_CHARS = 100
_AGAIN_AFTER_US = 10 * 60 * 1_000_000


class MailAddresses:
    """What people may set of their own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def told_at(self, person: Person) -> dict[str, object]:
        """What the account page shows: the address in use, and one that waits to be confirmed."""
        found = self._own(person).mail_address(person.id)
        login = person.login if person.login and "@" in person.login else None
        return {
            "address": (found.address if found else None) or login,
            "asked": found.asked if found else None,
            "given_up": found is not None and found.mail is Mailing.GIVEN_UP,
            "own": found is not None,
        }

    def ask(self, person: Person, text: str, now_us: int) -> None:
        """Have a link sent to an address.

        Raises:
            ServerError: it is no address, or one was asked for a moment ago: nobody may have this
                server write to others as often as they like.
        """
        own = self._own(person)
        found = own.mail_address(person.id)
        if found is not None and now_us - found.asked_us < _AGAIN_AFTER_US:
            raise ServerError(N_("a link was asked for in the last ten minutes; wait a little"))
        own.ask_mail_address(person.id, checked_email(text), now_us)
        own.audit(_name(person), "mail-address.asked", person.id.hex())

    def confirm(self, person: Person, token: str, now_us: int) -> None:
        """Use a link up; raises `Refusal` (404) if it is not this person's, used or too old."""
        own = self._own(person)
        held = len(token) <= _TOKEN_MAX_CHARS and own.confirm_mail_address(
            person.id, hash_of(token), now_us
        )
        if not held:
            detail = N_("This link holds no more, or is not yours; ask for another one.")
            raise Refusal(ProblemCode.NOT_FOUND, 404, detail)
        own.audit(_name(person), "mail-address.confirmed", person.id.hex())

    def forget(self, person: Person) -> None:
        """Forget the address."""
        own = self._own(person)
        own.forget_mail_address(person.id)
        own.audit(_name(person), "mail-address.removed", person.id.hex())

    def _own(self, person: Person) -> OrganisationStore:
        return self._store.of(person.organisation)


def _name(person: Person) -> str:
    return f"person:{person.id.hex()}"
