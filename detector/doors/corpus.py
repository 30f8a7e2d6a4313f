"""Finding and reading the tables of a corpus folder."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from detector.doors.parquet import open_table, read_sessions, read_texts
from detector.errors import BadCorpusError
from detector.training.aggregates import COLUMNS_NEEDED, aggregate_rows
from detector.training.examples import Essay
from detector.training.fit import Aggregates

ESSAYS = "klicke.parquet"
ESSAY_TEXTS = "klicke_final_text_class.parquet"
AGGREGATES = "crossley_features.parquet"
TRAINED_ON = (ESSAYS, AGGREGATES)
"""The only tables a shipped model learns from (CC BY 4.0 and CC0)."""
CONDITIONS = ("authentic", "transcribed")
LONGEST_INSERTION_CHARS = 20
"""Essays with a longer insertion are no clean example of composing."""


def read_essays(folder: Path) -> Iterator[Essay]:
    """Yield the essays to learn from, without those that hold a longer paste.

    Raises:
        BadCorpusError: a table is missing from the folder.
    """
    for name in (ESSAYS, ESSAY_TEXTS):
        if not (folder / name).is_file():
            raise BadCorpusError(f"{folder} holds no {name}, which training needs")
    texts = read_texts(folder / ESSAY_TEXTS)
    for stored in read_sessions(folder / ESSAYS):
        table = stored.keystrokes
        if len(table) and table.inserted.max() <= LONGEST_INSERTION_CHARS:
            yield Essay(stored.user, table, texts.get(stored.session, ""))


def read_aggregates(path: Path) -> Aggregates:
    """Read a labelled table of Inputlog aggregates.

    Raises:
        BadCorpusError: it lacks a column or a condition.
    """
    if not path.is_file():
        raise BadCorpusError(f"{path} is missing")
    file = open_table(path)
    missing = [name for name in COLUMNS_NEEDED if name not in file.schema_arrow.names]
    if missing:
        raise BadCorpusError(f"{path} lacks the column(s) {', '.join(missing)}")
    table = file.read(columns=list(dict.fromkeys(COLUMNS_NEEDED)))
    numbers = {name: table[name].to_numpy().astype(np.float64) for name in set(COLUMNS_NEEDED[2:])}
    conditions = np.array(table["condition"].to_pylist())
    if set(conditions) != set(CONDITIONS):
        raise BadCorpusError(f"{path}: condition must be one of {', '.join(CONDITIONS)}")
    text = table["essayID"].to_numpy().astype(np.int64)
    return Aggregates(aggregate_rows(numbers), conditions == CONDITIONS[1], text)


def is_aggregate_table(path: Path) -> bool:
    """Whether the file is a table of labelled Inputlog aggregates."""
    return set(COLUMNS_NEEDED).issubset(open_table(path).schema_arrow.names)
