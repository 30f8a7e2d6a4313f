"""A process that blacks out parts of one picture, so that no other has to hold an image library.

`python -m agent blacken LEFT,TOP,WIDTH,HEIGHT ...`: the picture comes on the input, the new one
goes to the output. Neither is written to the disk.
"""

import sys
from collections.abc import Sequence

from agent.picture import Box, blacked

BAD_PICTURE = 3


def main(arguments: Sequence[str]) -> int:
    """Black out the rectangles; 3: one lies outside the picture, or it does not read."""
    try:
        boxes = [_box(argument) for argument in arguments]
    except ValueError:
        print("usage: python -m agent blacken LEFT,TOP,WIDTH,HEIGHT ...", file=sys.stderr)
        return 2
    try:
        picture = blacked(sys.stdin.buffer.read(), boxes)
    except ValueError:
        return BAD_PICTURE
    sys.stdout.buffer.write(picture)
    return 0


def _box(text: str) -> Box:
    left, top, width, height = map(int, text.split(","))
    return Box(left, top, left + width, top + height)
