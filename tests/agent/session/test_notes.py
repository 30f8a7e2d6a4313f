"""Notes and time added by hand: stored once, named by an event, marked for what they are."""

from datetime import datetime

import pytest

from agent.cli.notes import span_of
from agent.errors import NoteRefused, SpoolRefused
from agent.paths import Paths
from agent.session.declared import remember, remembered
from agent.session.notes import manual_time, note_of
from agent.session.recorder import SessionFacts
from agent.session.recording import Recording
from agent.spool.store import Spool
from tests.agent.conftest import POLICY, FakeClock
from wire import limits
from wire.batch import decode, open_envelope
from wire.codes import LossReason, ManualReason, Mode, ObjectKind, PauseReason
from wire.events import Attachment, DeclaredMode, Event, ManualTime
from wire.objects import object_digest
from wire.signing import SigningKey

SESSION = b"s" * 16
S_US = 1_000_000


@pytest.fixture
def recording(spool: Spool, clock: FakeClock) -> Recording:
    spool.add_session(SESSION, b"p" * 16, 3)
    spool.session_opened(SESSION, b"n" * 16)
    facts = SessionFacts(SESSION, b"d" * 16, 3)
    return Recording(facts, POLICY, clock(), spool, SigningKey.generate())


def events_of(spool: Spool, kind: type[Event]) -> list[Event]:
    rows = spool.waiting_batches(SESSION)
    return [e for row in rows for e in decode(open_envelope(row.sealed)).body.events(kind)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("x" * (limits.NOTE_MAX_CHARS + 1), "2001"),
        ("a\x1bb", "control"),
    ],
)
def test_what_is_no_note_is_refused_in_a_sentence(text: str, why: str) -> None:
    with pytest.raises(NoteRefused, match=why):
        note_of(text)


def test_a_note_is_stored_as_it_was_written_and_named_by_an_event(
    recording: Recording, spool: Spool, clock: FakeClock
) -> None:
    recording.note(clock.forward(2), "  Größe ✓\r\nzweite Zeile ")
    row = spool.next_object()
    assert row is not None
    assert row.data.decode() == "Größe ✓\nzweite Zeile"
    recording.clock_out(clock.forward(1))
    (event,) = events_of(spool, Attachment)
    assert isinstance(event, Attachment)
    parts = (event.digest_0, event.digest_1, event.digest_2, event.digest_3)
    assert b"".join(part.to_bytes(8, "big") for part in parts) == object_digest(row.data)
    assert (event.t_us, event.object_kind) == (2 * S_US, ObjectKind.NOTE)


def test_a_note_can_be_written_while_paused(
    recording: Recording, spool: Spool, clock: FakeClock
) -> None:
    recording.pause(clock.forward(2), PauseReason.BREAK)
    recording.note(clock.forward(60), "back in an hour")
    recording.tick(clock.forward(1))
    assert len(events_of(spool, Attachment)) == 1


def test_a_note_that_cannot_be_stored_leaves_no_event(
    recording: Recording, spool: Spool, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise SpoolRefused(LossReason.DISK_FULL, "the disk is full")

    monkeypatch.setattr(spool, "add_object", refused)
    with pytest.raises(SpoolRefused):
        recording.add_by_hand(clock.forward(9), _ago(clock, 5, 2), ManualReason.OTHER, "a call")
    recording.clock_out(clock.forward(1))
    assert events_of(spool, Attachment) == events_of(spool, ManualTime) == []


def _ago(clock: FakeClock, from_s: int, to_s: int) -> tuple[int, int]:
    now_us = clock().wall_us
    return now_us - from_s * S_US, now_us - to_s * S_US


def test_time_added_by_hand_comes_with_its_note_and_may_lie_before_clock_in(
    recording: Recording, spool: Spool, clock: FakeClock
) -> None:
    clock.forward(10)
    recording.add_by_hand(clock(), _ago(clock, 3_610, 10), ManualReason.MEETING, "planning")
    recording.clock_out(clock.forward(1))
    assert events_of(spool, ManualTime) == [
        ManualTime(10 * S_US, -3_600 * S_US, 3_600, ManualReason.MEETING)
    ]
    assert len(events_of(spool, Attachment)) == 1


@pytest.mark.parametrize(
    ("start_s", "end_s", "why"),
    [(5, 5, "ends before"), (5, 4, "ends before"), (0, 11, "not come"), (-90_000, 0, "a day")],
)
def test_time_that_cannot_be_added(start_s: int, end_s: int, why: str) -> None:
    with pytest.raises(NoteRefused, match=why):
        manual_time(10 * S_US, start_s * S_US, end_s * S_US, ManualReason.OTHER)


def test_times_of_day_are_todays_or_since_yesterday_evening() -> None:
    now = datetime(2026, 11, 30, 1, 30).astimezone()

    def at(text: str) -> datetime:
        return datetime.strptime(text, "%H:%M")

    def span(began: str, ended: str) -> list[str]:
        moments = span_of(at(began).time(), at(ended).time(), now)
        return [f"{datetime.fromtimestamp(us / 1e6).astimezone():%d %H:%M}" for us in moments]

    assert span("00:15", "01:00") == ["30 00:15", "30 01:00"]
    assert span("23:30", "00:30") == ["29 23:30", "30 00:30"]
    assert span("22:00", "23:00") == ["29 22:00", "29 23:00"]
    for began, ended in (("01:00", "02:00"), ("12:00", "13:00"), ("01:00", "01:00")):
        with pytest.raises(NoteRefused):
            span(began, ended)


def test_an_aid_declared_before_clock_in_is_declared_at_clock_in_on_the_same_day_only(
    recording: Recording, spool: Spool, clock: FakeClock, home: Paths
) -> None:
    today = datetime.fromtimestamp(clock().wall_us / 1e6).astimezone().date()
    remember(home, Mode.DICTATION, on=True, today=today.replace(year=2000))
    assert remember(home, Mode.IME, on=True, today=today) == {Mode.IME}
    remember(home, Mode.REMAPPER, on=True, today=today)
    assert remember(home, Mode.REMAPPER, on=False, today=today) == {Mode.IME}
    recording.declare_remembered(home)
    assert recording.modes == [Mode.IME]
    assert not remembered(home, today)
    recording.clock_out(clock.forward(1))
    assert events_of(spool, DeclaredMode) == [DeclaredMode(0, Mode.IME, 1)]
