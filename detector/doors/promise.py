"""Making a promise from a file of a platform's genuine sessions, and watching over it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from detector.assess import assess
from detector.doors.parquet import StoredSession, read_sessions
from detector.doors.progress import Progress
from detector.errors import BadPromiseError
from detector.evaluation.labels import GENUINE_LABELS
from detector.features.vector import FEATURES_VERSION
from detector.model import Model
from detector.promise import (
    Drift,
    Extra,
    PersonBudget,
    PlatformPromise,
    ValidFor,
    Watched,
    WhenFew,
    find_drift,
    make_reference,
    person_budget,
    promise,
    promise_from_json,
)
from detector.promise.applying import extras_of, flag_order, flagging_score
from detector.promise.drift import ALARM
from detector.promise.monitored import watched
from detector.promise.person import PERSON_RATE
from detector.promise.sessions import CONFIDENCE, RATE
from detector.reasons import Code
from detector.tables import Recording

FLAGGED_BANDS = ("review", "strong")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be promised.

    Attributes:
        rate: of flagged genuine sessions.
        confidence: of each promise.
        quarter: sessions a person works in a quarter; None promises nothing about one.
        person_rate: share of persons flagged at least once in a quarter.
        when_few: what gives way with too few writers.
        doubtful_writers: how many of the writers may not be genuine.
        population: whose sessions they are, in words.
    """

    rate: float = RATE
    confidence: float = CONFIDENCE
    quarter: int | None = None
    person_rate: float = PERSON_RATE
    when_few: WhenFew = WhenFew.LESS_SURE
    doubtful_writers: int = 0
    population: str = ""


@dataclass(frozen=True, slots=True)
class _Scored:
    """A calibration session: which, whose, the place of its flag, 0 without one."""

    session: str
    writer: str
    flagging: float
    watched: Watched | None


def make_promise(path: Path, model: Model, wanted: Wanted) -> tuple[PlatformPromise, list[str]]:
    """Make a promise from genuine sessions: a keystroke table, or lines as ``score --json`` prints.

    Returns:
        The promise, and the sessions that set its threshold or lie above it, the highest first:
        the first to look at if some may not be genuine.

    Raises:
        BadPromiseError: the file names no writers, or holds no genuine session.
        BadTableError: the table cannot be read.
    """
    if path.suffix in (".json", ".jsonl"):
        scored, valid = _from_lines(path)
    else:
        scored = _from_table(path, model)
        valid = ValidFor(model.version, FEATURES_VERSION)
    if not scored:
        raise BadPromiseError(f"{path} holds no genuine session to promise from")
    valid = replace(valid, population=wanted.population or f"the writers of {path.name}")
    made = _promised(scored, wanted, valid)
    highest = sorted(scored, key=lambda s: -s.flagging)
    return made, [s.session for s in highest if s.flagging >= max(made.threshold, 1e-9)]


def _promised(scored: list[_Scored], wanted: Wanted, valid: ValidFor) -> PlatformPromise:
    scores = np.array([s.flagging for s in scored])
    writers = [s.writer for s in scored]
    session = promise(
        scores,
        writers,
        wanted.rate,
        wanted.confidence,
        when_few=wanted.when_few,
        doubtful_writers=wanted.doubtful_writers,
        valid_for=valid,
    )
    person: PersonBudget | None = None
    if wanted.quarter is not None:
        person = person_budget(
            scores,
            writers,
            wanted.quarter,
            wanted.person_rate,
            wanted.confidence,
            when_few=wanted.when_few,
            doubtful_writers=wanted.doubtful_writers,
            valid_for=valid,
        )
    seen = [s.watched for s in scored if s.watched is not None and not s.flagging]
    return PlatformPromise(session, person, make_reference(seen) if seen else {})


def _from_table(path: Path, model: Model) -> list[_Scored]:
    found: list[_Scored] = []
    with Progress(f"scoring {path.name}") as progress:
        for stored in _genuine(path):
            assessment = assess(Recording(stored.keystrokes), model)
            seen = watched(stored.user, stored.keystrokes, assessment.score)
            found.append(_Scored(stored.session, stored.user, flagging_score(assessment), seen))
            progress(len(found))
    return found


def _genuine(path: Path) -> Iterator[StoredSession]:
    for stored in read_sessions(path):
        if stored.label and stored.label not in GENUINE_LABELS:
            continue
        if not stored.user:
            raise BadPromiseError(
                f"{path}: session {stored.session} has no user; a promise counts writers"
            )
        yield stored


def _from_lines(path: Path) -> tuple[list[_Scored], ValidFor]:
    found: list[_Scored] = []
    used: set[Extra] = set()
    versions: set[tuple[str, str]] = set()
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row: dict[str, Any] = json.loads(line)
            found.append(_Scored(str(row["session"]), str(row["user"]), _order(row), None))
            used.update(extras_of(row["reference"], row["texts"], "matches" in row))
            versions.add((str(row["model_version"]), str(row["features_version"])))
        except (KeyError, TypeError, ValueError) as error:
            raise BadPromiseError(
                f"{path}, line {number}: not a line of 'score --json' ({error})"
            ) from error
        if not found[-1].writer:
            raise BadPromiseError(f"{path}, line {number}: no user; a promise counts writers")
    if len(versions) > 1:
        raise BadPromiseError(f"{path} mixes scores of several models: score all with one")
    version, features = versions.pop() if versions else ("", "")
    return found, ValidFor(version, features, tuple(sorted(used)))


def _order(row: dict[str, Any]) -> float:
    """Return `flagging_score` of an assessment's plain values."""
    because = (row["abstained_because"] or {}).get("code")
    if row["band"] not in FLAGGED_BANDS and because != Code.COPYING_NOT_CALIBRATED:
        return 0.0
    kinds, codes = row["kinds"], [str(reason["code"]) for reason in row["reasons"]]
    typing = float(kinds["synthetic"]) + float(kinds["transcription"])
    return flag_order(float(kinds["insertion"]), typing, codes)


def read_promise(path: Path) -> PlatformPromise:
    """Read a promise's file.

    Raises:
        BadPromiseError: it is none.
    """
    try:
        return promise_from_json(path.read_text(encoding="utf-8"))
    except (BadPromiseError, UnicodeDecodeError) as error:
        raise BadPromiseError(f"{path}: {error}") from error


def drift_of(path: Path, model: Model, made: PlatformPromise, alarm: float = ALARM) -> Drift:
    """Look for drift from a promise to the sessions of a keystroke table, in its order.

    Raises:
        BadPromiseError: a session has no user, or the promise was made for another model.
        BadTableError: the table cannot be read.
    """
    valid = made.session.valid_for
    if (valid.model_version, valid.features_version) != (model.version, FEATURES_VERSION):
        raise BadPromiseError(
            f"the promise was made for model {valid.model_version}, not {model.version}"
        )
    seen: list[Watched] = []
    with Progress(f"scoring {path.name}") as progress:
        for number, stored in enumerate(_genuine(path)):
            assessment = assess(Recording(stored.keystrokes), model)
            if not assessment.past_shipped_threshold:
                seen.append(watched(stored.user, stored.keystrokes, assessment.score))
            progress(number + 1)
    return find_drift(made.reference, seen, alarm)
