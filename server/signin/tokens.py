"""Who sent this request, by its bearer token."""

from server.clock import now_us
from server.errors import Refusal
from server.operation.keys import hash_of
from server.records import Device, PlatformKey
from server.storage.protocols import Doors
from wire.problems import ProblemCode

_SCHEME = "bearer "
_TOKEN_MAX_CHARS = 200
REMEMBERED_S = 60.0
"""So long may a look-up by token be remembered: then a revocation holds everywhere."""


class Tokens:
    """Resolves bearer tokens of devices and of platforms."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    def device(self, authorization: str) -> Device:
        """The device of an `Authorization` field; raises `Refusal`.

        Looked up each time, so that a revocation holds at once; ingest remembers for a while.
        """
        return admitted(self._doors.device(hash_of(bearer(authorization))))

    def platform(self, authorization: str) -> PlatformKey:
        """A platform key, looked up each time so that a revoked one ends; raises `Refusal`."""
        key = self._doors.platform(hash_of(bearer(authorization)), now_us())
        if key is None:
            raise _unauthenticated()
        return key


def admitted(device: Device | None) -> Device:
    """A device that may ask; raises `Refusal`."""
    if device is None:
        raise _unauthenticated()
    if device.revoked_us is not None:
        raise Refusal(
            ProblemCode.DEVICE_REVOKED,
            401,
            "This device was revoked: stop recording, keep what was not sent, and enrol again with"
            " a new pairing code.",
        )
    return device


def bearer(authorization: str) -> str:
    """The token in an `Authorization` field; raises `Refusal`."""
    token = authorization[len(_SCHEME) :].strip()
    if not authorization.lower().startswith(_SCHEME) or not 0 < len(token) <= _TOKEN_MAX_CHARS:
        raise _unauthenticated()
    return token


def _unauthenticated() -> Refusal:
    return Refusal(
        ProblemCode.UNAUTHENTICATED, 401, "Send a valid token as 'Authorization: Bearer ...'."
    )
