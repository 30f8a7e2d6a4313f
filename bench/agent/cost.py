"""What a picture costs. Light to import: the measured process holds it too."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PictureCost:
    """Medians over some pictures of one process."""

    pictures: int
    cpu_ms: float
    peak_bytes: int
    """Of the whole process, its libraries included."""
    picture_bytes: int
