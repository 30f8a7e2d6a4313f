"""What is typed in the benchmark: real press and hold times at a set rate, the pointer moving."""

import math
import random

import numpy as np

from bench.agent.corpus import genuine_stretch
from detector.tables import Keystrokes, keystrokes
from tests.live.desktop import Place
from tests.live.devices import Devices
from tests.live.typist import TimedAct, schedule, strokes

KEYS_A_SECOND = 10.0
POINTER_HZ = 60.0
"""As a hand moves a common mouse; the agent is not told of each step, other listeners are."""
FAST_HOLD_US = 25_000
_LETTERS = "etaoinshrdlucmwfgypbvkjxqz"
_PAUSE_MAX_US = 2_000_000


def replayed(seconds: float, seed: int) -> Keystrokes:
    """Genuine typing, its intervals shortened by one factor to `KEYS_A_SECOND`; holds as they were.

    Pauses are first cut to two seconds: a budget at ten keys a second means typing, not thinking.
    """
    wanted = round(seconds * KEYS_A_SECOND)
    table = genuine_stretch(wanted, seed)
    gaps = np.minimum(np.diff(table.t_us, prepend=table.t_us[:1]), _PAUSE_MAX_US)
    times = np.cumsum(gaps)
    scale = seconds * 1e6 / max(int(times[-1]), 1)
    return keystrokes((times * scale).astype(np.int64), table.key, table.hold_us)


def typing(seconds: float, devices: Devices, where: Place, seed: int) -> list[TimedAct]:
    """Typing at the budget's rate with the pointer moving all the while."""
    typed = strokes(replayed(seconds, seed), seed)
    acts = schedule(typed, devices, where, seed) + _wandering(seconds, devices, where)
    return sorted([*acts, (seconds, _nothing)], key=lambda act: act[0])


def burst(seconds: float, keys_a_second: float, devices: Devices, seed: int) -> list[TimedAct]:
    """Letters faster than anyone types, each another key than the one before."""
    rng = random.Random(seed)
    acts: list[TimedAct] = []
    order = rng.sample(_LETTERS, len(_LETTERS))
    for number in range(round(seconds * keys_a_second)):
        code = devices.keycode(ord(order[number % len(order)]))
        at_s = number / keys_a_second
        acts.append((at_s, lambda code=code: devices.key(code, down=True)))  # type: ignore[misc]
        up_s = at_s + FAST_HOLD_US / 1e6
        acts.append((up_s, lambda code=code: devices.key(code, down=False)))  # type: ignore[misc]
    return sorted(acts, key=lambda act: act[0])


def _wandering(seconds: float, devices: Devices, where: Place) -> list[TimedAct]:
    """A slow curve over the window, as many steps a second as a mouse gives."""
    acts: list[TimedAct] = []
    for step in range(int(seconds * POINTER_HZ)):
        at_s = step / POINTER_HZ
        x, y = where.at(0.5 + 0.4 * math.sin(at_s * 1.3), 0.4 + 0.3 * math.sin(at_s * 0.7))
        acts.append((at_s, lambda x=x, y=y: devices.move_to(x, y)))  # type: ignore[misc]
    return acts


def _nothing() -> None:
    """Keeps the run going to its last second."""
