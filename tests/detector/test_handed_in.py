"""Texts that are handed in: every character has an origin, from the named stretches alone."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from detector.alignment import Origin
from detector.handed_in import HandedIn, Worked, handed_in
from detector.simulation import composing, draw_text, draw_typist
from detector.tables import MISSING, Copy, Insertion, Recording
from wire.codes import Category, InsertionHow, Mode
from wire.policy import AllowedUse

NO_PASTES = AllowedUse(paste_chars=0)
PASTED_CHARS = 300


def written(seed: int, characters: int = 600) -> tuple[Recording, str]:
    rng = np.random.default_rng(seed)
    typist = draw_typist(rng, motor_median_ms=130, longest_pause_s=10)
    session = composing(rng, characters=characters, typist=typist)
    recording = replace(session.recording(effects_seen=False), insertions=())
    end_us = int(recording.keystrokes.t_us[-1]) + 1
    return replace(recording, duration_us=end_us), session.text_class


def whole(recording: Recording, allowed: AllowedUse = NO_PASTES) -> Worked:
    return Worked(recording, ((0, recording.duration_us),), allowed)


def with_paste(
    recording: Recording, category: Category = Category.ASSISTANT, length: int = PASTED_CHARS
) -> Recording:
    at_us = recording.duration_us - 1
    copy = Copy(at_us - 1_000_000, PASTED_CHARS, category, 7)
    paste = Insertion(at_us, length, InsertionHow.PASTE, 7)
    return replace(recording, copies=(copy,), insertions=(paste,))


def foreign(seed: int, characters: int) -> str:
    return draw_text(np.random.default_rng(seed), characters)[:characters]


def covers(found: HandedIn, classes: str) -> bool:
    ends = [(part.start, part.end) for part in found.parts]
    joined = all(before[1] == after[0] for before, after in pairwise(ends))
    return joined and (ends[0][0], ends[-1][1]) == (0, len(classes))


def test_a_text_typed_in_its_stretches_is_explained() -> None:
    recording, classes = written(1)
    found = handed_in([whole(recording)], classes)
    assert found.explained
    assert found.all_seen
    assert found.observed == 1
    assert covers(found, classes)


def test_a_text_of_somebody_else_is_not() -> None:
    recording, _ = written(1)
    classes = foreign(50, 600)
    found = handed_in([whole(recording)], classes)
    assert not found.explained
    assert found.chars(Origin.UNEXPLAINED) > 500
    assert covers(found, classes)


def test_typing_outside_of_the_stretches_explains_nothing() -> None:
    recording, classes = written(2)
    first_us = recording.duration_us // 4
    found = handed_in([Worked(recording, ((0, first_us),), NO_PASTES)], classes)
    assert not found.explained
    assert found.parts[0].origin is Origin.TYPED
    assert found.parts[-1].origin is Origin.UNEXPLAINED
    none = handed_in([Worked(recording, (), NO_PASTES)], classes)
    assert [part.origin for part in none.parts] == [Origin.UNEXPLAINED]
    assert none.observed == 0


def test_stretches_of_several_sessions_explain_a_text_together() -> None:
    (first, one), (second, two) = written(3), written(4)
    found = handed_in([whole(first), whole(second)], one + two)
    assert found.explained
    assert not handed_in([whole(first)], one + two).explained
    assert handed_in([whole(second), whole(first)], one + two).explained


@pytest.mark.parametrize(
    ("category", "allowed", "fine"),
    [
        (Category.ASSISTANT, NO_PASTES, False),
        (Category.OTHER, NO_PASTES, False),
        (Category.REFERENCE, AllowedUse(paste_from=(Category.REFERENCE,)), True),
    ],
)
def test_a_passage_that_was_inserted_says_from_where_and_whether_it_may(
    category: Category, allowed: AllowedUse, fine: bool
) -> None:
    recording, mine = written(5)
    classes = mine + foreign(51, PASTED_CHARS)
    found = handed_in([whole(with_paste(recording, category), allowed)], classes)
    (part,) = [each for each in found.parts if each.origin is Origin.INSERTED]
    assert part.inserted is not None
    assert (part.inserted.worked, part.inserted.t_us) == (0, recording.duration_us - 1)
    assert (part.inserted.how, part.inserted.category) == (InsertionHow.PASTE, category)
    assert (part.inserted.allowed, part.fine, found.explained) == (fine, fine, fine)
    assert abs(part.start - len(mine)) < 30
    assert found.not_allowed_chars == (0 if fine else part.length_chars)


def test_an_insertion_elsewhere_in_the_session_explains_nothing() -> None:
    recording, mine = written(5)
    classes = mine + foreign(51, PASTED_CHARS)
    pasted = with_paste(recording)
    before = Worked(pasted, ((0, recording.duration_us - 2),), NO_PASTES)
    found = handed_in([before], classes)
    assert found.chars(Origin.INSERTED) == 0
    assert found.chars(Origin.UNEXPLAINED) > PASTED_CHARS - 30


def test_an_unseen_length_is_taken_from_the_copy_and_is_else_a_gap_in_what_was_seen() -> None:
    recording, mine = written(6)
    classes = mine + foreign(52, PASTED_CHARS)
    found = handed_in([whole(with_paste(recording, length=MISSING))], classes)
    assert found.chars(Origin.INSERTED) > PASTED_CHARS - 30
    lost = replace(with_paste(recording, length=MISSING), copies=None)
    unseen = handed_in([whole(lost)], classes)
    assert unseen.chars(Origin.INSERTED) == 0
    assert not unseen.all_seen


def test_what_was_observed_leaves_pauses_out() -> None:
    recording, classes = written(7)
    end_us = recording.duration_us
    quarter, half = end_us // 4, end_us // 2
    gap = replace(recording, unobserved=((quarter, half),))
    assert handed_in([whole(gap)], classes).observed == pytest.approx(0.75, abs=0.01)
    assert not handed_in([whole(gap)], classes).all_seen
    rested = replace(gap, paused=((quarter, half),))
    found = handed_in([whole(rested)], classes)
    assert (found.observed, found.all_seen) == (1, True)
    assert handed_in([Worked(gap, ((half, end_us),), NO_PASTES)], classes).observed == 1


def test_an_aid_that_stands_in_for_typing_is_something_not_seen() -> None:
    recording, classes = written(8)
    aided = replace(recording, declared=frozenset({Mode.DICTATION}))
    assert not handed_in([whole(aided)], classes).all_seen
    blind = replace(recording, insertions=None)
    assert not handed_in([whole(blind)], classes).all_seen


@pytest.mark.parametrize("classes", ["a", "aaa", "a" * 19])
def test_the_shortest_texts_are_answered(classes: str) -> None:
    recording, _ = written(9)
    assert covers(handed_in([whole(recording)], classes), classes)
