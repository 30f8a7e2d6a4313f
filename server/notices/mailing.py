"""The errand that sends mail: notices, and the question whether an address is somebody's."""

import logging
import ssl

from server.language import N_, _, speaking
from server.notices.postman import MailRefused, Postman
from server.notices.whom import TELLINGS
from server.operation.keys import hash_of, new_token
from server.records import Person
from server.records.notices import Mailing
from server.storage.protocols import OrganisationStore, Store

_SECOND_US = 1_000_000
_CLAIM_US = 120 * _SECOND_US
_FIRST_US = 60 * _SECOND_US
_FACTOR = 3
ATTEMPTS_MAX = 8
"""About a day and a half after the first, a notice is given up, which the console shows."""
CONFIRMED_WITHIN_US = 24 * 3_600 * _SECOND_US
CONFIRM = "/account/mail/"
_ASKED = N_("Confirm your mail address")
_CONFIRM_TEXT = N_(
    "Somebody who is signed in to Veritype wants its notices at this address. If it was"
    " you, open this link within a day; if not, do nothing."
)
_log = logging.getLogger(__name__)


class Mail:
    """See `server.errands.errand.Errand`."""

    def __init__(self, store: Store, postman: Postman) -> None:
        self._store = store
        self._postman = postman

    def do_next(self, now_us: int) -> bool:
        """One mail."""
        return self._postman.sends and (self._confirm(now_us) or self._notify(now_us))

    def _notify(self, now_us: int) -> bool:
        due = self._store.claim_mail(now_us, now_us + _CLAIM_US)
        if due is None:
            return False
        own, telling = self._store.of(due.organisation), TELLINGS.get(due.kind)
        person = own.person(due.person)
        address = address_of(own, person) if person and person.removed_us is None else None
        if person is None or address is None or telling is None:
            self._store.note_mail(due, Mailing.NONE, now_us)
            return True
        with speaking(person.language):
            subject, text = _(telling.subject), _(telling.text)
        text = f"{text}\n\n{self._postman.link(due.path)}\n"
        state, due_us = self._sent(address, subject, text, due.attempt, now_us)
        self._store.note_mail(due, state, due_us)
        return True

    def _confirm(self, now_us: int) -> bool:
        asked = self._store.claim_confirmation(now_us, now_us + _CLAIM_US)
        if asked is None:
            return False
        own, token = self._store.of(asked.organisation), new_token("vtm")
        if not own.set_mail_token(asked.person, hash_of(token), now_us + CONFIRMED_WITHIN_US):
            self._store.note_confirmation(asked, Mailing.NONE, now_us)
            return True
        person = own.person(asked.person)
        with speaking(person.language if person else None):
            subject, text = _(_ASKED), _(_CONFIRM_TEXT)
        text = f"{text}\n\n{self._postman.link(CONFIRM + token)}\n"
        state, due_us = self._sent(asked.address, subject, text, asked.attempt, now_us)
        self._store.note_confirmation(asked, state, due_us)
        return True

    def _sent(
        self, address: str, subject: str, text: str, attempt: int, now_us: int
    ) -> tuple[Mailing, int]:
        """Where the mail stands now, and when it is due again."""
        try:
            self._postman.send(address, subject, text)
        except MailRefused:
            _log.warning("the mail server refuses a mail for good", extra={"attempts": attempt})
            return Mailing.GIVEN_UP, now_us
        except OSError as error:
            _log.warning(_trouble(error), exc_info=error, extra={"attempts": attempt})
            if attempt >= ATTEMPTS_MAX:
                return Mailing.GIVEN_UP, now_us
            return Mailing.WAITING, now_us + _FIRST_US * _FACTOR ** (attempt - 1)
        return Mailing.SENT, now_us


def _trouble(error: OSError) -> str:
    """What an operator has to look at."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "the mail server's certificate does not hold: nothing was sent"
    if isinstance(error, ssl.SSLError):
        return "the mail server speaks no TLS there: look at smtp_port and smtp_security"
    return "a mail could not be sent"


def address_of(own: OrganisationStore, person: Person) -> str | None:
    """The address that its owner confirmed, else a login that is one."""
    found = own.mail_address(person.id)
    if found is not None and found.address is not None:
        return found.address
    login = person.login or ""
    return login if "@" in login else None
