"""A session's card: what stands out by its evidence, whatever anybody makes of it."""

from collections.abc import Sequence

import pytest

from server.reviews.card import PLACES_SHOWN, Card, Seen, bit_of, card_of
from server.scoring.facts import OpenedSession
from tests.server.device import typing
from tests.server.test_facts import S_US, Sealed, opened
from wire import events
from wire.codes import (
    Category,
    InsertionHow,
    InsertionSeenBy,
    KeyFlag,
    Mode,
    SourceName,
    SourceState,
)
from wire.keys import KeyClass
from wire.policy import AllowedUse

RULES = AllowedUse()


def insertion(at_s: int, length: int, tag: int = 0, how: int = InsertionHow.PASTE) -> events.Event:
    return events.Insertion(at_s * S_US, how, InsertionSeenBy.SELECTION, length, 1, tag, 1)


def copy(at_s: int, tag: int, source: Category) -> events.Event:
    return events.Clipboard(at_s * S_US, 1, 9, 1, tag, source, 3)


def focus(at_s: int, category: int) -> events.Event:
    return events.Focus(at_s * S_US, category, 0, 2)


def card(end_s: int, happened: Sequence[events.Event]) -> Card:
    """Of a session that was recorded whole."""
    parts: list[Sealed] = [
        (at_s, at_s + 30, [one for one in happened if at_s <= one.t_us / S_US < at_s + 30])
        for at_s in range(0, end_s, 30)
    ]
    return card_of(opened(*parts), RULES)


def kinds(found: Card) -> list[str]:
    return [place.kind.value for place in found.places]


def test_what_is_not_allowed_stands_before_what_is() -> None:
    copies = [copy(1, 7, Category.ASSISTANT), copy(2, 8, Category.REFERENCE)]
    pasted = [insertion(10, 400, 7), insertion(20, 900, 8), insertion(25, 30)]
    first, second, third = card(30, [*copies, *pasted]).places[:3]
    assert (first.amount, first.source, first.start_ms) == (400, "assistant", 10_000)
    assert (second.amount, second.source) == (900, "reference")
    assert third.kind is Seen.QUIET, "what is short enough needs no explanation"


def test_text_of_unknown_length_is_said_to_be_so_and_spelling_is_no_place() -> None:
    spelled = insertion(5, 9, how=InsertionHow.SPELL_CORRECTION)
    found = card(30, [spelled, insertion(10, events.MISSING_U32)])
    assert [(place.kind, place.amount) for place in found.places] == [
        (Seen.INSERTED, None),
        (Seen.QUIET, None),
    ]


def test_keys_of_a_program_are_counted_from_the_first_to_the_last() -> None:
    flags = KeyFlag.ORIGIN_KNOWN | KeyFlag.INJECTED
    keys = [events.Keystroke(n * 100_000, 9_000, KeyClass.LETTER, flags, 0) for n in range(10, 60)]
    found = card(30, keys)
    assert (found.places[0].kind, found.places[0].amount) == (Seen.BY_PROGRAM, 50)
    assert (found.places[0].start_ms, found.places[0].end_ms) == (1_000, 5_900)


def test_the_longest_stretch_of_each_other_window_and_never_a_private_one() -> None:
    looks = [focus(0, 1), focus(10, 2), focus(60, 1), focus(70, 2), focus(170, 6), focus(280, 1)]
    short = [focus(281, 3), focus(290, 1)]
    (found,) = [each for each in card(300, [*looks, *short]).places if each.kind is Seen.ELSEWHERE]
    assert (found.source, found.start_ms, found.end_ms) == ("assistant", 70_000, 170_000)


def test_a_run_ends_at_a_pause_and_says_what_of_it_deletes() -> None:
    delete = events.Keystroke(12 * S_US, 9_000, KeyClass.BACKSPACE, KeyFlag.ORIGIN_KNOWN, 0)
    runs = [*typing(10 * S_US, 12), delete, *typing(60 * S_US, 11)]
    typed = [each for each in card(90, runs).places if each.kind is Seen.TYPED]
    assert [(each.amount, each.deleted, each.start_ms) for each in typed] == [
        (13, 1, 10_000),
        (11, 0, 60_000),
    ]


def test_what_was_not_recorded_is_a_place_and_no_part_of_what_was_observed() -> None:
    down = events.Health(10 * S_US, SourceName.KEYBOARD, SourceState.FAILED)
    back = events.Health(20 * S_US, SourceName.KEYBOARD, SourceState.RUNNING)
    found = card_of(opened((0, 30, [down, back]), (60, 80, [])), RULES)
    assert found.observed == 0.5
    assert kinds(found) == ["unobserved", "unobserved", "quiet"]


def test_an_aid_is_told_of_by_what_it_does_and_not_by_which_it_is() -> None:
    found = {
        card(30, [events.DeclaredMode(S_US, mode, 1)])
        for mode in (Mode.DICTATION, Mode.SCREEN_READER)
    }
    assert len(found) == 1
    assert found.pop().timing_excluded


def test_a_session_of_nothing_has_an_empty_card() -> None:
    nothing = card_of(OpenedSession((), (), (), ()), RULES)
    assert nothing == Card((), 0.0)
    assert nothing.kinds == 0


@pytest.mark.parametrize("pasted", [[], [insertion(5 + n, 500) for n in range(9)]])
def test_any_long_session_has_as_many_places_as_a_list_shows(pasted: list[events.Event]) -> None:
    runs = [key for at_s in (10, 80, 150) for key in typing(at_s * S_US, 15)]
    found = card(420, [*runs, *pasted])
    assert len(found.places) >= PLACES_SHOWN
    shown = {place.kind for place in found.places[:PLACES_SHOWN]}
    assert found.kinds == sum(bit_of(kind) for kind in shown)
