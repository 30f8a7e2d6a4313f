"""The class sequence of a text: all of it that the server needs, and all that it keeps.

One character for each code point, by its Unicode category; `docs/attestation.md` has the table.
"""

import unicodedata

_LINE_ENDS = frozenset("\n\r\v\f\x85\u2028\u2029")
_BY_MAJOR = {"L": "a", "M": "a", "N": "0"}


def classes_of(text: str) -> str:
    """The class sequence of a text, so that it can be asked about without being sent."""
    return "".join(map(_class_of, unicodedata.normalize("NFC", text).replace("\r\n", "\n")))


def _class_of(character: str) -> str:
    category = unicodedata.category(character)
    if character in _LINE_ENDS:
        return "\n"
    if category == "Zs" or character == "\t":
        return " "
    return _BY_MAJOR.get(category[0], ".")
