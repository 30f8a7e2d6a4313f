"""The icon's window in an X11 tray: the freedesktop.org System Tray and XEmbed protocols.

System Tray Protocol 0.3 (docking, `_NET_SYSTEM_TRAY_VISUAL`) and XEmbed 0.5 (`_XEMBED_INFO`).
"""

from typing import Any

from Xlib import X, Xatom, Xutil
from Xlib.display import Display
from Xlib.protocol import event

from agent.tray.look import Look

_REQUEST_DOCK = 0
_XEMBED_VERSION, _XEMBED_MAPPED = 0, 1
_SIZE_PX = 22
_LEAST_PX = 8
"""In less than this nothing can be told apart; a tray gives it before it has made room."""
_FULL_CIRCLE = 360 * 64
_GREY, _RED, _AMBER, _WHITE = 0x909090, 0xD5281F, 0xE8A200, 0xFFFFFF
_OPAQUE = 0xFF000000


class Icon:
    """Our place in the tray."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._screen = display.screen()
        number = display.get_default_screen()
        self._selection = display.intern_atom(f"_NET_SYSTEM_TRAY_S{number}")
        self._window: Any = None
        self._tray: Any = None
        self._size = (_SIZE_PX, _SIZE_PX)
        self._look = Look.OFF

    @property
    def docked(self) -> bool:
        """Whether we have a place in a tray."""
        return self._window is not None

    def dock(self, look: Look) -> bool:
        """Ask the tray for a place; False where there is no tray."""
        owner: Any = self._display.get_selection_owner(self._selection)
        if owner == X.NONE:
            return False
        self._look, self._tray = look, owner
        owner.change_attributes(event_mask=X.StructureNotifyMask)
        self._window = self._made(owner)
        self._name()
        # Trays of GTK give no more room than is asked for.
        least = {"min_width": _SIZE_PX, "min_height": _SIZE_PX}
        self._window.set_wm_normal_hints(flags=Xutil.PMinSize, **least)
        info = self._display.intern_atom("_XEMBED_INFO")
        self._window.change_property(info, info, 32, [_XEMBED_VERSION, _XEMBED_MAPPED])
        opcode = self._display.intern_atom("_NET_SYSTEM_TRAY_OPCODE")
        words = [X.CurrentTime, _REQUEST_DOCK, self._window.id, 0, 0]
        owner.send_event(event.ClientMessage(window=owner, client_type=opcode, data=(32, words)))
        self._display.flush()
        return True

    def show(self, look: Look) -> None:
        """Draw anew if the look changed."""
        if look is self._look:
            return
        self._look = look
        if self._window is not None:
            self._name()
            self._draw()

    def handle(self, happened: Any) -> bool:
        """Take an event; True for a click on the icon."""
        if self._window is None:
            return False
        if happened.type == X.DestroyNotify and happened.window in (self._window, self._tray):
            self._leave()
        elif getattr(happened, "window", None) == self._window:
            if happened.type == X.ConfigureNotify:
                self._size = (happened.width, happened.height)
                self._draw()
            elif happened.type == X.Expose and happened.count == 0:
                self._draw()
            return bool(happened.type == X.ButtonPress)
        return False

    def _leave(self) -> None:
        """The tray is gone: without it our window would lie about on the desktop."""
        self._window.destroy()
        self._display.flush()
        self._window = self._tray = None

    def _made(self, owner: Any) -> Any:
        mask = X.ExposureMask | X.StructureNotifyMask | X.ButtonPressMask
        depth, visual = self._visual(owner)
        root = self._screen.root
        if depth == self._screen.root_depth:
            return root.create_window(
                0,
                0,
                *self._size,
                0,
                depth,
                background_pixmap=X.ParentRelative,
                event_mask=mask,
            )
        return root.create_window(
            0,
            0,
            *self._size,
            0,
            depth,
            X.InputOutput,
            visual,
            background_pixel=0,
            border_pixel=0,
            colormap=root.create_colormap(visual, X.AllocNone),
            event_mask=mask,
        )

    def _visual(self, owner: Any) -> tuple[int, int]:
        """The visual that the tray asks for, with its depth; else the screen's own."""
        name = self._display.intern_atom("_NET_SYSTEM_TRAY_VISUAL")
        wanted = owner.get_full_property(name, Xatom.VISUALID)
        if wanted is not None and len(wanted.value):
            for depth in self._screen.allowed_depths:
                if any(each.visual_id == wanted.value[0] for each in depth.visuals):
                    return depth.depth, int(wanted.value[0])
        return self._screen.root_depth, self._screen.root_visual

    def _name(self) -> None:
        self._window.set_wm_name(self._look.value)
        self._window.set_wm_class("veritype", "Veritype")
        self._display.flush()

    def _draw(self) -> None:
        self._window.clear_area()
        side = min(self._size)
        if side < _LEAST_PX:
            return
        pen = self._window.create_gc()
        left, top = (self._size[0] - side) // 2, (self._size[1] - side) // 2
        _DRAWN[self._look](self._window, pen, left + side // 8, top + side // 8, side * 3 // 4)
        pen.free()
        self._display.flush()


def _ring(window: Any, pen: Any, x: int, y: int, side: int) -> None:
    pen.change(foreground=_OPAQUE | _GREY, line_width=max(side // 6, 2))
    edge = max(side // 10, 1)
    window.arc(pen, x + edge, y + edge, side - 2 * edge, side - 2 * edge, 0, _FULL_CIRCLE)


def _disc(window: Any, pen: Any, x: int, y: int, side: int) -> None:
    pen.change(foreground=_OPAQUE | _RED)
    window.fill_arc(pen, x, y, side, side, 0, _FULL_CIRCLE)


def _bars(window: Any, pen: Any, x: int, y: int, side: int) -> None:
    pen.change(foreground=_OPAQUE | _AMBER)
    width = max(side // 3, 1)
    window.fill_rectangle(pen, x, y, width, side)
    window.fill_rectangle(pen, x + side - width, y, width, side)


def _alarm(window: Any, pen: Any, x: int, y: int, side: int) -> None:
    pen.change(foreground=_OPAQUE | _RED)
    corners = [(x + side // 2, y), (x + side, y + side), (x, y + side)]
    window.fill_poly(pen, X.Convex, X.CoordModeOrigin, corners)
    pen.change(foreground=_OPAQUE | _WHITE)
    width = max(side // 8, 2)
    middle = x + (side - width) // 2
    window.fill_rectangle(pen, middle, y + side * 3 // 8, width, side * 5 // 16)
    window.fill_rectangle(pen, middle, y + side * 13 // 16, width, max(side // 8, 1))


_DRAWN = {Look.OFF: _ring, Look.RECORDING: _disc, Look.PAUSED: _bars, Look.BROKEN: _alarm}
