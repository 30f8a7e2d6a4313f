"""What the detector said about each session of a table, kept small for figures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from detector.assess import Case, assess_all
from detector.assessment import Assessment, Band
from detector.baseline import Baseline
from detector.evaluation.labels import is_attack, is_genuine
from detector.features.plain import Place
from detector.features.stream import TextStream, text_stream
from detector.model import Model
from detector.tables import BoolArray, FloatArray, Keystrokes, Recording
from wire.keys import KeyClass

WINDOW_KEYS = 500
MIN_INTERVALS = 12
BATCH = 50
"""Sessions assessed with one prediction."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A session of a table with what the table says about it.

    Attributes:
        session: its name.
        user: who wrote it; an empty user stands for itself.
        label: how the text got in, as the table says; empty if it does not.
        keystrokes: the key presses.
        groups: values of the table's own group columns, as (column, value).
    """

    session: str
    user: str
    label: str
    keystrokes: Keystrokes
    groups: tuple[tuple[str, str], ...] = ()

    @property
    def writer(self) -> str:
        """Return who is to be counted as one."""
        return self.user or self.session


@dataclass(frozen=True, slots=True)
class Scored:
    """What was said about one session or window, and the traits it is grouped by.

    Attributes:
        writer: who is counted as one.
        label: the table's label.
        groups: the table's own group columns.
        text_keys: keys that put in or took out text.
        longest_insertion: characters of the longest single act.
        within_word_ms: median interval within words; NaN where there are too few.
        erased_share: erasing keys among the text keys; NaN without any.
        pointer: whether a click is among the rows.
        band: the conclusion.
        score: probability that the session is not genuine composition.
        copying: probability that it was copied, given that a person typed it.
        main_reason: code of the first reason of a flag; empty if not flagged.
    """

    writer: str
    label: str
    groups: tuple[tuple[str, str], ...]
    text_keys: int
    longest_insertion: int
    within_word_ms: float
    erased_share: float
    pointer: bool
    band: Band
    score: float
    copying: float
    main_reason: str

    @property
    def genuine(self) -> bool:
        """Whether its label says that the person composed it."""
        return is_genuine(self.label)

    @property
    def attack(self) -> bool:
        """Whether its label says anything else."""
        return is_attack(self.label)

    @property
    def flagged(self) -> bool:
        """Whether a person would be asked to look."""
        return self.band in (Band.REVIEW, Band.STRONG)

    @property
    def abstained(self) -> bool:
        """Whether the detector could not tell."""
        return self.band == Band.CANNOT_DETERMINE


def scored(model: Model, labelled: Labelled, baseline: Baseline | None = None) -> Scored:
    """Assess one session."""
    return scored_all(model, [(labelled, baseline)])[0]


def scored_all(model: Model, cases: Iterable[tuple[Labelled, Baseline | None]]) -> list[Scored]:
    """Assess many sessions, each with its writer's baseline if there is one."""
    made: list[Scored] = []
    waiting = list(cases)
    for start in range(0, len(waiting), BATCH):
        part = waiting[start : start + BATCH]
        said = assess_all([Case(Recording(s.keystrokes), baseline=b) for s, b in part], model)
        made.extend(_of(labelled, found) for (labelled, _), found in zip(part, said, strict=True))
    return made


def _of(labelled: Labelled, said: Assessment) -> Scored:
    table = labelled.keystrokes
    stream = text_stream(table)
    erases = (stream.key == KeyClass.BACKSPACE) | (stream.key == KeyClass.DELETE)
    person = said.kinds.composition + said.kinds.transcription
    return Scored(
        writer=labelled.writer,
        label=labelled.label,
        groups=labelled.groups,
        text_keys=len(stream),
        longest_insertion=int(table.inserted.max()) if len(table) else 0,
        within_word_ms=_within_word_ms(stream),
        erased_share=float(np.mean(erases)) if len(stream) else float("nan"),
        pointer=bool(np.any(table.key == KeyClass.CLICK)),
        band=said.band,
        score=said.score,
        copying=said.kinds.transcription / person if person > 0 else 0.0,
        main_reason=str(said.reasons[0].code) if said.flagged and said.reasons else "",
    )


def _within_word_ms(stream: TextStream) -> float:
    intervals = stream.interval_us[stream.place == Place.WITHIN_WORD]
    if len(intervals) < MIN_INTERVALS:
        return float("nan")
    return float(np.median(intervals)) / 1000.0


def windows(labelled: Labelled) -> Iterator[Labelled]:
    """Yield the session's whole windows of `WINDOW_KEYS` text keys, one after another."""
    table = labelled.keystrokes
    text = np.flatnonzero(table.key <= KeyClass.DELETE)
    for number in range(len(text) // WINDOW_KEYS):
        start = int(text[number * WINDOW_KEYS])
        stop = int(text[(number + 1) * WINDOW_KEYS - 1]) + 1
        yield Labelled(
            f"{labelled.session} {number}",
            labelled.writer,
            labelled.label,
            table.rows(start, stop),
            labelled.groups,
        )


@dataclass(frozen=True, slots=True)
class Columns:
    """Scored sessions as columns, for metrics."""

    score: FloatArray
    copying: FloatArray
    attack: BoolArray
    flagged: BoolArray
    abstained: BoolArray
    writer: np.ndarray

    def __len__(self) -> int:
        return len(self.score)


def columns(rows: list[Scored]) -> Columns:
    """Return ``rows`` as columns."""
    return Columns(
        np.array([r.score for r in rows], dtype=np.float64),
        np.array([r.copying for r in rows], dtype=np.float64),
        np.array([r.attack for r in rows], dtype=np.bool_),
        np.array([r.flagged for r in rows], dtype=np.bool_),
        np.array([r.abstained for r in rows], dtype=np.bool_),
        np.array([r.writer for r in rows], dtype=np.str_),
    )
