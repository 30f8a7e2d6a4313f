"""Writes simulated sessions as parquet files in the documented formats."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from detector.doors.parquet import ACTIVITY_NAMES, KEY_NAMES, NO_HOLD_MS
from detector.tables import Keystrokes
from detector.training.aggregates import COLUMNS_NEEDED

Row = tuple[str, str, str, Keystrokes]


def as_table(rows: Sequence[Row]) -> pa.Table:
    """A keystroke table of (session, user, label, keystrokes)."""
    parts = []
    for session, user, label, table in rows:
        count = len(table)
        hold_ms = np.where(table.hold_us < 0, NO_HOLD_MS, np.minimum(table.hold_us // 1000, 65000))
        parts.append(
            pa.table(
                {
                    "session": [session] * count,
                    "user": [user] * count,
                    "label": [label] * count,
                    "t_ms": pa.array((table.t_us // 1000).astype(np.uint32)),
                    "hold_ms": pa.array(hold_ms.astype(np.uint16)),
                    "key": [KEY_NAMES[k] for k in table.key],
                    "inserted": pa.array(np.maximum(table.inserted, 0).astype(np.uint16)),
                    "deleted": pa.array(np.maximum(table.deleted, 0).astype(np.uint16)),
                    "cursor": pa.array(table.cursor.astype(np.int32)),
                    "activity": [ACTIVITY_NAMES[a] for a in table.activity],
                }
            )
        )
    return pa.concat_tables(parts)


def write_sessions(path: Path, rows: Sequence[Row]) -> Path:
    """Write a keystroke table."""
    pq.write_table(as_table(rows), path)
    return path


def write_texts(path: Path, texts: dict[str, str]) -> Path:
    """Write final texts as classes."""
    table = pa.table({"session": list(texts), "text_class": list(texts.values())})
    pq.write_table(table, path)
    return path


def write_aggregates(path: Path, rng: np.random.Generator, pairs: int) -> Path:
    """Write labelled aggregates in which transcribed essays have shorter pauses."""
    conditions = ["authentic", "transcribed"] * pairs
    copied = np.array([c == "transcribed" for c in conditions])
    columns: dict[str, object] = {
        "essayID": np.repeat(np.arange(pairs), 2),
        "condition": conditions,
    }
    for name in COLUMNS_NEEDED[2:]:
        noise = rng.lognormal(0.0, 0.3, 2 * pairs)
        if name == "product_process_ratio":
            columns[name] = np.clip(
                np.where(copied, 0.96, 0.85) + rng.normal(0, 0.02, 2 * pairs), 0, 1
            )
        elif name == "total_strokes":
            columns[name] = 2000.0 * noise
        else:
            columns[name] = np.where(copied, 1.0, 3.0) * noise
    pq.write_table(pa.table(columns), path)
    return path
