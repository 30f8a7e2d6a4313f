"""The parts of an evaluation beside the tables: one line each in `SECTIONS`.

A section gets the folder's `Corpus` and returns plain figures.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from detector.doors.corpus import AGGREGATES, ESSAY_TEXTS, ESSAYS, read_aggregates, read_essays
from detector.doors.train import SEED
from detector.evaluation.families import family_figures, with_worst
from detector.evaluation.mixed import mixed_figures
from detector.evaluation.promised import promise_figures
from detector.evaluation.speed import speed_figures
from detector.model import Model
from detector.simulation.figures import load_figures
from detector.training.aligning import alignment_figures
from detector.training.attacks import attack_figures, leave_one_family_out
from detector.training.controls import copying_controls
from detector.training.examples import Essay, make_examples
from detector.training.replays import replay_figures
from detector.training.split import Part, part_of

MOST_FAMILY_ESSAYS = 400
MOST_ATTACKED_ESSAYS = 250
MOST_MIXED_ESSAYS = 200
MOST_CONTROL_ESSAYS = 250
MOST_REPLAYED_ESSAYS = 150
MOST_COMPARED_ESSAYS = 10_000


@dataclass(frozen=True, slots=True)
class Corpus:
    """The genuine essays of a folder."""

    folder: Path

    def has_essays(self) -> bool:
        """Whether the folder holds essays and their final texts."""
        return all((self.folder / name).is_file() for name in (ESSAYS, ESSAY_TEXTS))

    def held_out(self, most: int | None = None) -> list[Essay]:
        """Return essays of writers that the model has not seen."""
        return _held_out(self.folder)[:most]

    def learnt_from(self, most: int) -> list[Essay]:
        """Return essays of writers to learn from."""
        return list(islice(_essays(self.folder, Part.TRAIN), most))


@cache
def _held_out(folder: Path) -> list[Essay]:
    return list(_essays(folder, Part.HELD_OUT))


def _essays(folder: Path, part: Part) -> Iterator[Essay]:
    essays = (essay for essay in read_essays(folder) if part_of(essay.writer) is part)
    return (essay for essay in essays if essay.text_class)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the evaluation.

    Attributes:
        title: its heading in the report.
        run: makes its figures.
        seconds: about how long it takes, so that the longest start first.
        needs_essays: whether it is left out where the folder holds no essays.
    """

    title: str
    run: Callable[[Corpus, Model], dict[str, Any]]
    seconds: int
    needs_essays: bool = True


def _families(corpus: Corpus, model: Model) -> dict[str, Any]:
    return family_figures(model, corpus.held_out(), MOST_ATTACKED_ESSAYS)


def _by_length_and_holds(corpus: Corpus, model: Model) -> dict[str, Any]:
    return attack_figures(model, corpus.held_out(MOST_ATTACKED_ESSAYS))


def _unseen_families(corpus: Corpus, model: Model) -> dict[str, Any]:
    figures = load_figures()
    test = make_examples(SEED, corpus.held_out(MOST_FAMILY_ESSAYS), figures)
    train = make_examples(SEED, corpus.learnt_from(MOST_FAMILY_ESSAYS), figures)
    return with_worst(leave_one_family_out(train, test))


def _controls(corpus: Corpus, model: Model) -> dict[str, Any]:
    figures = load_figures()
    test = make_examples(SEED, corpus.held_out(MOST_CONTROL_ESSAYS), figures)
    train = make_examples(SEED, corpus.learnt_from(MOST_CONTROL_ESSAYS), figures)
    return copying_controls(model, train, test, read_aggregates(corpus.folder / AGGREGATES))


def _alignment(corpus: Corpus, model: Model) -> dict[str, Any]:
    return alignment_figures(corpus.held_out())


def _promise(corpus: Corpus, model: Model) -> dict[str, Any]:
    essays = corpus.held_out()
    figures = promise_figures(model, [(e.writer, e.keystrokes) for e in essays])
    return {"essays": len(essays), **figures}


def _mixed(corpus: Corpus, model: Model) -> dict[str, Any]:
    return mixed_figures(model, corpus.held_out(MOST_MIXED_ESSAYS))


def _replays(corpus: Corpus, model: Model) -> dict[str, Any]:
    held_out = corpus.held_out()
    others = [*held_out[MOST_REPLAYED_ESSAYS:], *corpus.learnt_from(MOST_COMPARED_ESSAYS)]
    return replay_figures(held_out[:MOST_REPLAYED_ESSAYS], others)


def _speed(corpus: Corpus, model: Model) -> dict[str, Any]:
    return speed_figures(model)


SECTIONS = {
    "attacks": Section("Attacks against held-out writers", _families, 150),
    "attacks_by_length_and_holds": Section(
        "Machine typing by length, and with releases not recorded", _by_length_and_holds, 90
    ),
    "attacks_leave_one_family_out": Section(
        "Attack families left out of training", _unseen_families, 120
    ),
    "controls": Section("Controls: the act or the corpus", _controls, 100),
    "alignment": Section("Alignment with the submitted text", _alignment, 240),
    "promise": Section("The promise on false flags", _promise, 60),
    "mixed_sessions": Section("Mixed sessions: overlap of spans", _mixed, 60),
    "replays": Section("Replays searched for in a gallery of signatures", _replays, 90),
    "speed": Section("Speed", _speed, 20, needs_essays=False),
}
