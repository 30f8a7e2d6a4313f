"""Attacks made from a victim's own genuine typing: replay, shuffled blocks, histograms."""

import numpy as np

from detector.features.stream import TextStream, text_stream
from detector.simulation.session import SimulatedSession, TextLog
from detector.tables import Keystrokes
from wire.keys import KeyClass

BLOCK_KEYS = 20


def replay(
    rng: np.random.Generator,
    victim: Keystrokes,
    text_class: str,
    *,
    shuffled: bool = False,
    typos: bool = False,
) -> SimulatedSession:
    """Type ``text_class`` with the intervals and holds of ``victim``, in order or by blocks.

    Args:
        rng: source of randomness.
        victim: a genuine session of at least 40 text keys.
        text_class: what is typed.
        shuffled: replay blocks of 20 keys in random order.
        typos: put in wrong letters that are erased again.
    """
    stream = text_stream(victim)
    order = np.arange(1, len(stream))
    if shuffled:
        blocks = [order[i : i + BLOCK_KEYS] for i in range(0, len(order), BLOCK_KEYS)]
        order = np.concatenate([blocks[int(i)] for i in rng.permutation(len(blocks))])
    log, place = TextLog(), 0
    for character in text_class:
        if typos and character == "a" and rng.random() < 0.02:
            place = _press(log, stream, order, place, "a")
            place = _press(log, stream, order, place, "")
        place = _press(log, stream, order, place, character)
    return log.session()


def _press(log: TextLog, stream: TextStream, order: np.ndarray, place: int, character: str) -> int:
    row = order[place % len(order)]
    gap, hold = stream.interval_us[row] / 1000.0, stream.hold_us[row] / 1000.0
    if character:
        log.type(character, gap, hold)
    else:
        log.erase(gap, hold)
    return place + 1


def histogram_forgery(
    rng: np.random.Generator, victim: Keystrokes, text_class: str, *, conditioned: bool = False
) -> SimulatedSession:
    """Type with intervals drawn independently from the victim's histogram of each key class.

    Args:
        rng: source of randomness.
        victim: a genuine session.
        text_class: what is typed.
        conditioned: draw given the previous class too.
    """
    stream = text_stream(victim)
    previous = np.r_[KeyClass.ENTER, stream.key[:-1]]
    log, before = TextLog(), int(KeyClass.ENTER)
    keys = {"a": KeyClass.LETTER, "0": KeyClass.DIGIT, ".": KeyClass.PUNCT, " ": KeyClass.SPACE}
    pools: dict[tuple[int, int], np.ndarray] = {}
    for character in text_class:
        key = int(keys.get(character, KeyClass.ENTER))
        state = (key, before if conditioned else -1)
        if state not in pools:
            pools[state] = _pool(stream, previous, *state)
        row = int(rng.choice(pools[state]))
        log.type(character, stream.interval_us[row] / 1000.0, stream.hold_us[row] / 1000.0)
        before = key
    return log.session()


def _pool(stream: TextStream, previous: np.ndarray, key: int, before: int) -> np.ndarray:
    rows = np.flatnonzero((stream.key == key) & ((previous == before) | (before < 0)))
    rows = rows[rows > 0]
    if not len(rows):
        rows = np.flatnonzero(stream.key == key)
        rows = rows[rows > 0]
    return rows if len(rows) else np.arange(1, len(stream))
