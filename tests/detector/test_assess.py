from dataclasses import replace

import numpy as np
import pytest

from detector.assess import assess, coverage_of
from detector.assessment import Band, TextKind
from detector.from_wire import recording_from_batches
from detector.model import Model
from detector.reasons import Code
from detector.simulation import (
    Holds,
    composed_with_paste,
    composing,
    draw_text,
    draw_typist,
    pasted_only,
    robot_a4,
)
from detector.tables import InputOrigin, Recording, int_column, keystrokes, no_keystrokes
from samples.recorded import events_of, load_samples
from tests.wire.builders import header
from wire.batch import Batch
from wire.body import body_of
from wire.codes import Category, Mode, ObjectKind
from wire.events import Blanking, Event, Screenshot
from wire.policy import AllowedUse, Policy


def injected(count: int) -> InputOrigin:
    return InputOrigin(int_column([1] * count), int_column([1] * count))


def policy(*sources: Category) -> Policy:
    return Policy(version=1, windows=(), allowed=AllowedUse(paste_from=sources))


@pytest.mark.parametrize("effects_seen", [True, False])
@pytest.mark.parametrize("characters", [300, 600, 1_500])
def test_composed_sessions_are_consistent(
    rng: np.random.Generator, model: Model, characters: int, effects_seen: bool
) -> None:
    for _ in range(8):
        typist = draw_typist(rng, motor_median_ms=130, longest_pause_s=10)
        session = composing(rng, characters=characters, typist=typist)
        result = assess(session.recording(effects_seen=effects_seen), model)
        assert result.band is Band.CONSISTENT, result


@pytest.mark.parametrize("holds", list(Holds))
@pytest.mark.parametrize("characters", [260, 900])
def test_a_robot_without_injected_flag_is_flagged_as_synthetic(
    rng: np.random.Generator, model: Model, holds: Holds, characters: int
) -> None:
    session = robot_a4(rng, draw_text(rng, characters), holds=holds)
    result = assess(session.recording(effects_seen=False), model)
    assert result.flagged
    assert result.reasons[0].code is Code.SYNTHETIC_RHYTHM
    assert result.spans[0].kind is TextKind.SYNTHETIC


def test_one_pasted_paragraph_flags_a_composed_session_at_its_moment(
    rng: np.random.Generator, model: Model
) -> None:
    for _ in range(5):
        session = composed_with_paste(rng, characters=1_100, pasted_share=0.3)
        result = assess(session.recording(effects_seen=False), model)
        when = session.insertions[0].t_us
        assert result.flagged
        assert result.reasons[0].code is Code.PASTED_FROM_ASSISTANT
        assert any(
            s.kind is TextKind.INSERTION
            and s.start_us <= when <= s.end_us
            and s.end_us - s.start_us <= 4_000_000
            for s in result.spans
        )


def test_a_paste_without_typing_is_flagged_and_not_abstained_on(
    rng: np.random.Generator, model: Model
) -> None:
    result = assess(pasted_only(rng).recording(effects_seen=False), model)
    assert result.band is Band.STRONG
    assert result.abstained_because is None
    assert result.reasons[0].code is Code.PASTED_FROM_ASSISTANT


def test_a_paste_that_only_the_table_shows_is_found(rng: np.random.Generator, model: Model) -> None:
    session = composed_with_paste(rng, characters=1_100, pasted_share=0.3)
    result = assess(Recording(session.keystrokes), model)
    assert result.reasons[0].code is Code.INSERTED_UNKNOWN_SOURCE


def test_a_source_that_the_policy_allows_is_no_reason(
    rng: np.random.Generator, model: Model
) -> None:
    recording = composed_with_paste(rng, characters=1_500).recording(effects_seen=False)
    result = assess(recording, model, policy(Category.ASSISTANT))
    assert result.band is Band.CONSISTENT
    assert any(r.code is Code.INSERTIONS_ALLOWED for r in result.counter_evidence)


def test_injected_input_alone_does_not_flag(rng: np.random.Generator, model: Model) -> None:
    for _ in range(5):
        session = composing(rng, characters=800)
        origin = injected(len(session.keystrokes))
        for declared in (frozenset[Mode](), frozenset({Mode.REMAPPER})):
            result = assess(session.recording(origin=origin, declared=declared), model)
            assert not result.flagged


def test_a_declared_remapper_makes_injected_input_count_for_nothing(
    rng: np.random.Generator, model: Model
) -> None:
    session = composing(rng, characters=800)
    origin = injected(len(session.keystrokes))
    declared = frozenset({Mode.REMAPPER})
    plain = assess(session.recording(), model)
    remapped = assess(session.recording(origin=origin, declared=declared), model)
    assert remapped.score == plain.score


@pytest.mark.parametrize("count", [0, 1, 2, 40, 149])
def test_too_few_keystrokes_abstain_with_a_number(model: Model, count: int) -> None:
    table = keystrokes(np.arange(count) * 150_000, [0] * count)
    result = assess(Recording(table), model)
    assert result.band is Band.CANNOT_DETERMINE
    assert result.abstained_because is not None
    assert 0.0 <= result.score <= 0.1


def test_a_session_that_was_hardly_observed_abstains(
    rng: np.random.Generator, model: Model
) -> None:
    recording = composing(rng, characters=800).recording()
    end = int(recording.keystrokes.t_us[-1])
    half_blind = replace(recording, unobserved=((end, 3 * end),), duration_us=3 * end)
    result = assess(half_blind, model)
    assert result.band is Band.CANNOT_DETERMINE
    assert result.coverage == pytest.approx(1 / 3)


def test_paused_time_does_not_lower_coverage(rng: np.random.Generator) -> None:
    recording = composing(rng, characters=300).recording()
    end = int(recording.keystrokes.t_us[-1])
    paused = replace(recording, paused=((end, 2 * end),), duration_us=2 * end)
    assert coverage_of(paused) == 1.0
    # No batch speaks for a pause: it is among the unobserved stretches as well.
    unheard = replace(paused, unobserved=((end, 2 * end),))
    assert coverage_of(unheard) == 1.0
    lost_too = replace(paused, unobserved=((end // 2, 2 * end),))
    assert coverage_of(lost_too) == pytest.approx(0.5, abs=1e-6)


def test_declared_dictation_abstains_on_rhythm(rng: np.random.Generator, model: Model) -> None:
    session = robot_a4(rng, draw_text(rng, 600))
    recording = session.recording(effects_seen=False, declared=frozenset({Mode.DICTATION}))
    assert assess(recording, model).band is Band.CANNOT_DETERMINE


def test_kinds_sum_to_one_and_score_is_their_complement(
    rng: np.random.Generator, model: Model
) -> None:
    for session in (composing(rng), pasted_only(rng), robot_a4(rng, draw_text(rng, 500))):
        result = assess(session.recording(), model)
        kinds = result.to_json()["kinds"]
        assert sum(kinds.values()) == pytest.approx(1.0)
        assert result.score == pytest.approx(1 - kinds["composition"])
        assert set(kinds) == {"composition", "transcription", "synthetic", "insertion"}


def test_extreme_clocks_end_in_an_assessment_without_a_warning(model: Model) -> None:
    week_us = 7 * 24 * 3600 * 10**6
    times = np.r_[0, np.cumsum(np.full(400, 150_000)) + week_us]
    for table in (
        keystrokes(times, [0] * 401),
        keystrokes(np.zeros(500, dtype=np.int64), [0] * 500),
        keystrokes(np.arange(500) * 100_000, [6] * 500),
        keystrokes(np.arange(500) * 100_000, [16] * 500),
        no_keystrokes(),
    ):
        assert 0.0 <= assess(Recording(table), model).score <= 1.0


def test_a_machine_that_was_seen_is_not_hidden_by_what_was_not(
    rng: np.random.Generator, model: Model
) -> None:
    recording = robot_a4(rng, draw_text(rng, 900)).recording(effects_seen=False)
    end_us = int(recording.keystrokes.t_us[-1])
    sparse = replace(recording, duration_us=4 * end_us, unobserved=((end_us, 4 * end_us),))
    assert assess(sparse, model).flagged


def test_a_person_who_was_mostly_not_observed_cannot_be_determined(
    rng: np.random.Generator, model: Model
) -> None:
    recording = composing(rng, characters=900).recording(effects_seen=False)
    end_us = int(recording.keystrokes.t_us[-1])
    sparse = replace(recording, duration_us=4 * end_us, unobserved=((end_us, 4 * end_us),))
    assert assess(sparse, model).band is Band.CANNOT_DETERMINE


def test_blanking_pictures_leaves_the_assessment_as_it_is(model: Model) -> None:
    typed = events_of(load_samples()[2])
    shots = [Screenshot(t_us, 0, 1, 640, 400, 9_000, 5, 1, 2, 3, t_us) for t_us in (5, 6_000_000)]
    blankings = [
        Blanking(7_000_000, ObjectKind.IMAGE, 1, 2, 3, 5, 0, 0, 0, 0),
        Blanking(8_000_000, ObjectKind.IMAGE, 1, 2, 3, 6_000_000, 9, 9, 9, 9),
    ]
    found = [
        assess(recording_from_batches(in_batches([*typed, *shots, *more])), model)
        for more in ([], blankings)
    ]
    assert found[0].spans
    assert found[0] == found[1]


def in_batches(happened: list[Event]) -> list[Batch]:
    step_us = 30_000_000
    end_us = max(event.t_us for event in happened)
    batches = []
    for number in range(end_us // step_us + 1):
        within = [event for event in happened if event.t_us // step_us == number]
        span = {"start_us": number * step_us, "end_us": (number + 1) * step_us}
        batches.append(Batch(header(sequence=number, **span), body_of(within)))
    return batches
