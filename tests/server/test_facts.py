"""Hours from batches alone: pauses whose end was lost, and time without anybody there."""

from collections.abc import Sequence

import pytest

from server.console.timeline import coverage_of
from server.records import StoredBatch
from server.scoring.facts import OpenedSession, SessionFacts, facts_of, open_batches
from tests.server.device import Chain, Device, typing
from wire import events
from wire.codes import MarkerKind, PresenceChange, SourceName, SourceState
from wire.messages import Enrolment
from wire.signing import SigningKey

S_US = 1_000_000
Sealed = tuple[int, int, Sequence[events.Event]]


def opened(*sealed: Sealed) -> OpenedSession:
    """A session of batches, each (first second, last second, events)."""
    device = Device(None, SigningKey.generate(), Enrolment(bytes(16), "t", "n", bytes(32)))
    chain = Chain(device, bytes(16), bytes(16))
    stored = []
    for row, (start_s, end_s, happened) in enumerate(sealed):
        envelope = chain.seal(happened, start_us=start_s * S_US, end_us=end_s * S_US)
        stored.append(StoredBatch(row, row, envelope.digest, 0, envelope.sealed, None))
        chain.sequence, chain.previous = row + 1, envelope.digest
    return open_batches(stored)


def facts(*sealed: Sealed) -> SessionFacts:
    return facts_of(opened(*sealed), 0)


def pause(at_s: int) -> events.Marker:
    return events.Marker(at_s * S_US, MarkerKind.PAUSE, 0, 1)


def presence(at_s: int, change: PresenceChange) -> events.Presence:
    return events.Presence(at_s * S_US, change)


def test_pause_whose_end_was_lost_is_over_where_a_header_speaks_again() -> None:
    found = facts((0, 1, [pause(1)]), (1, 1, []), (61, 91, []), (91, 121, []))
    assert (found.paused_s, found.worked_s) == (60, 61)


def test_pause_without_any_later_header_lasts_to_the_end() -> None:
    found = facts((0, 10, [pause(10)]), (40, 40, []))
    assert (found.paused_s, found.worked_s) == (30, 10)


@pytest.mark.parametrize(
    ("gone", "back"),
    [
        (PresenceChange.IDLE, PresenceChange.ACTIVE),
        (PresenceChange.LOCKED, PresenceChange.UNLOCKED),
        (PresenceChange.SUSPENDED, PresenceChange.RESUMED),
    ],
)
def test_nobody_there_is_no_work(gone: PresenceChange, back: PresenceChange) -> None:
    found = facts((0, 30, [presence(10, gone)]), (30, 60, [presence(45, back)]))
    assert (found.worked_s, found.idle_s) == (25, 35)


def test_idle_inside_a_pause_is_counted_once() -> None:
    idle, active = presence(10, PresenceChange.IDLE), presence(50, PresenceChange.ACTIVE)
    resume = events.Marker(50 * S_US, MarkerKind.RESUME, 0, 0)
    found = facts((0, 20, [idle, pause(20)]), (50, 60, [resume, active]))
    assert (found.worked_s, found.idle_s, found.paused_s) == (20, 10, 30)


def test_idle_whose_end_was_lost_is_over_at_the_next_key() -> None:
    idle = presence(10, PresenceChange.IDLE)
    found = facts((0, 30, [idle]), (30, 60, typing(40 * S_US, 5)))
    assert (found.worked_s, found.idle_s) == (30, 30)


def test_batch_before_a_gap_may_carry_what_ended_the_gap() -> None:
    ended = [presence(30, PresenceChange.SUSPENDED), presence(7_000, PresenceChange.RESUMED)]
    found = facts((0, 30, ended), (7_000, 7_010, []))
    assert (found.quarantined_batches, found.worked_s) == (0, 40)


def test_a_pause_is_shown_as_a_pause_and_not_as_a_loss() -> None:
    resume = events.Marker(50 * S_US, MarkerKind.RESUME, 0, 0)
    found = facts((0, 20, [pause(20)]), (50, 60, [resume]), (90, 100, []))
    assert [(s.start_ms, s.end_ms, s.why) for s in found.lost_stretches] == [
        (60_000, 90_000, "gap")
    ]
    assert (found.worked_s, found.paused_s) == (40, 30)


def by_hand(at_s: int, from_s: int, length_s: int) -> events.ManualTime:
    return events.ManualTime(at_s * S_US, from_s * S_US, length_s, 3)


def test_time_added_by_hand_is_apart_and_counts_no_minute_twice() -> None:
    resume = events.Marker(50 * S_US, MarkerKind.RESUME, 0, 0)
    added = [by_hand(55, 10, 30), by_hand(55, 30, 15), by_hand(56, -600, 300)]
    found = facts((0, 20, [pause(20)]), (50, 60, [resume, *added]))
    assert (found.worked_s, found.manual_s) == (30, 25 + 300)


@pytest.mark.parametrize(
    ("from_s", "length_s", "counts_s"),
    [
        (-9_000_000_000_000, 4_294_967_295, 0),
        (-90_000, 4_294_967_295, 86_400),
        (70, 4_294_967_295, 0),
        (0, 30, 0),
    ],
)
def test_time_added_by_hand_reaches_a_day_back_and_not_past_the_end(
    from_s: int, length_s: int, counts_s: int
) -> None:
    found = facts((0, 30, [by_hand(20, from_s, length_s)]))
    assert (found.worked_s, found.manual_s) == (30, counts_s)


def test_time_that_no_source_could_see_is_work_partly_observed() -> None:
    """A Wayland session: its sources are missing, and nothing says that nobody was there."""
    unseen = (SourceName.KEYBOARD, SourceName.FOCUS, SourceName.POINTER, SourceName.CLIPBOARD)
    missing = [events.Health(0, name, SourceState.MISSING) for name in unseen]
    sealed: tuple[Sealed, ...] = ((0, 30, missing), (30, 60, []))
    found = facts(*sealed)
    assert (found.worked_s, found.idle_s, found.lost_stretches) == (60, 0, ())
    bands = coverage_of(opened(*sealed), 60_000)
    assert {(band["start_ms"], band["end_ms"], band["state"]) for band in bands} == {
        (0, 60_000, "partly")
    }
    assert {band["why"] for band in bands} == {name.name.lower() for name in unseen}
