"""What may be a name."""

from server.errors import ServerError, not_found
from server.language import N_

_NAME_MAX_CHARS = 120
_ID_HEX = 32


def checked_name(text: str) -> str:
    """The name without spaces around it; raises `ServerError`."""
    name = text.strip()
    if not 0 < len(name) <= _NAME_MAX_CHARS or not name.isprintable():
        raise ServerError(N_("a name has 1 to %(most)s printable characters"), most=_NAME_MAX_CHARS)
    return name


def named_id(text: str, chars: int = _ID_HEX) -> bytes:
    """An id in hex; what is none raises `Refusal`, as if there were nothing of that name."""
    try:
        found = bytes.fromhex(text) if len(text) == chars else b""
    except ValueError as error:
        raise not_found() from error
    if 2 * len(found) != chars:
        raise not_found()
    return found
