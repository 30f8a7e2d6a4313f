"""What is done to a screenshot before it leaves memory: masked, scaled, made coarse, encoded."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from wire.codes import ScreenshotFlag
from wire.limits import OBJECT_MAX_BYTES
from wire.objects import object_digest
from wire.policy import Screenshots

PIXEL_BLOCK_PX = 12
"""Side of a block of a pixelated picture: body text at 720p is about 12 pixels high."""
_QUALITIES = (60, 40, 20)
_HASH_SIDE = 8


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the screen; `right` and `bottom` are outside it."""

    left: int
    top: int
    right: int
    bottom: int

    def within(self, other: "Box") -> "Box | None":
        """The part inside another box; None if there is none."""
        box = Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )
        return box if box.left < box.right and box.top < box.bottom else None

    def moved(self, left: int, top: int) -> tuple[int, int, int, int]:
        """Corners as Pillow wants them (all inside), seen from another origin."""
        return self.left - left, self.top - top, self.right - left - 1, self.bottom - top - 1


@dataclass(frozen=True, slots=True)
class Layer:
    """A window's place on the screen, and whether it may be shown."""

    box: Box
    shown: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded screenshot and what an event says about it."""

    data: bytes
    digest: bytes
    width_px: int
    height_px: int
    flags: int
    perceptual: int


def shown_area(layers: Sequence[Layer], screen: Box) -> Box | None:
    """The smallest box around all that may be shown; None if nothing may."""
    boxes = [box for layer in layers if layer.shown and (box := layer.box.within(screen))]
    if not boxes:
        return None
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def masked(image: Image.Image, area: Box, layers: Sequence[Layer]) -> Image.Image:
    """Black out all but the layers that may be shown; `layers` go from the lowest to the top.

    The image itself is changed: a copy of a whole screen costs 8 MB.
    """
    hidden = Image.new("1", image.size, 1)
    draw = ImageDraw.Draw(hidden)
    for layer in layers:
        box = layer.box.within(area)
        if box is not None:
            draw.rectangle(box.moved(area.left, area.top), fill=int(not layer.shown))
    image.paste(0, mask=hidden)
    return image


def finished(image: Image.Image, rules: Screenshots, flags: ScreenshotFlag) -> Picture:
    """Scale, make coarse if the rules say so, encode as WebP within the size limit."""
    if image.height > rules.height_px:
        width = max(1, round(image.width * rules.height_px / image.height))
        image = image.resize((width, rules.height_px), Image.Resampling.BILINEAR)
    if rules.pixelate:
        image = _coarse(image)
        flags |= ScreenshotFlag.PIXELATED
    low, high = image.convert("L").getextrema()
    if low == high:
        flags |= ScreenshotFlag.BLACK
    data = _encoded(image)
    return Picture(
        data, object_digest(data), image.width, image.height, int(flags), perceptual_hash(image)
    )


def blacked(data: bytes, boxes: Sequence[Box]) -> bytes:
    """The picture with black rectangles over parts of it, encoded anew.

    Raises:
        ValueError: a box lies outside the picture, or the picture does not read.
    """
    try:
        with Image.open(io.BytesIO(data), formats=("WEBP",)) as stored:
            image = stored.convert("RGB")
    except OSError as error:
        raise ValueError("the picture does not read") from error
    whole = Box(0, 0, image.width, image.height)
    draw = ImageDraw.Draw(image)
    for box in boxes:
        inside = box.within(whole)
        if inside is None:
            raise ValueError("a rectangle outside the picture")
        draw.rectangle(inside.moved(0, 0), fill=(0, 0, 0))
    return _encoded(image)


def perceptual_hash(image: Image.Image) -> int:
    """64-bit difference hash: each bit says whether brightness falls to the right.

    https://www.hackerfactor.com/blog/?/archives/529-Kind-of-Like-That.html
    """
    small = image.convert("L").resize((_HASH_SIDE + 1, _HASH_SIDE), Image.Resampling.BILINEAR)
    rows = small.tobytes()
    value = 0
    for y in range(_HASH_SIDE):
        for x in range(_HASH_SIDE):
            at = y * (_HASH_SIDE + 1) + x
            value = value << 1 | (rows[at] > rows[at + 1])
    return value


def _coarse(image: Image.Image) -> Image.Image:
    width, height = (max(1, side // PIXEL_BLOCK_PX) for side in image.size)
    small = image.resize((width, height), Image.Resampling.BOX)
    return small.resize(image.size, Image.Resampling.NEAREST)


def _encoded(image: Image.Image) -> bytes:
    data = b""
    for quality in _QUALITIES:
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", quality=quality, method=2)
        data = buffer.getvalue()
        if len(data) <= OBJECT_MAX_BYTES:
            return data
    raise ValueError(f"a screenshot of {len(data)} bytes; {OBJECT_MAX_BYTES} allowed")
