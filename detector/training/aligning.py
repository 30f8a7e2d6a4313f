"""How well the trace alignment explains writers' own texts and finds what is not theirs.

A foreign passage is taken from another writer's text and put into the submitted text at a random
place, so that nothing in the log belongs to it.
"""

from dataclasses import dataclass

import numpy as np

from detector.alignment import Alignment, Origin, align
from detector.simulation.session import CLASS_OF, without_effects
from detector.tables import FloatArray, Keystrokes, keystrokes
from detector.training.examples import Essay
from detector.training.metrics import rate
from wire.keys import KeyClass

SPLICE_CHARS = (200, 100, 50)
LONG_UNEXPLAINED_CHARS = 50
SURE = 0.9
EDITED_SHARE = 0.1
EDIT = "aaa "
MOST_VARIANTS = 250
"""Essays that the variants of a 200-character splice are tried on."""
OVERLAPS = (0.9, 0.75, 0.5)
BINS = np.array([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 1.0])

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spliced:
    """A text with foreign passages, and the log to lay it against."""

    table: Keystrokes
    text_class: str
    foreign: tuple[Range, ...]


def alignment_figures(essays: list[Essay]) -> dict[str, object]:
    """Return figures with effects and cursor seen, and with them masked as on X11."""
    return {
        "effects_seen": _figures(essays, masked=False),
        "keys_only": _figures(essays, masked=True),
    }


def _figures(essays: list[Essay], *, masked: bool) -> dict[str, object]:
    rng = np.random.default_rng(5)
    mine = [essay for essay in essays if essay.text_class]
    if not mine:
        return {"sessions": 0}
    own: list[Alignment] = []
    counts = _Calibration()
    overlaps: dict[str, list[tuple[str, float]]] = {}
    for number, essay in enumerate(mine):
        table = without_effects(essay.keystrokes) if masked else essay.keystrokes
        other = mine[number - 1]
        found = align(table, essay.text_class)
        own.append(found)
        counts.add(found, (), weight=len(SPLICE_CHARS))
        if other.writer == essay.writer:
            continue
        for name, case in _cases(rng, table, essay.text_class, other.text_class, number, masked):
            found = align(case.table, case.text_class)
            shares = [_best_overlap(found, place) for place in case.foreign]
            overlaps.setdefault(name, []).extend((essay.writer, share) for share in shares)
            if name.startswith("inserted"):
                counts.add(found, case.foreign, weight=1)
    return {
        "sessions": len(own),
        **_own_figures(own, np.array([essay.writer for essay in mine])),
        "splices": {name: _overlap_figures(values) for name, values in overlaps.items()},
        "calibration": counts.to_json(),
    }


def _own_figures(own: list[Alignment], writers: np.ndarray) -> dict[str, object]:
    explained = np.array([found.explained_share for found in own])
    long = [found.passages(Origin.UNEXPLAINED, LONG_UNEXPLAINED_CHARS) for found in own]
    sure = np.array([any(p.confidence >= SURE for p in passages) for passages in long])
    return {
        "explained_median": round(float(np.median(explained)), 5),
        "explained_5th_percentile": round(float(np.quantile(explained, 0.05)), 5),
        "genuine_with_50_unexplained": rate(np.array([bool(p) for p in long]), writers).to_json(),
        "genuine_with_50_unexplained_at_confidence_0.9": rate(sure, writers).to_json(),
    }


def _overlap_figures(values: list[tuple[str, float]]) -> dict[str, object]:
    writers = np.array([writer for writer, _ in values])
    shares = np.array([share for _, share in values])
    figures: dict[str, object] = {
        f"iou_at_least_{least}": rate(shares >= least, writers).to_json() for least in OVERLAPS
    }
    return {"splices": len(values), **figures, "iou_median": round(float(np.median(shares)), 4)}


def _cases(
    rng: np.random.Generator, table: Keystrokes, text: str, other: str, number: int, masked: bool
) -> list[tuple[str, Spliced]]:
    cases = []
    for size in SPLICE_CHARS:
        if len(other) > 2 * size:
            at = int(rng.integers(0, len(text)))
            cases.append(
                (f"inserted_{size}", _put(table, text, [(at, _foreign(rng, other, size))]))
            )
    size = SPLICE_CHARS[0]
    if number >= MOST_VARIANTS or len(other) <= 2 * size or len(text) <= 2 * size:
        return cases
    at = int(rng.integers(0, len(text) - size))
    passage = _foreign(rng, other, size)
    cut = Spliced(table, text[:at] + passage + text[at + size :], ((at, at + size),))
    second = (int(rng.integers(at + size, len(text))), _foreign(rng, other, size))
    cases.append(("in_place_of_own_200", cut))
    cases.append(("two_of_200", _put(table, text, [(at, passage), second])))
    if masked:
        keys, edited = _edited(rng, table, passage)
        cases.append(("inserted_200_then_edited", _put(keys, text, [(at, edited)])))
    return cases


def _foreign(rng: np.random.Generator, other: str, size: int) -> str:
    start = int(rng.integers(0, len(other) - size))
    return other[start : start + size]


def _put(table: Keystrokes, text: str, passages: list[tuple[int, str]]) -> Spliced:
    places: list[Range] = []
    shift = 0
    for at, passage in passages:
        text = text[: at + shift] + passage + text[at + shift :]
        places.append((at + shift, at + shift + len(passage)))
        shift += len(passage)
    return Spliced(table, text, tuple(places))


def _edited(rng: np.random.Generator, table: Keystrokes, passage: str) -> tuple[Keystrokes, str]:
    """Replace a tenth of a passage by words typed into it, each after a click."""
    key = table.key.tolist()
    for _ in range(max(int(EDITED_SHARE * len(passage)) // len(EDIT), 1)):
        at = int(rng.integers(0, len(passage) - len(EDIT)))
        passage = passage[:at] + EDIT + passage[at + len(EDIT) :]
        key += [int(KeyClass.CLICK), *(int(CLASS_OF[character]) for character in EDIT)]
    added = np.arange(1, len(key) - len(table) + 1) * 200_000
    return keystrokes(np.r_[table.t_us, table.t_us[-1] + added], key), passage


def _best_overlap(found: Alignment, place: Range) -> float:
    best = 0.0
    for passage in found.passages(Origin.UNEXPLAINED):
        shared = max(0, min(passage.end, place[1]) - max(passage.start, place[0]))
        whole = max(passage.end, place[1]) - min(passage.start, place[0])
        best = max(best, shared / whole)
    return best


class _Calibration:
    """Characters by their stated chance of being foreign, with how many of them are."""

    def __init__(self) -> None:
        self._sums = np.zeros((3, len(BINS) - 1))

    def add(self, found: Alignment, foreign: tuple[Range, ...], weight: int) -> None:
        typed = found.origin == Origin.TYPED
        chance = np.where(typed, 1.0 - found.confidence, found.confidence)
        truth = np.zeros(len(chance))
        for start, end in foreign:
            truth[start:end] = 1.0
        place = np.clip(np.searchsorted(BINS, chance, side="right") - 1, 0, len(BINS) - 2)
        for row, values in enumerate((np.ones(len(chance)), chance, truth)):
            self._sums[row] += weight * self._by_bin(place, values)

    @staticmethod
    def _by_bin(place: np.ndarray, values: FloatArray) -> FloatArray:
        return np.bincount(place, weights=values, minlength=len(BINS) - 1).astype(np.float64)

    def to_json(self) -> list[dict[str, float]]:
        """Return the bins that hold characters; own texts weigh as much as spliced ones."""
        return [
            {
                "from": float(low),
                "to": float(high),
                "characters": float(count),
                "stated": round(float(stated / count), 4),
                "foreign": round(float(truth / count), 4),
            }
            for low, high, count, stated, truth in zip(
                BINS[:-1], BINS[1:], *self._sums, strict=True
            )
            if count
        ]
