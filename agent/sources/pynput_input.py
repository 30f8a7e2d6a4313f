"""Keyboard and pointer through pynput: the fallback on X11.

It sees less: no source device, autorepeat as presses, callback time instead of event time. pynput
brings its own listener thread; its callbacks only append to a queue that `pump` empties.
"""

import os
from collections import deque
from typing import Any

from Xlib import display

from agent.clock import monotonic_us
from agent.display import check_display
from agent.errors import SourceUnavailable
from agent.observations import ChordPressed, KeyHeld, MiddleClicked, Observation, PointerUsed
from agent.redact import chord_of, class_of_character, class_of_keysym
from agent.sources.protocol import Emit
from wire.codes import KeyFlag, SourceName, SourceState
from wire.events import MISSING_U32
from wire.keys import KeyClass

_QUEUE_MAX = 10_000
_CONTROL = frozenset(("ctrl", "ctrl_l", "ctrl_r"))
_SHIFT = frozenset(("shift", "shift_l", "shift_r"))
_COMMAND = _CONTROL | {"alt", "alt_l", "alt_r", "cmd", "cmd_l", "cmd_r"}


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
    """Presses with hold time and class; origin unknown."""

    name = SourceName.KEYBOARD

    def __init__(self) -> None:
        super().__init__()
        self._down: dict[str, tuple[int, KeyClass, int]] = {}

    def _made(self) -> Any:
        from pynput import keyboard  # noqa: PLC0415 - a platform backend: needs a display

        return keyboard.Listener(on_press=self._pressed, on_release=self._released)

    def _pressed(self, key: Any) -> None:
        name = _identity(key)
        if name in self._down:
            return
        key_class, keysym = _class_and_keysym(key)
        control, shift = self._any(_CONTROL), self._any(_SHIFT)
        flags = KeyFlag.SHIFTED if shift else KeyFlag(0)
        if self._any(_COMMAND) and key_class not in (KeyClass.SHIFT, KeyClass.MODIFIER):
            flags |= KeyFlag.CHORD
        at_us = monotonic_us()
        chord = chord_of(keysym, control=control, shift=shift)
        if chord is not None:
            self._queue.append(ChordPressed(at_us, chord))
        self._down[name] = (at_us, key_class, int(flags))

    def _released(self, key: Any) -> None:
        press = self._down.pop(_identity(key), None)
        if press is not None:
            at_us, key_class, flags = press
            hold_us = min(monotonic_us() - at_us, MISSING_U32 - 1)
            self._queue.append(KeyHeld(at_us, hold_us, key_class, flags, 0))

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

    def _clicked(self, x: int, y: int, button: Any, pressed: bool) -> None:
        if not pressed:
            return
        at_us = monotonic_us()
        self._queue.append(PointerUsed(at_us, moved_px=self._moved(x, y), clicks=1))
        if button.name == "middle":
            self._queue.append(MiddleClicked(at_us))

    def _scrolled(self, x: int, y: int, _dx: int, _dy: int) -> None:
        self._queue.append(PointerUsed(monotonic_us(), moved_px=self._moved(x, y), scrolls=1))

    def _moved(self, x: int, y: int) -> int:
        before, self._place = self._place or (x, y), (x, y)
        return abs(x - before[0]) + abs(y - before[1])


def check_for_pynput() -> None:
    """Refuse before pynput is imported: without a display its import fails.

    Raises:
        SourceUnavailable: there is no display.
    """
    try:
        check_display(os.environ)
    except Exception as error:
        raise SourceUnavailable(str(error)) from error


def _end_x11_recording(listener: Any) -> None:
    """End the listener at once; by itself pynput goes on until the next event comes.

    It asks on the connection that its own thread is blocked on, so the request is never sent;
    any other connection may ask too.
    """
    context = getattr(listener, "_context", None)
    if context is None:
        return
    connection = display.Display()
    connection.record_disable_context(context)
    connection.sync()
    connection.close()


def _identity(key: Any) -> str:
    """A key's name while it is down: the named key, or its number; never a character."""
    name = getattr(key, "name", None)
    return str(name) if name else f"vk{getattr(key, 'vk', None) or hash(key)}"


def _class_and_keysym(key: Any) -> tuple[KeyClass, int]:
    value = getattr(key, "value", key)
    keysym = int(getattr(value, "vk", 0) or 0)
    character = getattr(value, "char", None)
    if character:
        return class_of_character(character[0]), keysym or ord(character[0])
    return class_of_keysym(keysym), keysym
