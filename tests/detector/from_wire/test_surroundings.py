from collections.abc import Sequence

import pytest

from detector.from_wire import recording_from_batches
from detector.surroundings import Device, Submission, Task
from detector.tables import Recording
from tests.wire.builders import header
from wire import events
from wire.batch import Batch
from wire.body import body_of
from wire.codes import (
    Category,
    DeviceFactKind,
    EditHow,
    InsertionHow,
    InsertionSeenBy,
    MarkerKind,
    PresenceChange,
    SourceName,
    SourceState,
)
from wire.events import Event
from wire.objects import digest_parts, object_digest
from wire.textclass import classes_of, pack_classes

SECOND = 1_000_000


def recorded(happened: Sequence[Event], texts: dict[bytes, str] | None = None) -> Recording:
    told = header(start_us=0, end_us=100 * SECOND, rows=len(happened))
    return recording_from_batches([Batch(told, body_of(happened))], texts or {})


def state(source: SourceName, is_in: SourceState) -> Event:
    return events.Health(0, source, is_in)


def test_what_no_source_watched_is_missing_and_not_empty() -> None:
    down = SourceState.MISSING
    sources = (SourceName.POINTER, SourceName.EXTENSION, SourceName.PRESENCE)
    recording = recorded([state(source, down) for source in sources])
    assert recording.pointer is None
    assert recording.page is None
    assert recording.submissions is None
    assert recording.away is None
    assert recording.device is None


def test_what_a_source_watched_and_did_not_see_is_empty() -> None:
    up = SourceState.RUNNING
    sources = (SourceName.POINTER, SourceName.EXTENSION, SourceName.PRESENCE)
    recording = recorded([state(source, up) for source in sources])
    assert recording.pointer is not None
    assert not len(recording.pointer.t_us)
    assert recording.page is not None
    assert not len(recording.page.edits)
    assert recording.submissions == ()
    assert recording.away == ()


def test_a_page_is_read_with_its_edits_jumps_and_visits() -> None:
    recording = recorded(
        [
            events.PageFocus(SECOND, 2),
            events.PageFocus(5 * SECOND, 3),
            events.PageEdit(6 * SECOND, 900_000, EditHow.TYPED, 7, 0, 3, 1, 3),
            events.CaretJump(8 * SECOND, 1, 40, 1),
        ]
    )
    page = recording.page
    assert page is not None
    assert [(v.start_us, v.end_us, v.region) for v in page.visits] == [
        (SECOND, 5 * SECOND, 2),
        (5 * SECOND, 100 * SECOND, 3),
    ]
    assert page.edits.inserted.tolist() == [7]
    assert page.edits.region.tolist() == [3]
    assert page.jumps.distance.tolist() == [40]


def test_a_submission_gets_its_classes_by_their_digest() -> None:
    classes = classes_of("Two words.")
    digest = object_digest(pack_classes(classes))
    submitted = events.TextSubmitted(9 * SECOND, 1, 3, len(classes), *digest_parts(digest))
    with_text = recorded([submitted], {digest: classes}).submissions
    without = recorded([submitted]).submissions
    assert with_text == (Submission(9 * SECOND, 10, 1, 3, classes),)
    assert without == (Submission(9 * SECOND, 10, 1, 3, None),)


def test_tasks_run_from_begin_to_end_and_an_open_one_to_the_session_s_end() -> None:
    marks = (
        (0, MarkerKind.CLOCK_IN, 0),
        (1 * SECOND, MarkerKind.TASK_BEGIN, 1),
        (30 * SECOND, MarkerKind.TASK_SUBMIT, 1),
        (31 * SECOND, MarkerKind.TASK_BEGIN, 2),
    )
    recording = recorded([events.Marker(t_us, kind, task, 0) for t_us, kind, task in marks])
    assert recording.tasks == (
        Task(1, SECOND, 30 * SECOND, True),
        Task(2, 31 * SECOND, 100 * SECOND, False),
    )


def test_absence_and_media_are_told_apart() -> None:
    changes = (
        (1, PresenceChange.MEDIA_BEGAN),
        (3, PresenceChange.IDLE),
        (5, PresenceChange.ACTIVE),
        (7, PresenceChange.MEDIA_ENDED),
    )
    recording = recorded([events.Presence(t_s * SECOND, change) for t_s, change in changes])
    assert recording.away == ((3 * SECOND, 5 * SECOND),)
    assert recording.media == ((1 * SECOND, 7 * SECOND),)


def test_a_device_that_was_ever_virtual_or_remote_is_said_to_be() -> None:
    facts = (
        (DeviceFactKind.VIRTUAL_MACHINE, 0),
        (DeviceFactKind.REMOTE_DESKTOP, 1),
        (DeviceFactKind.REMOTE_DESKTOP, 0),
        (DeviceFactKind.KEYBOARDS, 2),
    )
    recording = recorded(
        [events.DeviceFact(n, kind, value) for n, (kind, value) in enumerate(facts)]
    )
    assert recording.device == Device(virtual_machine=False, remote_desktop=True, keyboards=2)


def test_pointer_seconds_activity_elsewhere_and_time_by_hand_are_kept() -> None:
    recording = recorded(
        [
            events.PointerSecond(SECOND, 300, 1, 0),
            events.Activity(0, Category.ASSISTANT, 40, 3),
            events.ManualTime(90 * SECOND, -60 * SECOND, 30, 1),
        ]
    )
    assert recording.pointer is not None
    assert recording.pointer.moved_px.tolist() == [300]
    assert recording.elsewhere is not None
    assert recording.elsewhere.keys.tolist() == [40]
    assert recording.manual == ((-60 * SECOND, -30 * SECOND),)


@pytest.mark.parametrize("seen_by", list(InsertionSeenBy))
def test_an_insertion_says_who_saw_it(seen_by: InsertionSeenBy) -> None:
    found = recorded([events.Insertion(1, InsertionHow.UNKNOWN, seen_by, 30, 1, 0, 0)]).insertions
    assert found is not None
    assert found[0].seen_by is seen_by
