"""Text that appears in a field: typed, pasted, composed, or from nowhere."""

import pytest

from agent.observations import (
    Chord,
    ChordPressed,
    Copied,
    FocusSeen,
    KeyHeld,
    PageEdited,
    PrimaryRead,
    Selection,
    SelectionRequested,
    TextDeleted,
    TextFacts,
    TextInserted,
)
from agent.session.scope import ScopeRule
from wire.codes import Category, EditHow, InsertionHow, InsertionSeenBy, KeyFlag
from wire.events import MISSING_U32, Insertion
from wire.keys import KeyClass

ORIGIN = 3_000_000_000
TEXT = TextFacts(120, 3, 0xABC)


def at(seconds: float) -> int:
    return ORIGIN + round(seconds * 1e6)


def rule_in(category: Category = Category.TASK) -> ScopeRule:
    rule = ScopeRule(ORIGIN)
    rule.observe(FocusSeen(at(0), category, 1))
    return rule


def key(seconds: float, hold_s: float = 0.09, flags: int = 2) -> KeyHeld:
    return KeyHeld(at(seconds), round(hold_s * 1e6), KeyClass.LETTER, flags, 1)


def appear(rule: ScopeRule, seconds: float, chars: int) -> None:
    rule.observe(TextInserted(at(seconds), chars))


def insertions(rule: ScopeRule, until_s: float) -> list[Insertion]:
    return [event for event in rule.tick(at(until_s)) if isinstance(event, Insertion)]


def test_typed_letters_are_no_insertions() -> None:
    rule = rule_in()
    for number in range(40):
        appear(rule, 1.02 + number / 10, 1)
        rule.observe(key(1 + number / 10))
    assert insertions(rule, 30) == []


def test_a_key_that_is_held_down_and_repeats_is_typing() -> None:
    rule = rule_in()
    for number in range(60):
        appear(rule, 1 + number / 20, 1)
    rule.observe(key(0.98, hold_s=3))
    assert insertions(rule, 30) == []


def test_text_from_nowhere_is_an_insertion_of_its_length() -> None:
    rule = rule_in()
    appear(rule, 1, 57)
    assert insertions(rule, 5) == []
    assert insertions(rule, 7) == [
        Insertion(
            1_000_000, InsertionHow.UNKNOWN, InsertionSeenBy.ACCESSIBILITY, 57, MISSING_U32, 0, 1
        )
    ]


def test_letters_from_nowhere_one_by_one_are_one_insertion() -> None:
    rule = rule_in()
    for number in range(30):
        appear(rule, 1 + number / 2, 1)
    (insertion,) = insertions(rule, 40)
    assert (insertion.t_us, insertion.length_chars) == (1_000_000, 30)


def test_what_still_waits_at_the_pause_is_told() -> None:
    rule = rule_in()
    appear(rule, 1, 57)
    appear(rule, 1.5, 1)
    told = [event for event in rule.flush(at(2)) if isinstance(event, Insertion)]
    assert [event.length_chars for event in told] == [57, 1]


@pytest.mark.parametrize("category", [c for c in Category if c is not Category.TASK])
def test_text_that_appears_outside_task_windows_is_nothing(category: Category) -> None:
    rule = rule_in(category)
    appear(rule, 1, 57)
    assert rule.tick(at(70)) == []


@pytest.mark.parametrize("early", [True, False])
def test_a_paste_that_was_seen_in_the_field_is_stronger_and_knows_its_length(early: bool) -> None:
    rule = rule_in()
    rule.observe(Copied(at(0.5), TEXT))
    if early:
        appear(rule, 1.05, 120)
    rule.observe(ChordPressed(at(1), Chord.PASTE))
    rule.observe(SelectionRequested(at(1.01), Selection.CLIPBOARD, 1, Category.TASK))
    if not early:
        appear(rule, 1.05, 120)
    assert insertions(rule, 20) == [
        Insertion(1_000_000, InsertionHow.PASTE, InsertionSeenBy.ACCESSIBILITY, 120, 3, 0xABC, 1)
    ]


def test_a_paste_of_which_a_part_went_in_says_how_much() -> None:
    rule = rule_in()
    rule.observe(Copied(at(0.5), TEXT))
    rule.observe(ChordPressed(at(1), Chord.PASTE))
    appear(rule, 1.05, 64)
    (insertion,) = insertions(rule, 20)
    assert (insertion.how, insertion.length_chars) == (InsertionHow.PASTE, 64)


def test_what_the_page_told_itself_is_not_told_again() -> None:
    rule = rule_in()
    rule.observe(PageEdited(at(1), 0, EditHow.SCRIPT, 57, 0, 0, 1, 0))
    appear(rule, 1.1, 57)
    assert insertions(rule, 20) == []


def test_a_letter_typed_right_after_a_paste_is_not_what_was_pasted() -> None:
    rule = rule_in()
    rule.observe(Copied(at(0.5), TEXT))
    rule.observe(ChordPressed(at(1), Chord.PASTE))
    appear(rule, 1.3, 1)
    rule.observe(key(1.28))
    appear(rule, 1.4, 120)
    (insertion,) = insertions(rule, 20)
    assert (insertion.seen_by, insertion.length_chars) == (InsertionSeenBy.ACCESSIBILITY, 120)


def test_a_paste_of_a_single_letter_is_known_by_its_length() -> None:
    rule = rule_in()
    rule.observe(Copied(at(0.5), TextFacts(1, 1, 7)))
    rule.observe(ChordPressed(at(1), Chord.PASTE))
    appear(rule, 1.1, 1)
    (insertion,) = insertions(rule, 20)
    assert (insertion.seen_by, insertion.length_chars) == (InsertionSeenBy.ACCESSIBILITY, 1)


def test_a_paste_that_pasted_nothing_stays_a_shortcut() -> None:
    rule = rule_in()
    rule.observe(Copied(at(0.5), TEXT))
    rule.observe(ChordPressed(at(1), Chord.PASTE))
    (insertion,) = insertions(rule, 20)
    assert insertion.seen_by == InsertionSeenBy.CHORD


def test_a_slow_program_shows_a_paste_late_and_it_is_told_once() -> None:
    rule = rule_in()
    rule.observe(Copied(at(0.5), TEXT))
    rule.observe(ChordPressed(at(1), Chord.PASTE))
    assert len(insertions(rule, 3)) == 1
    appear(rule, 4, 120)
    assert insertions(rule, 20) == []


def test_a_middle_click_that_was_seen_in_the_field_is_stronger() -> None:
    rule = rule_in()
    rule.observe(PrimaryRead(at(1), at(0.5), TEXT))
    appear(rule, 1.05, 120)
    (insertion,) = insertions(rule, 20)
    assert insertion.how == InsertionHow.PRIMARY
    assert insertion.seen_by == InsertionSeenBy.ACCESSIBILITY


def test_an_input_method_writes_what_its_keys_stand_for() -> None:
    rule = rule_in()
    for number in range(12):
        rule.observe(key(1 + number / 10))
    appear(rule, 2.3, 4)
    assert insertions(rule, 20) == []


def test_more_text_than_keys_is_not_explained_by_them() -> None:
    rule = rule_in()
    for number in range(5):
        rule.observe(key(1 + number / 10))
    appear(rule, 1.6, 40)
    (insertion,) = insertions(rule, 20)
    assert insertion.length_chars == 40


def test_keys_of_another_window_explain_nothing() -> None:
    rule = rule_in()
    for number in range(30):
        rule.observe(key(1 + number / 10))
    rule.observe(FocusSeen(at(4.5), Category.TASK, 2))
    appear(rule, 5, 20)
    (insertion,) = insertions(rule, 20)
    assert (insertion.length_chars, insertion.window) == (20, 2)


def test_declared_dictation_is_composition() -> None:
    rule = rule_in()
    rule.composing = True
    appear(rule, 1, 33)
    (insertion,) = insertions(rule, 20)
    assert insertion.how == InsertionHow.COMPOSITION


def test_undo_brings_a_persons_own_text_back() -> None:
    rule = rule_in()
    rule.observe(TextDeleted(at(1), 80))
    rule.observe(key(9, flags=2 | KeyFlag.CHORD))
    appear(rule, 9.05, 80)
    assert insertions(rule, 20) == []


def test_text_as_long_as_what_vanished_is_no_undo_without_a_shortcut() -> None:
    rule = rule_in()
    rule.observe(TextDeleted(at(1), 80))
    appear(rule, 9.05, 80)
    (insertion,) = insertions(rule, 20)
    assert insertion.length_chars == 80


def test_a_program_that_puts_a_field_back_at_every_key_is_typing() -> None:
    rule = rule_in()
    for number in range(10):
        moment = 1 + number / 5
        rule.observe(TextDeleted(at(moment + 0.01), 50 + number))
        appear(rule, moment + 0.01, 51 + number)
        rule.observe(key(moment))
    assert insertions(rule, 20) == []
