"""The shape of a text: a block for each letter, so that words show by their lengths alone.

Nothing here can hold a character of the text: it is given classes (`wire.textclass`) and gives
blocks.
"""

from collections.abc import Sequence

from server.submissions.origins import Part
from wire.textclass import TextClass

LETTER, DIGIT, PUNCT = "▆", "▒", "▖"
"""What stands for a letter, for a digit, and for everything else that is no space."""
_BLOCKS = str.maketrans(
    {
        TextClass.LETTER.value: LETTER,
        TextClass.DIGIT.value: DIGIT,
        TextClass.PUNCT.value: PUNCT,
    }
)


def shape_of(classes: str, parts: Sequence[Part]) -> tuple[str, ...]:
    """The blocks of each part of a text, in order; spaces and line ends stand as they are."""
    blocks = classes.translate(_BLOCKS)
    return tuple(blocks[part.start : part.end] for part in parts)
