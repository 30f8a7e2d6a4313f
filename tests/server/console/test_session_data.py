"""What the session page is given: lanes, marks of the record, a stretch in words, the replay."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec.structs
import numpy as np
import pytest

from detector.alignment.rebuild import rebuild
from detector.tables import keystrokes
from server.console.incidents import incidents_of
from server.console.presses import (
    density,
    intervals,
    median_ms,
    presses_of,
    revisions,
    typing_rate,
)
from server.console.replay import replay_of, steps_of
from server.console.stretch import asked_stretch, stretch_page
from server.errors import Refusal
from server.records import StoredBatch
from server.scoring.assessments import Assessed, AssessedSpan, ReasonText, not_assessed
from server.scoring.facts import OpenedSession, open_batches
from tests.server.device import Chain, Device, typing
from tests.server.house import POLICY
from wire import events
from wire.codes import (
    Category,
    DeviceFactKind,
    InsertionHow,
    InsertionSeenBy,
    KeyFlag,
    LossReason,
    SourceName,
    SourceState,
)
from wire.keys import KeyClass
from wire.messages import Enrolment
from wire.signing import SigningKey

S_US = 1_000_000
KNOWN = int(KeyFlag.ORIGIN_KNOWN)
SENT = int(KeyFlag.ORIGIN_KNOWN | KeyFlag.INJECTED)


def opened(
    *sealed: Sequence[events.Event], losses: Mapping[int, int] | None = None
) -> OpenedSession:
    """A session of batches of half a minute; the server answers each before the next."""
    device = Device(None, SigningKey.generate(), Enrolment(bytes(16), "t", "n", bytes(32)))
    chain = Chain(device, bytes(16), bytes(16))
    stored = []
    for row, happened in enumerate(sealed):
        chain.anchor = row - 1
        envelope = chain.seal(happened, losses=dict(losses or {}))
        stored.append(StoredBatch(row, row, envelope.digest, 0, envelope.sealed, None))
        chain.sequence, chain.previous = row + 1, envelope.digest
    return open_batches(stored)


def key(at_ms: int, kind: KeyClass, flags: int = KNOWN, device: int = 1) -> events.Keystroke:
    return events.Keystroke(at_ms * 1000, 80_000, kind, flags, device)


def kinds(opened: OpenedSession) -> list[tuple[str, int, int, int | None]]:
    found = incidents_of(opened, presses_of(opened.batches))
    return [(each["kind"], each["start_ms"], each["end_ms"], each["count"]) for each in found]


def test_a_density_counts_each_interval_once() -> None:
    presses = presses_of(opened(typing(0, 190)).batches).that_write()
    found = density(presses, 30_000)
    assert sum(found["counts"]) == 189
    (row,) = {index % found["bins"] for index, count in enumerate(found["counts"]) if count}
    low, high = (10 * 10_000 ** (edge / found["bins"]) for edge in (row, row + 1))
    assert low <= 150 < high, "all of them are 150 ms"


def test_marks_of_the_record_are_what_happened() -> None:
    first = [
        *(key(1000 + n * 100, KeyClass.LETTER, SENT) for n in range(5)),
        key(20_000, KeyClass.LETTER, SENT),
        key(22_000, KeyClass.LETTER, device=2),
        events.Clock(23 * S_US, -3_600 * S_US, 60),
        events.DeviceFact(0, DeviceFactKind.REMOTE_DESKTOP, 0),
        events.DeviceFact(24 * S_US, DeviceFactKind.REMOTE_DESKTOP, 1),
        events.DeviceFact(25 * S_US, DeviceFactKind.REMOTE_DESKTOP, 0),
        events.DeviceFact(0, DeviceFactKind.VIRTUAL_MACHINE, 1),
        events.DeviceFact(0, DeviceFactKind.SEATS, 1),
    ]
    assert kinds(opened(first)) == [
        ("virtual_machine", 0, 0, None),
        ("injected", 1000, 1400, 5),
        ("injected", 20_000, 20_000, 1),
        ("keyboard", 22_000, 22_000, 2),
        ("clock", 23_000, 23_000, -3600),
        ("remote_began", 24_000, 24_000, None),
        ("remote_ended", 25_000, 25_000, None),
    ]


def test_losses_and_batches_sealed_offline_are_marks() -> None:
    lost = opened([], [], losses={LossReason.DISK_FULL: 3, LossReason.KILLED: 1})
    assert kinds(lost) == [("events_lost", 0, 30_000, 4), ("events_lost", 30_000, 60_000, 4)]
    online = opened(*[[]] * 6)
    offline = [
        header if n in (0, 3) else msgspec.structs.replace(header, anchor=header.sequence - 2)
        for n, header in enumerate(online.headers)
    ]
    marks = kinds(replace(online, headers=tuple(offline)))
    assert marks == [("offline", 30_000, 90_000, 2), ("offline", 120_000, 180_000, 2)]


def test_the_replay_rebuilds_what_the_detector_rebuilds() -> None:
    happened = [
        events.Focus(0, Category.TASK, 1, 1),
        *(key(1000 + n * 100, KeyClass(kind)) for n, kind in enumerate([0, 0, 3, 1, 6, 2, 4, 0])),
        key(2000, KeyClass.LETTER, KNOWN | int(KeyFlag.CHORD)),
        key(2100, KeyClass.SHIFT),
        key(2200, KeyClass.NAV_JUMP),
        key(2300, KeyClass.LETTER, SENT),
        events.PointerSecond(3 * S_US, 10, 1, 0),
        events.PointerSecond(4 * S_US, 10, 0, 3),
        key(4500, KeyClass.BACKSPACE),
        key(4600, KeyClass.LETTER),
        events.Focus(5 * S_US, Category.REFERENCE, 0, 2),
        events.Focus(6 * S_US, Category.TASK, 1, 1),
        key(6500, KeyClass.LETTER),
        events.Focus(7 * S_US, Category.TASK, 1, 3),
        key(7500, KeyClass.DELETE),
        events.CaretJump(8 * S_US, 1, 4, 0),
        events.Insertion(9 * S_US, InsertionHow.PASTE, InsertionSeenBy.CHORD, 40, 1, 0, 1),
    ]
    session = opened(happened)
    t_us, letters = steps_of(session.batches)
    assert letters.tobytes() == b"aasdbpnacmAkbaawxji"
    moves = np.isin(letters, list(b"mkwji"))
    presses = presses_of(session.batches)
    writes = (presses.key <= KeyClass.BACKSPACE) & ((presses.flags & KeyFlag.CHORD) == 0)
    times = np.r_[t_us[moves], presses.t_us[writes]]
    classes = np.r_[np.full(moves.sum(), KeyClass.CLICK), presses.key[writes]]
    order = np.argsort(times, kind="stable")
    table = keystrokes(times[order], classes[order])
    assert rebuild(table).codes.tolist() == [6, 0, 0, 3, 2, 4, 0, 6, 0, 6, 0, 0, 6]
    data = replay_of(session)
    gaps = np.frombuffer(data[: len(data) // 5 * 4], np.uint8).reshape(4, -1).T.copy()
    assert np.cumsum(gaps.view("<u4")).tolist() == (t_us // 1000).tolist()
    assert replay_of(replace(session, redacted_us=5)) == b""
    assert replay_of(opened([])) == b""


def test_a_stretch_says_what_its_events_say() -> None:
    copied = events.Clipboard(8 * S_US, 1, 30, 1, 7, Category.REFERENCE, 3)
    session = opened(
        [
            events.Focus(0, Category.TASK, 1, 1),
            *typing(0, 60),
            copied,
            events.Insertion(10 * S_US, InsertionHow.PASTE, InsertionSeenBy.SELECTION, 30, 1, 7, 1),
            events.Insertion(
                11 * S_US, InsertionHow.PASTE, InsertionSeenBy.CHORD, events.MISSING_U32, 1, 0, 1
            ),
            key(12_000, KeyClass.BACKSPACE, SENT),
            events.Health(12 * S_US, SourceName.SCREENSHOTS, SourceState.FAILED),
        ]
    )
    page = stretch_page(session, POLICY, 5_000, 12_500, None)
    assert page.observed == (
        "27 keys were pressed.",
        "Half of the intervals between keys are no longer than 150 ms.",
        "A program sent 1 of the keys, as the device says.",
        "1 key took text away.",
        "In the ten seconds before: 34 keys. In the ten seconds after: 0.",
    )
    assert [(each.length, each.source) for each in page.inserted] == [
        ("30", "Reference"),
        ("not seen", "Reference"),
    ]
    assert page.windows == (("Task", "8 s"),)
    (missing,) = page.missing
    assert missing == ("Partly observed", "Screenshots were not taken", 12_000, 12_500)
    assert [text.split(" ", 3)[:3] for text in page.speaks] == [
        ["Text", "was", "taken"],
        ["The", "project", "allows"],
        ["Of", "1", "insertion"],
        ["Not", "everything", "was"],
    ]
    assert [row.here for row in page.compared] == ["150 ms", "150 ms", "3.7"]
    assert page.judged is None


def test_a_stretch_without_keys_says_so_and_one_of_deleted_classes_says_less() -> None:
    session = opened(typing(0, 60), [])
    empty = stretch_page(session, None, 40_000, 900_000, None)
    assert (empty.end_ms, empty.observed[0]) == (60_000, "No key was pressed here.")
    assert {row.here for row in empty.compared} == {"–"}
    redacted = stretch_page(replace(session, redacted_us=5), None, 0, 9_000, None)
    assert [row.what for row in redacted.compared] == ["Between two keys, median"]
    assert not any("took text away" in text for text in redacted.observed)


def test_where_an_assessment_may_be_shown_its_words_are_added() -> None:
    def reason(code: str, *innocent: str) -> ReasonText:
        return ReasonText(code, 1.0, "", f"text of {code}", "means", innocent)

    assessed = Assessed(
        **{name: getattr(not_assessed(), name) for name in ("kinds", "coverage", "score")},
        band="review",
        reasons=(reason("inserted_share", "a template"), reason("hardly_read", "read before")),
        counter_evidence=(reason("human_holds"), reason("compared_with_enrolment")),
        abstained_because=None,
        spans=(AssessedSpan(1_000, 2_000, "insertion", 0.9, "inserted_share"),),
        model_version="m",
        features_version="f",
    )
    session = opened(typing(0, 60))
    judged = stretch_page(session, None, 0, 1_500, assessed).judged
    assert judged is not None
    assert judged.innocent == ("a template",)
    assert [each.code for each in judged.counter] == ["human_holds"]
    assert [each.code for each in judged.own] == ["compared_with_enrolment"]
    elsewhere = stretch_page(session, None, 2_500, 3_000, assessed).judged
    assert elsewhere is not None
    assert elsewhere.innocent == ()


@pytest.mark.parametrize(
    "asked", [{}, {"from_ms": "-1", "to_ms": "2"}, {"from_ms": "1", "to_ms": "x"}]
)
def test_an_address_without_a_stretch_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(Refusal):
        asked_stretch(asked)


def test_a_session_of_which_nothing_is_left_has_an_empty_page() -> None:
    gone = OpenedSession((), (), (), ())
    page = stretch_page(gone, None, 0, 10_000, None)
    assert (page.end_ms, page.observed[0]) == (0, "No key was pressed here.")
    presses = presses_of(gone.batches)
    assert typing_rate(presses.t_us, 0) == intervals(presses) == revisions(presses, 0) == []
    assert median_ms(presses) is None
    assert (incidents_of(gone, presses), replay_of(gone)) == ([], b"")
