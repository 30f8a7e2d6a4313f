"""Scoring the sessions of a table, and aligning them with their final texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detector.alignment import Alignment, Origin, align
from detector.assess import Case, assess_all
from detector.baseline import Enrolled, enrol
from detector.doors.parquet import StoredSession, read_sessions, read_texts
from detector.evaluation.labels import COPIED_LABELS, GENUINE_LABELS
from detector.features.stream import text_stream
from detector.model import Model
from detector.promise import PlatformPromise
from detector.replay import Gallery, Matches, OrganisationKey, search
from detector.tables import Keystrokes, Recording

NOT_ENROLLED = Enrolled(None, None)


@dataclass(frozen=True, slots=True)
class Searched:
    """A gallery and the key that opens it."""

    gallery: Gallery
    key: OrganisationKey

    def matches(self, stored: StoredSession) -> Matches:
        """Return the recorded sessions whose timing stands in this one too."""
        return search(
            self.gallery,
            text_stream(stored.keystrokes),
            self.key,
            session=stored.session,
            person=stored.user,
        )


def score_sessions(
    path: Path,
    model: Model,
    enrolment: Path | None = None,
    promise: PlatformPromise | None = None,
    searched: Searched | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield one plain object for each session of a keystroke table.

    A session whose times cannot be right is not judged: its object says why under ``refused``.

    Args:
        path: the keystroke table.
        model: a trained model.
        enrolment: earlier sessions of the same users.
        promise: what the platform was promised.
        searched: a gallery to look for replays in; what is found is added as ``matches``.

    Raises:
        BadTableError: a table cannot be read.
        BadGalleryError: the gallery was made with another key.
    """
    enrolled = read_enrolments(enrolment, model) if enrolment is not None else {}
    for stored in read_sessions(path):
        mine = enrolled.get(stored.user, NOT_ENROLLED)
        case = Case(
            Recording(stored.keystrokes),
            baseline=mine.baseline,
            promise=promise,
            doubt=mine.doubt,
            matches=searched.matches(stored) if searched is not None else None,
        )
        result = assess_all([case], model)[0]
        row = {"session": stored.session, "user": stored.user, **result.to_json()}
        if case.matches is not None:
            row["matches"] = case.matches.to_json()
        yield {**row, "refused": stored.refused} if stored.refused else row


def read_enrolments(path: Path, model: Model) -> dict[str, Enrolled]:
    """Return what came of each user's enrolment in a table.

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
    return {
        user: enrol(model, composed.get(user, ()), copied.get(user, ()))
        for user in sorted(composed.keys() | copied.keys())
    }


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
