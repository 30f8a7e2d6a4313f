"""Evaluating a model on every table of a corpus folder, in several processes."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from detector.doors.corpus import TRAINED_ON, is_aggregate_table, read_aggregates
from detector.doors.frozen import frozen
from detector.doors.jobs import Task, run_tasks
from detector.doors.parquet import (
    group_columns,
    is_keystroke_table,
    open_table,
    read_sessions,
)
from detector.doors.sections import SECTIONS, Corpus
from detector.errors import BadCorpusError, BadTableError, DetectorError
from detector.evaluation.scored import Labelled
from detector.evaluation.tables import table_figures
from detector.evaluation.targets import targets
from detector.model import Model
from detector.training.enrolment import with_enrolment
from detector.training.grouped import grouped_figures
from detector.training.split import Part, part_of

MOST_NAMED = 20
BYTES_A_SECOND = 150_000
"""About how fast a keystroke table is scored, to start the longest first."""


def evaluate_corpus(folder: Path, model: Model, jobs: int = 1) -> dict[str, Any]:
    """Return the figures of every table in ``folder``, by file name, and of every section.

    The figures are the same whatever ``jobs`` is.

    Args:
        folder: holds the tables.
        model: what is evaluated.
        jobs: how many processes work.

    Raises:
        BadCorpusError: the folder holds no table at all.
    """
    paths = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix != ".md")
    if not any(path.suffix == ".parquet" for path in paths):
        raise BadCorpusError(f"{folder} holds no parquet table")
    started = time.monotonic()
    rests_on = frozen(folder, model)
    corpus = Corpus(folder)
    tasks = [Task("table", str(path), path.stat().st_size // BYTES_A_SECOND) for path in paths]
    tasks.extend(
        Task(name, str(folder), section.seconds)
        for name, section in SECTIONS.items()
        if corpus.has_essays() or not section.needs_essays
    )
    done = run_tasks(evaluated, tasks, model, jobs)
    made: dict[str, Any] = {
        "frozen": rests_on,
        "note": "intervals are 95 %, resampled by writer; figures of a table that the model "
        f"learnt from ({', '.join(TRAINED_ON)}) come from writers or texts held out by hash or "
        "fold; every other table is unseen by training, thresholds and feature choice",
        "tables": {
            Path(task.path).name: figures
            for task, figures in zip(tasks, done, strict=True)
            if task.name == "table"
        },
    }
    made.update(
        {
            task.name: figures
            for task, figures in zip(tasks, done, strict=True)
            if task.name != "table"
        }
    )
    made["targets"] = targets(made)
    made["seconds"] = round(time.monotonic() - started, 1)
    return made


def evaluated(task: Task, model: Model) -> dict[str, Any]:
    """Return the figures of one table or section; why not, where it cannot be done."""
    if task.name == "table":
        return _table(Path(task.path), model)
    try:
        return SECTIONS[task.name].run(Corpus(Path(task.path)), model)
    except DetectorError as error:
        return {"skipped": str(error)}


def _table(path: Path, model: Model) -> dict[str, Any]:
    try:
        if path.suffix != ".parquet":
            return {"skipped": "not a parquet table"}
        if is_keystroke_table(path):
            return _keystroke_table(path, model)
        if is_aggregate_table(path):
            return _aggregate_table(path)
        if {"session", "text_class"}.issubset(open_table(path).schema_arrow.names):
            return {"skipped": "final texts: used under alignment"}
    except (BadTableError, BadCorpusError) as error:
        return {"skipped": str(error)}
    return {"skipped": "neither keystrokes nor labelled aggregates"}


def _keystroke_table(path: Path, model: Model) -> dict[str, Any]:
    held_out = path.name in TRAINED_ON
    groups = group_columns(path)
    broken: list[dict[str, str]] = []
    sessions: list[Labelled] = []
    for stored in read_sessions(path, groups, each_alone=True):
        if stored.refused:
            broken.append({"session": stored.session, "why": stored.refused})
        elif not held_out or part_of(stored.user) is Part.HELD_OUT:
            label = stored.label.strip().lower()
            sessions.append(
                Labelled(stored.session, stored.user, label, stored.keystrokes, stored.groups)
            )
    made: dict[str, Any] = {
        "split": "writers held out by hash" if held_out else "unseen table (corpus-disjoint)",
        "own_group_columns": list(groups),
    }
    if broken:
        made["broken_sessions"] = {"count": len(broken), "first": broken[:MOST_NAMED]}
    if not sessions:
        return {**made, "skipped": "no session that can be read"}
    made.update(table_figures(model, sessions))
    if "against_genuine" in made:
        made["with_enrolment"] = with_enrolment(model, sessions)
    return made


def _aggregate_table(path: Path) -> dict[str, Any]:
    aggregates = read_aggregates(path)
    table = open_table(path).read()
    names = [
        field.name
        for field in table.schema
        if field.name not in ("essayID", "condition")
        and (pa.types.is_integer(field.type) or pa.types.is_floating(field.type))
    ]
    rows = np.column_stack([table[name].to_numpy().astype(np.float64) for name in names])
    return {
        "split": "cross-validated, both versions of a text in one fold",
        "all_columns": grouped_figures(rows, aggregates.transcribed, aggregates.text),
        "columns_recomputable_from_raw_logs": grouped_figures(
            aggregates.rows, aggregates.transcribed, aggregates.text
        ),
    }
