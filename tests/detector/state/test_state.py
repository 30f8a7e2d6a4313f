"""A state is the same however its batches came, and says what they say."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.errors import BadStateError
from detector.model import Model
from detector.simulation import composing, robot_a1
from detector.state import State, beginning, from_bytes, merge, provisional, to_bytes, update
from detector.state.provisional import coverage_so_far
from detector.state.stretches import BLOCK_BATCHES, MOST_BLOCKS, STRETCH_ROWS
from detector.state.switches import Switched, switched
from detector.tables import Keystrokes
from wire import events
from wire.batch import Batch
from wire.body import body_of
from wire.codes import (
    Category,
    InsertionHow,
    InsertionSeenBy,
    MarkerKind,
    Mode,
    SourceName,
    SourceState,
)
from wire.header import blank_header
from wire.policy import Policy

BATCH_US = 30_000_000
POLICY = Policy(version=1, windows=())
HEADER = blank_header(BATCH_US)


def batch(sequence: int, happened: Sequence[events.Event] = ()) -> Batch:
    start_us = sequence * BATCH_US
    header = msgspec.structs.replace(
        HEADER, sequence=sequence, start_us=start_us, end_us=start_us + BATCH_US
    )
    return Batch(header, body_of(happened))


def typed(table: Keystrokes, batches: int) -> list[Batch]:
    """The typing cut into equal numbers of keys, each batch at its own half minute."""
    found = []
    for sequence, rows in enumerate(np.array_split(np.arange(len(table)), batches)):
        start_us = int(table.t_us[rows[0]]) if len(rows) else 0
        found.append(
            batch(
                sequence,
                [
                    events.Keystroke(
                        sequence * BATCH_US + int(table.t_us[row]) - start_us,
                        max(int(table.hold_us[row]), 0),
                        int(table.key[row]),
                        2,
                        1,
                    )
                    for row in rows
                ],
            )
        )
    return found


@pytest.fixture(scope="module")
def day() -> list[Batch]:
    """Two blocks and a bit, with rare events here and there."""
    rng = np.random.default_rng(4)
    batches = typed(composing(rng, characters=6_000).keystrokes, 2 * BLOCK_BATCHES + 17)
    further: dict[int, list[events.Event]] = {
        3: [events.Marker(3 * BATCH_US + 9, MarkerKind.PAUSE, 0, 0)],
        5: [events.Marker(5 * BATCH_US + 9, MarkerKind.RESUME, 0, 0)],
        40: [events.Health(40 * BATCH_US, SourceName.KEYBOARD, SourceState.FAILED)],
        70: [events.Health(70 * BATCH_US, SourceName.KEYBOARD, SourceState.RUNNING)],
        90: [
            events.Clipboard(90 * BATCH_US, 1, 900, 3, (1 << 64) - 5, Category.ASSISTANT, 1),
            events.Insertion(
                90 * BATCH_US + 5,
                InsertionHow.PASTE,
                InsertionSeenBy.SELECTION,
                900,
                3,
                (1 << 64) - 5,
                1,
            ),
        ],
    }
    for sequence, more in further.items():
        one = batches[sequence]
        keys = one.body.events(events.Keystroke)
        batches[sequence] = replace(one, body=body_of([*keys, *more]))
    return batches


def all_at_once(batches: Sequence[Batch]) -> State:
    return update(beginning(batches[0].header.sequence), batches)


def test_batch_by_batch_is_all_at_once(day: list[Batch]) -> None:
    state = beginning()
    for one in day:
        state = update(from_bytes(to_bytes(state)), [one])
    assert to_bytes(state) == to_bytes(all_at_once(day))
    assert len(state.stretches.done) == 2
    assert state.text_keys > 5_000


@settings(max_examples=12, deadline=None)
@given(cuts=st.sets(st.integers(1, 2 * BLOCK_BATCHES + 16), max_size=6), backwards=st.booleans())
def test_parts_merge_wherever_they_are_cut(
    day: list[Batch], cuts: set[int], backwards: bool
) -> None:
    edges = [0, *sorted(cuts), len(day)]
    parts = [all_at_once(day[a:b]) for a, b in pairwise(edges)]
    while len(parts) > 1:
        if backwards:
            last = parts.pop()
            parts[-1] = merge(parts[-1], last)
        else:
            parts[:2] = [merge(*parts[:2])]
    assert to_bytes(parts[0]) == to_bytes(all_at_once(day))


@given(
    changes=st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=12),
    cut=st.integers(0, 12),
)
def test_switches_merge_whatever_they_say(changes: list[tuple[int, bool]], cut: int) -> None:
    whole = switched(changes)
    assert switched(changes[cut:]).after(switched(changes[:cut])) == whole
    since, total = None, 0
    for t_us, on in changes:
        if on and since is None:
            since = t_us
        elif not on and since is not None:
            total, since = total + max(t_us - since, 0), None
    assert whole.until(60) == total + (60 - since if since is not None else 0)
    assert Switched().after(whole) == whole.after(Switched()) == whole


def test_long_session_keeps_stretches_spread_evenly() -> None:
    stop = (2 * MOST_BLOCKS + 1) * BLOCK_BATCHES
    keys = [events.Keystroke(n * 150_000, 80_000, 0, 2, 1) for n in range(160)]
    busy = body_of(keys)
    state = beginning()
    for block in range(2 * MOST_BLOCKS + 1):
        numbers = range(block * BLOCK_BATCHES, (block + 1) * BLOCK_BATCHES)
        batches = [batch(n) for n in numbers]
        batches[0] = replace(batches[0], body=busy)
        state = update(state, batches)
    assert state.stop == stop
    assert state.stretches.done["block"].tolist() == list(range(0, 2 * MOST_BLOCKS + 1, 4))
    assert len(to_bytes(state)) < 20_000


def test_no_more_is_kept_than_the_stretch_that_is_not_complete(day: list[Batch]) -> None:
    state = beginning()
    for one in day:
        state = update(state, [one])
        assert sum(map(len, state.stretches.open.values())) <= STRETCH_ROWS
    full = all_at_once(day[:BLOCK_BATCHES])
    assert not full.stretches.open, "a block that is over leaves no typing behind"


def test_gap_in_the_batches_is_refused(day: list[Batch]) -> None:
    state = all_at_once(day[:2])
    with pytest.raises(BadStateError):
        update(state, day[3:4])
    with pytest.raises(BadStateError):
        update(state, [day[2], day[4]])
    with pytest.raises(BadStateError):
        merge(state, state)


def test_state_of_another_version_or_damaged_is_refused(day: list[Batch]) -> None:
    data = to_bytes(all_at_once(day))
    other = data[:4] + b"\x63" + data[5:]
    for wrong in (b"", b"VTST", other, data[:-1], data + b"x", bytes(len(data))):
        with pytest.raises(BadStateError):
            from_bytes(wrong)
    assert to_bytes(from_bytes(data)) == data


def test_table_that_is_none_is_left_out_and_nothing_else() -> None:
    keys = [events.Keystroke(t, 1, 0, 2, 1) for t in (1 << 63, 5, 1 << 62)]
    back = [batch(0, keys), *(batch(n) for n in range(1, BLOCK_BATCHES))]
    state = all_at_once(back)
    assert state.text_keys == 3
    assert not state.stretches.done["keys"].any()


def test_coverage_counts_pauses_and_failures(day: list[Batch]) -> None:
    state = all_at_once(day)
    minutes, down = len(day) * 0.5, 15.0
    # The header after the pause speaks again, so that half a minute of it counts as paused.
    paused = 0.5 - 9 / 60e6
    expected = (minutes - down) / (minutes - paused)
    assert coverage_so_far(state) == pytest.approx(min(expected, 1.0), abs=1e-6)
    assert coverage_so_far(beginning()) == 0.0


def test_paste_and_machine_are_seen_so_far_and_a_person_is_not(
    day: list[Batch], model: Model
) -> None:
    rng = np.random.default_rng(8)
    genuine = composing(rng, characters=2_400)
    machine = robot_a1(rng, genuine.text_class)
    looks = {
        name: provisional(all_at_once(typed(table, BLOCK_BATCHES)), model, POLICY)
        for name, table in (("person", genuine.keystrokes), ("machine", machine.keystrokes))
    }
    pasted = provisional(all_at_once(day), model, POLICY)
    assert looks["machine"].kinds.synthetic > 0.5 > looks["person"].kinds.synthetic
    assert looks["person"].judged_keys > 1_000
    assert pasted.kinds.insertion > 0.9
    assert sum(getattr(pasted.kinds, kind) for kind in pasted.kinds.__slots__) == pytest.approx(1)
    nothing = provisional(beginning(), model, POLICY)
    assert (nothing.judged_keys, nothing.text_keys, nothing.batches) == (0, 0, 0)
    assert nothing.model_version == model.version


def test_dictation_lowers_what_typing_says(model: Model) -> None:
    rng = np.random.default_rng(8)
    machine = robot_a1(rng, composing(rng, characters=2_400).text_class)
    batches = typed(machine.keystrokes, BLOCK_BATCHES)
    said = events.DeclaredMode(0, Mode.DICTATION, 1)
    keys = batches[0].body.events(events.Keystroke)
    batches[0] = replace(batches[0], body=body_of([said, *keys]))
    assert provisional(all_at_once(batches), model, POLICY).kinds.synthetic < 0.05
