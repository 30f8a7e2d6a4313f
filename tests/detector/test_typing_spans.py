from dataclasses import replace

import numpy as np
import pytest

from detector.assessment import TextKind
from detector.features.stream import TextStream, text_stream
from detector.features.windows import WINDOW_KEYS
from detector.model import Model
from detector.simulation import composing, draw_text, robot_a4
from detector.simulation.hands import Holds
from detector.simulation.session import without_effects
from detector.tables import Keystrokes, keystrokes
from detector.typing_evidence import judge_all, measure
from detector.typing_spans import typing_spans

MACHINE = frozenset({TextKind.SYNTHETIC})


def _one_after_another(*tables: Keystrokes) -> Keystrokes:
    shifts = np.cumsum([0, *(int(t.t_us[-1]) + 1_000_000 for t in tables[:-1])])
    return keystrokes(
        np.concatenate([t.t_us + shift for t, shift in zip(tables, shifts, strict=True)]),
        np.concatenate([t.key for t in tables]),
        np.concatenate([t.hold_us for t in tables]),
    )


@pytest.fixture
def mixed(rng: np.random.Generator) -> tuple[TextStream, int, int]:
    """A machine's thousand keys between two stretches of composing, and its first and last."""
    before, after = (without_effects(composing(rng, characters=1_200).keystrokes) for _ in "ab")
    machine = without_effects(robot_a4(rng, draw_text(rng, 1_000), holds=Holds.CONSTANT).keystrokes)
    first = len(text_stream(before))
    stream = text_stream(_one_after_another(before, machine, after))
    return stream, first, first + len(text_stream(machine))


def test_a_machines_stretch_is_located_to_within_half_a_window(
    mixed: tuple[TextStream, int, int], model: Model
) -> None:
    stream, first, last = mixed
    evidence = judge_all([measure(stream, model)], [None], model)[0]
    (span,) = typing_spans(stream, replace(evidence, worst=()), model, MACHINE)
    begins, ends = np.searchsorted(stream.t_us, [span.start_us, span.end_us])
    assert abs(int(begins) - first) <= WINDOW_KEYS // 2 + 20
    assert abs(int(ends) - last) <= WINDOW_KEYS // 2 + 20


@pytest.mark.parametrize("keys", [160, 249, 400, 501])
def test_a_short_session_is_one_span_or_a_few(
    mixed: tuple[TextStream, int, int], model: Model, keys: int
) -> None:
    stream, first, _ = mixed
    part = stream.part(first, first + keys)
    evidence = judge_all([measure(part, model)], [None], model)[0]
    spans = typing_spans(part, evidence, model, MACHINE)
    assert spans[0].start_us == int(part.t_us[0])
    assert spans[-1].end_us == int(part.t_us[-1])
    assert typing_spans(part, evidence, model, frozenset()) == []
