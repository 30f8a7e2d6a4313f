"""Draws screenshots for the sample sessions: a task window, everything else masked black."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

SIZE_PX = (1280, 720)
WINDOW = (120, 50, 1000, 680)


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture and what an event says about it."""

    data: bytes
    width_px: int
    height_px: int
    perceptual: int


def draw_picture(rng: np.random.Generator, *, filled: float) -> Picture:
    """Draw the task window with the answer `filled` to that share; words are grey blocks."""
    image = Image.new("RGB", SIZE_PX, "black")
    pen = ImageDraw.Draw(image)
    pen.rectangle(WINDOW, fill="#f7f7f5")
    pen.rectangle((WINDOW[0], WINDOW[1], WINDOW[2], WINDOW[1] + 28), fill="#2f4858")
    for left in (WINDOW[0] + 30, WINDOW[0] + 460):
        pen.rectangle((left, 100, left + 390, 330), fill="#ffffff", outline="#c9c9c4")
        _words(pen, rng, (left + 14, 116, left + 376, 318), 1.0, "#b5b8bd")
    pen.rectangle((WINDOW[0] + 30, 360, WINDOW[2] - 30, 650), fill="#ffffff", outline="#2f4858")
    _words(pen, rng, (WINDOW[0] + 46, 378, WINDOW[2] - 46, 640), filled, "#6d7278")
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=60, method=4)
    return Picture(buffer.getvalue(), *SIZE_PX, _difference_hash(image))


def _words(
    pen: ImageDraw.ImageDraw,
    rng: np.random.Generator,
    box: tuple[int, int, int, int],
    share: float,
    colour: str,
) -> None:
    left, top, right, bottom = box
    last = top + (bottom - top) * share
    y = top
    while y < last:
        x = left
        while x < right:
            width = int(rng.integers(14, 70))
            pen.rectangle((x, y, min(x + width, right), y + 9), fill=colour)
            x += width + 8
        y += 20


def _difference_hash(image: Image.Image) -> int:
    grey = np.asarray(image.convert("L").resize((9, 8)), dtype=np.int16)
    bits = (grey[:, 1:] > grey[:, :-1]).ravel()
    return int("".join("1" if bit else "0" for bit in bits), 2)
