"""Screenshots: one at a random moment in each interval, only of what may be shown.

What differs by system is the scene: which windows are where, and which may be shown.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass

import mss
from PIL import Image

from agent.observations import PictureTaken
from agent.picture import Box, Layer, Picture, finished, masked, shown_area
from agent.sources.protocol import Emit
from wire.codes import Category, ScreenshotFlag, ScreenshotOutcome, SourceName, SourceState
from wire.policy import Screenshots

log = logging.getLogger(__name__)
_SECOND_US = 1_000_000
_TRIES = 2
_BAND_PX = 256


@dataclass(frozen=True, slots=True)
class Scene:
    """What decides which parts of the screen a picture may show."""

    front: Category
    screen: Box
    layers: list[Layer]
    """Windows from the lowest to the top."""


class ScenePictures:
    """Takes pictures when they are due."""

    name = SourceName.SCREENSHOTS

    def __init__(
        self,
        rules: Screenshots,
        look: Callable[[], Scene],
        errors: tuple[type[Exception], ...] = (),
        draw: Callable[[], float] = random.random,
    ) -> None:
        """`errors`: what `look` raises when windows vanish under it; such a picture failed."""
        self._rules = rules
        self._look = look
        self._errors: tuple[type[Exception], ...] = (mss.ScreenShotError, ValueError, *errors)
        self._draw = draw
        self._emit: Emit | None = None
        self._interval_end_us = 0
        self._due_us: int | None = None

    def start(self, emit: Emit) -> None:
        """Begin; see `Source.start`."""
        self._emit = emit
        self._interval_end_us, self._due_us = 0, None

    def stop(self) -> None:
        """Take no more."""
        self._emit = None

    def fileno(self) -> int | None:
        """Only time wakes it."""
        return None

    def pump(self, now_us: int) -> int | None:
        """Take the picture that is due; draw the moment of the next."""
        if self._emit is None:
            return None
        if self._due_us is not None and now_us >= self._due_us:
            self._due_us = None
            self._emit(self._taken(now_us))
        if now_us >= self._interval_end_us:
            self._plan(now_us)
        return self._due_us if self._due_us is not None else self._interval_end_us

    def check(self) -> SourceState:
        """Whether it was begun; a picture that fails says so itself."""
        return SourceState.RUNNING if self._emit is not None else SourceState.FAILED

    def _plan(self, now_us: int) -> None:
        interval_us = self._rules.interval_s * _SECOND_US
        # After a suspend the interval begins anew instead of catching up.
        late = now_us - self._interval_end_us > interval_us
        start_us = now_us if late else self._interval_end_us
        self._interval_end_us = start_us + interval_us
        self._due_us = start_us + int(self._draw() * interval_us)

    def _taken(self, now_us: int) -> PictureTaken:
        try:
            return self._take(now_us)
        except self._errors as error:
            log.warning("screenshot failed: %s", type(error).__name__)
            return PictureTaken(now_us, ScreenshotOutcome.FAILED)

    def _take(self, now_us: int) -> PictureTaken:
        scene = self._look()
        for _ in range(_TRIES):
            if scene.front is Category.PRIVATE:
                return PictureTaken(now_us, ScreenshotOutcome.SKIPPED_PRIVATE)
            area = scene.screen
            if not self._rules.whole_screen:
                shown = shown_area(scene.layers, scene.screen)
                if shown is None:
                    return PictureTaken(now_us, ScreenshotOutcome.SKIPPED_NO_SCOPE)
                area = shown
            image = grab(area)
            # What opened or moved meanwhile may be in the picture and not in the mask.
            before, scene = scene, self._look()
            if scene == before:
                return self._finished(now_us, image, area, scene.layers)
        return PictureTaken(now_us, ScreenshotOutcome.FAILED)

    def _finished(
        self, now_us: int, image: Image.Image, area: Box, layers: list[Layer]
    ) -> PictureTaken:
        hidden = not self._rules.whole_screen or not all(layer.shown for layer in layers)
        flags = ScreenshotFlag.MASKED if hidden else ScreenshotFlag(0)
        return _described(now_us, finished(masked(image, area, layers), self._rules, flags))


def _described(at_us: int, picture: Picture) -> PictureTaken:
    return PictureTaken(
        at_us,
        ScreenshotOutcome.TAKEN,
        picture.flags,
        picture.width_px,
        picture.height_px,
        len(picture.data),
        picture.perceptual,
        picture.digest,
        picture.data,
    )


def grab(area: Box) -> Image.Image:
    """The pixels of an area, taken in bands: at once, a full screen is in memory three times."""
    image = Image.new("RGB", (area.right - area.left, area.bottom - area.top))
    with mss.MSS() as camera:
        for top in range(area.top, area.bottom, _BAND_PX):
            height = min(_BAND_PX, area.bottom - top)
            place = {"left": area.left, "top": top, "width": image.width, "height": height}
            shot = camera.grab(place)
            band = Image.frombuffer("RGB", shot.size, shot.raw, "raw", "BGRX", 0, 1)
            if band.size != (image.width, height):
                band = band.resize(
                    (image.width, height)
                )  # a Mac's pixels are finer than its points
            image.paste(band, (0, top - area.top))
    return image
