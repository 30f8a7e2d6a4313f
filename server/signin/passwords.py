"""People's passwords: argon2id, and nothing else uses it."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.errors import ServerError
from server.language import N_

MIN_CHARS = 10
MAX_CHARS = 200
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _hasher.hash(password)


def password_holds(stored_hash: str | None, password: str) -> bool:
    """Whether the password is right; as slow for an unknown login as for a known one."""
    if len(password) > MAX_CHARS:
        return False
    try:
        _hasher.verify(stored_hash or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored_hash is not None


def checked_password(password: str) -> str:
    """The password, if it may be one; raises `ServerError`."""
    if not MIN_CHARS <= len(password) <= MAX_CHARS:
        raise ServerError(
            N_("a password has %(least)s to %(most)s characters"), least=MIN_CHARS, most=MAX_CHARS
        )
    return password


def new_password() -> str:
    """A password to print once."""
    return secrets.token_urlsafe(12)


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))
