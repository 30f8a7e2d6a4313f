"""Keyboard and pointer through pynput: the fallback on X11, the way on Windows and macOS.

It sees less than X11's own events: no source device, callback time instead of event time. pynput
brings its own listener thread; its callbacks only append to a queue that `pump` empties.
"""

import os
import sys
from collections import deque
from typing import Any

from agent.clock import monotonic_us
from agent.display import check_display
from agent.errors import DisplayUnavailable, SourceUnavailable
from agent.observations import ChordPressed, KeyHeld, MiddleClicked, Observation, PointerUsed
from agent.redact import chord_of
from agent.sources.protocol import Emit
from agent.sources.pynput_keys import class_and_keysym, key_identity
from wire.codes import KeyFlag, SourceName, SourceState
from wire.events import MISSING_U32
from wire.keys import KeyClass

_QUEUE_MAX = 10_000
_CONTROL = frozenset(("ctrl", "ctrl_l", "ctrl_r"))
_MAC_COMMAND = frozenset(("cmd", "cmd_l", "cmd_r"))
_SHIFT = frozenset(("shift", "shift_l", "shift_r"))
_COMMAND = _CONTROL | _MAC_COMMAND | {"alt", "alt_l", "alt_r"}
_MAC_COMMANDS = _CONTROL | _MAC_COMMAND
"""On a Mac, option writes other characters as AltGr does elsewhere."""
_ALT_GR = frozenset(("alt_gr",))


class _Listening:
    """A pynput listener, started and stopped, its observations queued."""

    def __init__(self) -> None:
        self._listener: Any = None
        self._queue: deque[Observation] = deque(maxlen=_QUEUE_MAX)
        self._emit: Emit = self._queue.append

    def start(self, emit: Emit) -> None:
        """Start the listener; see `Source.start`."""
        check_for_pynput()
        self._emit = emit
        self._queue.clear()
        self._listener = self._made()
        self._listener.start()
        self._listener.wait()

    def stop(self) -> None:
        """Stop the listener and wait for its thread."""
        if self._listener is not None:
            self._listener.stop()
            _end_x11_recording(self._listener)
            self._listener.join(2)
        self._listener = None
        self._queue.clear()

    def fileno(self) -> int | None:
        """Only time wakes it: pynput keeps its connection to itself."""
        return None

    def pump(self, now_us: int) -> int | None:
        """Pass on what was queued."""
        while self._queue:
            self._emit(self._queue.popleft())
        return now_us + 100_000

    def check(self) -> SourceState:
        """Whether the listener's thread is alive; pynput's own `running` would not tell."""
        alive = self._listener is not None and self._listener.is_alive()
        return SourceState.RUNNING if alive else SourceState.FAILED

    def _made(self) -> Any:
        raise NotImplementedError


class PynputKeyboard(_Listening):
    """Presses with hold time and class.

    Whether a program sent a key is known on Windows (the hook's LLKHF_INJECTED flag) and on macOS
    (the event's sending process), and not on X11.
    """

    name = SourceName.KEYBOARD

    def __init__(self, platform: str = sys.platform) -> None:
        super().__init__()
        self._origin_known = platform in ("win32", "darwin")
        self._control = _MAC_COMMAND if platform == "darwin" else _CONTROL
        self._commands = _MAC_COMMANDS if platform == "darwin" else _COMMAND
        self._down: dict[str, tuple[int, KeyClass, int]] = {}

    def _made(self) -> Any:
        from pynput import keyboard  # noqa: PLC0415 - a platform backend: needs a display

        return keyboard.Listener(on_press=self._pressed, on_release=self._released)

    def _pressed(self, key: Any, injected: bool = False) -> None:
        name = key_identity(key)
        if key is None or name in self._down:
            return
        key_class, keysym = class_and_keysym(key)
        # Windows reports AltGr as control and AltGr: what it writes is text.
        writes = self._any(_ALT_GR)
        control, shift = self._any(self._control) and not writes, self._any(_SHIFT)
        flags = self._origin(injected=injected) | (KeyFlag.SHIFTED if shift else KeyFlag(0))
        command = self._any(self._commands) and not writes
        if command and key_class not in (KeyClass.SHIFT, KeyClass.MODIFIER):
            flags |= KeyFlag.CHORD
        at_us = monotonic_us()
        chord = chord_of(keysym, control=control, shift=shift)
        if chord is not None:
            self._queue.append(ChordPressed(at_us, chord))
        self._down[name] = (at_us, key_class, int(flags))

    def _released(self, key: Any, _injected: bool = False) -> None:
        press = self._down.pop(key_identity(key), None)
        if press is not None:
            at_us, key_class, flags = press
            hold_us = min(monotonic_us() - at_us, MISSING_U32 - 1)
            self._queue.append(KeyHeld(at_us, hold_us, key_class, flags, 0))

    def _origin(self, *, injected: bool) -> KeyFlag:
        if not self._origin_known:
            return KeyFlag(0)
        return KeyFlag.ORIGIN_KNOWN | (KeyFlag.INJECTED if injected else KeyFlag(0))

    def _any(self, names: frozenset[str]) -> bool:
        return not names.isdisjoint(self._down)


class PynputPointer(_Listening):
    """Clicks and scroll steps, and distance between them."""

    name = SourceName.POINTER

    def __init__(self) -> None:
        super().__init__()
        self._place: tuple[int, int] | None = None

    def _made(self) -> Any:
        from pynput import mouse  # noqa: PLC0415 - a platform backend: needs a display

        return mouse.Listener(on_click=self._clicked, on_scroll=self._scrolled)

    def _clicked(self, x: int, y: int, button: Any, pressed: bool, _injected: bool = False) -> None:
        if not pressed:
            return
        at_us = monotonic_us()
        self._queue.append(PointerUsed(at_us, moved_px=self._moved(x, y), clicks=1))
        if button.name == "middle":
            self._queue.append(MiddleClicked(at_us))

    def _scrolled(self, x: int, y: int, _dx: int, _dy: int, _injected: bool = False) -> None:
        self._queue.append(PointerUsed(monotonic_us(), moved_px=self._moved(x, y), scrolls=1))

    def _moved(self, x: int, y: int) -> int:
        before, self._place = self._place or (x, y), (x, y)
        return abs(x - before[0]) + abs(y - before[1])


def check_for_pynput() -> None:
    """Refuse before pynput is imported: without an X11 display its import fails.

    Raises:
        SourceUnavailable: there is no display.
    """
    if sys.platform in ("win32", "darwin"):
        return
    try:
        check_display(os.environ)
    except DisplayUnavailable as error:
        raise SourceUnavailable(str(error)) from error


def _end_x11_recording(listener: Any) -> None:
    """End the listener at once; by itself pynput goes on until the next event comes.

    It asks on the connection that its own thread is blocked on, so the request is never sent;
    any other connection may ask too.
    """
    context = getattr(listener, "_context", None)
    if context is None:
        return
    from Xlib import display  # noqa: PLC0415 - a platform backend

    connection = display.Display()
    connection.record_disable_context(context)
    connection.sync()
    connection.close()
