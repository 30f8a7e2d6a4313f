import pytest

from detector.provenance import find_provenance
from detector.reasons import Code
from detector.tables import (
    MISSING,
    Activity,
    Copy,
    Insertion,
    Keystrokes,
    Recording,
    keystrokes,
    no_keystrokes,
)
from wire.codes import Category, InsertionHow, Mode
from wire.keys import KeyClass
from wire.policy import AllowedUse

RULES = AllowedUse()
SECOND = 1_000_000


def pasted(insertion: Insertion, *copies: Copy) -> Recording:
    return Recording(no_keystrokes(), insertions=(insertion,), copies=copies)


def row(inserted: int, activity: Activity, deleted: int = 0) -> Keystrokes:
    return keystrokes(
        [SECOND], [KeyClass.LETTER], inserted=[inserted], deleted=[deleted], activity=[activity]
    )


def test_a_paste_is_joined_to_its_copy_by_tag_and_not_by_the_nearest_one() -> None:
    recording = pasted(
        Insertion(9 * SECOND, 300, InsertionHow.PASTE, tag=7),
        Copy(1 * SECOND, 300, Category.ASSISTANT, tag=7),
        Copy(8 * SECOND, 300, Category.TASK, tag=8),
    )
    (finding,) = find_provenance(recording, RULES).unexplained
    assert finding.code is Code.PASTED_FROM_ASSISTANT


def test_a_tag_that_no_copy_has_leaves_the_source_unknown() -> None:
    recording = pasted(
        Insertion(9 * SECOND, 300, InsertionHow.PASTE, tag=7),
        Copy(8 * SECOND, 300, Category.ASSISTANT, tag=8),
    )
    (finding,) = find_provenance(recording, RULES).unexplained
    assert finding.code is Code.INSERTED_UNKNOWN_SOURCE


def test_without_tags_time_and_length_join() -> None:
    recording = pasted(
        Insertion(9 * SECOND, 300, InsertionHow.PASTE),
        Copy(8 * SECOND, 300, Category.ASSISTANT),
    )
    assert find_provenance(recording, RULES).unexplained[0].code is Code.PASTED_FROM_ASSISTANT
    other_length = pasted(
        Insertion(9 * SECOND, 300, InsertionHow.PASTE),
        Copy(8 * SECOND, 40, Category.ASSISTANT),
    )
    found = find_provenance(other_length, RULES).unexplained[0]
    assert found.code is Code.INSERTED_UNKNOWN_SOURCE


def test_a_length_that_only_the_copy_knows_is_taken_from_it() -> None:
    recording = pasted(
        Insertion(9 * SECOND, MISSING, InsertionHow.PASTE),
        Copy(8 * SECOND, 512, Category.ASSISTANT),
    )
    assert find_provenance(recording, RULES).unexplained[0].length_chars == 512


@pytest.mark.parametrize("category", [Category.TASK, Category.REFERENCE])
def test_an_allowed_source_explains_a_paste(category: Category) -> None:
    recording = pasted(
        Insertion(9 * SECOND, 300, InsertionHow.PASTE, tag=7),
        Copy(8 * SECOND, 300, category, tag=7),
    )
    made = find_provenance(recording, RULES)
    assert not made.unexplained
    assert made.allowed_chars == 300
    assert made.strength == 0.0


def test_a_short_paste_needs_no_explanation() -> None:
    recording = pasted(Insertion(SECOND, RULES.paste_chars, InsertionHow.PASTE))
    assert not find_provenance(recording, RULES).unexplained


def test_strength_grows_with_length_and_is_higher_for_an_assistant() -> None:
    def strength(length: int, category: Category) -> float:
        copy = Copy(0, length, category, tag=7)
        paste = Insertion(SECOND, length, InsertionHow.PASTE, tag=7)
        return find_provenance(pasted(paste, copy), RULES).strength

    lengths = (50, 100, 200, 400)
    grown = [strength(length, Category.ASSISTANT) for length in lengths]
    assert grown == sorted(grown)
    assert all(
        strength(length, Category.ASSISTANT) > strength(length, Category.OTHER)
        for length in lengths
    )


def test_text_that_was_just_taken_out_and_put_back_is_ones_own() -> None:
    table = keystrokes(
        [0, SECOND],
        [KeyClass.BACKSPACE, KeyClass.LETTER],
        inserted=[0, 250],
        deleted=[250, 0],
        activity=[Activity.REMOVE, Activity.PASTE],
    )
    assert not find_provenance(Recording(table), RULES).unexplained


def test_a_pasted_row_and_an_insertion_from_nowhere_are_told_apart() -> None:
    paste = find_provenance(Recording(row(200, Activity.PASTE)), RULES).unexplained
    nowhere = find_provenance(Recording(row(200, Activity.UNKNOWN)), RULES).unexplained
    assert paste[0].code is Code.INSERTED_UNKNOWN_SOURCE
    assert nowhere[0].code is Code.INSERTED_FROM_NOWHERE


def test_declared_dictation_explains_text_from_nowhere() -> None:
    recording = Recording(row(200, Activity.UNKNOWN), declared=frozenset({Mode.DICTATION}))
    assert not find_provenance(recording, RULES).unexplained


def test_one_paste_seen_in_two_ways_counts_once() -> None:
    recording = Recording(
        row(200, Activity.PASTE), insertions=(Insertion(SECOND, 200, InsertionHow.PASTE),)
    )
    assert len(find_provenance(recording, RULES).findings) == 1


def test_thousands_of_copies_and_pastes_are_joined_in_near_linear_time() -> None:
    """A session can be stuffed with both; comparing each with each took hours."""
    looked_at = 0

    class Watched(int):
        def __le__(self, other: int) -> bool:
            nonlocal looked_at
            looked_at += 1
            return int(self) <= other

        def __gt__(self, other: int) -> bool:
            nonlocal looked_at
            looked_at += 1
            return int(self) > other

        def __lt__(self, other: int) -> bool:
            nonlocal looked_at
            looked_at += 1
            return int(self) < other

    count = 2_000
    copies = [Copy(Watched(t), 50, Category.ASSISTANT, tag=t + 1) for t in range(count)]
    pastes = tuple(Insertion(t + 10, 50, InsertionHow.PASTE, tag=t + 1) for t in range(count))
    recording = Recording(no_keystrokes(), insertions=pastes, copies=tuple(copies))
    found = find_provenance(recording, AllowedUse())
    assert len(found.unexplained) == count
    assert looked_at < 40 * count
