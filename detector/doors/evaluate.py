"""Evaluating a model on every table of a corpus folder."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from detector.doors.corpus import (
    ESSAY_TEXTS,
    ESSAYS,
    TRAINED_ON,
    is_aggregate_table,
    read_aggregates,
    read_essays,
)
from detector.doors.parquet import is_keystroke_table, open_table, read_sessions
from detector.doors.progress import Progress
from detector.doors.train import SEED
from detector.errors import BadCorpusError, BadTableError
from detector.features.vector import FEATURES_VERSION
from detector.model import Model
from detector.simulation.figures import load_figures
from detector.tables import Activity
from detector.training.aligning import alignment_figures
from detector.training.attacks import attack_figures, leave_one_family_out
from detector.training.enrolment import with_enrolment
from detector.training.examples import Essay, make_examples
from detector.training.grouped import grouped_figures
from detector.training.outcomes import (
    Labelled,
    Outcome,
    outcome,
    summary,
    windows_against_genuine,
)
from detector.training.split import Part, part_of

MOST_FAMILY_ESSAYS = 400
MOST_ATTACKED_ESSAYS = 250


def evaluate_corpus(folder: Path, model: Model) -> dict[str, Any]:
    """Return the figures of every table in ``folder``, by file name.

    Raises:
        BadCorpusError: the folder holds no table at all.
    """
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    if not any(path.suffix == ".parquet" for path in paths):
        raise BadCorpusError(f"{folder} holds no parquet table")
    tables = {path.name: _table(path, model) for path in paths if path.suffix != ".md"}
    made: dict[str, Any] = {
        "model_version": model.version,
        "features_version": FEATURES_VERSION,
        "note": "intervals are 95 %, resampled by writer; figures of a table that the model "
        f"learnt from ({', '.join(TRAINED_ON)}) come from writers or texts held out by hash or "
        "fold; every other table is unseen by training, thresholds and feature choice",
        "tables": tables,
    }
    if (folder / ESSAYS).is_file() and (folder / ESSAY_TEXTS).is_file():
        made.update(_essay_figures(folder, model))
    return made


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
    except BadTableError as error:
        return {"skipped": str(error)}
    return {"skipped": "neither keystrokes nor labelled aggregates"}


def _keystroke_table(path: Path, model: Model) -> dict[str, Any]:
    held_out = path.name in TRAINED_ON
    outcomes: list[Outcome] = []
    few: list[Labelled] = []
    located: list[bool] = []
    several = _has_several_labels(path)
    with Progress(f"scoring {path.name}") as progress:
        for stored in read_sessions(path):
            if held_out and part_of(stored.user) is not Part.HELD_OUT:
                continue
            mine = Labelled(stored.session, stored.user, stored.label, stored.keystrokes)
            outcomes.append(outcome(model, mine))
            located.extend(_located_without_activity(mine, model))
            if several:
                few.append(mine)
            progress(len(outcomes))
    made: dict[str, Any] = {
        "split": "writers held out by hash" if held_out else "unseen table (corpus-disjoint)",
        **summary(outcomes),
    }
    if several:
        made["windows_500_copying_score"] = windows_against_genuine(model, few)
        made["with_enrolment"] = with_enrolment(model, few)
    if located:
        made["accepted_suggestions_over_20_located"] = {
            "share": round(float(np.mean(located)), 4),
            "count": len(located),
            "note": "activity column masked",
        }
    return made


def _has_several_labels(path: Path) -> bool:
    if "label" not in open_table(path).schema_arrow.names:
        return False
    column = open_table(path).read(columns=["label"])["label"].cast(pa.string())
    return len(column.unique()) > 1


def _located_without_activity(mine: Labelled, model: Model) -> list[bool]:
    """Whether each accepted suggestion over 20 characters is covered by an insertion finding."""
    table = mine.keystrokes
    rows = np.flatnonzero((table.activity == Activity.AI_INSERT) & (table.inserted > 20))
    if not len(rows):
        return []
    masked = _without_activity(mine)
    spans = [s for s in outcome(model, masked).assessment.spans if s.kind == "insertion"]
    times = table.t_us[rows].tolist()
    return [any(s.start_us <= t <= s.end_us for s in spans) for t in times]


def _without_activity(mine: Labelled) -> Labelled:
    table = mine.keystrokes
    unknown = np.full(len(table), Activity.UNKNOWN, dtype=np.int64)
    columns = (table.t_us, table.hold_us, table.key, table.inserted, table.deleted, table.cursor)
    return Labelled(mine.session, mine.user, mine.label, type(table)(*columns, unknown))


def _aggregate_table(path: Path) -> dict[str, Any]:
    aggregates = read_aggregates(path)
    table = open_table(path).read()
    names = [n for n in table.column_names if n not in ("essayID", "condition")]
    rows = np.column_stack([table[n].to_numpy().astype(np.float64) for n in names])
    return {
        "split": "cross-validated, both versions of a text in one fold",
        "all_columns": grouped_figures(rows, aggregates.transcribed, aggregates.text),
        "columns_recomputable_from_raw_logs": grouped_figures(
            aggregates.rows, aggregates.transcribed, aggregates.text
        ),
    }


def _essay_figures(folder: Path, model: Model) -> dict[str, Any]:
    parts: dict[Part, list[Essay]] = {part: [] for part in Part}
    for essay in read_essays(folder):
        parts[part_of(essay.writer)].append(essay)
    held_out = parts[Part.HELD_OUT]
    figures = load_figures()
    with Progress("making attacks") as progress:
        test = make_examples(SEED, held_out[:MOST_FAMILY_ESSAYS], figures, progress)
        train = make_examples(SEED, parts[Part.TRAIN][:MOST_FAMILY_ESSAYS], figures, progress)
    return {
        "attacks_apcer_at_shipped_threshold": attack_figures(
            model, held_out[:MOST_ATTACKED_ESSAYS]
        ),
        "attacks_leave_one_family_out": leave_one_family_out(train, test),
        "alignment": alignment_figures([essay for essay in held_out if essay.text_class]),
    }
