import numpy as np
import pytest

from detector.assess import assess
from detector.assessment import Band
from detector.features.stream import TextStream, text_stream
from detector.integrity import (
    REPLAY_KEYS,
    find_integrity,
    impossible_keys,
    repeated_keys,
    without_excused_holds,
)
from detector.model import Model
from detector.reasons import Code
from detector.replay import Match, Matches
from detector.simulation import composing, draw_text, replay, robot_a1
from detector.simulation.hands import Holds
from detector.tables import InputOrigin, int_column, keystrokes
from wire.codes import Mode


def test_a_stretch_replayed_within_the_session_is_found(rng: np.random.Generator) -> None:
    table = composing(rng, characters=700).keystrokes
    length = 200
    gaps = np.diff(table.t_us)
    replayed = np.r_[gaps, 1_000_000, gaps[:length]]
    keys = np.r_[table.key, table.key[: length + 1]]
    again = keystrokes(np.cumsum(np.r_[0, replayed]), keys)
    assert repeated_keys(text_stream(table)) == 0
    assert repeated_keys(text_stream(again)) >= length / 3


def test_a_steady_rhythm_is_no_replay() -> None:
    assert repeated_keys(text_stream(keystrokes(np.arange(500) * 120_000, [0] * 500))) == 0


def test_a_few_keystrokes_are_never_a_replay() -> None:
    count = REPLAY_KEYS
    assert repeated_keys(text_stream(keystrokes(np.arange(count) * 120_000, [0] * count))) == 0


def test_declared_aids_excuse_injected_input(rng: np.random.Generator) -> None:
    stream = text_stream(composing(rng, characters=200).keystrokes)
    origin = InputOrigin(int_column([1] * 10), int_column([1] * 10))
    assert find_integrity(stream, origin, frozenset()).log_odds > 0
    for mode in (Mode.REMAPPER, Mode.IME, Mode.SWITCH_DEVICE):
        assert find_integrity(stream, origin, frozenset({mode})).log_odds == 0


def test_unknown_origin_says_nothing(rng: np.random.Generator) -> None:
    stream = text_stream(composing(rng, characters=200).keystrokes)
    assert find_integrity(stream, None, frozenset()).log_odds == 0


def burst(step_us: int, count: int, *, held: bool = False) -> TextStream:
    """Ordinary typing with ``count`` keys at one speed in the middle."""
    gaps = np.r_[np.full(60, 150_000), np.full(count, step_us), np.full(60, 150_000)]
    keys = np.zeros(len(gaps), np.int64) if held else np.tile([0, 0, 0, 3], len(gaps) // 4 + 1)
    return text_stream(keystrokes(np.cumsum(gaps), keys[: len(gaps)]))


@pytest.mark.parametrize(
    ("step_us", "count", "fewest", "most"),
    [(100_000, 200, 0, 0), (50_000, 200, 0, 0), (20_000, 200, 190, 215), (0, 30, 28, 32)],
)
def test_speed_counts_as_impossible_only_where_no_hands_could(
    step_us: int, count: int, fewest: int, most: int
) -> None:
    assert fewest <= impossible_keys(burst(step_us, count)) <= most


def test_a_held_key_and_people_typing_are_not_impossible(rng: np.random.Generator) -> None:
    assert impossible_keys(burst(20_000, 200, held=True)) == 0
    assert impossible_keys(text_stream(composing(rng, characters=900).keystrokes)) == 0
    for count in (0, 1, 5):
        assert impossible_keys(text_stream(keystrokes([0] * count, [0] * count))) == 0


EXPLAINED = {
    Mode.REMAPPER: {"injected", "speed", "repetition"},
    Mode.IME: {"injected", "speed"},
    Mode.SCREEN_READER: {"injected"},
    Mode.SWITCH_DEVICE: {"injected", "speed", "repetition", "match"},
    Mode.DICTATION: {"injected", "speed", "repetition", "match"},
    Mode.OWN_NOTES: set[str](),
    Mode.ALLOWED_AI: set[str](),
}


@pytest.mark.parametrize("mode", list(Mode))
def test_a_declared_aid_excuses_what_it_explains_and_nothing_else(mode: Mode) -> None:
    session = composing(np.random.default_rng(3), characters=700)
    looped = replay(
        np.random.default_rng(4),
        session.keystrokes.rows(0, 300),
        draw_text(np.random.default_rng(4), 900),
    ).keystrokes
    match = Matches((Match("0" * 16, False, 30, 500, 0, 1),), 100)
    origin = InputOrigin(int_column([1] * 300), int_column([1] * 300))
    declared = frozenset({mode})
    fast = find_integrity(burst(5_000, 200), origin, declared, match)
    repeating = find_integrity(text_stream(looped), None, declared)
    excused = {
        "injected": fast.excused,
        "speed": fast.impossible_keys == 0,
        "repetition": repeating.repeated_keys == 0,
        "match": fast.replayed_keys == 0,
    }
    assert {name for name, holds in excused.items() if holds} == EXPLAINED[mode]


def test_impossible_speed_adds_to_a_machine_where_much_of_the_session_is_fast() -> None:
    assert find_integrity(burst(5_000, 200), None, frozenset()).log_odds > 0
    assert find_integrity(burst(0, 9), None, frozenset()).log_odds == 0


@pytest.mark.parametrize(("keys", "band"), [(60, Band.REVIEW), (500, Band.STRONG)])
def test_a_replayed_recording_is_enough_to_look(
    rng: np.random.Generator, model: Model, keys: int, band: Band
) -> None:
    session = composing(rng, characters=900)
    found = Matches((Match("0" * 16, False, keys // 25, keys, 0, 1_000_000),), 10)
    assert assess(session.recording(), model, matches=Matches((), 10)).band is Band.CONSISTENT
    result = assess(session.recording(), model, matches=found)
    assert result.band is band
    assert result.reasons[0].code is Code.TIMING_REPLAYED
    assert result.reasons[0].value == keys
    assert [(s.start_us, s.end_us, s.why) for s in result.spans] == [
        (0, 1_000_000, Code.TIMING_REPLAYED)
    ]


def test_a_replay_is_not_counted_where_an_aid_types(rng: np.random.Generator, model: Model) -> None:
    found = Matches((Match("0" * 16, True, 20, 500, 0, 1_000_000),), 10)
    declared = frozenset({Mode.SWITCH_DEVICE})
    result = assess(
        composing(rng, characters=900).recording(declared=declared), model, matches=found
    )
    assert result.band is Band.CANNOT_DETERMINE


def test_short_holds_of_a_declared_remapper_are_not_the_persons(rng: np.random.Generator) -> None:
    machine = text_stream(robot_a1(rng, draw_text(rng, 300), holds=Holds.ZERO).keystrokes)
    person = text_stream(composing(rng, characters=300).keystrokes)
    remapper = frozenset({Mode.REMAPPER})
    assert np.all(without_excused_holds(machine, remapper).hold_us < 0)
    assert without_excused_holds(machine, frozenset()) is machine
    assert without_excused_holds(person, remapper) is person
