"""Signing in to the console: password, cookie, CSRF token, lock-out."""

import hmac
import secrets

from starlette.requests import Request

from server.errors import Refusal
from server.records import Person
from server.services.asking import Asker, person_asking
from server.signin.pace import Pace
from server.signin.passwords import password_holds
from server.storage.protocols import Store
from wire.problems import ProblemCode

_ATTEMPTS = 8
_WINDOW_S = 300.0
_LOGIN_MAX_CHARS = 120
_PERSON, _ORGANISATION, _EPOCH, _CSRF = "person", "organisation", "epoch", "csrf"


class SignIn:
    """Who is using the console."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._by_login = Pace(_ATTEMPTS, _WINDOW_S)
        self._by_client = Pace(_ATTEMPTS * 4, _WINDOW_S)

    def check(self, login: str, password: str, client: str) -> Person | None:
        """The person, if login and password are right and were not tried too often."""
        login = login.strip()[:_LOGIN_MAX_CHARS]
        if self.wait_s(login, client):
            return None
        # Counted before the slow check, so that guesses sent side by side all count.
        self._by_login.count(login)
        self._by_client.count(client)
        found = self._store.sign_in(login)
        if not password_holds(found[1] if found else None, password) or found is None:
            return None
        self._by_login.clear(login)
        self._by_client.clear(client)
        return found[0]

    def wait_s(self, login: str, client: str) -> int:
        """Seconds until another attempt is allowed."""
        return max(self._by_login.wait_s(login), self._by_client.wait_s(client))

    def person(self, request: Request) -> Person | None:
        """The person signed in, read afresh so that a changed role holds at once."""
        session = request.session
        try:
            organisation, person = int(session[_ORGANISATION]), bytes.fromhex(session[_PERSON])
        except (KeyError, TypeError, ValueError):
            return None
        found = self._store.of(organisation).person(person)
        holds = found and found.removed_us is None and found.epoch == session.get(_EPOCH)
        return found if holds else None

    def asker(self, person: Person) -> Asker:
        """What a person who signed in may do."""
        return person_asking(self._store, person)


def remember(request: Request, person: Person) -> None:
    """Sign a person in, with a cookie that shares nothing with the one before."""
    request.session.clear()
    request.session.update(
        {_PERSON: person.id.hex(), _ORGANISATION: person.organisation, _EPOCH: person.epoch}
    )


def csrf_token(request: Request) -> str:
    """The token that this browser's forms must send back."""
    token = request.session.get(_CSRF)
    if not isinstance(token, str):
        token = secrets.token_urlsafe(24)
        request.session[_CSRF] = token
    return token


def check_csrf(request: Request, sent: object) -> None:
    """Refuse a form that did not come from a page of ours."""
    due = request.session.get(_CSRF)
    if not isinstance(due, str) or not isinstance(sent, str) or not _same(due, sent):
        raise Refusal(ProblemCode.FORBIDDEN, 403, "The form is too old; go back and send it again.")


def _same(due: str, sent: str) -> bool:
    return hmac.compare_digest(due.encode(), sent.encode())
