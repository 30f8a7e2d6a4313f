"""Which writers a model may learn from: a fixed split by a hash of the writer's name."""

import hashlib
from enum import Enum


class Part(Enum):
    """The use of a writer's sessions."""

    TRAIN = "train"
    CALIBRATE = "calibrate"
    HELD_OUT = "held_out"


def part_of(writer: str) -> Part:
    """Return the part of ``writer``: 60 % train, 15 % calibrate, 25 % held out for evaluation."""
    digest = hashlib.sha256(f"veritype split 1 {writer}".encode()).digest()
    share = int.from_bytes(digest[:4], "big") / 2**32
    if share < 0.60:
        return Part.TRAIN
    return Part.CALIBRATE if share < 0.75 else Part.HELD_OUT
