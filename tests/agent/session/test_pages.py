import hashlib

import pytest

from agent.observations import (
    CaretJumped,
    Chord,
    ChordPressed,
    Copied,
    FocusSeen,
    Observation,
    PageEdited,
    PageFocused,
    Selection,
    SelectionRequested,
    TextFacts,
    TextSubmittedSeen,
)
from agent.session.scope import ScopeRule
from wire.codes import Category, EditFlag, EditHow, InsertionHow, InsertionSeenBy
from wire.events import (
    MISSING_U32,
    CaretJump,
    Event,
    Insertion,
    PageEdit,
    PageFocus,
    TextSubmitted,
)
from wire.textclass import pack_classes

ORIGIN = 7_000_000_000
TEXT = TextFacts(120, 3, 0xABC)


def at(seconds: float) -> int:
    return ORIGIN + round(seconds * 1e6)


def edit(seconds: float, how: EditHow, inserted: int = 120) -> PageEdited:
    return PageEdited(at(seconds), 0, how, inserted, 0, EditFlag.TRUSTED, 1, 2)


def copied() -> ScopeRule:
    rule = ScopeRule(ORIGIN)
    rule.observe(FocusSeen(at(0), Category.TASK, 1))
    rule.observe(Copied(at(1), TEXT))
    return rule


def insertions(rule: ScopeRule, *seen: Observation) -> list[Insertion]:
    events: list[Event] = []
    for each in seen:
        events += rule.observe(each)
    events += rule.tick(at(60))
    return [each for each in events if isinstance(each, Insertion)]


PASTE_KEY = ChordPressed(at(5), Chord.PASTE)
PASTE_REQUEST = SelectionRequested(at(5.01), Selection.CLIPBOARD, 1, Category.TASK)
PASTE_SEEN = edit(5.02, EditHow.PASTE)


@pytest.mark.parametrize(
    "seen",
    [
        (PASTE_KEY, PASTE_REQUEST, PASTE_SEEN),
        (PASTE_SEEN, PASTE_REQUEST, PASTE_KEY),
        (PASTE_KEY, PASTE_SEEN, PASTE_REQUEST),
        (PASTE_SEEN,),
    ],
    ids=["in order", "page first", "page between", "page alone"],
)
def test_one_paste_seen_by_several_is_one_insertion_by_the_strongest(
    seen: tuple[Observation, ...],
) -> None:
    (found,) = insertions(copied(), *seen)
    assert (found.seen_by, found.how) == (InsertionSeenBy.EXTENSION, InsertionHow.PASTE)
    assert (found.length_chars, found.lines, found.tag) == (120, 3, TEXT.tag)


def test_a_paste_of_another_length_than_the_copy_has_no_tag() -> None:
    (found,) = insertions(copied(), PASTE_KEY, edit(5.02, EditHow.PASTE, 90))
    assert (found.length_chars, found.lines, found.tag) == (90, MISSING_U32, 0)


def test_two_quick_pastes_are_two_insertions() -> None:
    again = (ChordPressed(at(5.5), Chord.PASTE), edit(5.52, EditHow.PASTE))
    found = insertions(copied(), PASTE_KEY, PASTE_SEEN, *again)
    assert [each.seen_by for each in found] == [InsertionSeenBy.EXTENSION] * 2


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (EditHow.DROP, InsertionHow.DROP),
        (EditHow.AUTOFILL, InsertionHow.AUTOFILL),
        (EditHow.SPELL_CORRECTION, InsertionHow.SPELL_CORRECTION),
        (EditHow.SCRIPT, InsertionHow.SCRIPT),
        (EditHow.COMPOSITION, InsertionHow.COMPOSITION),
        (EditHow.OTHER, InsertionHow.UNKNOWN),
    ],
)
def test_text_that_was_not_typed_is_an_insertion(how: EditHow, expected: InsertionHow) -> None:
    (found,) = insertions(copied(), edit(3, how))
    assert (found.how, found.seen_by, found.tag) == (expected, InsertionSeenBy.EXTENSION, 0)
    assert (found.t_us, found.length_chars) == (3_000_000, 120)


@pytest.mark.parametrize("how", [EditHow.TYPED, EditHow.DELETED, EditHow.UNDO])
def test_what_was_typed_deleted_or_brought_back_is_none(how: EditHow) -> None:
    assert insertions(copied(), edit(3, how)) == []


def test_a_change_without_new_text_is_no_insertion() -> None:
    assert insertions(copied(), edit(3, EditHow.SCRIPT, 0)) == []


def test_a_page_in_scope_counts_whatever_window_is_in_front() -> None:
    rule = copied()
    rule.observe(FocusSeen(at(2), Category.ASSISTANT, 2))
    events = rule.observe(edit(3, EditHow.SCRIPT))
    assert [type(each) for each in events] == [PageEdit, Insertion]


def test_page_observations_become_their_events() -> None:
    rule = ScopeRule(ORIGIN)
    assert rule.observe(edit(1, EditHow.TYPED, 9)) == [
        PageEdit(1_000_000, 0, EditHow.TYPED, 9, 0, EditFlag.TRUSTED, 1, 2)
    ]
    assert rule.observe(PageFocused(at(2), 2)) == [PageFocus(2_000_000, 2)]
    assert rule.observe(CaretJumped(at(3), 1, 40, 1)) == [CaretJump(3_000_000, 1, 40, 1)]


def test_a_submitted_text_names_the_object_that_holds_its_classes() -> None:
    packed = pack_classes("aaa 0.")
    (event,) = ScopeRule(ORIGIN).observe(TextSubmittedSeen(at(4), 1, 2, 6, packed))
    assert isinstance(event, TextSubmitted)
    parts = (event.digest_0, event.digest_1, event.digest_2, event.digest_3)
    named = b"".join(part.to_bytes(8, "big") for part in parts)
    assert named == hashlib.sha256(packed).digest()


def test_a_submitted_text_whose_classes_are_not_stored_names_none() -> None:
    (event,) = ScopeRule(ORIGIN).observe(TextSubmittedSeen(at(4), 1, 2, 6, b""))
    assert isinstance(event, TextSubmitted)
    assert (event.length_chars, event.digest_0, event.digest_3) == (6, 0, 0)
