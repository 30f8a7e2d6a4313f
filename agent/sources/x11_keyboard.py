"""The keyboard on X11, by XInput2 raw events."""

from dataclasses import dataclass

from Xlib import X
from Xlib.ext import xinput

from agent.observations import Chord, ChordPressed, KeyHeld
from agent.redact import chord_of, class_of_keysym
from agent.sources import x11_keymap
from agent.sources.protocol import Emit
from agent.sources.x11_display import XConnection
from agent.sources.x11_keymap import KeyMap
from agent.sources.x11_raw import (
    KEY_MASK,
    REPEAT_FLAG,
    RawEvent,
    is_hierarchy_change,
    raw_event,
    select_raw,
    synthetic_devices,
)
from wire.codes import KeyFlag, SourceName, SourceState
from wire.events import MISSING_U32
from wire.keys import KeyClass

HOLD_MAX_US = 60_000_000
"""A key down for longer lost its release."""
_GROUP_SHIFT = 13
_WRAP_MS = 1 << 32
_DEVICES_MAX = 255


@dataclass(frozen=True, slots=True)
class _Press:
    at_us: int
    server_ms: int
    key_class: KeyClass
    flags: int
    device: int
    base_keysym: int


class X11Keyboard:
    """Presses with hold time, class and origin; text-moving shortcuts as they go down."""

    name = SourceName.KEYBOARD

    def __init__(self, numbers: dict[int, int]) -> None:
        """`numbers` maps the display's devices to the session's, and outlives a pause."""
        self._connection: XConnection | None = None
        self._emit: Emit = _nowhere
        self._map = KeyMap(0, ())
        self._map_is_old = True
        self._synthetic: dict[int, bool] = {}
        self._numbers = numbers
        self._down: dict[tuple[int, int], _Press] = {}

    def start(self, emit: Emit) -> None:
        """Connect and ask for raw key events; see `Source.start`."""
        connection = XConnection()
        try:
            select_raw(connection, KEY_MASK)
            self._synthetic = synthetic_devices(connection)
        except BaseException:
            connection.close()
            raise
        self._connection, self._emit, self._map_is_old = connection, emit, True

    def stop(self) -> None:
        """Report keys still down without a hold time, and disconnect."""
        for press in self._down.values():
            self._emit(_held(press, MISSING_U32))
        self._down.clear()
        if self._connection is not None:
            self._connection.close()
        self._connection, self._emit = None, _nowhere

    def fileno(self) -> int | None:
        """The display connection."""
        return self._connection.fileno() if self._connection else None

    def pump(self, now_us: int) -> int | None:
        """Take the events that came."""
        if self._connection is None:
            return None
        for event in self._connection.pending():
            raw = raw_event(event)
            if raw is not None:
                self._raw(self._connection, raw)
            elif event.type == X.MappingNotify:
                self._map_is_old = True
                self._connection.display.refresh_keyboard_mapping(event)
            elif is_hierarchy_change(event):
                self._synthetic = synthetic_devices(self._connection)
        self._forget_lost_releases(now_us)
        return None

    def check(self) -> SourceState:
        """A round trip to the display."""
        alive = self._connection is not None and self._connection.alive()
        return SourceState.RUNNING if alive else SourceState.FAILED

    def _raw(self, connection: XConnection, raw: RawEvent) -> None:
        key = (raw.source, raw.detail)
        if raw.kind == xinput.RawKeyRelease:
            press = self._down.pop(key, None)
            if press is not None:
                # Both ends by the server's clock: exact, however late they were read.
                hold_us = (raw.server_ms - press.server_ms) % _WRAP_MS * 1000
                self._emit(_held(press, min(hold_us, MISSING_U32 - 1)))
        elif not raw.flags & REPEAT_FLAG and key not in self._down:
            at_us = connection.clock.to_monotonic_us(raw.server_ms)
            self._down[key] = self._pressed(connection, raw, at_us)

    def _pressed(self, connection: XConnection, raw: RawEvent, at_us: int) -> _Press:
        if self._map_is_old:
            self._read_map(connection)
        base = self._map.keysym(raw.detail)
        shift, control = self._any_down(x11_keymap.SHIFT), self._any_down(x11_keymap.CONTROL)
        command = control or self._any_down(x11_keymap.ALT_OR_SUPER)
        key_class = class_of_keysym(self._keysym(connection, raw.detail, shift=shift))
        if key_class is KeyClass.NAV_CHAR and control:
            key_class = KeyClass.NAV_JUMP
        flags = self._origin(raw.source) | (KeyFlag.SHIFTED if shift else 0)
        if command and not x11_keymap.is_modifier(key_class):
            flags |= KeyFlag.CHORD
            self._note_chord(base, at_us, control=control, shift=shift)
        elif shift:
            self._note_chord(base, at_us, control=control, shift=shift)
        return _Press(at_us, raw.server_ms, key_class, int(flags), self._number(raw.source), base)

    def _note_chord(self, keysym: int, at_us: int, *, control: bool, shift: bool) -> None:
        chord: Chord | None = chord_of(keysym, control=control, shift=shift)
        if chord is not None:
            self._emit(ChordPressed(at_us, chord))

    def _keysym(self, connection: XConnection, keycode: int, *, shift: bool) -> int:
        level = (2 if self._any_down(x11_keymap.LEVEL3) else 0) + int(shift)
        group = 0
        if self._map.is_keypad(keycode):
            num_lock = bool(connection.root.query_pointer().mask & X.Mod2Mask)
            level = int(num_lock != shift)
        elif self._map.depends_on_group(keycode):
            group = connection.root.query_pointer().mask >> _GROUP_SHIFT & 3
        return self._map.keysym(keycode, group, level)

    def _read_map(self, connection: XConnection) -> None:
        first = connection.display.display.info.min_keycode
        count = connection.display.display.info.max_keycode - first + 1
        rows = connection.display.get_keyboard_mapping(first, count)
        self._map = KeyMap(first, [list(row) for row in rows])
        self._map_is_old = False

    def _any_down(self, keysyms: frozenset[int]) -> bool:
        return any(press.base_keysym in keysyms for press in self._down.values())

    def _origin(self, source: int) -> KeyFlag:
        synthetic = self._synthetic.get(source)
        if synthetic is None:
            return KeyFlag(0)
        return KeyFlag.ORIGIN_KNOWN | (KeyFlag.INJECTED if synthetic else KeyFlag(0))

    def _number(self, source: int) -> int:
        return self._numbers.setdefault(source, min(len(self._numbers) + 1, _DEVICES_MAX))

    def _forget_lost_releases(self, now_us: int) -> None:
        for key, press in list(self._down.items()):
            if now_us - press.at_us > HOLD_MAX_US:
                self._emit(_held(self._down.pop(key), MISSING_U32))


def _held(press: _Press, hold_us: int) -> KeyHeld:
    return KeyHeld(press.at_us, max(0, hold_us), press.key_class, press.flags, press.device)


def _nowhere(_seen: object) -> None:
    """Where observations go while nothing is recorded."""
