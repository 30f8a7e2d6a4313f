"""What an enrolment is worth, and what a poisoned one buys."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from detector.baseline import Baseline, Enrolled, enrol
from detector.evaluation.labels import COPIED_LABELS, GENUINE_LABELS
from detector.evaluation.parting import parting
from detector.evaluation.scored import WINDOW_KEYS, Labelled, Scored, columns, scored_all
from detector.features.inputlog import inputlog_features
from detector.features.stream import text_stream
from detector.features.vector import stream_vector
from detector.model import Model
from detector.tables import BoolArray, FloatArray, Keystrokes
from detector.training.augment import with_injected_pauses
from detector.training.metrics import area, rate
from detector.typing_evidence import TypingEvidence, judge_all, measure

SHORT_KEYS = 300
DRILL_EXCESS = 3.0
SEED = 20_261_130


def with_enrolment(model: Model, sessions: list[Labelled]) -> dict[str, Any] | None:
    """Return figures with one genuine and one copied session a writer as enrolment.

    The first session of each sort (in the table's order) enrols; the others are scored. None
    where no writer has a session of each sort left, or where the model has no baselines.
    """
    chosen, rest = enrolment_split(sessions)
    if not chosen or model.within_person is None:
        return None
    rest = [one for one in rest if one.writer in chosen]
    windows = _Windows.of(model, rest)
    honest = {writer: enrol(model, [free], [copy]) for writer, (free, copy) in chosen.items()}
    return {
        "writers": len(chosen),
        "refused": _doubts(honest),
        "sessions": parting(columns(_scored(model, rest, honest))),
        "same_sessions_without": parting(columns(_scored(model, rest, {}))),
        "windows_500": windows.figures(model, honest),
        "same_windows_without": windows.figures(model, {}),
        "windows_500_by_enrolment": _lesser(model, windows, chosen),
        "poisoned": _poisoned(model, windows, rest, chosen),
    }


def enrolment_split(
    sessions: list[Labelled],
) -> tuple[dict[str, tuple[Keystrokes, Keystrokes]], list[Labelled]]:
    """Return each writer's enrolment (genuine, copied) and the sessions that are left to score."""
    by_writer: dict[str, dict[bool, list[Labelled]]] = {}
    for labelled in sessions:
        if labelled.label in GENUINE_LABELS | COPIED_LABELS:
            sorts = by_writer.setdefault(labelled.writer, {True: [], False: []})
            sorts[labelled.label in GENUINE_LABELS].append(labelled)
    chosen, rest = {}, []
    for writer, sorts in by_writer.items():
        if sorts[True] and sorts[False] and len(sorts[True]) + len(sorts[False]) > 2:
            chosen[writer] = (sorts[True][0].keystrokes, sorts[False][0].keystrokes)
            rest.extend([*sorts[True][1:], *sorts[False][1:]])
    return chosen, rest


def _scored(model: Model, rest: list[Labelled], enrolled: dict[str, Enrolled]) -> list[Scored]:
    return scored_all(model, ((one, _baseline(enrolled, one.writer)) for one in rest))


def _baseline(enrolled: dict[str, Enrolled], writer: str) -> Baseline | None:
    found = enrolled.get(writer)
    return found.baseline if found is not None else None


def _doubts(enrolled: dict[str, Enrolled]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for found in enrolled.values():
        if found.doubt is not None:
            counts[str(found.doubt)] = counts.get(str(found.doubt), 0) + 1
    return dict(sorted(counts.items()))


class _Windows:
    """Windows of 500 text keys, read once and judged with many enrolments."""

    def __init__(self, model: Model, rows: list[tuple[Labelled, Keystrokes]]) -> None:
        self.writers = np.array([labelled.writer for labelled, _ in rows])
        self.copied: BoolArray = np.array(
            [labelled.label not in GENUINE_LABELS for labelled, _ in rows], dtype=np.bool_
        )
        streams = [text_stream(table) for _, table in rows]
        self._keys = [len(stream) for stream in streams]
        self._features = [stream_vector(stream) for stream in streams]
        inputlog = [inputlog_features(stream) for stream in streams]
        self._logits = (
            model.copying_logits(np.array(self._features), np.array(inputlog))
            if rows
            else np.zeros(0)
        )

    @classmethod
    def of(cls, model: Model, sessions: list[Labelled]) -> "_Windows":
        """Cut sessions into windows."""
        return cls(
            model,
            [
                (one, one.keystrokes.rows(start, start + WINDOW_KEYS))
                for one in sessions
                for start in range(0, len(one.keystrokes) - WINDOW_KEYS + 1, WINDOW_KEYS)
            ],
        )

    def logits(self, enrolled: dict[str, Enrolled]) -> FloatArray:
        """Return copying logits, each moved by its writer's baseline if there is one."""
        made = self._logits.copy()
        for at, writer in enumerate(self.writers.tolist()):
            baseline = _baseline(enrolled, writer)
            if baseline is not None:
                row = (float(made[at]), self._features[at], self._keys[at])
                made[at] = baseline.adjusted(*row)
        return made

    def figures(self, model: Model, enrolled: dict[str, Enrolled]) -> dict[str, Any] | None:
        """Return how well windows are parted, and what the shipped threshold makes of them."""
        if self.copied.all() or not self.copied.any():
            return None
        logits = self.logits(enrolled)
        flagged = model.transcription_calibration(logits) >= model.review_at["transcription"]
        free = ~self.copied
        return {
            "auc": area(logits, self.copied, self.writers).to_json(),
            "bpcer_shipped": rate(flagged[free], self.writers[free]).to_json(),
            "apcer_shipped": rate(~flagged[self.copied], self.writers[self.copied]).to_json(),
        }


def _lesser(
    model: Model, windows: _Windows, chosen: dict[str, tuple[Keystrokes, Keystrokes]]
) -> dict[str, Any]:
    """Figures with less than a whole enrolment."""
    kinds: dict[str, Callable[[Keystrokes, Keystrokes], Enrolled]] = {
        "free_only": lambda free, copy: enrol(model, [free]),
        "copied_only": lambda free, copy: enrol(model, [], [copy]),
        "first_300_keys_each": lambda free, copy: enrol(
            model, [free.rows(0, SHORT_KEYS)], [copy.rows(0, SHORT_KEYS)]
        ),
    }
    made = {}
    for name, make in kinds.items():
        enrolled = {writer: make(*both) for writer, both in chosen.items()}
        made[name] = windows.figures(model, enrolled)
    return made


def _poisoned(
    model: Model,
    windows: _Windows,
    rest: list[Labelled],
    chosen: dict[str, tuple[Keystrokes, Keystrokes]],
) -> dict[str, Any]:
    """Copies missed when the enrolment was made to hide them, beside an honest one and none."""
    copies = [one for one in rest if one.label in COPIED_LABELS]
    writers = np.array([one.writer for one in copies])
    measured = [measure(text_stream(one.keystrokes), model) for one in copies]
    rng = np.random.default_rng(SEED)
    made: dict[str, Any] = {}
    for name in ("none", "honest", *POISONS):
        enrolled: dict[str, Enrolled] = {}
        for writer, (free, copy) in chosen.items():
            if name in POISONS:
                odd_free, odd_copy = POISONS[name](rng, free, copy)
                enrolled[writer] = enrol(model, [odd_free], [odd_copy])
            elif name == "honest":
                enrolled[writer] = enrol(model, [free], [copy])
        baselines = [_baseline(enrolled, one.writer) for one in copies]
        typing = judge_all(measured, baselines, model)
        missed = np.array([_unsuspected(found, model) for found in typing], dtype=np.bool_)
        windowed = windows.figures(model, enrolled)
        made[name] = {
            "used": sum(found.baseline is not None for found in enrolled.values()),
            "refused": _doubts(enrolled),
            "apcer_sessions": rate(missed, writers).to_json(),
            "apcer_windows_500": windowed["apcer_shipped"] if windowed else None,
        }
    return made


def _unsuspected(typing: TypingEvidence, model: Model) -> bool:
    """Whether the typing alone leaves a session below every threshold for review."""
    return (
        typing.transcription < model.review_at["transcription"]
        and typing.synthetic < model.review_at["synthetic"]
    )


Poison = Callable[[np.random.Generator, Keystrokes, Keystrokes], tuple[Keystrokes, Keystrokes]]


def _both_copied(
    rng: np.random.Generator, free: Keystrokes, copy: Keystrokes
) -> tuple[Keystrokes, Keystrokes]:
    half = len(copy) // 2
    return copy.rows(0, half), copy.rows(half, len(copy))


def _both_free(
    rng: np.random.Generator, free: Keystrokes, copy: Keystrokes
) -> tuple[Keystrokes, Keystrokes]:
    half = len(free) // 2
    return free.rows(0, half), free.rows(half, len(free))


def _swapped(
    rng: np.random.Generator, free: Keystrokes, copy: Keystrokes
) -> tuple[Keystrokes, Keystrokes]:
    return copy, free


def _paused_copy_as_free(
    rng: np.random.Generator, free: Keystrokes, copy: Keystrokes
) -> tuple[Keystrokes, Keystrokes]:
    half = len(copy) // 2
    return with_injected_pauses(rng, copy.rows(0, half)), copy.rows(half, len(copy))


def _drilled_copy(
    rng: np.random.Generator, free: Keystrokes, copy: Keystrokes
) -> tuple[Keystrokes, Keystrokes]:
    """The free task copied; the copy task typed as if drilled, without a pause."""
    half = len(copy) // 2
    return copy.rows(0, half), drilled(copy.rows(half, len(copy)))


def _drilled_copy_only(
    rng: np.random.Generator, free: Keystrokes, copy: Keystrokes
) -> tuple[Keystrokes, Keystrokes]:
    """The free task composed; the copy task typed as if drilled."""
    return free, drilled(copy)


def _paused_copy_task(
    rng: np.random.Generator, free: Keystrokes, copy: Keystrokes
) -> tuple[Keystrokes, Keystrokes]:
    """The free task composed; the copy task typed with pauses put in."""
    return free, with_injected_pauses(rng, copy)


def drilled(table: Keystrokes) -> Keystrokes:
    """Return a recording with its pauses cut to three times its median interval."""
    if len(table) < 2:
        return table
    interval = np.diff(table.t_us, prepend=table.t_us[:1])
    most = int(DRILL_EXCESS * float(np.median(interval)))
    return replace(table, t_us=np.cumsum(np.minimum(interval, most)).astype(np.int64))


POISONS: dict[str, Poison] = {
    "both_tasks_copied": _both_copied,
    "both_tasks_free": _both_free,
    "tasks_swapped": _swapped,
    "free_task_copied_with_pauses": _paused_copy_as_free,
    "free_task_copied_copy_task_drilled": _drilled_copy,
    "copy_task_drilled": _drilled_copy_only,
    "copy_task_with_pauses": _paused_copy_task,
}
"""Ways to enrol so that later copies look free."""
