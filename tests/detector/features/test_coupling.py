from dataclasses import asdict
from math import isnan

import numpy as np
import pytest

from detector.features.coupling import bursts_of, coupling_of
from detector.features.stream import text_stream
from detector.surroundings import PointerSeconds
from detector.tables import Focus, Keystrokes, Recording, keystrokes, no_keystrokes
from wire.codes import Category
from wire.keys import KeyClass

SECOND = 1_000_000


def bursts(*starts_s: float, keys: int = 10) -> Keystrokes:
    t_us = [round(s * SECOND) + n * 100_000 for s in starts_s for n in range(keys)]
    word = [KeyClass.LETTER] * 4 + [KeyClass.SPACE]
    return keystrokes(t_us, word * (len(t_us) // 5))


def view(*spans: tuple[float, float, Category]) -> tuple[Focus, ...]:
    return tuple(Focus(round(a * SECOND), round(b * SECOND), c) for a, b, c in spans)


def pointer(*at_s: float) -> PointerSeconds:
    t_us = np.array([round(s * SECOND) for s in at_s], dtype=np.int64)
    ones = np.ones(len(t_us), dtype=np.int64)
    return PointerSeconds(t_us, 40 * ones, ones, ones)


def test_a_look_counts_for_the_burst_after_the_pause_it_lies_in() -> None:
    table = bursts(0, 10, 20)
    looks = view((0, 3, Category.TASK), (3, 5, Category.ASSISTANT), (5, 30, Category.TASK))
    assert bursts_of(text_stream(table), looks).looked.tolist() == [False, True, False]


def test_a_window_passed_by_is_no_look() -> None:
    table = bursts(0, 10)
    passing = view((3, 3.4, Category.ASSISTANT))
    assert not bursts_of(text_stream(table), passing).looked.any()


def test_single_keys_are_no_bursts() -> None:
    table = bursts(0, 10, 20, keys=5)
    alone = keystrokes([*table.t_us, 40 * SECOND], [*table.key, KeyClass.LETTER])
    assert len(bursts_of(text_stream(alone), ()).start_us) == 3


def test_the_figures_of_a_small_session() -> None:
    recording = Recording(
        bursts(0, 10, 20, 30),
        focus=view(
            (0, 3, Category.TASK),
            (3, 5, Category.ASSISTANT),
            (5, 13, Category.TASK),
            (13, 14, Category.REFERENCE),
            (14, 23, Category.TASK),
            (23, 25, Category.ASSISTANT),
            (25, 31, Category.TASK),
        ),
        pointer=pointer(3, 5),
    )
    found = coupling_of(recording, text_stream(recording.keystrokes))
    assert found.bursts == 4
    assert found.assistant_before_bursts == 0.5
    assert found.elsewhere_before_bursts == 0.25
    assert found.alternations_per_100_words == pytest.approx(25.0)
    assert found.assistant_time_share == pytest.approx(4 / 30)
    assert found.keys_per_look == 20
    assert found.look_s == 2.0
    assert found.pointer_minutes_share == 1.0
    assert found.typing_alone_s < 7.0


def test_what_was_not_recorded_is_missing() -> None:
    recording = Recording(bursts(0, 10))
    values = asdict(coupling_of(recording, text_stream(recording.keystrokes)))
    assert values.pop("bursts") == 2
    assert all(isnan(value) for value in values.values())


def test_typing_alone_is_broken_by_pointer_window_and_long_pauses() -> None:
    steady = bursts(*range(300))
    focus = view((0, 300, Category.TASK))

    def alone(table: Keystrokes, *moved_s: float) -> float:
        recording = Recording(table, focus=focus, pointer=pointer(*moved_s))
        return coupling_of(recording, text_stream(table)).typing_alone_s

    assert alone(steady) > 290
    assert alone(steady, 150) < 160
    assert alone(bursts(0, 1, 2, 200, 201)) < 4


@pytest.mark.parametrize("table", [no_keystrokes(), keystrokes([5], [KeyClass.LETTER])])
def test_next_to_nothing_gives_no_warning_and_no_figure(table: Keystrokes) -> None:
    focus = view((0, 1, Category.ASSISTANT))
    found = coupling_of(Recording(table, focus=focus, pointer=pointer(1)), text_stream(table))
    assert found.bursts == 0
    assert isnan(found.assistant_before_bursts)
