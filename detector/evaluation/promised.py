"""Whether the promise on false flags holds on writers who had no part in it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from detector.assess import Case, assess_all
from detector.errors import BadCorpusError
from detector.model import Model
from detector.promise.applying import flagging_score
from detector.tables import Keystrokes, Recording
from detector.training.promises import closed_form, promise_coverage


def promise_figures(model: Model, sessions: Sequence[tuple[str, Keystrokes]]) -> dict[str, Any]:
    """Return how promises made from some genuine writers hold on the others.

    Args:
        model: what scores.
        sessions: writer and keystrokes of genuine sessions that the model has not seen.

    Raises:
        BadCorpusError: there is no session.
    """
    if not sessions:
        raise BadCorpusError("no essay of a writer held out; add more writers")
    said = assess_all([Case(Recording(table)) for _, table in sessions], model)
    scores = np.array([flagging_score(each) for each in said])
    covered = promise_coverage(scores, [writer for writer, _ in sessions])
    return {
        "writers": len({writer for writer, _ in sessions}),
        "coverage": {f"from {row['writers']} writers": _without(row) for row in covered},
        "closed_form": {f"from {row['writers']} writers": _without(row) for row in closed_form()},
    }


def _without(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "writers"}
