r"""The one table that turns characters into classes, for the agent, detector and extension.

Text is normalised to NFC and counted in code points; CR LF is one newline. The class of a
character follows from its Unicode general category alone, so the table fits in a line of any
language; `text_class_vectors.json` holds the test vectors that every implementation must pass.

=====  =========================  ==========================================
class  characters                 general categories
=====  =========================  ==========================================
``a``  letters and their marks    L*, M*
``0``  digits and numbers         N*
``.``  everything else            P*, S*, C* (but tab and line ends)
space  spaces and tab             Zs, tab
``\n``  line ends                  LF, CR, CR LF, VT, FF, NEL, Zl, Zp
=====  =========================  ==========================================

Symbols and unassigned characters share a class on purpose: what one Unicode version calls
unassigned is an emoji in the next, and both ends must agree.
"""

import unicodedata
from enum import StrEnum

from wire import limits
from wire.errors import WireError
from wire.keys import KeyClass

OBJECT_MARK = b"VTC1"
"""How a stored class sequence begins."""
_LINE_ENDS = frozenset("\n\r\v\f\x85\u2028\u2029")


class TextClass(StrEnum):
    """The class of one character."""

    LETTER = "a"
    DIGIT = "0"
    PUNCT = "."
    SPACE = " "
    NEWLINE = "\n"


_BY_MAJOR = {"L": TextClass.LETTER, "M": TextClass.LETTER, "N": TextClass.DIGIT}

KEY_CLASS_OF_TEXT = {
    TextClass.LETTER: KeyClass.LETTER,
    TextClass.DIGIT: KeyClass.DIGIT,
    TextClass.PUNCT: KeyClass.PUNCT,
    TextClass.SPACE: KeyClass.SPACE,
    TextClass.NEWLINE: KeyClass.ENTER,
}
"""Which key class types a character of this class (tab is a key of its own)."""


def class_of(character: str) -> TextClass:
    """The class of a single code point; raises `TypeError` for anything longer."""
    if character in _LINE_ENDS:
        return TextClass.NEWLINE
    category = unicodedata.category(character)
    if category == "Zs" or character == "\t":
        return TextClass.SPACE
    return _BY_MAJOR.get(category[0], TextClass.PUNCT)


def classes_of(text: str) -> str:
    """The class sequence of a text, one letter of the table above per character."""
    normal = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    return "".join(map(class_of, normal))


def pack_classes(classes: str) -> bytes:
    """A class sequence as a stored object.

    Raises:
        WireError: it holds anything but classes, or too many of them.
    """
    if not set(classes) <= set(TextClass):
        raise WireError("a class sequence holds something that is no class")
    data = OBJECT_MARK + classes.encode("ascii")
    if len(data) > limits.OBJECT_MAX_BYTES:
        raise WireError(f"a class sequence of {len(classes)} characters")
    return data


def unpack_classes(data: bytes) -> str:
    """The class sequence in a stored object.

    Raises:
        WireError: it is none.
    """
    text = data.removeprefix(OBJECT_MARK).decode("ascii", "replace")
    if not data.startswith(OBJECT_MARK) or not set(text) <= set(TextClass):
        raise WireError("not a class sequence")
    return text
