"""Whatever is fed in: an error that says what to do, an abstention, or a finite answer."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from detector.assess import Case, assess, assess_all
from detector.assessment import Assessment, Band
from detector.errors import BadTableError
from detector.model import Model, load_model
from detector.simulation import composing
from detector.tables import (
    MISSING,
    Activity,
    InputOrigin,
    Insertion,
    Keystrokes,
    Recording,
    keystrokes,
)
from wire.keys import KeyClass

DAY_US = 24 * 3600 * 1_000_000
pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def essay(rng: np.random.Generator) -> Keystrokes:
    return composing(rng, characters=2_500).keystrokes


def _checked(found: Assessment) -> Assessment:
    kinds = found.kinds
    shares = (kinds.composition, kinds.transcription, kinds.synthetic, kinds.insertion)
    assert all(0.0 <= share <= 1.0 and math.isfinite(share) for share in shares)
    assert math.isfinite(found.score)
    assert 0.0 <= found.coverage <= 1.0
    assert all(math.isfinite(reason.value) for reason in found.reasons)
    assert (found.band is Band.CANNOT_DETERMINE) == (found.abstained_because is not None)
    return found


@pytest.mark.parametrize("count", [0, 1, 2, 149])
def test_next_to_nothing_is_an_abstention(model: Model, count: int) -> None:
    table = keystrokes(np.arange(count) * 150_000, np.zeros(count, int))
    assert _checked(assess(Recording(table), model)).band is Band.CANNOT_DETERMINE


def test_a_clock_set_back_is_refused_but_unsorted_rows_are_sorted(essay: Keystrokes) -> None:
    middle = len(essay) // 2
    set_back = essay.t_us.copy()
    set_back[middle:] -= 60_000_000
    with pytest.raises(BadTableError, match=r"set back by \d+ s in the session: split it there"):
        keystrokes(set_back, essay.key)
    order = np.random.default_rng(0).permutation(len(essay))
    assert np.array_equal(keystrokes(essay.t_us[order], essay.key[order]).t_us, essay.t_us)


def test_devices_that_report_out_of_order_are_put_in_order() -> None:
    assert keystrokes([0, 900_000, 100_000], [0, 0, 0]).t_us.tolist() == [0, 100_000, 900_000]


@pytest.mark.parametrize("jump_us", [60_000_000, 3_600_000_000, 6 * DAY_US])
def test_a_clock_that_jumps_ahead_accuses_nobody(
    model: Model, essay: Keystrokes, jump_us: int
) -> None:
    t_us = essay.t_us + np.where(np.arange(len(essay)) > len(essay) // 2, jump_us, 0)
    assert not _checked(assess(Recording(replace(essay, t_us=t_us)), model)).flagged


def test_a_week_long_session_with_nights_in_it_accuses_nobody(
    model: Model, essay: Keystrokes
) -> None:
    nights = np.arange(len(essay)) // (len(essay) // 7)
    table = replace(essay, t_us=essay.t_us + nights * DAY_US)
    assert not _checked(assess(Recording(table), model)).flagged


def test_a_longer_span_than_a_month_is_refused(essay: Keystrokes) -> None:
    t_us = essay.t_us.copy()
    t_us[-1] += 31 * DAY_US
    with pytest.raises(BadTableError, match="more than 30 days"):
        keystrokes(t_us, essay.key)


def test_missing_releases_accuse_nobody(model: Model, essay: Keystrokes) -> None:
    table = replace(essay, hold_us=np.full(len(essay), MISSING))
    assert not _checked(assess(Recording(table), model)).flagged


@pytest.mark.parametrize("hold_us", [0, 10**12])
def test_holds_that_no_hand_makes_do_not_crash(
    model: Model, essay: Keystrokes, hold_us: int
) -> None:
    _checked(assess(Recording(replace(essay, hold_us=np.full(len(essay), hold_us))), model))


@pytest.mark.parametrize("key", [KeyClass.LETTER, KeyClass.BACKSPACE, KeyClass.CLICK])
def test_one_key_held_or_hammered_does_not_crash(model: Model, key: KeyClass) -> None:
    for step_us in (0, 33_000, 150_000):
        table = keystrokes(np.arange(3_000) * step_us, np.full(3_000, int(key)))
        _checked(assess(Recording(table), model))


def test_sessions_are_assessed_together_as_they_are_alone(model: Model, essay: Keystrokes) -> None:
    recordings = [Recording(essay), Recording(keystrokes((), ())), Recording(essay.rows(0, 700))]
    together = assess_all([Case(recording) for recording in recordings], model)
    for one, recording in zip(together, recordings, strict=True):
        alone = assess(recording, model)
        assert (one.band, one.reasons, one.spans) == (alone.band, alone.reasons, alone.spans)
        assert one.score == pytest.approx(alone.score, abs=1e-9)
    assert assess_all([], model) == []


_COLUMNS = st.integers(0, 400).flatmap(
    lambda count: st.tuples(
        st.lists(st.integers(0, 3_000_000), min_size=count, max_size=count),
        st.lists(st.integers(0, max(KeyClass)), min_size=count, max_size=count),
        st.lists(st.integers(-1, 400_000), min_size=count, max_size=count),
        st.lists(st.integers(-1, 300), min_size=count, max_size=count),
        st.lists(st.integers(0, max(Activity)), min_size=count, max_size=count),
    )
)


@settings(max_examples=40, deadline=None, derandomize=True, phases=[Phase.generate])
@given(_COLUMNS, st.booleans())
def test_any_table_gets_a_finite_answer(
    columns: tuple[list[int], list[int], list[int], list[int], list[int]], effects: bool
) -> None:
    intervals, key, hold_us, counts, activity = columns
    table = keystrokes(
        np.cumsum(intervals, dtype=np.int64),
        key,
        hold_us,
        inserted=counts if effects else None,
        deleted=counts[::-1] if effects else None,
        cursor=counts if effects else None,
        activity=activity if effects else None,
    )
    origin = InputOrigin(np.array(counts) % 3 - 1, np.zeros(len(counts), int))
    pasted = tuple(Insertion(t, c) for t, c in zip(table.t_us[:3], counts, strict=False))
    _checked(assess(Recording(table, insertions=pasted, origin=origin), load_model()))
