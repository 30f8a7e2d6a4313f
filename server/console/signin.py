"""What a browser's signed cookie says: who signed in, since when, and the form's token."""

import hmac
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request

from server.errors import Refusal
from server.language import N_
from server.operation.config import Settings
from server.records import Person
from server.services.asking import Asker, person_asking
from server.storage.protocols import Store
from wire.problems import ProblemCode

_HOUR_S = 3600
_MINUTE_S = 60
_TOO_OLD = N_("The form is too old; go back and send it again.")
_FOREIGN = N_("The form came from another site's page.")
_HALF_S = 600
"""Between the password and the second factor."""
_NOTED_S = 60
"""The cookie is written anew no more often than this."""
_PERSON, _ORGANISATION, _EPOCH = "person", "organisation", "epoch"
_SINCE, _SEEN, _HALF, _CSRF = "since", "seen", "half", "csrf"


@dataclass(frozen=True, slots=True)
class SignIns:
    """Who is using the console; nobody longer than the settings allow."""

    store: Store
    settings: Settings

    def person(self, request: Request) -> Person | None:
        """The person signed in, read afresh so that a changed role or a removal holds at once."""
        session, now = request.session, int(time.time())
        if session.get(_HALF, True):
            return None
        idle_s = now - _number(session, _SEEN)
        longest_s = self.settings.sign_in_hours * _HOUR_S
        if idle_s > self.settings.sign_in_idle_minutes * _MINUTE_S:
            return None
        if now - _number(session, _SINCE) > longest_s:
            return None
        person = self._named(request)
        if person is not None and idle_s > _NOTED_S:
            session[_SEEN] = now
        return person

    def half_signed_in(self, request: Request) -> Person | None:
        """Who gave the right password a short while ago, and still owes the second factor."""
        if request.session.get(_HALF) is not True:
            return None
        if int(time.time()) - _number(request.session, _SINCE) > _HALF_S:
            return None
        return self._named(request)

    def asker(self, person: Person) -> Asker:
        """What a person who signed in may do."""
        return person_asking(self.store, person)

    def _named(self, request: Request) -> Person | None:
        session = request.session
        try:
            organisation, person = int(session[_ORGANISATION]), bytes.fromhex(session[_PERSON])
        except (KeyError, TypeError, ValueError):
            return None
        found = self.store.of(organisation).person(person)
        if found is None or found.removed_us is not None or found.epoch != session.get(_EPOCH):
            return None
        return found


def remember(request: Request, person: Person, *, half: bool = False) -> None:
    """Sign a person in, or half in, with a cookie that shares nothing with the one before."""
    now = int(time.time())
    request.session.clear()
    request.session.update(
        {
            _PERSON: person.id.hex(),
            _ORGANISATION: person.organisation,
            _EPOCH: person.epoch,
            _SINCE: now,
            _SEEN: now,
            _HALF: half,
        }
    )


def csrf_token(request: Request) -> str:
    """The token that this browser's forms must send back."""
    token = request.session.get(_CSRF)
    if not isinstance(token, str):
        token = secrets.token_urlsafe(24)
        request.session[_CSRF] = token
    return token


def check_csrf(request: Request, sent: object, public_url: str = "") -> None:
    """Refuse a form that did not come from a page of ours, by its token and its origin."""
    due = request.session.get(_CSRF)
    if not isinstance(due, str) or not isinstance(sent, str) or not _same(due, sent):
        raise Refusal(ProblemCode.FORBIDDEN, 403, _TOO_OLD)
    origin = request.headers.get("origin")
    ours = {request.headers.get("host", ""), urlsplit(public_url).netloc}
    if origin is not None and urlsplit(origin).netloc not in ours - {""}:
        raise Refusal(ProblemCode.FORBIDDEN, 403, _FOREIGN)


def _same(due: str, sent: str) -> bool:
    return hmac.compare_digest(due.encode(), sent.encode())


def _number(session: dict[str, object], name: str) -> int:
    found = session.get(name)
    return found if isinstance(found, int) else 0
