"""What an uploaded object is, judged by its bytes alone."""

from wire import limits

_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n"
_PLAIN_CONTROLS = "\n\r\t"


def content_type_of(data: bytes) -> str | None:
    """The content type under which an object is stored and served; None if it is refused."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith(_JPEG):
        return "image/jpeg"
    if data.startswith(_PNG):
        return "image/png"
    return "text/plain; charset=utf-8" if _is_short_text(data) else None


def _is_short_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return 0 < len(text) <= limits.NOTE_MAX_CHARS and all(
        char.isprintable() or char in _PLAIN_CONTROLS for char in text
    )
