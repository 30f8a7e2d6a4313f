from tests.wire.builders import header
from wire.codes import MarkerKind
from wire.events import Marker
from wire.stretches import between, joined, pauses, without

SECOND = 1_000_000


def marked(second: int, kind: MarkerKind) -> Marker:
    return Marker(second * SECOND, kind, 0, 0)


def test_an_open_stretch_ends_with_the_session() -> None:
    assert between([(5, True), (1, True), (3, False)], 9) == ((1, 3), (5, 9))
    assert between([(5, True)], 2) == ((5, 5),)


def test_a_pause_goes_to_its_resume_or_to_the_clock_out() -> None:
    marks = [
        marked(1, MarkerKind.PAUSE),
        marked(4, MarkerKind.RESUME),
        marked(6, MarkerKind.PAUSE),
        marked(8, MarkerKind.CLOCK_OUT),
    ]
    assert pauses([], marks, 9 * SECOND) == ((SECOND, 4 * SECOND), (6 * SECOND, 8 * SECOND))


def test_a_pause_whose_resume_was_lost_ends_where_a_header_speaks_again() -> None:
    headers = [
        header(start_us=0, end_us=SECOND),
        header(start_us=60 * SECOND, end_us=61 * SECOND),
    ]
    assert pauses(headers, [marked(1, MarkerKind.PAUSE)], 61 * SECOND) == ((SECOND, 60 * SECOND),)


def test_a_header_that_speaks_for_no_time_ends_no_pause() -> None:
    empty = header(start_us=30 * SECOND, end_us=30 * SECOND)
    assert pauses([empty], [marked(1, MarkerKind.PAUSE)], 60 * SECOND) == ((SECOND, 60 * SECOND),)


def test_what_is_taken_from_intervals_is_gone_and_nothing_else() -> None:
    assert joined([(5, 9), (1, 3), (2, 4), (4, 5)]) == [(1, 9)]
    assert without([(0, 10), (20, 30)], [(2, 3), (8, 22), (25, 26), (40, 50)]) == [
        (0, 2),
        (3, 8),
        (22, 25),
        (26, 30),
    ]
    assert without([(0, 10)], []) == [(0, 10)]
    assert without([(0, 10)], [(-5, 20)]) == []
