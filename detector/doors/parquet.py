"""Reading tables of keystrokes in the documented parquet format, a session at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from detector.errors import BadTableError
from detector.tables import MISSING, Activity, IntArray, Keystrokes, keystrokes, no_keystrokes
from wire.keys import KeyClass

REQUIRED_COLUMNS = ("session", "t_ms", "key")
OPTIONAL_COLUMNS = ("user", "label", "hold_ms", "inserted", "deleted", "cursor", "activity")
NO_HOLD_MS = 65535
KEY_NAMES = tuple(key.name.lower() for key in KeyClass)
ACTIVITY_NAMES = tuple(activity.name.lower() for activity in Activity)
MOST_GROUPS = 12
"""A column of its own with more values than this tells people apart rather than groups."""
NO_SESSION = "(no session)"


@dataclass(frozen=True, slots=True)
class StoredSession:
    """One session of a table, with what the table says about it (empty if it says nothing).

    A session whose times cannot be right has no keystrokes, and ``refused`` says why.
    """

    session: str
    user: str
    label: str
    keystrokes: Keystrokes
    refused: str = ""
    groups: tuple[tuple[str, str], ...] = ()


def open_table(path: Path) -> pq.ParquetFile:
    """Open a parquet file.

    Raises:
        BadTableError: if it is missing or no parquet file.
    """
    try:
        return pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise BadTableError(f"{path} cannot be read as parquet: {error}") from error


def is_keystroke_table(path: Path) -> bool:
    """Whether the file has the columns of a keystroke table."""
    names = set(open_table(path).schema_arrow.names)
    return names.issuperset(REQUIRED_COLUMNS)


def group_columns(path: Path) -> tuple[str, ...]:
    """Return the columns beyond the documented ones that sort sessions into a few groups.

    Such a column has 2 to `MOST_GROUPS` values and one value a session.
    """
    file = open_table(path)
    known = {*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS}
    found = []
    for name in file.schema_arrow.names:
        if name in known or pa.types.is_nested(file.schema_arrow.field(name).type):
            continue
        table = file.read(columns=["session", name])
        values = table[name].cast(pa.string()) if len(table) else table[name]
        if not 2 <= len(values.drop_null().unique()) <= MOST_GROUPS:
            continue
        table = table.set_column(1, name, values)
        counts = table.group_by("session").aggregate([(name, "count_distinct")])
        if pc.max(counts[f"{name}_count_distinct"]).as_py() <= 1:
            found.append(name)
    return tuple(found)


def read_sessions(
    path: Path, groups: tuple[str, ...] = (), *, each_alone: bool = False
) -> Iterator[StoredSession]:
    """Yield each session of a keystroke table.

    A table whose sessions stand together is read a row group at a time; any other is sorted in
    memory first.

    Args:
        path: the table.
        groups: further columns to read, see `group_columns`.
        each_alone: whether values that cannot be right refuse only the session they stand in.

    Raises:
        BadTableError: a column is missing, and, without ``each_alone``, has the wrong type or
            holds an unknown class.
    """
    file = open_table(path)
    missing = [name for name in REQUIRED_COLUMNS if name not in file.schema_arrow.names]
    if missing:
        raise BadTableError(f"{path} lacks the column(s) {', '.join(missing)}")
    columns = [*REQUIRED_COLUMNS, *(c for c in OPTIONAL_COLUMNS if c in file.schema_arrow.names)]
    columns.extend(groups)
    if _sessions_stand_together(file):
        parts = _read_in_order(file, columns)
    else:
        parts = iter([file.read(columns=columns)])
    for part in parts:
        yield from _split(part, groups, each_alone)


def _sessions_stand_together(file: pq.ParquetFile) -> bool:
    seen: set[str] = set()
    last = None
    for group in range(file.metadata.num_row_groups):
        column = file.read_row_group(group, columns=["session"])["session"].cast(pa.string())
        runs = pc.run_end_encode(column.combine_chunks()) if len(column) else None
        values = runs.values.to_pylist() if runs is not None else []
        for value in values[1:] if values and values[0] == last else values:
            if value in seen:
                return False
            seen.add(value)
        last = values[-1] if values else last
    return True


def _read_in_order(file: pq.ParquetFile, columns: list[str]) -> Iterator[pa.Table]:
    held: pa.Table | None = None
    for group in range(file.metadata.num_row_groups):
        part = file.read_row_group(group, columns=columns)
        table = part if held is None else pa.concat_tables([held, part])
        if not len(table):
            continue
        bounds = _run_starts(table)
        yield table.slice(0, bounds[-1])
        held = table.slice(bounds[-1])
    if held is not None:
        yield held


def _run_starts(table: pa.Table) -> list[int]:
    codes = _dictionary_codes(table["session"])[0]
    return [0, *(np.flatnonzero(codes[1:] != codes[:-1]) + 1).tolist()]


def _dictionary_codes(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], list[Any]]:
    encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, encoded.dictionary.to_pylist()


def _split(table: pa.Table, groups: tuple[str, ...], each_alone: bool) -> Iterator[StoredSession]:
    codes, names = _dictionary_codes(table["session"])
    if np.any(codes < 0):
        if not each_alone:
            raise BadTableError("a row has no session")
        rows_without = f"{int(np.count_nonzero(codes < 0))} rows have no session"
        yield StoredSession(NO_SESSION, "", "", no_keystrokes(), rows_without)
        table, codes = table.filter(pa.array(codes >= 0)), codes[codes >= 0]
    if not len(table):
        return
    if np.any(np.diff(codes) < 0):
        order = np.argsort(codes, kind="stable")
        codes = codes[order]
        table = table.take(pa.array(order))
    columns = _columns_if_sound(table) if each_alone else _number_columns(table)
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
    stops = np.r_[starts[1:], len(codes)]
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        rows = table.slice(start, stop - start)
        name = names[codes[start]]
        try:
            cut = (
                _number_columns(rows)
                if columns is None
                else {each: column[start:stop] for each, column in columns.items()}
            )
            yield StoredSession(
                session=name,
                user=_one_value(rows, "user"),
                label=_one_value(rows, "label"),
                keystrokes=keystrokes(**cut),
                groups=tuple((each, _one_value(rows, each)) for each in groups),
            )
        except BadTableError as error:
            yield StoredSession(name, "", "", no_keystrokes(), str(error))


def _columns_if_sound(table: pa.Table) -> dict[str, IntArray] | None:
    """Return the columns of many sessions at once; None where one of them is unsound."""
    try:
        return _number_columns(table)
    except BadTableError:
        return None


def _one_value(rows: pa.Table, name: str) -> str:
    """Return what a column says about a session; empty where it says nothing.

    Raises:
        BadTableError: it says several things.
    """
    if name not in rows.column_names:
        return ""
    values = rows[name].unique().drop_null()
    if len(values) > 1:
        raise BadTableError(f"column {name} has several values in one session")
    return str(values[0].as_py()) if len(values) else ""


def _number_columns(table: pa.Table) -> dict[str, IntArray]:
    names = set(table.column_names)
    columns = {"t_us": _numbers(table, "t_ms") * 1000, "key": _classes(table, "key", KEY_NAMES)}
    if "hold_ms" in names:
        hold_ms = _numbers(table, "hold_ms", null=NO_HOLD_MS)
        known = (hold_ms >= 0) & (hold_ms != NO_HOLD_MS)
        columns["hold_us"] = np.where(known, hold_ms * 1000, MISSING)
    for name in ("inserted", "deleted", "cursor"):
        if name in names:
            columns[name] = np.maximum(_numbers(table, name, null=MISSING), MISSING)
    if "activity" in names:
        columns["activity"] = _classes(table, "activity", ACTIVITY_NAMES, null=Activity.UNKNOWN)
    return columns


def _numbers(table: pa.Table, name: str, null: int | None = None) -> IntArray:
    column = table[name]
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        raise BadTableError(f"column {name} is {column.type}, not a number")
    if column.null_count:
        if null is None:
            raise BadTableError(f"column {name} has empty values")
        column = column.fill_null(null)
    values: NDArray[Any] = column.to_numpy()
    if values.dtype.kind == "f":
        if not np.all(np.isfinite(values)) or np.any(np.abs(values) > 2**52):
            raise BadTableError(f"column {name} has values that are no numbers")
        values = np.round(values)
    elif len(values) and (values.max() > 2**52 or values.min() < -(2**52)):
        raise BadTableError(f"column {name} has values out of range")
    return values.astype(np.int64)


def _classes(
    table: pa.Table, name: str, known: tuple[str, ...], null: int | None = None
) -> IntArray:
    column = table[name]
    if pa.types.is_integer(column.type):
        return _numbers(table, name, null)
    codes, names = _dictionary_codes(column)
    unknown = sorted({n for n in names if n not in known})
    if unknown:
        raise BadTableError(
            f"column {name} has unknown value(s): {', '.join(map(str, unknown[:5]))}"
        )
    if np.any(codes < 0) and null is None:
        raise BadTableError(f"column {name} has empty values")
    lookup = np.array([*(known.index(n) for n in names), MISSING if null is None else null])
    return lookup[codes].astype(np.int64)


def read_texts(path: Path) -> dict[str, str]:
    """Read a table of final texts as classes (columns ``session``, ``text_class``).

    Raises:
        BadTableError: a column is missing or is no text.
    """
    file = open_table(path)
    for name in ("session", "text_class"):
        if name not in file.schema_arrow.names:
            raise BadTableError(f"{path} lacks the column {name}")
    table = file.read(columns=["session", "text_class"])
    try:
        sessions = table["session"].cast(pa.string()).to_pylist()
        texts = table["text_class"].cast(pa.string()).to_pylist()
    except pa.ArrowException as error:
        raise BadTableError(f"{path}: session and text_class must be text") from error
    return {s: t or "" for s, t in zip(sessions, texts, strict=True) if s is not None}
