import pytest

from agent.observations import (
    Chord,
    ChordPressed,
    Copied,
    FocusSeen,
    KeyHeld,
    PointerUsed,
    SourceHealth,
    TextFacts,
)
from agent.session.scope import MINUTE_US, ScopeRule
from wire.codes import (
    Category,
    ClipboardAction,
    InsertionHow,
    InsertionSeenBy,
    SourceName,
    SourceState,
)
from wire.events import (
    MISSING_U32,
    Activity,
    Clipboard,
    Event,
    Focus,
    Insertion,
    Keystroke,
    PointerSecond,
)
from wire.keys import KeyClass

ORIGIN = 7_000_000_000
TEXT = TextFacts(120, 3, 0xABC)
OTHER_TEXT = TextFacts(9, 1, 0xDEF)


def at(seconds: float) -> int:
    return ORIGIN + round(seconds * 1e6)


def key(seconds: float) -> KeyHeld:
    return KeyHeld(at(seconds), 90_000, KeyClass.LETTER, 2, 1)


def focus(seconds: float, category: Category, window: int = 1) -> FocusSeen:
    return FocusSeen(at(seconds), category, window)


def rule_in(category: Category) -> ScopeRule:
    rule = ScopeRule(ORIGIN)
    rule.observe(focus(0, category))
    return rule


def paste(rule: ScopeRule, seconds: float) -> list[Event]:
    rule.observe(ChordPressed(at(seconds), Chord.PASTE))
    return rule.tick(at(seconds + 2))


def test_key_timing_is_recorded_in_a_task_window() -> None:
    rule = rule_in(Category.TASK)
    assert rule.observe(key(1)) == [Keystroke(1_000_000, 90_000, KeyClass.LETTER, 2, 1)]


@pytest.mark.parametrize("category", [c for c in Category if c is not Category.TASK])
def test_elsewhere_no_event_holds_the_time_of_a_key(category: Category) -> None:
    rule = rule_in(category)
    assert rule.observe(key(1.25)) == []
    assert rule.observe(key(2.5)) == []
    events = rule.tick(at(61))
    if category is Category.PRIVATE:
        assert events == []
    else:
        assert events == [Activity(0, category, 2, 0)]


def test_counts_belong_to_their_minute_and_category() -> None:
    rule = rule_in(Category.ASSISTANT)
    rule.observe(key(10))
    rule.observe(focus(70, Category.REFERENCE))
    rule.observe(key(71))
    rule.observe(PointerUsed(at(72), clicks=1, scrolls=2))
    assert rule.tick(at(200)) == [
        Activity(0, Category.ASSISTANT, 1, 0),
        Activity(MINUTE_US, Category.REFERENCE, 1, 3),
    ]


def test_a_key_counts_for_the_window_that_was_in_front_when_it_went_down() -> None:
    rule = rule_in(Category.TASK)
    rule.observe(focus(5, Category.PRIVATE, 2))
    assert rule.observe(key(4.9)) != []
    assert rule.observe(key(5.1)) == []


def test_pointer_use_in_scope_is_one_event_a_second() -> None:
    rule = rule_in(Category.TASK)
    assert rule.observe(PointerUsed(at(1), moved_px=10)) == []
    assert rule.observe(PointerUsed(at(1.5), moved_px=5, clicks=1)) == []
    assert rule.tick(at(2.2)) == [PointerSecond(1_000_000, 15, 1, 0)]


def test_a_copy_in_scope_is_reported_at_once() -> None:
    rule = rule_in(Category.TASK)
    rule.observe(ChordPressed(at(0.9), Chord.COPY))
    (copy,) = rule.observe(Copied(at(1), TEXT))
    assert copy == Clipboard(1_000_000, ClipboardAction.COPY, 120, 3, 0xABC, Category.TASK, 1)


@pytest.mark.parametrize("category", [c for c in Category if c is not Category.TASK])
def test_a_copy_elsewhere_is_reported_only_when_pasted_inside(category: Category) -> None:
    rule = rule_in(category)
    assert rule.observe(Copied(at(1), TEXT)) == []
    rule.observe(focus(2, Category.TASK, 2))
    copy, insertion = paste(rule, 3)
    assert copy == Clipboard(1_000_000, ClipboardAction.CHANGE, 120, 3, 0xABC, category, 1)
    assert insertion == Insertion(
        3_000_000, InsertionHow.PASTE, InsertionSeenBy.CHORD, 120, 3, 0xABC, 2
    )
    assert [type(event) for event in paste(rule, 6)] == [Insertion]


def test_a_copy_elsewhere_that_is_replaced_is_never_reported() -> None:
    rule = rule_in(Category.ASSISTANT)
    rule.observe(Copied(at(1), TEXT))
    rule.observe(Copied(at(2), OTHER_TEXT))
    rule.observe(focus(3, Category.TASK))
    tags = [event.tag for event in paste(rule, 4) if isinstance(event, Clipboard | Insertion)]
    assert tags == [0xDEF, 0xDEF]


def test_a_copy_elsewhere_is_forgotten_at_the_pause() -> None:
    rule = rule_in(Category.ASSISTANT)
    rule.observe(Copied(at(1), TEXT))
    assert rule.flush(at(2)) == []
    rule.observe(focus(3, Category.TASK))
    (insertion,) = paste(rule, 4)
    assert isinstance(insertion, Insertion)
    assert (insertion.length_chars, insertion.tag) == (MISSING_U32, 0)


def test_what_was_copied_before_the_recording_has_no_copy_event() -> None:
    rule = rule_in(Category.TASK)
    assert rule.observe(Copied(at(0.1), TEXT, before_recording=True)) == []
    assert [type(event) for event in paste(rule, 1)] == [Insertion]


def test_a_paste_pressed_before_its_copy_was_read_gets_that_copy() -> None:
    rule = rule_in(Category.TASK)
    rule.observe(Copied(at(0.1), OTHER_TEXT, before_recording=True))
    rule.observe(ChordPressed(at(1), Chord.COPY))
    rule.observe(ChordPressed(at(1.05), Chord.PASTE))
    rule.observe(Copied(at(1.01), TEXT))
    (insertion,) = rule.tick(at(3))
    assert isinstance(insertion, Insertion)
    assert insertion.tag == TEXT.tag


def test_a_later_copy_does_not_change_an_earlier_paste() -> None:
    rule = rule_in(Category.TASK)
    rule.observe(Copied(at(0.5), TEXT))
    rule.observe(ChordPressed(at(1), Chord.PASTE))
    rule.observe(Copied(at(1.5), OTHER_TEXT))
    (insertion,) = rule.tick(at(3))
    assert isinstance(insertion, Insertion)
    assert insertion.tag == TEXT.tag


def test_a_paste_outside_the_scope_is_nothing() -> None:
    rule = rule_in(Category.ASSISTANT)
    rule.observe(Copied(at(1), TEXT))
    assert paste(rule, 2) == []


@pytest.mark.parametrize("state", [SourceState.FAILED, SourceState.MISSING])
def test_nothing_is_in_scope_while_nobody_knows_what_is_in_front(state: SourceState) -> None:
    rule = rule_in(Category.TASK)
    events = rule.observe(SourceHealth(at(1), SourceName.FOCUS, state))
    assert Focus(1_000_000, Category.UNKNOWN, False, 0) in events
    assert rule.observe(key(2)) == []
    rule.observe(SourceHealth(at(3), SourceName.FOCUS, SourceState.RUNNING))
    assert rule.observe(key(4)) == []
    rule.observe(focus(5, Category.TASK))
    assert len(rule.observe(key(6))) == 1


@pytest.mark.parametrize(
    ("source", "state"),
    [(SourceName.FOCUS, SourceState.DEGRADED), (SourceName.CLIPBOARD, SourceState.FAILED)],
)
def test_other_trouble_leaves_the_focus_known(source: SourceName, state: SourceState) -> None:
    rule = rule_in(Category.TASK)
    rule.observe(SourceHealth(at(1), source, state))
    assert len(rule.observe(key(2))) == 1
