import pytest

from agent.session.recorder import QUEUE_MAX_EVENTS, Link, Recorder, SessionFacts, closing_batch
from tests.agent.conftest import FakeClock
from wire.batch import Envelope, decode
from wire.chain import ChainHead
from wire.codes import LossReason, MarkerKind, PauseReason, PresenceChange
from wire.events import Clock, Keystroke, Marker, Presence
from wire.signing import SigningKey

KEY = SigningKey.generate()
FACTS = SessionFacts(b"s" * 16, b"d" * 16, 3)
FIRST = Link(ChainHead(), -1, b"n" * 16)


def recorder_at(clock: FakeClock, interval_s: float = 30) -> Recorder:
    return Recorder(FACTS, clock(), round(interval_s * 1e6))


def sealed(
    recorder: Recorder, clock: FakeClock, link: Link = FIRST, *, final: bool = False
) -> Envelope:
    return recorder.seal(clock(), link, KEY, final=final)


def run(recorder: Recorder, clock: FakeClock, seconds: float) -> None:
    for _ in range(round(seconds)):
        recorder.tick(clock.forward(1))


def key_at(t_us: int) -> Keystroke:
    return Keystroke(t_us, 80_000, 0, 2, 1)


def test_a_batch_is_due_after_the_interval_even_when_nothing_happened(clock: FakeClock) -> None:
    recorder = recorder_at(clock)
    run(recorder, clock, 29)
    assert not recorder.due()
    run(recorder, clock, 1)
    assert recorder.due()
    header = sealed(recorder, clock).header
    assert (header.start_us, header.end_us) == (0, 30_000_000)
    run(recorder, clock, 30)
    assert recorder.due()
    assert recorder.waiting_events == 0


def test_a_batch_is_due_at_500_events_and_the_rest_waits(clock: FakeClock) -> None:
    recorder = recorder_at(clock)
    recorder.extend(key_at(number) for number in range(620))
    assert recorder.due()
    assert not recorder.fits_one_batch()
    envelope = sealed(recorder, clock)
    assert envelope.header.rows == 500
    assert recorder.waiting_events == 121
    assert recorder.fits_one_batch()


def test_an_event_that_no_batch_can_hold_costs_itself_alone_and_is_counted(
    clock: FakeClock,
) -> None:
    recorder = recorder_at(clock)
    recorder.extend([key_at(1), Keystroke(2, 1 << 40, 0, 2, 1), key_at(3)])
    run(recorder, clock, 30)
    envelope = sealed(recorder, clock)
    assert [event.t_us for event in decode(envelope).body.events(Keystroke)] == [1, 3]
    assert envelope.header.losses == {LossReason.SOURCE_FAILED: 1}


def test_batches_chain_and_carry_the_last_nonce(clock: FakeClock) -> None:
    recorder = recorder_at(clock)
    run(recorder, clock, 30)
    first = sealed(recorder, clock)
    run(recorder, clock, 30)
    link = Link(ChainHead(0, first.digest), 0, b"m" * 16)
    second = sealed(recorder, clock, link)
    assert second.header.previous == first.digest
    assert (second.header.sequence, second.header.anchor, second.header.nonce) == (1, 0, b"m" * 16)
    assert second.header.start_us == first.header.end_us


def test_a_gap_between_ticks_is_not_covered(clock: FakeClock) -> None:
    recorder = recorder_at(clock)
    run(recorder, clock, 10)
    recorder.tick(clock.forward(3600))
    assert recorder.due()
    before = sealed(recorder, clock).header
    run(recorder, clock, 30)
    after = sealed(recorder, clock).header
    assert (before.start_us, before.end_us) == (0, 10_000_000)
    assert (after.start_us, after.end_us) == (3_610_000_000, 3_640_000_000)


def test_a_suspend_is_two_events(clock: FakeClock) -> None:
    recorder = recorder_at(clock)
    run(recorder, clock, 10)
    clock.slept_us += 3_600_000_000
    recorder.tick(clock.forward(3600))
    events = decode(sealed(recorder, clock)).body.events(Presence)
    assert [event.change for event in events] == [
        PresenceChange.SUSPENDED,
        PresenceChange.RESUMED,
    ]
    assert [event.t_us for event in events] == [10_000_000, 3_610_000_000]


@pytest.mark.parametrize("told", ["before", "after", "late", "never"])
def test_a_suspend_that_the_desktop_tells_too_is_counted_once(clock: FakeClock, told: str) -> None:
    recorder = recorder_at(clock)
    run(recorder, clock, 10)
    if told in ("before", "after"):
        recorder.sleeps(clock().monotonic_us)
    clock.slept_us += 3_600_000_000
    woken = clock.forward(3600)
    if told == "after":
        recorder.wakes(woken.monotonic_us)
    recorder.tick(woken)
    if told in ("before", "late"):
        recorder.sleeps(woken.monotonic_us + 200_000)
        recorder.wakes(woken.monotonic_us + 300_000)
    run(recorder, clock, 5)
    events = decode(sealed(recorder, clock)).body.events(Presence)
    assert [(event.change, event.t_us) for event in events] == [
        (PresenceChange.SUSPENDED, 10_000_000),
        (PresenceChange.RESUMED, 3_610_000_000),
    ]


def test_a_sleep_that_did_not_come_about_begins_and_ends(clock: FakeClock) -> None:
    recorder = recorder_at(clock)
    run(recorder, clock, 10)
    recorder.sleeps(clock().monotonic_us)
    run(recorder, clock, 2)
    recorder.wakes(clock().monotonic_us)
    run(recorder, clock, 2)
    envelope = sealed(recorder, clock)
    events = decode(envelope).body.events(Presence)
    assert [event.t_us for event in events] == [10_000_000, 12_000_000]
    assert envelope.header.end_us == 14_000_000


def test_midnight_is_no_event_and_moves_no_session_time(clock: FakeClock) -> None:
    day_us = 24 * 3600 * 1_000_000
    clock.wall_step_us = day_us - (clock().wall_us % day_us) - 5_000_000
    recorder = recorder_at(clock)
    run(recorder, clock, 10)
    envelope = sealed(recorder, clock)
    assert envelope.header.sealed_wall_us % day_us == 5_000_000
    assert (envelope.header.start_us, envelope.header.end_us) == (0, 10_000_000)
    assert decode(envelope).body.events(Clock) == ()


def test_midnight_slept_through_is_one_suspend_and_no_step(clock: FakeClock) -> None:
    recorder = recorder_at(clock)
    run(recorder, clock, 10)
    clock.slept_us += 9 * 3600 * 1_000_000
    recorder.tick(clock.forward(9 * 3600))
    envelope = sealed(recorder, clock)
    assert len(decode(envelope).body.events(Presence)) == 2
    assert decode(envelope).body.events(Clock) == ()
    assert envelope.header.end_us == 10_000_000


@pytest.mark.parametrize(("before_min", "after_min"), [(60, 120), (120, 60)])
def test_daylight_saving_moves_the_zone_and_neither_clock(
    clock: FakeClock, before_min: int, after_min: int
) -> None:
    clock.offset_min = before_min
    recorder = recorder_at(clock)
    run(recorder, clock, 5)
    clock.offset_min = after_min
    run(recorder, clock, 5)
    envelope = sealed(recorder, clock)
    (step,) = decode(envelope).body.events(Clock)
    assert (step.step_us, step.utc_offset_min) == (0, after_min)
    assert envelope.header.end_us == 10_000_000


def test_the_wall_clock_set_back_an_hour_is_an_event_and_moves_no_session_time(
    clock: FakeClock,
) -> None:
    recorder = recorder_at(clock)
    run(recorder, clock, 5)
    clock.wall_step_us = -3_600_000_000
    run(recorder, clock, 5)
    envelope = sealed(recorder, clock)
    (step,) = decode(envelope).body.events(Clock)
    assert step.step_us == -3_600_000_000
    assert envelope.header.end_us == 10_000_000


def test_another_time_zone_is_an_event_without_a_step(clock: FakeClock) -> None:
    recorder = recorder_at(clock)
    run(recorder, clock, 2)
    clock.offset_min = -300
    run(recorder, clock, 2)
    (step,) = decode(sealed(recorder, clock)).body.events(Clock)
    assert (step.step_us, step.utc_offset_min) == (0, -300)


def test_a_pause_is_covered_by_no_batch(clock: FakeClock) -> None:
    recorder = recorder_at(clock)
    run(recorder, clock, 7)
    recorder.pause(clock(), PauseReason.BREAK)
    before = sealed(recorder, clock)
    assert not recorder.due()
    run(recorder, clock, 600)
    assert not recorder.due()
    recorder.resume(clock())
    run(recorder, clock, 4)
    after = sealed(recorder, clock)
    assert before.header.end_us == 7_000_000
    assert (after.header.start_us, after.header.end_us) == (607_000_000, 611_000_000)
    kinds = [
        event.marker
        for envelope in (before, after)
        for event in decode(envelope).body.events(Marker)
    ]
    assert kinds == [MarkerKind.CLOCK_IN, MarkerKind.PAUSE, MarkerKind.RESUME]


def test_losses_are_reported_once_and_again_if_their_batch_was_not_stored(clock: FakeClock) -> None:
    recorder = recorder_at(clock)
    recorder.losses.add(LossReason.SOURCE_FAILED, 4)
    first = sealed(recorder, clock)
    assert first.header.losses == {LossReason.SOURCE_FAILED: 4}
    recorder.not_stored(first, LossReason.DISK_FULL)
    second = sealed(recorder, clock)
    assert second.header.losses == {LossReason.SOURCE_FAILED: 4, LossReason.DISK_FULL: 1}
    assert sealed(recorder, clock).header.losses == {}


def test_what_no_spool_takes_is_bounded_and_counted(clock: FakeClock) -> None:
    recorder = recorder_at(clock)
    recorder.extend(key_at(number) for number in range(QUEUE_MAX_EVENTS + 9))
    assert recorder.waiting_events == QUEUE_MAX_EVENTS
    assert recorder.losses.take() == {LossReason.QUEUE_FULL: 10}


def test_a_killed_session_is_closed_by_an_empty_final_batch(clock: FakeClock) -> None:
    link = Link(ChainHead(6, b"p" * 32), 4, b"n" * 16)
    envelope = closing_batch(FACTS, clock(), link, 123_000_000, KEY)
    header = envelope.header
    assert (header.sequence, header.final, header.rows) == (7, True, 0)
    assert header.losses == {LossReason.KILLED: 1}
    assert header.start_us == header.end_us == 123_000_000
