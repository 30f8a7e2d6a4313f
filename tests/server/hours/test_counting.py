"""Kinds of time from batches alone, and what no clock of the device can change."""

from collections.abc import Sequence
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.hours.counting import stretches_of
from server.records.hours import Kind, Stretch
from server.scoring.facts import facts_of
from tests.server.device import typing
from tests.server.hours.recorded import (
    S_US,
    Recorded,
    by_hand,
    health,
    pause,
    presence,
    recorded,
    resume,
)
from wire import events
from wire.codes import Ability, LossReason, Observable, PresenceChange, SourceName, SourceState

OPENED_S = 1_700_000_000
OPENED_US = OPENED_S * S_US
HOUR = 3600


def counted(
    *batches: tuple[int, int, Sequence[events.Event]],
    observes: bytes | None = None,
    losses: dict[int, int] | None = None,
    received_s: int | None = None,
) -> list[tuple[int, int, str]]:
    """By second from clock-in."""
    inner = [(start * S_US, end * S_US, happened) for start, end, happened in batches]
    opened = recorded(inner, OPENED_US, losses=losses, received_s=received_s)
    found = stretches_of(opened, OPENED_US, observes)
    return [(a - OPENED_S, b - OPENED_S, kind.name.lower()) for a, b, kind in found]


def test_work_is_observed_and_a_pause_is_nothing() -> None:
    found = counted((0, 60, [pause(60 * S_US)]), (120, 180, []))
    assert found == [(0, 60, "observed"), (120, 180, "observed")]


def test_a_pause_behind_the_end_takes_nothing_off_the_work() -> None:
    opened = recorded(
        [(0, 4 * S_US, []), (4 * S_US, 4 * S_US, [pause(4 * S_US), resume(7 * S_US)])], OPENED_US
    )
    said = facts_of(opened, OPENED_US)
    assert (said.duration_s, said.worked_s) == (4.0, 4.0)


def test_gap_is_unobservable_and_what_is_added_over_it_is_manual() -> None:
    found = counted((0, 60, []), (300, 360, [by_hand(350 * S_US, 100 * S_US, 50)]))
    assert found == [
        (0, 60, "observed"),
        (60, 100, "unobservable"),
        (100, 150, "manual"),
        (150, 300, "unobservable"),
        (300, 360, "observed"),
    ]


def test_who_was_away_before_a_gap_was_away_in_it() -> None:
    gone = presence(50 * S_US, PresenceChange.LOCKED)
    back = presence(310 * S_US, PresenceChange.UNLOCKED)
    found = counted((0, 60, [gone]), (300, 360, [back]))
    assert found == [(0, 50, "observed"), (310, 360, "observed")]


def test_time_by_hand_where_work_was_seen_counts_once() -> None:
    found = counted((0, 60, [by_hand(5 * S_US, -30 * S_US, 60)]))
    assert found == [(-30, 0, "manual"), (0, 60, "observed")]


@pytest.mark.parametrize("state", [SourceState.FAILED, SourceState.MISSING])
def test_minutes_without_a_source_that_is_needed_are_observed_in_part(state: SourceState) -> None:
    down = health(10 * S_US, SourceName.KEYBOARD, state)
    up = health(30 * S_US, SourceName.KEYBOARD, SourceState.RUNNING)
    assert counted((0, 60, [down, up])) == [
        (0, 10, "observed"),
        (10, 30, "partly"),
        (30, 60, "observed"),
    ]


def test_source_that_only_adds_takes_nothing_away() -> None:
    missing = health(0, SourceName.EXTENSION, SourceState.MISSING)
    fallback = health(0, SourceName.KEYBOARD, SourceState.DEGRADED)
    assert counted((0, 60, [missing, fallback])) == [(0, 60, "observed")]


def test_device_that_cannot_see_keys_observes_in_part() -> None:
    blind = msgspec.json.encode([(Observable.KEYBOARD, Ability.NO)])
    unsaid = msgspec.json.encode([(Observable.KEYBOARD, Ability.UNKNOWN)])
    assert counted((0, 60, []), observes=blind) == [(0, 60, "partly")]
    assert counted((0, 60, []), observes=unsaid) == [(0, 60, "observed")]


def test_batch_that_lost_events_is_observed_in_part_and_a_lost_picture_is_no_event() -> None:
    lost = {int(LossReason.QUEUE_FULL): 3}
    assert counted((0, 60, []), losses=lost) == [(0, 60, "partly")]
    assert counted((0, 60, []), losses={int(LossReason.OBJECT_EXPIRED): 1})[0][2] == "observed"


def test_hours_that_the_server_did_not_see_pass_are_no_hours() -> None:
    eight, one = 8 * HOUR, HOUR
    found = counted((0, eight, [by_hand(S_US, 7 * HOUR * S_US, 60)]), received_s=one)
    assert found == [(0, one + 60, "observed")]


def test_session_that_claims_the_end_of_time_is_counted_all_the_same() -> None:
    opened = recorded([(0, (1 << 62) - 1, [])], OPENED_US, received_s=10)
    assert stretches_of(opened, OPENED_US, None) == [(OPENED_S, OPENED_S + 70, Kind.OBSERVED)]


def test_session_without_a_batch_is_no_time() -> None:
    assert stretches_of(recorded([], OPENED_US), OPENED_US, None) == []


_AT = st.integers(0, 4 * HOUR * S_US)
_ANY_AT = st.integers(-30 * HOUR * S_US, 5 * HOUR * S_US)
_HAPPENED = st.lists(
    st.one_of(
        _AT.map(pause),
        _AT.map(resume),
        st.builds(presence, _AT, st.sampled_from(PresenceChange)),
        st.builds(health, _AT, st.sampled_from(SourceName), st.sampled_from(SourceState)),
        st.builds(
            by_hand, _AT, st.integers(-30 * HOUR * S_US, 5 * HOUR * S_US), st.integers(0, HOUR)
        ),
        _AT.map(lambda at_us: typing(at_us, 1)[0]),
    ),
    max_size=12,
)
_EDGES = st.lists(_AT, min_size=2, max_size=8, unique=True).map(sorted)


@settings(max_examples=60, deadline=None)
@given(_EDGES, _HAPPENED, st.lists(st.booleans(), min_size=8, max_size=8), st.integers(0, 999_999))
def test_no_second_is_in_two_kinds_and_none_is_lost(
    edges: list[int], happened: list[events.Event], sent: list[bool], part_us: int
) -> None:
    opened_us = OPENED_US + part_us
    spans = list(pairwise(edges))
    batches: list[Recorded] = [
        (a, b, []) for (a, b), kept in zip(spans, sent, strict=False) if kept
    ]
    batches.append((edges[-1], edges[-1], happened))
    opened = recorded(batches, opened_us)
    found = stretches_of(opened, opened_us, None)
    _disjoint(found)
    said = facts_of(opened, opened_us)
    sums = {kind: sum(b - a for a, b, k in found if k is kind) for kind in Kind}
    edge_s = 1.0 * (2 * len(found) + 1)
    worked_s = sums[Kind.OBSERVED] + sums[Kind.PARTLY]
    assert abs(worked_s - said.worked_s) <= edge_s
    assert abs(sums[Kind.MANUAL] - said.manual_s) <= edge_s
    stepped = recorded(batches, opened_us, wall_us=part_us * 10**9)
    assert stretches_of(stepped, opened_us, None) == found, "the device's clock of day changed pay"


def _disjoint(found: list[Stretch]) -> None:
    for (_, end, _), (start, _, _) in pairwise(found):
        assert end <= start
    assert all(start < end for start, end, _ in found)
