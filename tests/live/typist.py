"""Types what a table of keystrokes says, press by press and release by release, on time."""

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from detector.tables import MISSING, Keystrokes
from tests.live.desktop import Place
from tests.live.devices import Devices
from wire.keys import KeyClass

SHIFT, CONTROL, ALT = 0xFFE1, 0xFFE3, 0xFFE9
RETURN, TAB, BACKSPACE, DELETE, ESCAPE = 0xFF0D, 0xFF09, 0xFF08, 0xFFFF, 0xFF1B
_LETTERS = "etaoinshrdlucmwfgypbvkjxqz"
_LETTER_WEIGHTS = [1.0 / (rank + 2.0) for rank in range(26)]
_SYMBOLS: dict[KeyClass, tuple[int, ...]] = {
    KeyClass.LETTER: tuple(map(ord, _LETTERS)),
    KeyClass.DIGIT: tuple(map(ord, "0123456789")),
    KeyClass.PUNCT: tuple(map(ord, ".,")),
    KeyClass.SPACE: (ord(" "),),
    KeyClass.ENTER: (RETURN,),
    KeyClass.TAB: (TAB,),
    KeyClass.BACKSPACE: (BACKSPACE,),
    KeyClass.DELETE: (DELETE,),
    KeyClass.NAV_CHAR: (0xFF51, 0xFF52, 0xFF53, 0xFF54),
    KeyClass.NAV_JUMP: (0xFF50, 0xFF57),
    KeyClass.SHIFT: (SHIFT,),
    KeyClass.ESCAPE: (ESCAPE,),
}
"""Key symbols of a class; classes that are not here (lone modifiers, locks) are left out."""
_USUAL_HOLD_US = 90_000
_BETWEEN_SAME_KEY_US = 8_000
_ON_THE_WAY = 8
_REACH_S = 0.35
"""A hand takes the pointer somewhere in this time."""

Act = Callable[[], None]
TimedAct = tuple[float, Act]


@dataclass(frozen=True, slots=True)
class Stroke:
    """One press of one key, in microseconds from the first."""

    at_us: int
    hold_us: int
    keysym: int
    """0: a click of the left pointer button."""

    @property
    def end_us(self) -> int:
        """When the key comes up."""
        return self.at_us + self.hold_us


@dataclass(frozen=True, slots=True)
class Played:
    """When acts took place."""

    started_s: float
    """`time.monotonic()` at time 0 of the schedule."""
    late_s: tuple[float, ...]

    def late_ms(self, share: float) -> float:
        """The lateness that this share of the acts stayed under."""
        ordered = sorted(self.late_s)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1000.0


def strokes(table: Keystrokes, seed: int) -> list[Stroke]:
    """Give each press of a table a key of its class that is not down at that moment."""
    rng = random.Random(seed)
    chosen: list[Stroke] = []
    last: dict[int, int] = {}
    rows = list(zip(table.t_us.tolist(), table.hold_us.tolist(), table.key.tolist(), strict=True))
    for number, (at, hold, key) in enumerate(rows):
        if key != KeyClass.CLICK and key not in _SYMBOLS:
            continue
        if key == KeyClass.SHIFT and hold <= 0:
            hold = _until_next(rows, number)
        hold = _USUAL_HOLD_US if hold == MISSING else hold
        down = {s.keysym for s in chosen[-12:] if s.end_us + _BETWEEN_SAME_KEY_US > at}
        keysym = 0 if key == KeyClass.CLICK else _pick(rng, KeyClass(key), down)
        if keysym in last:
            _release_before(chosen, last[keysym], at)
        last[keysym] = len(chosen)
        chosen.append(Stroke(at, hold, keysym))
    return chosen


def _until_next(rows: Sequence[tuple[int, int, int]], number: int) -> int:
    """A shift whose release a corpus does not have is held into the next key."""
    if number + 1 == len(rows):
        return _USUAL_HOLD_US
    return min(rows[number + 1][0] - rows[number][0] + 40_000, 800_000)


def _pick(rng: random.Random, key: KeyClass, down: set[int]) -> int:
    symbols = _SYMBOLS[key]
    weights = _LETTER_WEIGHTS if key == KeyClass.LETTER else [1.0] * len(symbols)
    free = [(s, w) for s, w in zip(symbols, weights, strict=True) if s not in down]
    if not free:
        return symbols[0]
    return rng.choices([s for s, _ in free], [w for _, w in free])[0]


def _release_before(chosen: list[Stroke], index: int, at_us: int) -> None:
    """A key cannot be pressed again before it is up."""
    before = chosen[index]
    latest = max(at_us - _BETWEEN_SAME_KEY_US - before.at_us, 0)
    if before.hold_us > latest:
        chosen[index] = Stroke(before.at_us, latest, before.keysym)


def schedule(typed: Sequence[Stroke], devices: Devices, where: Place, seed: int) -> list[TimedAct]:
    """Turn strokes into presses, releases and pointer moves in the order of time."""
    rng = random.Random(seed)
    acts: list[TimedAct] = []
    for stroke in typed:
        down_s, up_s = stroke.at_us / 1e6, stroke.end_us / 1e6
        if stroke.keysym:
            code = devices.keycode(stroke.keysym)
            acts.append((down_s, _key(devices, code, down=True)))
            acts.append((up_s, _key(devices, code, down=False)))
        else:
            acts += _reach(
                devices, where.at(rng.uniform(0.05, 0.9), rng.uniform(0.03, 0.5)), down_s
            )
            acts.append((down_s, _button(devices, down=True)))
            acts.append((up_s, _button(devices, down=False)))
    return sorted(acts, key=lambda act: act[0])


def _key(devices: Devices, code: int, *, down: bool) -> Act:
    return lambda: devices.key(code, down=down)


def _button(devices: Devices, *, down: bool) -> Act:
    return lambda: devices.button(1, down=down)


def _reach(devices: Devices, goal: tuple[int, int], at_s: float) -> Iterator[TimedAct]:
    for step in range(_ON_THE_WAY, 0, -1):
        x, y = goal[0] - 4 * (step - 1), goal[1] + 3 * (step - 1)
        moment = max(at_s - _REACH_S * step / _ON_THE_WAY, 0.0)
        yield moment, lambda x=x, y=y: devices.move_to(x, y)  # type: ignore[misc]


def play(acts: Sequence[TimedAct]) -> Played:
    """Do each act at its second from now, in this thread; return how late each was."""
    late = []
    with _first_in_line():
        started = time.monotonic()
        for at_s, act in acts:
            wait = started + at_s - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            act()
            late.append(time.monotonic() - started - at_s)
    return Played(started, tuple(late))


@contextmanager
def _first_in_line() -> Iterator[None]:
    """Let this thread run as soon as it wakes, where the system permits: hands do not queue."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except PermissionError:
        yield
        return
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def chord(devices: Devices, modifier: int, keysym: int) -> Played:
    """Press a key while a modifier is down, as hands do it."""
    outer, inner = devices.keycode(modifier), devices.keycode(keysym)
    return play(
        [
            (0.0, _key(devices, outer, down=True)),
            (0.11, _key(devices, inner, down=True)),
            (0.19, _key(devices, inner, down=False)),
            (0.26, _key(devices, outer, down=False)),
        ]
    )


def click(devices: Devices, where: tuple[int, int]) -> Played:
    """Take the pointer somewhere and click."""
    acts = list(_reach(devices, where, _REACH_S))
    acts += [(_REACH_S, _button(devices, down=True)), (0.43, _button(devices, down=False))]
    return play(acts)
