"""A day of eight hours that fills every lane of the timeline."""

import random
from collections.abc import Iterator

import numpy as np

from detector.simulation.day import working_day
from tests.browser.seeds import SECOND_US, Story, picture_of
from tests.server.device import screenshot
from wire import events
from wire.codes import Category, InsertionHow, InsertionSeenBy, KeyFlag, MarkerKind
from wire.keys import KeyClass

MINUTES = 480
KEYS = 100_000
_BEGINS_US, _ENDS_US = 60 * SECOND_US, (MINUTES * 60 - 60) * SECOND_US
_SHOT_S = 240
_PASTE_S = 900
_LOOK_S = 150


def day_of(seed: int) -> Story:
    """Its events and pictures. Simulated writers, squeezed together: nobody types so much."""
    draw = random.Random(seed)
    pictures = [picture_of(at_s, draw) for at_s in range(90, MINUTES * 60, _SHOT_S)]
    shots = [
        screenshot((90 + number * _SHOT_S) * SECOND_US, picture)
        for number, picture in enumerate(pictures)
    ]
    begun = events.Marker(0, MarkerKind.CLOCK_IN, 0, 0)
    happened = (begun, *_keys(seed), *_windows(), *_pastes(draw), *shots)
    return Story(happened, tuple(pictures))


def _keys(seed: int) -> Iterator[events.Event]:
    table = working_day(np.random.default_rng(seed), KEYS)
    share = (_ENDS_US - _BEGINS_US) / int(table.t_us[-1])
    times = (_BEGINS_US + table.t_us * share).astype(np.int64).tolist()
    for t_us, hold_us, key in zip(times, table.hold_us.tolist(), table.key.tolist(), strict=True):
        if key == KeyClass.CLICK:
            yield events.PointerSecond(t_us // SECOND_US * SECOND_US, 40, 1, 0)
        else:
            yield events.Keystroke(t_us, max(hold_us, 1), key, KeyFlag.ORIGIN_KNOWN, 1)


def _windows() -> Iterator[events.Event]:
    yield events.Focus(0, Category.TASK, 1, 1)
    for at_s in range(_LOOK_S, MINUTES * 60, _LOOK_S):
        kind = Category.REFERENCE if at_s // _LOOK_S % 3 else Category.ASSISTANT
        yield events.Focus(at_s * SECOND_US, kind, 0, 3)
        yield events.Focus((at_s + 15) * SECOND_US, Category.TASK, 1, 1)


def _pastes(draw: random.Random) -> Iterator[events.Event]:
    for number, at_s in enumerate(range(_PASTE_S, MINUTES * 60, _PASTE_S), 1):
        length, at_us = draw.randint(20, 2_500), at_s * SECOND_US
        yield events.Clipboard(at_us - 8 * SECOND_US, 1, length, 4, number, Category.REFERENCE, 3)
        seen = InsertionSeenBy.SELECTION
        yield events.Insertion(at_us, InsertionHow.PASTE, seen, length, 4, number, 1)
