"""While a secret field has the focus nothing that is done becomes an event, a count or a time."""

import msgspec
import pytest

from agent.observations import (
    Chord,
    ChordPressed,
    Copied,
    CopyRead,
    FocusSeen,
    KeyHeld,
    MiddleClicked,
    Observation,
    PageEdited,
    PersonThere,
    PictureTaken,
    PointerUsed,
    PresenceSeen,
    PrimaryRead,
    SecretField,
    Selection,
    SelectionRequested,
    SourceHealth,
    TextFacts,
    TextInserted,
    TitleRead,
)
from agent.session.recorder import SessionFacts
from agent.session.recording import Recording
from agent.session.secret import PRESENCE_STEP_US, SecretRule
from agent.spool.store import Spool
from tests.agent.conftest import POLICY, FakeClock
from wire.batch import decode, open_envelope
from wire.codes import (
    Category,
    EditHow,
    PresenceChange,
    ScreenshotOutcome,
    SourceName,
    SourceState,
)
from wire.events import (
    Activity,
    Clipboard,
    Event,
    Insertion,
    Keystroke,
    PointerSecond,
    Presence,
)
from wire.keys import KeyClass
from wire.signing import SigningKey

ORIGIN = 5_000_000_000
SESSION = b"s" * 16
EXTENSION = SourceName.EXTENSION


def at(seconds: float) -> int:
    return ORIGIN + round(seconds * 1e6)


def key(seconds: float, hold_s: float = 0.09) -> KeyHeld:
    return KeyHeld(at(seconds), round(hold_s * 1e6), KeyClass.LETTER, 2, 1)


def secret(seconds: float, *, focused: bool = True) -> SecretField:
    return SecretField(at(seconds), focused)


def everything(seconds: float) -> list[Observation]:
    """One of each kind of input."""
    at_us = at(seconds)
    return [
        key(seconds),
        ChordPressed(at_us, Chord.PASTE),
        PointerUsed(at_us, moved_px=30, clicks=1, scrolls=2),
        MiddleClicked(at_us),
        Copied(at_us, TextFacts(9, 1, 77)),
        CopyRead(at_us, at_us - 1, TextFacts(9, 1, 77)),
        PrimaryRead(at_us, at_us, TextFacts(9, 1, 77)),
        SelectionRequested(at_us, Selection.CLIPBOARD, 1, Category.TASK),
    ]


def passed(rule: SecretRule, until_s: float) -> list[Observation]:
    """What the rule lets go on in the second before a moment, ticked as the agent does."""
    return [*rule.tick(at(until_s - 1)), *rule.tick(at(until_s))]


def inputs(seen: list[Observation]) -> list[Observation]:
    return [each for each in seen if not isinstance(each, PersonThere)]


def test_what_is_done_in_a_secret_field_does_not_go_on() -> None:
    rule = SecretRule()
    rule.observe(secret(1))
    for each in everything(2):
        assert rule.observe(each) == []
    rule.observe(secret(3, focused=False))
    left = inputs(passed(rule, 5))
    assert left == [Copied(at(2), None, before_recording=True)]


def test_a_text_copied_in_a_secret_field_is_not_read_later() -> None:
    rule = SecretRule()
    rule.observe(secret(1))
    rule.observe(secret(3, focused=False))
    rule.observe(CopyRead(at(4), at(2), TextFacts(9, 1, 77)))
    rule.observe(PrimaryRead(at(4.1), at(2), TextFacts(9, 1, 77)))
    assert inputs(passed(rule, 6)) == []


def test_input_beside_a_secret_field_goes_on_in_its_order() -> None:
    rule = SecretRule()
    rule.observe(key(0.5))
    rule.observe(secret(1))
    rule.observe(secret(3, focused=False))
    rule.observe(key(3.2))
    rule.observe(ChordPressed(at(3.1), Chord.COPY))
    assert passed(rule, 5) == [key(0.5), key(3.2), ChordPressed(at(3.1), Chord.COPY)]


def test_a_focus_told_late_still_takes_the_first_keys_out() -> None:
    rule = SecretRule()
    rule.observe(key(0.9))
    rule.observe(key(1.0))
    assert rule.tick(at(1.2)) == []
    rule.observe(secret(0.95))
    assert inputs([*rule.tick(at(1.4)), *rule.tick(at(2.2))]) == [key(0.9)]


def test_a_key_waits_from_the_first_tick_after_it_came_however_old_it_is() -> None:
    rule = SecretRule()
    rule.observe(key(0))
    assert rule.tick(at(9)) == []
    assert rule.tick(at(9.2)) == []
    assert rule.tick(at(9.3)) == [key(0)]


def test_a_key_pressed_in_a_secret_field_and_released_after_it_is_not_recorded() -> None:
    rule = SecretRule()
    rule.observe(secret(1))
    rule.observe(secret(2, focused=False))
    passed(rule, 40)
    rule.observe(key(1.9, hold_s=40))
    assert inputs(passed(rule, 43)) == []


def test_pointer_movement_gathered_in_part_in_a_secret_field_is_not_recorded() -> None:
    rule = SecretRule()
    rule.observe(secret(1))
    rule.observe(secret(2, focused=False))
    rule.observe(PointerUsed(at(2.1), moved_px=10))
    rule.observe(PointerUsed(at(2.4), moved_px=7))
    assert inputs(passed(rule, 4)) == [PointerUsed(at(2.4), moved_px=7)]


def test_a_field_counts_as_secret_while_any_source_says_so() -> None:
    rule = SecretRule()
    rule.observe(secret(1))
    rule.observe(SecretField(at(2), focused=True, by=EXTENSION))
    rule.observe(secret(3, focused=False))
    rule.observe(key(4))
    rule.observe(SecretField(at(5), focused=False, by=EXTENSION))
    rule.observe(key(6))
    assert inputs(passed(rule, 8)) == [key(6)]


def test_a_second_word_for_the_same_field_may_only_make_it_longer() -> None:
    rule = SecretRule()
    rule.observe(secret(2))
    rule.observe(secret(1.5))
    rule.observe(secret(3))
    for moment in (1.4, 1.6, 2.5):
        rule.observe(key(moment))
    assert inputs(passed(rule, 5)) == [key(1.4)]


def test_a_source_that_failed_leaves_the_field_secret_until_another_window_comes() -> None:
    rule = SecretRule()
    rule.observe(secret(1))
    rule.observe(SourceHealth(at(2), SourceName.ACCESSIBILITY, SourceState.FAILED))
    rule.observe(key(3))
    rule.observe(FocusSeen(at(4), Category.TASK, 2))
    rule.observe(key(5))
    assert inputs(passed(rule, 7)) == [key(5)]


def test_another_window_alone_does_not_end_a_secret_field() -> None:
    rule = SecretRule()
    rule.observe(secret(1))
    rule.observe(FocusSeen(at(1.1), Category.TASK, 2))
    rule.observe(key(2))
    assert inputs(passed(rule, 4)) == []


def test_a_source_that_starts_anew_knows_of_no_secret_field() -> None:
    rule = SecretRule()
    rule.observe(secret(1))
    rule.observe(SourceHealth(at(2), SourceName.ACCESSIBILITY, SourceState.FAILED))
    rule.observe(SourceHealth(at(7), SourceName.ACCESSIBILITY, SourceState.RUNNING))
    rule.observe(key(8))
    assert inputs(passed(rule, 10)) == [key(8)]


def test_the_pause_lets_go_what_waits_and_still_keeps_secrets_back() -> None:
    rule = SecretRule()
    rule.observe(key(0.5))
    rule.observe(secret(1))
    for each in everything(2):
        rule.observe(each)
    assert inputs(rule.flush()) == [key(0.5), Copied(at(2), None, before_recording=True)]
    assert not rule.open
    rule.observe(key(3))
    assert inputs(passed(rule, 5)) == [key(3)]


def test_a_picture_of_a_secret_field_is_left_out_like_one_of_a_private_window() -> None:
    rule = SecretRule()
    rule.observe(PictureTaken(at(0.9), ScreenshotOutcome.TAKEN, data=b"a", digest=b"b"))
    rule.observe(secret(1))
    rule.observe(PictureTaken(at(1.1), ScreenshotOutcome.TAKEN, data=b"c", digest=b"d"))
    assert passed(rule, 4) == [
        PictureTaken(at(0.9), ScreenshotOutcome.TAKEN, data=b"a", digest=b"b"),
        PictureTaken(at(1.1), ScreenshotOutcome.SKIPPED_PRIVATE),
    ]


def test_presence_knows_no_more_than_that_somebody_was_there() -> None:
    rule = SecretRule()
    rule.observe(secret(1))
    for moment in (11.1, 12.345678, 19.9):
        rule.observe(key(moment))
    told = {each.at_us for each in passed(rule, 21)}
    assert told == {at(10)}
    assert at(10) % PRESENCE_STEP_US == 0


# The same behind the session's own door, with everything a session can be asked for.


@pytest.fixture
def recording(spool: Spool, clock: FakeClock) -> Recording:
    spool.add_session(SESSION, b"p" * 16, 3)
    spool.session_opened(SESSION, b"n" * 16)
    facts = SessionFacts(SESSION, b"d" * 16, 3)
    policy = msgspec.structs.replace(POLICY, idle_after_s=30)
    return Recording(facts, policy, clock(), spool, SigningKey.generate())


def events(spool: Spool) -> list[Event]:
    rows = spool.waiting_batches(SESSION)
    bodies = [decode(open_envelope(row.sealed)).body for row in rows]
    kinds = (Keystroke, PointerSecond, Activity, Clipboard, Insertion, Presence)
    return [event for body in bodies for kind in kinds for event in body.events(kind)]


def run(recording: Recording, clock: FakeClock, seconds: int) -> None:
    for _ in range(seconds):
        recording.tick(clock.forward(1))


@pytest.mark.parametrize("category", [Category.TASK, Category.EDITOR])
def test_a_secret_leaves_no_event_and_no_count_in_the_session(
    recording: Recording, spool: Spool, clock: FakeClock, category: Category
) -> None:
    recording.observe(FocusSeen(at(0), category, 1))
    recording.observe(secret(0.5))
    run(recording, clock, 2)
    for each in everything(2):
        recording.observe(each)
    run(recording, clock, 3)
    recording.observe(secret(5, focused=False))
    recording.clock_out(clock())
    assert events(spool) == []


def test_a_secret_breaks_the_idle_at_a_coarse_time_only(
    recording: Recording, spool: Spool, clock: FakeClock
) -> None:
    recording.observe(FocusSeen(at(0), Category.TASK, 1))
    run(recording, clock, 43)
    recording.observe(secret(42.5))
    recording.observe(key(43.217))
    run(recording, clock, 3)
    recording.observe(key(46.4))
    run(recording, clock, 34)
    recording.clock_out(clock())
    assert events(spool) == [
        Presence(30_000_000, PresenceChange.IDLE),
        Presence(40_000_000, PresenceChange.ACTIVE),
        Presence(70_000_000, PresenceChange.IDLE),
    ]


def test_what_nobody_does_in_a_secret_field_keeps_nobody_at_work(
    recording: Recording, spool: Spool, clock: FakeClock
) -> None:
    recording.observe(FocusSeen(at(0), Category.TASK, 1))
    recording.observe(secret(0.5))
    for second in range(1, 60):
        recording.observe(TitleRead(at(second), 1, b"a clock that ticks"))
        recording.observe(TextInserted(at(second), 5))
        recording.observe(PageEdited(at(second), 0, EditHow.SCRIPT, 5, 0, 0, 1, 0))
        run(recording, clock, 1)
    recording.clock_out(clock())
    assert events(spool) == [Presence(30_000_000, PresenceChange.IDLE)]


def test_a_late_word_takes_keys_out_of_the_session_too(
    recording: Recording, spool: Spool, clock: FakeClock
) -> None:
    recording.observe(FocusSeen(at(0), Category.TASK, 1))
    recording.observe(key(0.8))
    recording.observe(key(0.95))
    run(recording, clock, 1)
    recording.observe(secret(0.9))
    run(recording, clock, 3)
    recording.clock_out(clock())
    assert events(spool) == [Keystroke(800_000, 90_000, KeyClass.LETTER, 2, 1)]


# A locked screen.


def lock(seconds: float, *, on: bool) -> PresenceSeen:
    change = PresenceChange.LOCKED if on else PresenceChange.UNLOCKED
    return PresenceSeen(at(seconds), change)


def test_while_locked_nothing_is_recorded_but_the_lock_itself() -> None:
    rule = SecretRule()
    assert rule.observe(lock(1, on=True)) == [lock(1, on=True)]
    for each in everything(2):
        assert rule.observe(each) == []
    rule.observe(PictureTaken(at(2.5), ScreenshotOutcome.TAKEN, data=b"a", digest=b"b"))
    assert rule.observe(FocusSeen(at(3), Category.OTHER, 4)) == []
    assert rule.observe(FocusSeen(at(4), Category.TASK, 1)) == []
    assert passed(rule, 6) == [Copied(at(2), None, before_recording=True)]
    assert rule.observe(lock(7, on=False)) == [
        lock(7, on=False),
        FocusSeen(at(7), Category.TASK, 1),
    ]
    rule.observe(key(8))
    assert passed(rule, 10) == [key(8)]


def test_a_lock_told_late_takes_out_the_password_that_unlocks_it() -> None:
    rule = SecretRule()
    rule.observe(key(1.1))
    rule.tick(at(1.2))
    rule.observe(lock(1, on=True))
    assert rule.tick(at(2.2)) == []


def test_a_session_locked_and_unlocked_says_so_and_no_more(
    recording: Recording, spool: Spool, clock: FakeClock
) -> None:
    recording.observe(FocusSeen(at(0), Category.TASK, 1))
    run(recording, clock, 2)
    recording.observe(lock(2, on=True))
    for each in everything(3):
        recording.observe(each)
    run(recording, clock, 60)
    recording.observe(lock(62, on=False))
    recording.observe(key(62.5))
    run(recording, clock, 3)
    recording.clock_out(clock())
    assert sorted(events(spool), key=lambda event: event.t_us) == [
        Presence(2_000_000, PresenceChange.LOCKED),
        Presence(62_000_000, PresenceChange.UNLOCKED),
        Keystroke(62_500_000, 90_000, KeyClass.LETTER, 2, 1),
    ]


def test_media_and_sleep_become_events_of_the_session(
    recording: Recording, spool: Spool, clock: FakeClock
) -> None:
    recording.observe(FocusSeen(at(0), Category.TASK, 1))
    recording.observe(PresenceSeen(at(0.5), PresenceChange.MEDIA_BEGAN))
    run(recording, clock, 50)
    recording.observe(PresenceSeen(at(50), PresenceChange.SUSPENDED))
    recording.observe(PresenceSeen(at(51), PresenceChange.RESUMED))
    recording.observe(PresenceSeen(at(51.5), PresenceChange.MEDIA_ENDED))
    run(recording, clock, 5)
    recording.clock_out(clock())
    assert [event.change for event in events(spool) if isinstance(event, Presence)] == [
        PresenceChange.MEDIA_BEGAN,
        PresenceChange.SUSPENDED,
        PresenceChange.RESUMED,
        PresenceChange.MEDIA_ENDED,
    ]
