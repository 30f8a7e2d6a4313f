"""The icon's menu: a small window that is drawn with the X server's own fonts."""

from typing import Any

from Xlib import XK, X
from Xlib.display import Display

from agent.tray.look import Entry, Order

_FONTS = ("-*-helvetica-medium-r-*-*-14-*-*-*-*-*-iso8859-1", "fixed")
_INK, _PAPER, _CHOSEN, _QUIET = 0xFF202020, 0xFFF4F4F4, 0xFFCFE0F5, 0xFF606060
_PAD_PX = 8
_MASK = X.ExposureMask | X.ButtonPressMask | X.PointerMotionMask | X.KeyPressMask
_GRABBED = X.ButtonPressMask | X.PointerMotionMask


class Menu:
    """One opened menu; `handle` says when something was chosen."""

    def __init__(self, display: Display, entries: tuple[Entry, ...], x: int, y: int) -> None:
        """Open it with a corner at the pointer, inside the screen."""
        self._display = display
        self._entries = entries
        self._chosen: int | None = None
        self.closed = False
        font, self._row_px, self._rise_px, width = self._font()
        height = self._row_px * len(entries)
        screen = display.screen()
        left = max(min(x, screen.width_in_pixels - width), 0)
        top = y if y + height <= screen.height_in_pixels else max(y - height, 0)
        self._window = screen.root.create_window(
            left,
            top,
            width,
            height,
            1,
            screen.root_depth,
            background_pixel=_PAPER,
            border_pixel=_QUIET,
            override_redirect=True,
            event_mask=_MASK,
        )
        self._pen = self._window.create_gc(font=font)
        self._size = (width, height)
        self._window.map()
        self._window.grab_pointer(
            True, _GRABBED, X.GrabModeAsync, X.GrabModeAsync, X.NONE, X.NONE, X.CurrentTime
        )
        self._window.grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        display.flush()

    def handle(self, happened: Any) -> Order | None:
        """Take an event: the order that was chosen, if one was. `closed` tells when it is over."""
        if happened.type == X.Expose and happened.window == self._window:
            self._draw()
        elif happened.type == X.MotionNotify:
            self._choose(self._row(happened))
        elif happened.type == X.KeyPress:
            return self._key(self._display.keycode_to_keysym(happened.detail, 0))
        elif happened.type == X.ButtonPress:
            row = self._row(happened)
            if row is None or self._entries[row].order is not None:
                self._close()
            return self._entries[row].order if row is not None else None
        return None

    def _key(self, keysym: int) -> Order | None:
        orders = [row for row, entry in enumerate(self._entries) if entry.order is not None]
        if keysym == XK.XK_Escape:
            self._close()
        elif keysym == XK.XK_Down:
            below = [row for row in orders if self._chosen is not None and row > self._chosen]
            self._choose((below or orders)[0])
        elif keysym == XK.XK_Up:
            above = [row for row in orders if self._chosen is not None and row < self._chosen]
            self._choose((above or orders)[-1])
        elif keysym in (XK.XK_Return, XK.XK_KP_Enter) and self._chosen is not None:
            self._close()
            return self._entries[self._chosen].order
        return None

    def _row(self, happened: Any) -> int | None:
        """The row under the pointer: the grab reports it relative to the menu."""
        width, height = self._size
        if 0 <= happened.event_x < width and 0 <= happened.event_y < height:
            return int(happened.event_y) // self._row_px
        return None

    def _choose(self, row: int | None) -> None:
        chosen = row if row is not None and self._entries[row].order is not None else None
        if chosen != self._chosen:
            self._chosen = chosen
            self._draw()

    def _close(self) -> None:
        self._display.ungrab_pointer(X.CurrentTime)
        self._display.ungrab_keyboard(X.CurrentTime)
        self._pen.free()
        self._window.destroy()
        self._display.flush()
        self.closed = True

    def _font(self) -> tuple[Any, int, int, int]:
        """A font that the server has, the height and rise of a row, the width of the menu."""
        name = next(name for name in _FONTS if self._display.list_fonts(name, 1))
        font: Any = self._display.open_font(name)
        facts = font.query()
        widths = [
            font.query_text_extents(_latin(entry.text)).overall_width for entry in self._entries
        ]
        row_px = facts.font_ascent + facts.font_descent + _PAD_PX
        return font, row_px, facts.font_ascent + _PAD_PX // 2, max(widths) + 2 * _PAD_PX

    def _draw(self) -> None:
        for row, entry in enumerate(self._entries):
            top = row * self._row_px
            paper = _CHOSEN if row == self._chosen else _PAPER
            self._pen.change(foreground=paper)
            self._window.fill_rectangle(self._pen, 0, top, self._size[0], self._row_px)
            self._pen.change(foreground=_INK if entry.order else _QUIET, background=paper)
            at = (_PAD_PX, top + self._rise_px)
            self._window.draw_text(self._pen, *at, _latin(entry.text))
        self._display.flush()


def _latin(text: str) -> bytes:
    """What the server's fonts can show."""
    return text.encode("latin-1", "replace")
