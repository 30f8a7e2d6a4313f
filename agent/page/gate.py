"""Who may see the page: the browser that this person opened it in, and nobody else.

`veritype page` gives out a ticket that works once, in the part of the address that browsers send to
nobody. The page trades it for two secrets of this start: a cookie that scripts cannot read, and a
key that only this page's own scripts send. Cookies are shared between the ports of a machine, so
the cookie alone opens nothing; a page elsewhere cannot send the key.
"""

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from email.message import Message
from http.cookies import CookieError, SimpleCookie

Fields = Message
"""Header fields of a request."""
TICKET_S = 300.0
KEY_HEADER = "Veritype-Key"
_TICKETS_MAX = 16
_SECRET_BYTES = 32


class Gate:
    """The secrets of one start of the page, and the checks of each request."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._lock = threading.Lock()
        self._tickets: dict[str, float] = {}
        self._cookie = secrets.token_urlsafe(_SECRET_BYTES)
        self._key = secrets.token_urlsafe(_SECRET_BYTES)

    def ticket(self) -> str:
        """A new ticket; it works once and not for long."""
        made = secrets.token_urlsafe(_SECRET_BYTES)
        with self._lock:
            while len(self._tickets) >= _TICKETS_MAX:
                del self._tickets[next(iter(self._tickets))]
            self._tickets[made] = self._now_s() + TICKET_S
        return made

    def enter(self, ticket: str) -> tuple[str, str] | None:
        """The cookie and the key for a ticket that holds; it is used up."""
        with self._lock:
            holds = False
            for known, until_s in list(self._tickets.items()):
                if hmac.compare_digest(known.encode(), ticket.encode()):
                    del self._tickets[known]
                    holds = self._now_s() < until_s
        return (self._cookie, self._key) if holds else None

    def lets_in(self, port: int, fields: Fields) -> bool:
        """Whether a request carries both secrets; `fields` are its header fields."""
        cookie = _cookie_of(port, fields.get("Cookie", ""))
        both = (
            hmac.compare_digest(cookie.encode(), self._cookie.encode()),
            hmac.compare_digest(fields.get(KEY_HEADER, "").encode(), self._key.encode()),
        )
        return all(both)


def cookie_name(port: int) -> str:
    """The cookie's name: pages of other ports have others."""
    return f"veritype-{port}"


def is_addressed_here(port: int, fields: Fields) -> bool:
    """Whether the browser believes to talk to this machine: a rebound name does not pass."""
    return fields.get("Host", "") == f"127.0.0.1:{port}"


def is_own_origin(port: int, fields: Fields) -> bool:
    """Whether this page itself asks for something to be done."""
    site = fields.get("Sec-Fetch-Site", "same-origin")
    return fields.get("Origin", "") == f"http://127.0.0.1:{port}" and site == "same-origin"


def _cookie_of(port: int, field: str) -> str:
    try:
        found = SimpleCookie(field).get(cookie_name(port))
    except CookieError:
        return ""
    return found.value if found is not None else ""
