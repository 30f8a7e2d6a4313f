"""A shortcut, a click and a program's request for the text: together one insertion."""

from dataclasses import replace

import pytest

from agent.observations import (
    Chord,
    ChordPressed,
    Copied,
    CopyRead,
    FocusSeen,
    Observation,
    PageEdited,
    PrimaryRead,
    Selection,
    SelectionRequested,
    TextFacts,
)
from agent.session.scope import ScopeRule
from wire.codes import Category, ClipboardAction, EditFlag, EditHow, InsertionHow, InsertionSeenBy
from wire.events import MISSING_U32, Clipboard, Event, Insertion

ORIGIN = 7_000_000_000
TEXT = TextFacts(120, 3, 0xABC)
OTHER_TEXT = TextFacts(9, 1, 0xDEF)
ELSEWHERE = [category for category in Category if category is not Category.TASK]


def at(seconds: float) -> int:
    return ORIGIN + round(seconds * 1e6)


def rule_in(category: Category) -> ScopeRule:
    rule = ScopeRule(ORIGIN)
    rule.observe(FocusSeen(at(0), category, 1))
    return rule


def request(
    seconds: float,
    selection: Selection = Selection.CLIPBOARD,
    category: Category = Category.TASK,
) -> SelectionRequested:
    return SelectionRequested(at(seconds), selection, 1, category)


def chord(seconds: float) -> ChordPressed:
    return ChordPressed(at(seconds), Chord.PASTE)


def clipboard_events(events: list[Event]) -> list[Clipboard]:
    return [event for event in events if isinstance(event, Clipboard)]


def insertions(events: list[Event]) -> list[Insertion]:
    return [event for event in events if isinstance(event, Insertion)]


@pytest.mark.parametrize("first", ["key", "request"])
def test_a_shortcut_and_the_request_that_follows_are_one_stronger_paste(first: str) -> None:
    rule = rule_in(Category.TASK)
    rule.observe(Copied(at(0.5), TEXT))
    pair: list[Observation] = [chord(1), request(1.01)]
    for seen in pair if first == "key" else reversed(pair):
        rule.observe(seen)
    (insertion,) = insertions(rule.tick(at(3)))
    assert insertion == Insertion(
        1_000_000, InsertionHow.PASTE, InsertionSeenBy.SELECTION, 120, 3, 0xABC, 1
    )


def test_a_request_without_a_shortcut_is_a_paste_from_a_menu() -> None:
    rule = rule_in(Category.TASK)
    rule.observe(Copied(at(0.5), TEXT))
    rule.observe(request(1))
    (insertion,) = insertions(rule.tick(at(3)))
    assert (insertion.how, insertion.seen_by) == (InsertionHow.PASTE, InsertionSeenBy.SELECTION)
    assert insertion.tag == TEXT.tag


def test_a_shortcut_alone_stays_the_weaker_sign() -> None:
    rule = rule_in(Category.TASK)
    rule.observe(chord(1))
    (insertion,) = insertions(rule.tick(at(3)))
    assert insertion.seen_by == InsertionSeenBy.CHORD


def test_several_forms_asked_for_at_once_are_one_paste() -> None:
    rule = rule_in(Category.TASK)
    for seconds in (1, 1.1, 1.3, 1.4):
        rule.observe(request(seconds))
    assert len(insertions(rule.tick(at(4)))) == 1


def test_two_shortcuts_with_their_requests_are_two_pastes() -> None:
    rule = rule_in(Category.TASK)
    for seconds in (1, 1.2):
        rule.observe(chord(seconds))
    for seconds in (1.01, 1.21):
        rule.observe(request(seconds))
    found = insertions(rule.tick(at(4)))
    assert [each.seen_by for each in found] == [InsertionSeenBy.SELECTION] * 2


def test_two_pastes_from_a_menu_are_two_pastes() -> None:
    rule = rule_in(Category.TASK)
    rule.observe(request(1))
    rule.observe(request(2))
    assert [each.t_us for each in insertions(rule.tick(at(4)))] == [1_000_000, 2_000_000]


@pytest.mark.parametrize("selection", list(Selection))
@pytest.mark.parametrize("category", ELSEWHERE)
def test_a_request_outside_the_scope_is_nothing(selection: Selection, category: Category) -> None:
    rule = rule_in(category)
    assert rule.observe(request(1, selection, category)) == []
    assert insertions(rule.flush(at(3))) == []


def test_something_dropped_on_a_task_window_is_an_insertion_of_unknown_length() -> None:
    rule = rule_in(Category.ASSISTANT)
    rule.observe(request(1, Selection.DROP))
    (insertion,) = rule.tick(at(3))
    assert insertion == Insertion(
        1_000_000, InsertionHow.DROP, InsertionSeenBy.SELECTION, MISSING_U32, MISSING_U32, 0, 1
    )


@pytest.mark.parametrize(
    ("how", "selection", "expected"),
    [
        (EditHow.DROP, Selection.DROP, InsertionHow.DROP),
        (EditHow.PASTE, Selection.PRIMARY, InsertionHow.PRIMARY),
        (EditHow.PASTE, Selection.CLIPBOARD, InsertionHow.PASTE),
    ],
)
@pytest.mark.parametrize("page_first", [True, False])
def test_a_page_and_the_display_that_see_the_same_thing_are_one_insertion(
    how: EditHow, selection: Selection, expected: InsertionHow, page_first: bool
) -> None:
    rule = rule_in(Category.TASK)
    edit = PageEdited(at(1.1), 0, how, 30, 0, EditFlag.TRUSTED, 1, 2)
    pair: list[Observation] = [edit, request(1, selection)]
    events = [
        event for seen in (pair if page_first else pair[::-1]) for event in rule.observe(seen)
    ]
    (insertion,) = insertions([*events, *rule.tick(at(20))])
    assert (insertion.how, insertion.seen_by) == (expected, InsertionSeenBy.EXTENSION)
    assert (insertion.length_chars, insertion.tag) == (30, 0)


@pytest.mark.parametrize("category", ELSEWHERE)
def test_a_copy_elsewhere_is_read_and_reported_when_pasted_inside(category: Category) -> None:
    rule = rule_in(category)
    copied = Copied(at(1), None, unread=True)
    assert rule.observe(copied) == []
    rule.observe(FocusSeen(at(2), Category.TASK, 2))
    rule.observe(chord(3))
    assert rule.tick(at(6)) == []
    rule.observe(CopyRead(at(3), at(1), TEXT))
    copy, insertion = rule.tick(at(6))
    assert copy == Clipboard(1_000_000, ClipboardAction.CHANGE, 120, 3, 0xABC, category, 1)
    assert insertion == Insertion(
        3_000_000, InsertionHow.PASTE, InsertionSeenBy.CHORD, 120, 3, 0xABC, 2
    )


UNREAD = (MISSING_U32, MISSING_U32, 0)


def test_a_copy_that_could_not_be_read_is_named_by_a_paste_of_unknown_length() -> None:
    rule = rule_in(Category.ASSISTANT)
    rule.observe(Copied(at(1), None, unread=True))
    rule.observe(FocusSeen(at(2), Category.TASK, 2))
    rule.observe(chord(3))
    rule.observe(CopyRead(at(3), at(1), None))
    copy, insertion = rule.tick(at(5))
    assert copy == Clipboard(1_000_000, ClipboardAction.CHANGE, *UNREAD, Category.ASSISTANT, 1)
    assert insertion == Insertion(3_000_000, InsertionHow.PASTE, InsertionSeenBy.CHORD, *UNREAD, 2)


def test_a_copy_that_was_never_pasted_is_not_named() -> None:
    rule = rule_in(Category.ASSISTANT)
    assert rule.observe(Copied(at(1), None, unread=True)) == []
    rule.observe(FocusSeen(at(2), Category.TASK, 2))
    assert clipboard_events(rule.flush(at(20))) == []


def test_a_paste_right_after_a_copy_waits_for_the_owner_s_slow_answer() -> None:
    rule = rule_in(Category.ASSISTANT)
    rule.observe(ChordPressed(at(0.9), Chord.COPY))
    rule.observe(Copied(at(1), None, unread=True))
    rule.observe(FocusSeen(at(1.2), Category.TASK, 2))
    rule.observe(chord(1.5))
    assert clipboard_events(rule.tick(at(3.3))) == []
    rule.observe(CopyRead(at(1.5), at(1), TEXT))
    copy, insertion = rule.tick(at(3.4))
    assert copy == Clipboard(1_000_000, ClipboardAction.COPY, 120, 3, 0xABC, Category.ASSISTANT, 1)
    assert isinstance(insertion, Insertion)
    assert (insertion.length_chars, insertion.tag) == (120, 0xABC)


def test_a_copy_in_a_task_window_is_told_when_its_text_comes() -> None:
    rule = rule_in(Category.TASK)
    rule.observe(ChordPressed(at(0.9), Chord.CUT))
    assert rule.observe(Copied(at(1), None, unread=True)) == []
    copy = Clipboard(1_000_000, ClipboardAction.CUT, 120, 3, 0xABC, Category.TASK, 1)
    assert rule.observe(CopyRead(at(1), at(1), TEXT)) == [copy]
    assert rule.observe(CopyRead(at(1), at(1), TEXT)) == []


def test_a_paste_does_not_wait_for_ever_for_a_text_that_never_comes() -> None:
    rule = rule_in(Category.ASSISTANT)
    rule.observe(Copied(at(1), None, unread=True))
    rule.observe(FocusSeen(at(2), Category.TASK, 2))
    rule.observe(chord(3))
    assert insertions(rule.tick(at(12))) == []
    copy, insertion = rule.tick(at(14))
    assert isinstance(copy, Clipboard)
    assert copy.source == Category.ASSISTANT
    assert isinstance(insertion, Insertion)


def test_the_next_paste_waits_anew_for_an_owner_that_did_not_answer_the_first() -> None:
    rule = rule_in(Category.ASSISTANT)
    rule.observe(Copied(at(1), None, unread=True))
    rule.observe(FocusSeen(at(2), Category.TASK, 2))
    rule.observe(chord(3))
    rule.observe(CopyRead(at(3), at(1), None))
    assert [each.tag for each in insertions(rule.tick(at(5)))] == [0]
    rule.observe(chord(6))
    assert rule.tick(at(9)) == []
    rule.observe(CopyRead(at(6), at(1), TEXT))
    copy, insertion = rule.tick(at(9))
    assert isinstance(copy, Clipboard)
    assert isinstance(insertion, Insertion)
    assert copy.tag == insertion.tag == TEXT.tag


@pytest.mark.parametrize("told", ["before", "later"])
def test_of_a_marked_copy_nothing_is_said_but_that_the_last_one_known_is_gone(told: str) -> None:
    rule = rule_in(Category.ASSISTANT)
    rule.observe(Copied(at(1), TEXT))
    rule.observe(FocusSeen(at(2), Category.TASK, 2))
    rule.observe(chord(3))
    assert len(insertions(rule.tick(at(5)))) == 1
    rule.observe(FocusSeen(at(6), Category.PRIVATE, 3))
    before = told == "before"
    rule.observe(Copied(at(6.5), None, before_recording=before, unread=not before))
    rule.observe(FocusSeen(at(7), Category.TASK, 2))
    for seconds in (8, 10):
        rule.observe(chord(seconds))
        if not before:
            rule.observe(CopyRead(at(seconds), at(6.5), None, marked=True))
    found = rule.tick(at(12))
    assert clipboard_events(found) == [
        Clipboard(8_000_000, ClipboardAction.CHANGE, *UNREAD, Category.UNKNOWN, 0)
    ]
    assert [each.length_chars for each in insertions(found)] == [MISSING_U32] * 2


def test_of_a_marked_copy_nothing_is_said_where_none_was_told_before() -> None:
    rule = rule_in(Category.PRIVATE)
    rule.observe(Copied(at(1), None, before_recording=True))
    rule.observe(FocusSeen(at(2), Category.TASK, 2))
    rule.observe(chord(3))
    assert clipboard_events(rule.tick(at(5))) == []


def test_what_is_read_for_one_copy_is_not_taken_for_the_next() -> None:
    rule = rule_in(Category.ASSISTANT)
    rule.observe(Copied(at(1), None, unread=True))
    rule.observe(FocusSeen(at(2), Category.TASK, 2))
    rule.observe(chord(3))
    rule.observe(Copied(at(3.5), OTHER_TEXT))
    rule.observe(CopyRead(at(3), at(1), TEXT))
    rule.observe(chord(4))
    assert [each.tag for each in insertions(rule.tick(at(8)))] == [TEXT.tag, OTHER_TEXT.tag]


@pytest.mark.parametrize("order", ["request first", "read first"])
def test_a_middle_click_paste_is_one_insertion_and_names_its_source(order: str) -> None:
    rule = rule_in(Category.REFERENCE)
    rule.observe(FocusSeen(at(5), Category.TASK, 2))
    pair: list[Observation] = [request(6, Selection.PRIMARY), PrimaryRead(at(6), at(3), TEXT)]
    for seen in pair if order == "request first" else reversed(pair):
        rule.observe(seen)
    copy, insertion = rule.tick(at(8))
    assert copy == Clipboard(
        3_000_000, ClipboardAction.CHANGE, 120, 3, 0xABC, Category.REFERENCE, 1
    )
    assert insertion == Insertion(
        6_000_000, InsertionHow.PRIMARY, InsertionSeenBy.SELECTION, 120, 3, 0xABC, 2
    )


def test_a_middle_click_whose_request_is_not_seen_is_the_weaker_sign() -> None:
    rule = rule_in(Category.TASK)
    rule.observe(PrimaryRead(at(6), None, TEXT))
    (insertion,) = rule.tick(at(8))
    assert isinstance(insertion, Insertion)
    assert (insertion.how, insertion.seen_by) == (InsertionHow.PRIMARY, InsertionSeenBy.CHORD)


def test_a_selection_that_could_not_be_read_is_named_by_a_middle_click() -> None:
    rule = rule_in(Category.ASSISTANT)
    rule.observe(FocusSeen(at(5), Category.TASK, 2))
    rule.observe(PrimaryRead(at(6), at(3), None))
    copy, insertion = rule.tick(at(8))
    assert copy == Clipboard(3_000_000, ClipboardAction.CHANGE, *UNREAD, Category.ASSISTANT, 1)
    assert isinstance(insertion, Insertion)


def test_one_click_read_twice_is_one_insertion() -> None:
    rule = rule_in(Category.TASK)
    read = PrimaryRead(at(6), None, TEXT)
    rule.observe(read)
    rule.observe(replace(read, at_us=at(6.01)))
    assert len(insertions(rule.tick(at(8)))) == 1


def test_a_primary_paste_and_a_clipboard_paste_stay_apart() -> None:
    rule = rule_in(Category.TASK)
    rule.observe(chord(1))
    rule.observe(request(1.1, Selection.PRIMARY))
    found = insertions(rule.flush(at(2)))
    assert [each.how for each in found] == [InsertionHow.PASTE, InsertionHow.PRIMARY]
