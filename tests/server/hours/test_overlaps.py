"""Two devices at once are paid once, whatever came first."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from server.hours.laying import NOTHING_WAITS, Waiting, day_parts, total
from server.hours.overlaps import shares
from server.records.hours import Kind, SessionTime, Stretch, ZoneSince
from tests.server.hours.test_calendar import ZONES

BASE_S = 1_700_000_000


def session(number: int, *stretches: tuple[int, int, Kind]) -> SessionTime:
    return SessionTime(number, bytes([number]), 0, stretches)


def test_better_evidence_keeps_the_second() -> None:
    typed = session(1, (10, 20, Kind.OBSERVED))
    claimed = session(2, (0, 40, Kind.MANUAL))
    seen, manual = shares([typed, claimed])
    assert seen.counted == ((10, 20, Kind.OBSERVED),)
    assert manual.counted == ((0, 10, Kind.MANUAL), (20, 40, Kind.MANUAL))
    assert manual.overlapped == ((10, 20),)


def test_of_equals_the_earlier_keeps_it() -> None:
    late = session(1, (5, 20, Kind.OBSERVED))
    early = session(2, (0, 10, Kind.OBSERVED))
    assert [share.overlapped for share in shares([late, early])] == [((5, 10),), ()]


def test_what_waits_is_only_what_would_be_paid() -> None:
    one = session(1, (0, 60, Kind.OBSERVED), (60, 90, Kind.UNOBSERVABLE), (90, 120, Kind.MANUAL))
    waiting = Waiting(held=((30, 100),), rejected=((50, 55), (500, 600)))
    (part,) = day_parts(one, shares([one])[0], [], waiting)
    found = part.seconds
    assert (found.worked_s, found.unobservable_s) == (90, 30)
    assert (found.held_s, found.rejected_s, found.payable_s) == (35, 5, 50)


def _stretches(cuts: list[int], kinds: list[Kind | None]) -> tuple[Stretch, ...]:
    edges = sorted(cuts)
    found = zip(edges, edges[1:], kinds, strict=False)
    return tuple((BASE_S + a, BASE_S + b, kind) for a, b, kind in found if kind is not None)


_STRETCHES = st.builds(
    _stretches,
    st.lists(st.integers(0, 200_000), min_size=2, max_size=8, unique=True),
    st.lists(st.one_of(st.none(), st.sampled_from(Kind)), min_size=7, max_size=7),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(_STRETCHES, min_size=1, max_size=5),
    st.sampled_from(ZONES),
    st.randoms(use_true_random=False),
    st.tuples(st.integers(0, 200_000), st.integers(0, 200_000)),
)
def test_seconds_are_conserved_whatever_the_order(
    given_: list[tuple[Stretch, ...]], zone: str, order: random.Random, held: tuple[int, int]
) -> None:
    sessions = [session(number, *found) for number, found in enumerate(given_)]
    found = dict(zip((s.row for s in sessions), shares(sessions), strict=True))
    shuffled = order.sample(sessions, len(sessions))
    assert dict(zip((s.row for s in shuffled), shares(shuffled), strict=True)) == found
    # Against a count second by second, at every edge.
    for at_s in {at for one in sessions for a, b, _ in one.stretches for at in (a, b - 1)}:
        claims = [
            (kind, one.span[0], one.id)
            for one in sessions
            for a, b, kind in one.stretches
            if a <= at_s < b
        ]
        keeps = [
            (kind, sessions[row].span[0], sessions[row].id)
            for row, share in found.items()
            for a, b, kind in share.counted
            if a <= at_s < b
        ]
        assert keeps == [min(claims)]
    start, end = sorted(held)
    waiting = Waiting(held=((BASE_S + start, BASE_S + end),)) if start < end else NOTHING_WAITS
    zones = [ZoneSince(0, zone)]
    for one in sessions:
        sums = total(day_parts(one, found[one.row], zones, waiting))
        own = sum(b - a for a, b, _ in one.stretches)
        assert sums.worked_s + sums.unobservable_s + sums.overlap_s == own
        for kind, name in ((Kind.OBSERVED, "observed_s"), (Kind.MANUAL, "manual_s")):
            counted = sum(b - a for a, b, k in found[one.row].counted if k is kind)
            assert getattr(sums, name) == counted
        assert 0 <= sums.held_s <= sums.worked_s
