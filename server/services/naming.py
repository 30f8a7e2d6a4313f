"""What may be a name."""

from server.errors import ServerError

_NAME_MAX_CHARS = 120


def checked_name(text: str) -> str:
    """The name without spaces around it; raises `ServerError`."""
    name = text.strip()
    if not 0 < len(name) <= _NAME_MAX_CHARS or not name.isprintable():
        raise ServerError(f"a name has 1 to {_NAME_MAX_CHARS} printable characters")
    return name
