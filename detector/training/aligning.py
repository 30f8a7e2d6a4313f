"""How well the trace alignment explains writers' own texts and finds what is not theirs."""

import numpy as np

from detector.alignment import Origin, align
from detector.simulation.session import without_effects
from detector.training.examples import Essay

SPLICE_CHARS = 200
LONG_UNEXPLAINED_CHARS = 50


def alignment_figures(essays: list[Essay]) -> dict[str, object]:
    """Return figures with effects and cursor seen, and with them masked as on X11."""
    return {
        "effects_seen": _figures(essays, masked=False),
        "keys_only": _figures(essays, masked=True),
    }


def _figures(essays: list[Essay], *, masked: bool) -> dict[str, object]:
    rng = np.random.default_rng(5)
    explained, overlaps, long_gaps = [], [], 0
    for number, essay in enumerate(essays):
        table = without_effects(essay.keystrokes) if masked else essay.keystrokes
        text, other = essay.text_class, essays[number - 1].text_class
        if not text:
            continue
        own = align(table, text)
        explained.append(own.explained_share)
        long_gaps += bool(own.passages(Origin.UNEXPLAINED, LONG_UNEXPLAINED_CHARS))
        if len(other) > 2 * SPLICE_CHARS and essay.writer != essays[number - 1].writer:
            at = int(rng.integers(0, len(text)))
            start = int(rng.integers(0, len(other) - SPLICE_CHARS))
            spliced = text[:at] + other[start : start + SPLICE_CHARS] + text[at:]
            found = align(table, spliced).passages(Origin.UNEXPLAINED)
            overlaps.append(max((_overlap(p.start, p.end, at) for p in found), default=0.0))
    if not explained:
        return {"sessions": 0}
    return {
        "sessions": len(explained),
        "explained_median": round(float(np.median(explained)), 5),
        "explained_5th_percentile": round(float(np.quantile(explained, 0.05)), 5),
        "genuine_with_50_unexplained": round(long_gaps / len(explained), 4),
        "splices": len(overlaps),
        "splice_iou_at_least_0.9": round(float(np.mean(np.array(overlaps) >= 0.9)), 4),
        "splice_iou_median": round(float(np.median(overlaps)), 4) if overlaps else None,
    }


def _overlap(start: int, end: int, at: int) -> float:
    shared = max(0, min(end, at + SPLICE_CHARS) - max(start, at))
    return shared / (end - start + SPLICE_CHARS - shared)
