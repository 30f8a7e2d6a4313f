"""A platform's own labelled sessions: `sessions.parquet` with `labels.csv` beside it.

`veritype-server labels export` writes them; `python -m detector train --labels FOLDER` learns from
them too.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from detector.doors.parquet import (
    ACTIVITY_NAMES,
    KEY_NAMES,
    NO_HOLD_MS,
    read_sessions,
)
from detector.errors import BadCorpusError
from detector.tables import Keystrokes
from detector.training.examples import Kind
from detector.training.labelled import Labelled

SESSIONS_FILE = "sessions.parquet"
LABELS_FILE = "labels.csv"
_KINDS = {
    "genuine": Kind.COMPOSITION,
    "retyped": Kind.TRANSCRIPTION,
    "synthetic": Kind.SYNTHETIC,
}
"""Pasted text has no typing to learn from."""


@dataclass(frozen=True, slots=True)
class LabelledSession:
    """A session as it is written, under a pseudonym."""

    session: str
    user: str
    label: str
    keystrokes: Keystrokes


def write_labelled(path: Path, sessions: Iterable[LabelledSession]) -> int:
    """Write a keystroke table, a row group a session; how many sessions."""
    written = 0
    with pq.ParquetWriter(path, _SCHEMA) as file:
        for session in sessions:
            file.write_table(_table(session))
            written += 1
    return written


def read_labelled(folder: Path) -> Iterator[Labelled]:
    """Yield the sessions that the typing models can learn from.

    Raises:
        BadCorpusError: a file is missing, or they do not go together.
        BadTableError: `sessions.parquet` is no keystroke table.
    """
    weights = _weights(folder / LABELS_FILE)
    for session in read_sessions(folder / SESSIONS_FILE):
        if session.session not in weights:
            raise BadCorpusError(f"{LABELS_FILE} does not name a session of {SESSIONS_FILE}")
        kind = _KINDS.get(session.label)
        if kind is not None:
            yield Labelled(session.user, session.keystrokes, kind, weights[session.session])


def _weights(path: Path) -> dict[str, float]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return {line["session"]: float(line["weight"]) for line in csv.DictReader(file)}
    except FileNotFoundError:
        raise BadCorpusError(f"there is no {path}; export the labels again") from None
    except (KeyError, ValueError, TypeError):
        raise BadCorpusError(f"{path} lacks a session or a weight") from None


def _table(session: LabelledSession) -> pa.Table:
    typed = session.keystrokes
    hold_ms = np.where(typed.hold_us < 0, NO_HOLD_MS, np.minimum(typed.hold_us // 1000, 65_000))
    columns = {
        "session": [session.session] * len(typed),
        "user": [session.user] * len(typed),
        "label": [session.label] * len(typed),
        "t_ms": typed.t_us // 1000,
        "hold_ms": hold_ms,
        "key": [KEY_NAMES[key] for key in typed.key],
        "inserted": typed.inserted,
        "deleted": typed.deleted,
        "cursor": typed.cursor,
        "activity": [ACTIVITY_NAMES[activity] for activity in typed.activity],
    }
    return pa.table(columns, schema=_SCHEMA)


_SCHEMA = pa.schema(
    {
        "session": pa.string(),
        "user": pa.string(),
        "label": pa.string(),
        "t_ms": pa.int64(),
        "hold_ms": pa.int32(),
        "key": pa.string(),
        "inserted": pa.int32(),
        "deleted": pa.int32(),
        "cursor": pa.int32(),
        "activity": pa.string(),
    }
)
