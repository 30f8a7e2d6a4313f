"""Places and key classes, and both as plain numbers, which columns are compared with.

numpy asks a member of an enum for half a dozen protocols each time: that takes longer than to
compare it with 500 keys, and a vector makes a hundred such comparisons.
"""

from enum import IntEnum

from wire.keys import KeyClass


class Place(IntEnum):
    """Where in the text an interval falls: the place of the key that ends it."""

    WITHIN_WORD = 0
    AFTER_WORD = 1
    BEFORE_WORD = 2
    BEFORE_SENTENCE = 3
    BEFORE_PARAGRAPH = 4
    REVISION = 5
    OTHER = 6


class At:
    """The values of `Place`."""

    WITHIN_WORD = int(Place.WITHIN_WORD)
    AFTER_WORD = int(Place.AFTER_WORD)
    BEFORE_WORD = int(Place.BEFORE_WORD)
    BEFORE_SENTENCE = int(Place.BEFORE_SENTENCE)
    BEFORE_PARAGRAPH = int(Place.BEFORE_PARAGRAPH)
    REVISION = int(Place.REVISION)
    OTHER = int(Place.OTHER)


class Key:
    """The values of `KeyClass` that features ask for."""

    LETTER = int(KeyClass.LETTER)
    DIGIT = int(KeyClass.DIGIT)
    PUNCT = int(KeyClass.PUNCT)
    SPACE = int(KeyClass.SPACE)
    ENTER = int(KeyClass.ENTER)
    TAB = int(KeyClass.TAB)
    BACKSPACE = int(KeyClass.BACKSPACE)
    DELETE = int(KeyClass.DELETE)
    NAV_CHAR = int(KeyClass.NAV_CHAR)
    NAV_JUMP = int(KeyClass.NAV_JUMP)
    CLICK = int(KeyClass.CLICK)
