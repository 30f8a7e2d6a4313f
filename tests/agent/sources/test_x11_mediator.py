"""Which copies may be read, and which pastes ask for one."""

import pytest

from agent.observations import (
    Chord,
    ChordPressed,
    FocusSeen,
    MiddleClicked,
    Observation,
    SecretField,
    Selection,
    SelectionRequested,
)
from agent.sources.x11_mediator import Mediator, Pasted, PasteRule, Reading
from wire.codes import Category, SourceName


def rule_in(category: Category) -> PasteRule:
    rule = PasteRule()
    rule.observe(FocusSeen(10, category, 1))
    return rule


def request(selection: Selection) -> SelectionRequested:
    return SelectionRequested(20, selection, 1, Category.TASK)


PASTES: list[tuple[Observation, Pasted]] = [
    (ChordPressed(20, Chord.PASTE), Pasted(20, Selection.CLIPBOARD, asked=False)),
    (MiddleClicked(20), Pasted(20, Selection.PRIMARY, asked=False)),
    (request(Selection.CLIPBOARD), Pasted(20, Selection.CLIPBOARD, asked=True)),
    (request(Selection.PRIMARY), Pasted(20, Selection.PRIMARY, asked=True)),
]


@pytest.mark.parametrize(("seen", "pasted"), PASTES)
def test_a_paste_in_a_task_window_asks_for_the_text(seen: Observation, pasted: Pasted) -> None:
    assert rule_in(Category.TASK).observe(seen) == pasted


@pytest.mark.parametrize(("seen", "_pasted"), PASTES)
@pytest.mark.parametrize("category", [c for c in Category if c is not Category.TASK])
def test_a_paste_elsewhere_asks_for_nothing(
    seen: Observation, _pasted: Pasted, category: Category
) -> None:
    assert rule_in(category).observe(seen) is None


@pytest.mark.parametrize(("seen", "_pasted"), PASTES)
def test_a_paste_into_a_password_field_asks_for_nothing(seen: Observation, _pasted: Pasted) -> None:
    rule = rule_in(Category.TASK)
    rule.observe(SecretField(15, focused=True))
    assert rule.observe(seen) is None


@pytest.mark.parametrize(
    "seen", [ChordPressed(20, Chord.COPY), ChordPressed(20, Chord.CUT), request(Selection.DROP)]
)
def test_what_is_no_paste_asks_for_nothing(seen: Observation) -> None:
    assert rule_in(Category.TASK).observe(seen) is None


@pytest.mark.parametrize("category", list(Category))
def test_only_a_copy_in_a_task_window_is_read_at_once(category: Category) -> None:
    reading = rule_in(category).reading(20)
    in_task = category is Category.TASK
    assert reading is (Reading.NOW if in_task else Reading.WHEN_PASTED)


def test_a_copy_in_a_password_field_is_never_read() -> None:
    rule = rule_in(Category.TASK)
    rule.observe(SecretField(15, focused=True))
    rule.observe(SecretField(25, focused=False))
    assert rule.reading(20) is Reading.NEVER
    assert rule.reading(30) is Reading.NOW


def test_the_window_in_front_at_the_copy_counts_not_the_one_now() -> None:
    rule = rule_in(Category.ASSISTANT)
    rule.observe(FocusSeen(30, Category.TASK, 2))
    assert rule.reading(20) is Reading.WHEN_PASTED


def test_what_a_source_says_goes_on_before_the_clipboard_hears_of_the_paste() -> None:
    mediator, order = Mediator(), list[object]()
    mediator.reader = order.append
    emit = mediator.wrap(order.append)
    front, press = FocusSeen(10, Category.TASK, 1), ChordPressed(20, Chord.PASTE)
    emit(front)
    emit(press)
    assert order == [front, press, Pasted(20, Selection.CLIPBOARD, asked=False)]


def test_without_the_focus_source_nothing_is_in_scope() -> None:
    mediator = Mediator()
    mediator.wrap(lambda _: None)(FocusSeen(10, Category.TASK, 1))
    mediator.stopped(SourceName.FOCUS)
    assert mediator.rule.reading(1 << 62) is Reading.WHEN_PASTED


def test_a_password_field_whose_source_failed_ends_with_the_next_window() -> None:
    rule = rule_in(Category.TASK)
    rule.observe(SecretField(15, focused=True))
    rule.lost(SourceName.ACCESSIBILITY, 20)
    assert rule.reading(25) is Reading.NEVER
    rule.observe(FocusSeen(30, Category.TASK, 2))
    assert rule.reading(35) is Reading.NOW
