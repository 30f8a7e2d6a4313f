"""Screenshots on X11: one at a random moment in each interval, only of what may be shown."""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass

import mss
from PIL import Image
from Xlib import X
from Xlib import error as xerror

from agent.observations import PictureTaken
from agent.picture import Box, Layer, Picture, finished, masked, shown_area
from agent.sources.protocol import Emit
from agent.sources.x11_display import LOST, XConnection
from agent.sources.x11_windows import Windows
from wire.codes import Category, ScreenshotFlag, ScreenshotOutcome, SourceName, SourceState
from wire.policy import Policy, Screenshots

log = logging.getLogger(__name__)
_SECOND_US = 1_000_000
_DEPTH_MAX = 4
"""Frames around a client window, between it and the root."""

_TRIES = 2
_BAND_PX = 256


@dataclass(frozen=True, slots=True)
class _Scene:
    """What decides which parts of the screen a picture may show."""

    front: Category
    screen: Box
    layers: list[Layer]


class X11Screenshots:
    """Takes pictures when they are due."""

    name = SourceName.SCREENSHOTS

    def __init__(
        self,
        policy: Policy,
        rules: Screenshots,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._policy = policy
        self._rules = rules
        self._draw = draw
        self._connection: XConnection | None = None
        self._windows: Windows | None = None
        self._emit: Emit = _nowhere
        self._interval_end_us = 0
        self._due_us: int | None = None

    def start(self, emit: Emit) -> None:
        """Connect; see `Source.start`."""
        self._connection = XConnection()
        self._windows = Windows(self._connection, self._policy)
        self._emit = emit
        self._interval_end_us, self._due_us = 0, None

    def stop(self) -> None:
        """Disconnect."""
        if self._connection is not None:
            self._connection.close()
        self._connection = self._windows = None
        self._emit = _nowhere

    def fileno(self) -> int | None:
        """Only time wakes it."""
        return None

    def pump(self, now_us: int) -> int | None:
        """Take the picture that is due; draw the moment of the next."""
        if self._connection is None:
            return None
        for _ in self._connection.pending():
            continue
        if self._due_us is not None and now_us >= self._due_us:
            self._due_us = None
            self._emit(self._taken(now_us))
        if now_us >= self._interval_end_us:
            self._plan(now_us)
        return self._due_us if self._due_us is not None else self._interval_end_us

    def check(self) -> SourceState:
        """A round trip to the display."""
        alive = self._connection is not None and self._connection.alive()
        return SourceState.RUNNING if alive else SourceState.FAILED

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
        except (mss.ScreenShotError, xerror.XError, *LOST, ValueError) as error:
            log.warning("screenshot failed: %s", type(error).__name__)
            return PictureTaken(now_us, ScreenshotOutcome.FAILED)

    def _take(self, now_us: int) -> PictureTaken:
        connection, windows = self._connection, self._windows
        if connection is None or windows is None:
            return PictureTaken(now_us, ScreenshotOutcome.FAILED)
        scene = _scene(connection, windows, whole_screen=self._rules.whole_screen)
        for _ in range(_TRIES):
            if scene.front is Category.PRIVATE:
                return PictureTaken(now_us, ScreenshotOutcome.SKIPPED_PRIVATE)
            area = scene.screen
            if not self._rules.whole_screen:
                shown = shown_area(scene.layers, scene.screen)
                if shown is None:
                    return PictureTaken(now_us, ScreenshotOutcome.SKIPPED_NO_SCOPE)
                area = shown
            image = _grab(area)
            # What opened or moved meanwhile may be in the picture and not in the mask.
            before = scene
            scene = _scene(connection, windows, whole_screen=self._rules.whole_screen)
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


def _grab(area: Box) -> Image.Image:
    """The pixels of an area, taken in bands: at once, a full screen is in memory three times."""
    image = Image.new("RGB", (area.right - area.left, area.bottom - area.top))
    with mss.MSS() as camera:
        for top in range(area.top, area.bottom, _BAND_PX):
            height = min(_BAND_PX, area.bottom - top)
            place = {"left": area.left, "top": top, "width": image.width, "height": height}
            shot = camera.grab(place)
            band = Image.frombuffer("RGB", shot.size, shot.raw, "raw", "BGRX", 0, 1)
            image.paste(band, (0, top - area.top))
    return image


def _scene(connection: XConnection, windows: Windows, *, whole_screen: bool) -> _Scene:
    front = windows.category(windows.active())
    geometry = connection.root.get_geometry()
    screen = Box(0, 0, geometry.width, geometry.height)
    return _Scene(front, screen, _layers(connection, windows, whole_screen=whole_screen))


def _layers(connection: XConnection, windows: Windows, *, whole_screen: bool) -> list[Layer]:
    """Every visible top-level window from the lowest to the top, and whether it may be shown.

    Windows that no window manager manages (menus, tooltips, notifications) are shown only if
    they belong to the program of a task window.
    """
    client_mask = ~connection.display.display.info.resource_id_mask
    categories, task_programs = {}, set()
    for client in windows.clients():
        frame = _frame_of(connection, client)
        categories[frame] = windows.category(client)
        if categories[frame] is Category.TASK:
            task_programs.add(client & client_mask)
    screen = connection.root.get_geometry()
    layers = [Layer(Box(0, 0, screen.width, screen.height), shown=True)] if whole_screen else []
    for child in connection.root.query_tree().children:
        box = _visible_box(child)
        if box is None:
            continue
        category = categories.get(child.id)
        unmanaged_shown = category is None and child.id & client_mask in task_programs
        shown = category is Category.TASK or unmanaged_shown
        if whole_screen:
            shown = category is not Category.PRIVATE
        layers.append(Layer(box, shown))
    return layers


def _visible_box(window: object) -> Box | None:
    try:
        attributes = window.get_attributes()  # type: ignore[attr-defined]
        geometry = window.get_geometry()  # type: ignore[attr-defined]
    except xerror.XError:
        return None
    if attributes.map_state != X.IsViewable or attributes.win_class == X.InputOnly:
        return None
    border = 2 * geometry.border_width
    right, bottom = geometry.x + geometry.width + border, geometry.y + geometry.height + border
    return Box(geometry.x, geometry.y, right, bottom)


def _frame_of(connection: XConnection, client: int) -> int:
    """The top-level window around a client: the window manager's frame, or itself."""
    window = connection.display.create_resource_object("window", client)
    try:
        for _ in range(_DEPTH_MAX):
            parent = window.query_tree().parent
            if not parent or parent.id == connection.root.id:
                break
            window = parent
    except xerror.XError:
        return client
    return int(window.id)


def _nowhere(_seen: object) -> None:
    """Where observations go while nothing is recorded."""
