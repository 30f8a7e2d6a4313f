"""Writing with another window in view now and then: retyping from it, or looking things up.

The typing is a person's from `detector.simulation.writer`; looks are put into its pauses, and the
focus intervals say which window was in front.
"""

from dataclasses import replace

import numpy as np

from detector.features.plain import Place
from detector.features.stream import text_stream
from detector.simulation.session import SimulatedSession
from detector.simulation.writer import composing, transcribing
from detector.tables import Focus, IntArray
from wire.codes import Category

SWITCH_US = 300_000
"""From the last key to the other window, and from it to the next key."""


def retyping_from_assistant(
    rng: np.random.Generator, *, characters: int = 1_200, words_a_look: float = 8.0
) -> SimulatedSession:
    """Simulate a person who reads some words in an assistant's window and types them."""
    session = transcribing(rng, characters=characters)
    rows = _rows_at(session, (Place.BEFORE_WORD, Place.BEFORE_SENTENCE, Place.BEFORE_PARAGRAPH))
    gaps = rng.geometric(1.0 / words_a_look, size=len(rows))
    chosen = rows[np.unique(np.minimum(np.cumsum(gaps), len(rows) - 1))] if len(rows) else rows
    return with_looks(rng, session, chosen, Category.ASSISTANT, look_s=1.8)


def looking_things_up(
    rng: np.random.Generator,
    *,
    characters: int = 1_500,
    looks: int = 5,
    category: Category = Category.REFERENCE,
    look_s: float = 15.0,
) -> SimulatedSession:
    """Simulate a writer who looks something up at ``looks`` sentences."""
    session = composing(rng, characters=characters)
    rows = _rows_at(session, (Place.BEFORE_SENTENCE, Place.BEFORE_PARAGRAPH))
    chosen = np.sort(rng.choice(rows, size=min(looks, len(rows)), replace=False))
    return with_looks(rng, session, chosen, category, look_s=look_s)


def grammar_checked(rng: np.random.Generator, *, characters: int = 1_500) -> SimulatedSession:
    """Simulate a writer who has each sentence's grammar checked in an assistant's window."""
    return looking_things_up(
        rng, characters=characters, looks=10_000, category=Category.ASSISTANT, look_s=6.0
    )


def with_looks(
    rng: np.random.Generator,
    session: SimulatedSession,
    rows: IntArray,
    category: Category,
    *,
    look_s: float,
) -> SimulatedSession:
    """Put a look at a window of ``category`` before each of ``rows``; later keys move on."""
    table = session.keystrokes
    look_us = np.round(1e6 * look_s * rng.lognormal(0.0, 0.4, size=len(rows))).astype(np.int64)
    delay_us = np.zeros(len(table), dtype=np.int64)
    delay_us[rows] = look_us + 2 * SWITCH_US
    t_us = table.t_us + np.cumsum(delay_us)
    before_us = t_us[rows] - delay_us[rows]
    return replace(
        session,
        keystrokes=replace(table, t_us=t_us),
        focus=_focus(before_us + SWITCH_US, look_us, int(t_us[-1]), category),
    )


def _rows_at(session: SimulatedSession, places: tuple[Place, ...]) -> IntArray:
    """Return the table's rows whose keys stand at some places of the text."""
    stream = text_stream(session.keystrokes)
    times = stream.t_us[np.isin(stream.place, places)]
    return np.searchsorted(session.keystrokes.t_us, times, "left").astype(np.int64)


def _focus(
    left_us: IntArray, look_us: IntArray, end_us: int, category: Category
) -> tuple[Focus, ...]:
    focus, at = [], 0
    for left, length in zip(left_us.tolist(), look_us.tolist(), strict=True):
        focus.append(Focus(at, left, Category.TASK))
        focus.append(Focus(left, left + length, category))
        at = left + length
    focus.append(Focus(at, max(end_us, at), Category.TASK))
    return tuple(focus)
