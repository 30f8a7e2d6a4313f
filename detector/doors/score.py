"""Scoring the sessions of a table, and aligning them with their final texts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detector.alignment import Alignment, Origin, align
from detector.assess import assess
from detector.baseline import Baseline, enrol
from detector.doors.parquet import StoredSession, read_sessions, read_texts
from detector.model import Model
from detector.promise import PlatformPromise
from detector.tables import Keystrokes, Recording
from detector.training.outcomes import COPIED_LABELS, GENUINE_LABELS


def score_sessions(
    path: Path,
    model: Model,
    enrolment: Path | None = None,
    promise: PlatformPromise | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield one plain object for each session of a keystroke table.

    Raises:
        BadTableError: a table cannot be read.
    """
    baselines = read_baselines(enrolment, model) if enrolment is not None else {}
    for stored in read_sessions(path):
        baseline = baselines.get(stored.user)
        result = assess(Recording(stored.keystrokes), model, baseline=baseline, promise=promise)
        yield {"session": stored.session, "user": stored.user, **result.to_json()}


def read_baselines(path: Path, model: Model) -> dict[str, Baseline]:
    """Return a baseline for each user of an enrolment table that has enough to make one.

    Sessions of nobody in particular, and labels other than composed and transcribed, count for
    nothing.
    """
    composed: dict[str, list[Keystrokes]] = {}
    copied: dict[str, list[Keystrokes]] = {}
    for stored in read_sessions(path):
        if not stored.user:
            continue
        if stored.label in GENUINE_LABELS or not stored.label:
            composed.setdefault(stored.user, []).append(stored.keystrokes)
        elif stored.label in COPIED_LABELS:
            copied.setdefault(stored.user, []).append(stored.keystrokes)
    made = {
        user: enrol(model, composed.get(user, ()), copied.get(user, ())).baseline
        for user in sorted(composed.keys() | copied.keys())
    }
    return {user: baseline for user, baseline in made.items() if baseline is not None}


def align_sessions(typed: Path, texts: Path) -> Iterator[dict[str, Any]]:
    """Yield one plain object for each session that has a final text."""
    by_session = read_texts(texts)
    for stored in read_sessions(typed):
        if stored.session in by_session:
            yield _aligned(stored, by_session[stored.session])


def _aligned(stored: StoredSession, text_class: str) -> dict[str, Any]:
    result = align(stored.keystrokes, text_class)
    return {
        "session": stored.session,
        "explained": round(result.explained_share, 6),
        "characters": len(text_class),
        "exact": result.exact,
        "unexplained": _ranges(result, Origin.UNEXPLAINED),
        "inserted": _ranges(result, Origin.INSERTED),
    }


def _ranges(result: Alignment, origin: Origin) -> list[dict[str, Any]]:
    return [
        {"start": passage.start, "end": passage.end, "confidence": passage.confidence}
        for passage in result.passages(origin)
    ]
