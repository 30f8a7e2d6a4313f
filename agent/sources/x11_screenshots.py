"""Screenshots on X11: which windows are where, and which may be shown."""

import random
from collections.abc import Callable

from Xlib import X
from Xlib import error as xerror

from agent.picture import Box, Layer
from agent.sources.pictures import Scene, ScenePictures
from agent.sources.protocol import Emit
from agent.sources.x11_display import LOST, XConnection
from agent.sources.x11_windows import Windows
from wire.codes import Category, SourceState
from wire.policy import Policy, Screenshots

_DEPTH_MAX = 4
"""Frames around a client window, between it and the root."""


class X11Screenshots(ScenePictures):
    """Takes pictures when they are due, over a connection of its own."""

    def __init__(
        self,
        policy: Policy,
        rules: Screenshots,
        draw: Callable[[], float] = random.random,
    ) -> None:
        super().__init__(rules, self._scene, (xerror.XError, *LOST), draw)
        self._policy = policy
        self._whole_screen = rules.whole_screen
        self._connection: XConnection | None = None
        self._windows: Windows | None = None

    def start(self, emit: Emit) -> None:
        """Connect; see `Source.start`."""
        self._connection = XConnection()
        self._windows = Windows(self._connection, self._policy)
        super().start(emit)

    def stop(self) -> None:
        """Disconnect."""
        if self._connection is not None:
            self._connection.close()
        self._connection = self._windows = None
        super().stop()

    def pump(self, now_us: int) -> int | None:
        """Take the picture that is due; draw the moment of the next."""
        if self._connection is not None:
            for _ in self._connection.pending():
                continue
        return super().pump(now_us)

    def check(self) -> SourceState:
        """A round trip to the display."""
        alive = self._connection is not None and self._connection.alive()
        return SourceState.RUNNING if alive else SourceState.FAILED

    def _scene(self) -> Scene:
        if self._connection is None or self._windows is None:
            raise ConnectionResetError("the display's connection is closed")
        return _scene(self._connection, self._windows, whole_screen=self._whole_screen)


def _scene(connection: XConnection, windows: Windows, *, whole_screen: bool) -> Scene:
    front = windows.category(windows.active())
    geometry = connection.root.get_geometry()
    screen = Box(0, 0, geometry.width, geometry.height)
    return Scene(front, screen, _layers(connection, windows, whole_screen=whole_screen))


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
