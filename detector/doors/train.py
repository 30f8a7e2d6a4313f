"""Training from a corpus folder: model, figures and model card."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from threadpoolctl import threadpool_limits

from detector.doors.corpus import AGGREGATES, read_aggregates, read_essays
from detector.doors.labels import read_labelled
from detector.doors.progress import Progress
from detector.model import SHIPPED_MODEL, Model
from detector.simulation.figures import WritingFigures, fit_figures
from detector.training.card import model_card
from detector.training.examples import Essay, Examples, joined, make_examples
from detector.training.fit import fit_model
from detector.training.labelled import labelled_examples
from detector.training.split import Part, part_of
from detector.training.thresholds import with_session_thresholds
from detector.training.within_person import fit_within_person

SEED = 20_261_122
VERSION = "2026.11-5"
FIGURES = "writing_figures.json"


CHUNK = 50
"""Essays that one process takes at a time."""


def train(
    corpus: Path,
    out: Path,
    limit: int | None = None,
    jobs: int = 1,
    labels: Path | None = None,
) -> list[Path]:
    """Train on ``corpus`` and write model, figures and card to ``out``.

    Args:
        corpus: folder with the essays, their final texts and the labelled aggregates.
        out: folder to write to; made if it is missing.
        limit: use only so many essays (for trying out).
        labels: folder of a platform's own labelled sessions; learnt from beside the essays, by the
            same split of writers.
        jobs: processes that make examples; the outcome is the same with any number.

    Raises:
        BadCorpusError: a table is missing or empty.
    """
    own = list(read_labelled(labels)) if labels is not None else []
    aggregates = read_aggregates(corpus / AGGREGATES)
    essays: dict[Part, list[Essay]] = {part: [] for part in Part}
    with Progress("reading essays") as progress:
        for number, essay in enumerate(read_essays(corpus)):
            if limit is not None and number >= limit:
                break
            essays[part_of(essay.writer)].append(essay)
            progress(number)
    learnt_from = essays[Part.TRAIN]
    figures = fit_figures(
        (essay.keystrokes for essay in learnt_from), (essay.text_class for essay in learnt_from)
    )
    made: dict[Part, Examples] = {}
    for part in (Part.TRAIN, Part.CALIBRATE, Part.HELD_OUT):
        made[part] = _examples(essays[part], figures, part, jobs)
        mine = [session for session in own if part_of(session.writer) is part]
        made[part] = joined([made[part], labelled_examples(SEED, mine)]) if mine else made[part]
    # Sums over several threads depend on their number: one, so that the file is the same anywhere.
    with threadpool_limits(1):
        model = fit_model(made[Part.TRAIN], made[Part.CALIBRATE], aggregates, VERSION)
        model = with_session_thresholds(model, essays[Part.CALIBRATE])
        people = fit_within_person(model, essays[Part.TRAIN], essays[Part.CALIBRATE], SEED)
    model = replace(model, within_person=people)
    out.mkdir(parents=True, exist_ok=True)
    return [
        _written(out / SHIPPED_MODEL, lambda path: path.write_bytes(model.to_bytes())),
        _written(out / FIGURES, lambda path: path.write_text(figures.to_json(), "utf-8")),
        _written(
            (out / SHIPPED_MODEL).with_suffix(".md"),
            lambda path: path.write_text(_card(model, made, essays), "utf-8"),
        ),
    ]


def _examples(essays: list[Essay], figures: WritingFigures, part: Part, jobs: int) -> Examples:
    chunks = [essays[at : at + CHUNK] for at in range(0, len(essays), CHUNK)]
    with Progress(f"making examples to {part.value}", len(essays)) as progress:
        if jobs == 1 or len(chunks) == 1:
            return make_examples(SEED, essays, figures, progress)
        make = partial(make_examples, SEED, figures=figures)
        # A forked child of a process whose OpenMP threads have run may hang: spawn.
        with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
            parts = []
            for made in pool.map(make, chunks):
                parts.append(made)
                progress(len(parts) * CHUNK)
    return joined(parts)


def _written(path: Path, write: Callable[[Path], object]) -> Path:
    write(path)
    return path


def _card(model: Model, made: dict[Part, Examples], essays: dict[Part, list[Essay]]) -> str:
    writers = {part: len({essay.writer for essay in group}) for part, group in essays.items()}
    return model_card(model, made[Part.HELD_OUT], writers)
