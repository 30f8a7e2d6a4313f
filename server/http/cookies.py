"""The console's cookie: signed with the secret in force, accepted with those before it."""

from itsdangerous import TimestampSigner
from starlette.middleware.sessions import SessionMiddleware
from starlette.types import ASGIApp

from server.operation.keys import ServerKeys

_NAME = "veritype"
_NAME_OF_HOST = "__Host-veritype"
"""By this name browsers take it over HTTPS only, for the whole host and for no other."""


class _CurrentSigner(TimestampSigner):
    """Looks its secrets up each time, since they change while the server runs."""

    def __init__(self, keys: ServerKeys) -> None:
        self._keys = keys
        super().__init__(keys.cookie_secrets[-1])

    @property
    def secret_keys(self) -> list[bytes]:
        """All that are accepted; the last one signs."""
        return [secret.encode() for secret in self._keys.cookie_secrets]

    @secret_keys.setter
    def secret_keys(self, given: list[bytes]) -> None:
        """What the base class was made with is among them already."""


class SignedSessions(SessionMiddleware):
    """Starlette's sessions with secrets that are rotated."""

    def __init__(self, app: ASGIApp, keys: ServerKeys, lasts_s: int, secure: bool) -> None:
        super().__init__(
            app,
            secret_key="",
            session_cookie=_NAME_OF_HOST if secure else _NAME,
            max_age=lasts_s,
            same_site="lax",
            https_only=secure,
        )
        self.signer = _CurrentSigner(keys)
