"""What an uploaded object is, judged by its bytes alone."""

from wire import limits
from wire.errors import WireError
from wire.textclass import OBJECT_MARK, unpack_classes

_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n"
_PLAIN_CONTROLS = "\n\r\t"
TEXT_CLASSES_TYPE = "application/vnd.veritype.text-classes"
"""Never shown as it is: it is evidence for the detector, and sensitive like text."""


def content_type_of(data: bytes) -> str | None:
    """The content type under which an object is stored and served; None if it is refused."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith(_JPEG):
        return "image/jpeg"
    if data.startswith(_PNG):
        return "image/png"
    if data.startswith(OBJECT_MARK):
        return TEXT_CLASSES_TYPE if _is_class_sequence(data) else None
    return "text/plain; charset=utf-8" if _is_short_text(data) else None


def _is_class_sequence(data: bytes) -> bool:
    try:
        unpack_classes(data)
    except WireError:
        return False
    return True


def _is_short_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return 0 < len(text) <= limits.NOTE_MAX_CHARS and all(
        char.isprintable() or char in _PLAIN_CONTROLS for char in text
    )
