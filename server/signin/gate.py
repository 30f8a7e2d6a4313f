"""The gate: passwords are checked slowly, and rarely.

Attempts are counted in the database, so that limits hold over restarts and for all nodes: by
login, and by address (an IPv6 network of 64 bits counts as one). Names are stored as a keyed hash.
An unknown login counts, waits and takes as long as a known one.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass

from server.clock import now_us
from server.errors import too_often
from server.records import Person
from server.signin.passwords import password_holds
from server.storage.protocols import Store

_WINDOW_US = 300 * 1_000_000
_BY_NAME = 8
_BY_ADDRESS = 32
_LOGIN_MAX_CHARS = 120
_IPV6_NETWORK_BITS = 64


@dataclass(frozen=True, slots=True)
class Tried:
    """How an attempt ended; with a wait, nothing was looked at."""

    person: Person | None
    wait_s: int = 0


class Gate:
    """Lets people in."""

    def __init__(self, store: Store, secret: bytes) -> None:
        self._store = store
        self._secret = secret

    def password(self, login: str, password: str, client: str) -> Tried:
        """The person, if login and password are right and were not tried too often."""
        login = login.strip()[:_LOGIN_MAX_CHARS]
        wait_s = self.wait_s(f"login:{login.lower()}", client)
        if wait_s:
            return Tried(None, wait_s)
        found = self._store.sign_in(login)
        if not password_holds(found[1] if found else None, password) or found is None:
            return Tried(None)
        self.let_in(f"login:{login.lower()}", client)
        return Tried(found[0])

    def own_password(self, person: Person, password: str, client: str) -> Tried:
        """The same person, if they know their password, as somebody who is signed in must."""
        name = f"person:{person.id.hex()}"
        wait_s = self.wait_s(name, client)
        if wait_s:
            return Tried(None, wait_s)
        stored = self._store.of(person.organisation).password_hash(person.id)
        if not password_holds(stored, password):
            return Tried(None)
        self.let_in(name, client)
        return Tried(person)

    def try_link(self, client: str) -> None:
        """Count a look at a link that works once; raises `Refusal` for an address that guesses."""
        wait_s = self._count(_address(client), _BY_ADDRESS)
        if wait_s:
            raise too_often(wait_s)

    def right_link(self, client: str) -> None:
        """The link was right: the look does not count."""
        self._store.give_back(self._hash(_address(client)))

    def wait_s(self, name: str, client: str) -> int:
        """Count an attempt by name and address: seconds to wait; 0: go on.

        Counted before the slow check, so that guesses sent side by side all count.
        """
        by_address = self._count(_address(client), _BY_ADDRESS)
        return by_address or self._count(name, _BY_NAME)

    def let_in(self, name: str, client: str) -> None:
        """It was right: forget the name's attempts, and this one of the address."""
        self._store.forget_attempts(self._hash(name))
        self._store.give_back(self._hash(_address(client)))

    def _count(self, name: str, most: int) -> int:
        now = now_us()
        count, started_us = self._store.attempt(self._hash(name), _WINDOW_US, now)
        return 0 if count <= most else max(1, (started_us + _WINDOW_US - now) // 1_000_000 + 1)

    def _hash(self, name: str) -> bytes:
        return hmac.digest(self._secret, b"attempt:" + name.encode(), hashlib.sha256)


def _address(client: str) -> str:
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return f"address:{client}"
    if address.version == 4:
        return f"address:{address}"
    network = ipaddress.ip_network((int(address), _IPV6_NETWORK_BITS), strict=False)
    return f"address:{network}"
