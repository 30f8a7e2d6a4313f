from dataclasses import replace

import numpy as np
import pytest

from detector.fusion import INSERTION_REVIEW, INSERTION_STRONG
from detector.provenance import Provenance, find_provenance
from detector.reasons import Code
from detector.simulation import pasted_only, with_suggestions
from detector.surroundings import CaretJumps, Page, PageEdits
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
from wire.codes import Category, EditHow, InsertionHow, InsertionSeenBy, Mode
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


UNREAD = Copy(8 * SECOND, MISSING, Category.ASSISTANT)


def test_a_paste_that_nobody_could_read_still_has_a_source_and_flags_nobody_alone() -> None:
    unread = pasted(Insertion(9 * SECOND, MISSING, InsertionHow.PASTE), UNREAD)
    made = find_provenance(unread, RULES)
    assert [f.code for f in made.unexplained] == [Code.PASTED_FROM_ASSISTANT]
    unknown = find_provenance(replace(unread, copies=()), RULES)
    assert unknown.strength < made.strength < INSERTION_REVIEW


def test_a_page_that_saw_the_length_of_a_paste_nobody_could_read_makes_it_evidence() -> None:
    seen = pasted(Insertion(9 * SECOND, 300, InsertionHow.PASTE), UNREAD)
    assert find_provenance(seen, RULES).strength > INSERTION_STRONG


@pytest.mark.parametrize(
    "insertion",
    [
        Insertion(9 * SECOND, 300, InsertionHow.UNKNOWN),
        Insertion(9 * SECOND, 300, InsertionHow.PRIMARY, tag=7),
        Insertion(9 * SECOND, MISSING, InsertionHow.DROP),
    ],
)
def test_a_copy_that_nobody_could_read_explains_no_other_insertion(insertion: Insertion) -> None:
    (finding,) = find_provenance(pasted(insertion, UNREAD), RULES).unexplained
    assert finding.code is not Code.PASTED_FROM_ASSISTANT


def test_a_paste_from_a_place_not_said_is_not_from_the_copy_before_it() -> None:
    recording = pasted(
        Insertion(9 * SECOND, MISSING, InsertionHow.PASTE),
        Copy(2 * SECOND, 900, Category.ASSISTANT, tag=7),
        Copy(9 * SECOND, MISSING, Category.UNKNOWN),
    )
    (finding,) = find_provenance(recording, RULES).unexplained
    assert (finding.code, finding.length_seen) == (Code.INSERTED_UNKNOWN_SOURCE, False)


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


def typed(count: int, start_us: int = 0) -> list[tuple[int, KeyClass, int, int, Activity]]:
    return [(start_us + n * 200_000, KeyClass.LETTER, 1, 0, Activity.UNKNOWN) for n in range(count)]


def table_of(rows: list[tuple[int, KeyClass, int, int, Activity]]) -> Keystrokes:
    t_us, key, inserted, deleted, activity = zip(*rows, strict=True)
    return keystrokes(t_us, key, inserted=inserted, deleted=deleted, activity=activity)


def later(rows: list[tuple[int, KeyClass, int, int, Activity]]) -> int:
    return rows[-1][0] + SECOND


def test_a_suggestion_is_not_excused_by_a_removal_of_about_its_length() -> None:
    """Accepting one suggestion after another was rejected is no cut and paste."""
    rows = typed(200)
    rows.append((later(rows), KeyClass.BACKSPACE, 0, 61, Activity.UNKNOWN))
    rows += typed(5, later(rows))
    rows.append((later(rows), KeyClass.TAB, 60, 0, Activity.UNKNOWN))
    (finding,) = find_provenance(Recording(table_of(rows)), RULES).unexplained
    assert finding.length_chars == 60
    assert finding.code is Code.INSERTED_FROM_NOWHERE


def test_undoing_the_removal_of_a_suggestion_does_not_make_it_one_s_own() -> None:
    rows = typed(200)
    for key, put_in, taken in (
        (KeyClass.TAB, 60, 0),
        (KeyClass.LETTER, 0, 60),
        (KeyClass.LETTER, 60, 0),
    ):
        rows.append((later(rows), KeyClass.MODIFIER, 0, 0, Activity.UNKNOWN))
        rows.append((later(rows), key, put_in, taken, Activity.UNKNOWN))
    found = find_provenance(Recording(table_of(rows)), RULES).unexplained
    assert [(f.length_chars, f.taken_back) for f in found] == [(60, True), (60, False)]


def test_accepted_suggestions_are_located_without_the_activity_column(
    rng: np.random.Generator,
) -> None:
    located = []
    for _ in range(6):
        table = with_suggestions(rng).keystrokes
        masked = replace(table, activity=np.full(len(table), Activity.UNKNOWN))
        found = {f.t_us for f in find_provenance(Recording(masked), RULES).unexplained}
        accepted = (table.activity == Activity.AI_INSERT) & (table.inserted > 20)
        located += [t_us in found for t_us in table.t_us[accepted].tolist()]
    assert len(located) > 70
    assert np.mean(located) >= 0.99


@pytest.mark.parametrize("activity", [Activity.UNKNOWN, Activity.PASTE])
def test_cut_and_paste_and_undo_bring_back_one_s_own(activity: Activity) -> None:
    cut = typed(100)
    cut.append((later(cut), KeyClass.MODIFIER, 0, 0, Activity.UNKNOWN))
    cut.append((later(cut), KeyClass.LETTER, 0, 80, Activity.UNKNOWN))
    cut += typed(40, later(cut))
    undo = typed(100)
    undo += [
        (later(undo) + n * 40_000, KeyClass.BACKSPACE, 0, 1, Activity.UNKNOWN) for n in range(80)
    ]
    for rows in (cut, undo):
        rows.append((later(rows), KeyClass.MODIFIER, 0, 0, Activity.UNKNOWN))
        rows.append((later(rows), KeyClass.LETTER, 80, 0, activity))
        assert not find_provenance(Recording(table_of(rows)), RULES).unexplained


def test_undoing_a_selection_that_was_typed_over_brings_back_one_s_own() -> None:
    """A letter typed over all of the text, then undo: reported as 1 for 200 and 200 for 1."""
    rows = typed(200)
    rows.append((later(rows), KeyClass.LETTER, 1, 200, Activity.REPLACE))
    rows.append((later(rows), KeyClass.MODIFIER, 0, 0, Activity.NONE))
    rows.append((later(rows), KeyClass.LETTER, 200, 1, Activity.REPLACE))
    assert not find_provenance(Recording(table_of(rows)), RULES).unexplained


def test_a_letter_without_a_modifier_pastes_nothing() -> None:
    rows = typed(100)
    rows.append((later(rows), KeyClass.MODIFIER, 0, 0, Activity.UNKNOWN))
    rows.append((later(rows), KeyClass.LETTER, 0, 80, Activity.UNKNOWN))
    rows += typed(40, later(rows) + 10 * SECOND)
    rows.append((later(rows), KeyClass.LETTER, 80, 0, Activity.UNKNOWN))
    assert len(find_provenance(Recording(table_of(rows)), RULES).unexplained) == 1


def test_a_small_change_that_a_comparing_recorder_reports_as_a_rewrite_is_typing() -> None:
    rows = [*typed(100), (30 * SECOND, KeyClass.LETTER, 91, 90, Activity.REPLACE)]
    assert not find_provenance(Recording(table_of(rows)), RULES).unexplained


def pastes(count: int, length: int, category: Category | None = None) -> Recording:
    times = [n * 20 * SECOND for n in range(count)]
    copies = tuple(
        Copy(t_us, length, category, tag=n + 1) for n, t_us in enumerate(times) if category
    )
    made = tuple(
        Insertion(t_us + SECOND, length, InsertionHow.PASTE, tag=n + 1 if category else 0)
        for n, t_us in enumerate(times)
    )
    table = keystrokes([n * 200_000 for n in range(400)], [KeyClass.LETTER] * 400)
    return Recording(table, insertions=made, copies=copies)


def test_a_few_short_pastes_pass() -> None:
    assert find_provenance(pastes(4, 38), RULES).strength == 0.0


def test_a_text_pasted_in_crumbs_under_the_allowance_is_a_pasted_text() -> None:
    assert find_provenance(pastes(25, 38), RULES).strength > 0.9


def test_an_assistant_s_crumbs_pass_once() -> None:
    assert find_provenance(pastes(1, 38, Category.ASSISTANT), RULES).strength == 0.0
    assert find_provenance(pastes(4, 38, Category.ASSISTANT), RULES).strength > 0.5


def completions(words: int, keys_a_word: int, chars: int) -> Provenance:
    rows: list[tuple[int, KeyClass, int, int, Activity]] = []
    for _ in range(words):
        rows += typed(keys_a_word, later(rows) if rows else 0)
        rows.append((later(rows), KeyClass.TAB, chars, 0, Activity.UNKNOWN))
    return find_provenance(Recording(table_of(rows)), RULES)


def test_completed_words_are_told_apart_with_their_share() -> None:
    made = completions(words=60, keys_a_word=5, chars=5)
    assert made.strength == 0.0
    assert made.completed_share == pytest.approx(0.5)
    assert [r.code for r in made.counter_evidence] == [Code.COMPLETED_WORDS]


def test_a_text_that_an_extension_puts_in_word_by_word_is_found() -> None:
    assert completions(words=60, keys_a_word=1, chars=18).strength > 0.9


def test_a_paste_that_is_undone_before_anything_is_typed_counts_for_nothing() -> None:
    rows = typed(100)
    rows.append((later(rows), KeyClass.LETTER, 300, 0, Activity.PASTE))
    rows.append((later(rows), KeyClass.LETTER, 0, 300, Activity.REMOVE))
    rows += typed(100, later(rows))
    made = find_provenance(Recording(table_of(rows)), RULES)
    assert made.strength == 0.0
    assert [r.code for r in made.counter_evidence] == [Code.INSERTION_TAKEN_BACK]


def test_a_paste_that_stood_while_it_was_retyped_counts_though_it_was_removed() -> None:
    rows = typed(100)
    rows.append((later(rows), KeyClass.LETTER, 300, 0, Activity.PASTE))
    rows += typed(300, later(rows))
    rows.append((later(rows), KeyClass.LETTER, 0, 300, Activity.REMOVE))
    assert find_provenance(Recording(table_of(rows)), RULES).strength > 0.8


def test_a_paste_from_an_assistant_counts_even_when_undone() -> None:
    rows = typed(100)
    at_us = later(rows)
    rows.append((at_us, KeyClass.LETTER, 300, 0, Activity.PASTE))
    rows.append((later(rows), KeyClass.LETTER, 0, 300, Activity.REMOVE))
    recording = Recording(
        table_of(rows),
        insertions=(Insertion(at_us, 300, InsertionHow.PASTE, tag=3),),
        copies=(Copy(SECOND, 300, Category.ASSISTANT, tag=3),),
    )
    assert find_provenance(recording, RULES).strength > 0.9


def test_light_edits_after_a_paste_leave_it_inserted(rng: np.random.Generator) -> None:
    for edited in (0.05, 0.2):
        session = pasted_only(rng, characters=900, light_edits=edited)
        made = find_provenance(session.recording(), RULES)
        assert made.inserted_share > 0.9
        pasted_chars = [insertion.length_chars for insertion in session.insertions]
        assert [f.length_chars for f in made.unexplained] == pasted_chars


def test_lengths_that_nobody_saw_flag_nobody_alone() -> None:
    for copies in ((), (replace(UNREAD, t_us=0),)):
        recording = replace(pastes(20, MISSING), copies=copies)
        assert 0.0 < find_provenance(recording, RULES).strength < INSERTION_REVIEW


@pytest.mark.parametrize(
    ("how", "seen_by"),
    [
        (InsertionHow.DROP, InsertionSeenBy.EXTENSION),
        (InsertionHow.SCRIPT, InsertionSeenBy.EXTENSION),
        (InsertionHow.AUTOFILL, InsertionSeenBy.EXTENSION),
        (InsertionHow.UNKNOWN, InsertionSeenBy.ACCESSIBILITY),
    ],
)
def test_text_without_keys_and_clipboard_comes_from_nowhere(
    how: InsertionHow, seen_by: InsertionSeenBy
) -> None:
    recording = pasted(Insertion(9 * SECOND, 300, how, seen_by=seen_by))
    (finding,) = find_provenance(recording, RULES).unexplained
    assert finding.code is Code.INSERTED_FROM_NOWHERE


def test_a_paste_by_the_context_menu_is_joined_to_its_copy_without_a_shortcut() -> None:
    recording = pasted(
        Insertion(9 * SECOND, 300, InsertionHow.PASTE, 7, seen_by=InsertionSeenBy.SELECTION),
        Copy(8 * SECOND, 300, Category.ASSISTANT, tag=7),
    )
    assert find_provenance(recording, RULES).reasons[0].code is Code.PASTED_FROM_ASSISTANT


def page(t_us: int, how: EditHow, inserted: int, deleted: int) -> Page:
    edits = PageEdits(*(np.array([v]) for v in (t_us, 0, how, inserted, deleted, 1, 1, 0)))
    none = np.zeros(0, np.int64)
    return Page(edits, CaretJumps(none, none, none, none), ())


def test_one_s_own_text_dragged_within_the_page_is_one_s_own() -> None:
    drop = Insertion(9 * SECOND, 300, InsertionHow.DROP, seen_by=InsertionSeenBy.EXTENSION)
    moved = page(9 * SECOND - 20_000, EditHow.DROP, 0, 300)
    recording = Recording(no_keystrokes(), insertions=(drop,), page=moved)
    assert not find_provenance(recording, RULES).unexplained


@pytest.mark.parametrize(("help_allowed", "counted"), [(True, 0), (False, 1)])
def test_allowed_grammar_help_may_put_a_corrected_text_in_the_place_of_one(
    help_allowed: bool, counted: int
) -> None:
    corrected = Insertion(9 * SECOND, 310, InsertionHow.SCRIPT, seen_by=InsertionSeenBy.EXTENSION)
    replaced = page(9 * SECOND, EditHow.SCRIPT, 310, 300)
    recording = Recording(no_keystrokes(), insertions=(corrected,), page=replaced)
    made = find_provenance(recording, AllowedUse(ai_grammar_help=help_allowed))
    assert len(made.unexplained) == counted


def test_shares_are_said_in_plain_language() -> None:
    rows = typed(300)
    rows.append((later(rows), KeyClass.LETTER, 300, 0, Activity.PASTE))
    made = find_provenance(Recording(table_of(rows)), RULES)
    said = [r.sentence for r in (*made.reasons, *made.counter_evidence)]
    assert said[1].startswith("50% of all characters that got in were inserted")
    assert said[-1] == "50% of all characters that got in were typed."
