"""Simulating a writer with a chat assistant's text at hand: composing and copying by turns.

Stretches of a genuine essay are kept or turned into copies of themselves; before a copied stretch
the person looks away to ask and to read. Published corpora of such writing are small (Kundu et al.
2024, *Keystroke dynamics against academic dishonesty in the age of LLMs*, IJCB), so the ranges are
wide: sentences to paragraphs at a time, a quarter to nearly all of the text copied.
"""

from itertools import pairwise

import numpy as np

from detector.tables import IntArray, Keystrokes, keystrokes
from detector.training.retyping import retyped
from wire.keys import KeyClass

SHORTEST_CHUNK = 40
READING_US = 8e6
"""Typical time to ask and read before a stretch is copied."""


def assisted(rng: np.random.Generator, table: Keystrokes) -> Keystrokes:
    """Return the session of ``table`` with stretches of it copied instead of composed."""
    copied_share = float(rng.uniform(0.25, 0.95))
    paraphrasing = float(rng.uniform(0.0, 0.4))
    edges = _edges(rng, table)
    parts: list[Keystrokes] = []
    pauses: list[float] = []
    copying = False
    for start, stop in pairwise(edges):
        part, before = table.rows(start, stop), copying
        copying = bool(rng.random() < copied_share)
        looks = copying and (not before or rng.random() < 0.5)
        pauses.append(READING_US * float(rng.lognormal(0.0, 0.8)) if looks else 300_000.0)
        own_words = not copying or rng.random() < paraphrasing
        parts.append(part if own_words else retyped(rng, part))
    return _joined(parts, pauses)


def _edges(rng: np.random.Generator, table: Keystrokes) -> list[int]:
    """Rows at which a chunk may start: some of the sentence ends."""
    ends = np.flatnonzero((table.key == KeyClass.PUNCT) | (table.key == KeyClass.ENTER)) + 1
    ends = ends[rng.random(len(ends)) < 10 ** rng.uniform(-1.0, 0.0)]
    edges = [0]
    for end in ends.tolist():
        if end - edges[-1] >= SHORTEST_CHUNK and len(table) - end >= SHORTEST_CHUNK:
            edges.append(end)
    return [*edges, len(table)]


def _joined(parts: list[Keystrokes], pauses: list[float]) -> Keystrokes:
    filled = [(p, int(gap)) for p, gap in zip(parts, pauses, strict=True) if len(p)]
    times: list[IntArray] = []
    offset = 0
    for part, gap in filled:
        shifted = part.t_us - part.t_us[0] + offset + (gap if times else 0)
        times.append(shifted)
        offset = int(shifted[-1])
    if not times:
        return keystrokes((), ())
    return keystrokes(
        np.concatenate(times),
        np.concatenate([part.key for part, _ in filled]),
        np.concatenate([part.hold_us for part, _ in filled]),
    )
