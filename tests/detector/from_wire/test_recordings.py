from collections.abc import Sequence

from detector.assess import assess
from detector.assessment import Band
from detector.from_wire import recording_from_batches
from detector.model import Model
from detector.reasons import Code
from detector.tables import MISSING
from wire import events
from wire.batch import Batch
from wire.body import body_of
from wire.codes import (
    Category,
    ClipboardAction,
    InsertionHow,
    InsertionSeenBy,
    KeyFlag,
    MarkerKind,
    Mode,
    SourceName,
    SourceState,
)
from wire.events import MISSING_U32, Event
from wire.header import NO_PREVIOUS, Header
from wire.keys import KeyClass

SECOND = 1_000_000


def batch(sequence: int, happened: Sequence[Event], start_us: int, end_us: int) -> Batch:
    header = Header(
        session=bytes(16),
        device=b"d" * 16,
        key_id=b"k" * 8,
        sequence=sequence,
        previous=NO_PREVIOUS,
        anchor=-1,
        nonce=b"n" * 16,
        boot_id=b"b" * 16,
        sealed_monotonic_us=0,
        sealed_wall_us=0,
        zone="Europe/Rome",
        utc_offset_min=60,
        start_us=start_us,
        end_us=end_us,
        policy_version=1,
        agent_version="0.1.0",
        final=False,
        rows=len(happened),
        body_raw_bytes=0,
        losses={},
    )
    return Batch(header, body_of(happened))


def key(t_us: int, cls: KeyClass = KeyClass.LETTER, flags: int = 0, hold: int = 90_000) -> Event:
    return events.Keystroke(t_us, hold, cls, flags, 1)


def test_no_batches_make_an_empty_recording() -> None:
    assert len(recording_from_batches([]).keystrokes) == 0


def test_batches_are_joined_in_order_of_their_sequence() -> None:
    later = batch(1, [key(40 * SECOND)], 30 * SECOND, 60 * SECOND)
    first = batch(0, [key(0), key(SECOND, hold=MISSING_U32)], 0, 30 * SECOND)
    recording = recording_from_batches([later, first])
    assert recording.keystrokes.t_us.tolist() == [0, SECOND, 40 * SECOND]
    assert recording.keystrokes.hold_us.tolist() == [90_000, MISSING, 90_000]
    assert recording.duration_us == 60 * SECOND
    assert recording.unobserved == ()


def test_a_letter_under_a_command_key_is_no_letter() -> None:
    table = recording_from_batches([batch(0, [key(0, flags=KeyFlag.CHORD)], 0, SECOND)]).keystrokes
    assert table.key.tolist() == [KeyClass.FUNCTION]


def test_origin_is_unknown_unless_the_source_knows_it() -> None:
    known = KeyFlag.ORIGIN_KNOWN
    rows = [key(0), key(1, flags=known), key(2, flags=known | KeyFlag.INJECTED)]
    origin = recording_from_batches([batch(0, rows, 0, SECOND)]).origin
    assert origin is not None
    assert origin.injected.tolist() == [MISSING, 0, 1]


def test_a_missing_batch_and_a_source_that_failed_are_unobserved() -> None:
    down = events.Health(SECOND, SourceName.KEYBOARD, SourceState.FAILED)
    up = events.Health(3 * SECOND, SourceName.KEYBOARD, SourceState.RUNNING)
    first = batch(0, [down, up], 0, 30 * SECOND)
    third = batch(2, [key(61 * SECOND)], 60 * SECOND, 90 * SECOND)
    recording = recording_from_batches([first, third])
    assert recording.unobserved == ((SECOND, 3 * SECOND), (30 * SECOND, 60 * SECOND))


def test_a_source_that_never_ran_is_not_recorded() -> None:
    missing = events.Health(0, SourceName.INSERTIONS, SourceState.MISSING)
    running = events.Health(0, SourceName.CLIPBOARD, SourceState.RUNNING)
    recording = recording_from_batches([batch(0, [missing, running], 0, SECOND)])
    assert recording.insertions is None
    assert recording.copies == ()


def test_pauses_and_declared_modes_are_kept() -> None:
    rows = [
        events.Marker(2 * SECOND, MarkerKind.PAUSE, 0, 0),
        events.Marker(5 * SECOND, MarkerKind.RESUME, 0, 0),
        events.DeclaredMode(0, Mode.REMAPPER, 1),
        events.DeclaredMode(0, Mode.IME, 0),
    ]
    recording = recording_from_batches([batch(0, rows, 0, 10 * SECOND)])
    assert recording.paused == ((2 * SECOND, 5 * SECOND),)
    assert recording.declared == {Mode.REMAPPER}


def test_one_paste_seen_by_shortcut_and_by_transfer_is_one_insertion() -> None:
    rows = [
        events.Insertion(
            SECOND, InsertionHow.PASTE, InsertionSeenBy.CHORD, MISSING_U32, MISSING_U32, 0, 1
        ),
        events.Insertion(
            SECOND + 50_000, InsertionHow.PASTE, InsertionSeenBy.SELECTION, 300, 4, 77, 1
        ),
        events.Clipboard(0, ClipboardAction.COPY, 300, 4, 77, Category.ASSISTANT, 2),
        events.Focus(0, Category.ASSISTANT, 0, 2),
        events.Focus(SECOND // 2, Category.TASK, 1, 1),
    ]
    recording = recording_from_batches([batch(0, rows, 0, 10 * SECOND)])
    assert recording.insertions is not None
    assert [(i.length_chars, i.tag) for i in recording.insertions] == [(300, 77)]
    assert recording.copies is not None
    assert recording.copies[0].category is Category.ASSISTANT
    assert recording.focus is not None
    assert [f.category for f in recording.focus] == [Category.ASSISTANT, Category.TASK]
    assert recording.focus[1].end_us == 10 * SECOND


def keys(start_s: int, end_s: int) -> list[Event]:
    """A key every quarter of a second."""
    return [key(t_us) for t_us in range(start_s * SECOND, end_s * SECOND, SECOND // 4)]


def declared(mode: Mode, from_us: int, until_us: int) -> list[Event]:
    return [events.DeclaredMode(from_us, mode, 1), events.DeclaredMode(until_us, mode, 0)]


def test_a_mode_declared_for_a_moment_does_not_count_for_the_session() -> None:
    short = [*keys(0, 30), *declared(Mode.SWITCH_DEVICE, 1, 2)]
    long = [*keys(0, 30), *declared(Mode.SWITCH_DEVICE, 5 * SECOND, 30 * SECOND)]
    assert not recording_from_batches([batch(0, short, 0, 30 * SECOND)]).declared
    assert recording_from_batches([batch(0, long, 0, 30 * SECOND)]).declared


def test_a_short_declaration_counts_for_what_was_inserted_meanwhile() -> None:
    def inserted(t_us: int) -> Event:
        composition = InsertionHow.COMPOSITION
        return events.Insertion(t_us, composition, InsertionSeenBy.EXTENSION, 80, 1, 0, 1)

    happened = [
        *keys(0, 30),
        *declared(Mode.DICTATION, 10 * SECOND, 12 * SECOND),
        inserted(11 * SECOND),
        inserted(20 * SECOND),
    ]
    found = recording_from_batches([batch(0, happened, 0, 30 * SECOND)]).insertions
    assert found is not None
    assert [insertion.aids for insertion in found] == [{Mode.DICTATION}, frozenset()]


def test_a_pause_whose_end_was_lost_is_over_where_recording_goes_on() -> None:
    pause = events.Marker(10 * SECOND, MarkerKind.PAUSE, 0, 0)
    recording = recording_from_batches(
        [
            batch(0, [pause], 0, 10 * SECOND),
            batch(2, keys(60, 90), 60 * SECOND, 90 * SECOND),
        ]
    )
    assert recording.paused == ((10 * SECOND, 60 * SECOND),)


def test_two_pastes_with_different_tags_are_two_insertions() -> None:
    def paste(t_us: int, seen_by: InsertionSeenBy, length: int, tag: int) -> Event:
        return events.Insertion(t_us, InsertionHow.PASTE, seen_by, length, 1, tag, 1)

    happened = [
        paste(SECOND, InsertionSeenBy.SELECTION, 10, 7),
        paste(2 * SECOND, InsertionSeenBy.CHORD, 5_000, 8),
    ]
    found = recording_from_batches([batch(0, happened, 0, 30 * SECOND)]).insertions
    assert found is not None
    assert [insertion.length_chars for insertion in found] == [10, 5_000]


def test_on_wayland_nothing_can_be_determined_whatever_was_pasted(model: Model) -> None:
    unseen = (
        SourceName.KEYBOARD,
        SourceName.POINTER,
        SourceName.FOCUS,
        SourceName.CLIPBOARD,
    )
    missing: list[Event] = [events.Health(0, name, SourceState.MISSING) for name in unseen]
    pasted = events.Insertion(
        5 * SECOND, InsertionHow.PASTE, InsertionSeenBy.EXTENSION, 900, 12, 0, 0
    )
    recording = recording_from_batches([batch(0, [*missing, pasted], 0, 30 * SECOND)])
    assert recording.unobserved == ((0, 30 * SECOND),)
    found = assess(recording, model)
    assert found.band is Band.CANNOT_DETERMINE
    assert found.coverage == 0
    assert found.abstained_because is not None
    assert found.abstained_because.code is Code.LOW_COVERAGE
