"""Sessions with one stretch that was not composed: how well the flagged spans cover it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detector.assess import assess
from detector.errors import BadCorpusError
from detector.model import Model
from detector.simulation import ROBOTS, Holds
from detector.simulation.session import without_effects
from detector.tables import (
    KEYSTROKE_COLUMNS,
    Activity,
    BoolArray,
    IntArray,
    Keystrokes,
    Recording,
    keystrokes,
)
from detector.training.examples import Essay
from detector.training.metrics import estimate, rate
from detector.training.retyping import retyped
from wire.keys import KeyClass

SEED = 91
STRETCH_KEYS = (600, 1_200)
PASTE_CHARS = (200, 800)
SHORTEST_HOST_KEYS = 600


@dataclass(frozen=True, slots=True)
class Mixed:
    """A session and which of its rows were not composed."""

    table: Keystrokes
    rows: BoolArray


def mixed_figures(model: Model, essays: list[Essay]) -> dict[str, Any]:
    """Return, for each sort of stretch, how often it is flagged and the overlap of the spans.

    The overlap is intersection over union, counted in characters put in (text keys where the
    recorder sees no text); 0 where nothing is flagged.

    Raises:
        BadCorpusError: no essay is long enough.
    """
    flagged: dict[str, list[bool]] = {}
    overlaps: dict[str, list[float]] = {}
    writers: dict[str, list[str]] = {}
    for number, essay in enumerate(essays):
        if len(essay.keystrokes) < SHORTEST_HOST_KEYS:
            continue
        rng = np.random.default_rng([SEED, number])
        for name, mixed in mixtures(rng, essay.keystrokes):
            said = assess(Recording(mixed.table), model)
            covered = np.zeros(len(mixed.table), dtype=np.bool_)
            for span in said.spans:
                covered |= (mixed.table.t_us >= span.start_us) & (mixed.table.t_us <= span.end_us)
            flagged.setdefault(name, []).append(said.flagged)
            overlap = _overlap(mixed, covered) if said.flagged else 0.0
            overlaps.setdefault(name, []).append(overlap)
            writers.setdefault(name, []).append(essay.writer)
    if not flagged:
        raise BadCorpusError(f"no held-out essay has {SHORTEST_HOST_KEYS} keystrokes")
    return {
        name: _figures(np.array(flagged[name]), np.array(overlaps[name]), np.array(writers[name]))
        for name in flagged
    }


def _figures(flagged: BoolArray, overlap: np.ndarray, writers: np.ndarray) -> dict[str, Any]:
    return {
        "flagged": rate(flagged, writers).to_json(),
        "overlap_mean": estimate(lambda r: float(np.mean(overlap[r])), writers).to_json(),
        "overlap_median": estimate(lambda r: float(np.median(overlap[r])), writers).to_json(),
        "overlap_at_least_0.5": rate(overlap >= 0.5, writers).to_json(),
        "overlap_at_least_0.9": rate(overlap >= 0.9, writers).to_json(),
    }


def _overlap(mixed: Mixed, covered: BoolArray) -> float:
    table = mixed.table
    weight = np.maximum(table.inserted, 0) if table.effects_seen else table.key <= KeyClass.DELETE
    either = float(np.sum(weight[covered | mixed.rows]))
    return float(np.sum(weight[covered & mixed.rows])) / either if either else 0.0


def mixtures(rng: np.random.Generator, host: Keystrokes) -> Iterator[tuple[str, Mixed]]:
    """Yield the session with a paste, with a stretch of copying and with a machine's."""
    yield "pasted", spliced(rng, host, _paste(rng))
    keys = without_effects(host)
    count = int(rng.integers(*STRETCH_KEYS))
    copied = retyped(rng, host)
    start = int(rng.integers(0, max(len(copied) - count, 1)))
    yield "copied", spliced(rng, keys, copied.rows(start, min(start + count, len(copied))))
    name = str(rng.choice(list(ROBOTS)))
    text = ("aaaa " * (count // 5 + 1))[:count]
    typed = ROBOTS[name](rng, text, holds=Holds.HUMAN).keystrokes
    yield "machine", spliced(rng, keys, without_effects(typed))


def _paste(rng: np.random.Generator) -> Keystrokes:
    return keystrokes(
        [0],
        [KeyClass.LETTER],
        inserted=[int(rng.integers(*PASTE_CHARS))],
        deleted=[0],
        activity=[Activity.PASTE],
    )


def spliced(rng: np.random.Generator, host: Keystrokes, stretch: Keystrokes) -> Mixed:
    """Put ``stretch`` between two words of ``host``, half a second after the key before it."""
    spaces = np.flatnonzero(host.key == KeyClass.SPACE)
    at = int(rng.choice(spaces)) + 1 if len(spaces) else len(host)
    before, after = host.rows(0, at), host.rows(at, len(host))
    begin = int(before.t_us[-1]) + 500_000 if len(before) else 0
    moved = replace(stretch, t_us=_from(stretch.t_us, begin))
    length = int(moved.t_us[-1]) + 500_000 - int(before.t_us[-1]) if len(moved) else 0
    later = replace(after, t_us=after.t_us + length)
    parts = (before, moved, later)
    columns = (np.concatenate([getattr(p, n) for p in parts]) for n in KEYSTROKE_COLUMNS)
    rows = np.zeros(len(host) + len(stretch), dtype=np.bool_)
    rows[at : at + len(stretch)] = True
    return Mixed(Keystrokes(*columns), rows)


def _from(t_us: IntArray, begin: int) -> IntArray:
    return t_us - t_us[0] + begin if len(t_us) else t_us
