"""Alignment where the recorder saw keys only: no cursor, no counts."""

import numpy as np
import pytest

from detector.alignment import Alignment, Origin, align
from detector.alignment.classmodel import chances
from detector.alignment.rebuild import text_codes
from detector.simulation import composing, draw_text
from detector.simulation.session import CLASS_OF, TextLog, without_effects
from detector.tables import Keystrokes, keystrokes
from wire.keys import KeyClass


def typed(text: str, clicks_at: tuple[int, ...] = ()) -> Keystrokes:
    keys = [int(CLASS_OF[character]) for character in text]
    for at in sorted(clicks_at, reverse=True):
        keys.insert(at, int(KeyClass.CLICK))
    return keystrokes(np.arange(len(keys)) * 150_000, keys)


def unexplained(found: Alignment) -> list[tuple[int, int]]:
    return [(p.start, p.end) for p in found.passages(Origin.UNEXPLAINED, 20)]


def near(found: tuple[int, int], start: int, end: int) -> bool:
    shared = max(0, min(found[1], end) - max(found[0], start))
    return shared >= 0.75 * (max(found[1], end) - min(found[0], start))


def test_paragraphs_typed_in_another_order_are_typed(rng: np.random.Generator) -> None:
    parts = [draw_text(rng, 300) for _ in range(6)]
    table = typed("".join(parts), (300, 600, 900, 1_200, 1_500))
    found = align(table, "".join(parts[i] for i in (3, 0, 5, 1, 4, 2)))
    assert found.explained_share > 0.99
    assert not found.exact


def test_words_put_into_the_middle_later_are_typed(rng: np.random.Generator) -> None:
    first, second = draw_text(rng, 900), draw_text(rng, 120)
    table = typed(first + second, (len(first),))
    found = align(table, first[:450] + second + first[450:])
    assert found.explained_share > 0.99


def test_each_of_two_foreign_passages_is_located(rng: np.random.Generator) -> None:
    text = draw_text(rng, 2_000)
    foreign = [draw_text(rng, 260)[:200] for _ in range(2)]
    spliced = text[:500] + foreign[0] + text[500:1_400] + foreign[1] + text[1_400:]
    first, second = unexplained(align(typed(text), spliced))
    assert near(first, 500, 700)
    assert near(second, 1_600, 1_800)


def test_a_foreign_passage_in_place_of_ones_own_is_located(rng: np.random.Generator) -> None:
    text = draw_text(rng, 2_000)
    foreign = draw_text(rng, 260)[:200]
    (passage,) = unexplained(align(typed(text), text[:700] + foreign + text[900:]))
    assert near(passage, 700, 900)


def test_a_foreign_passage_edited_lightly_stays_located(rng: np.random.Generator) -> None:
    text, foreign = draw_text(rng, 1_500), draw_text(rng, 260)[:200]
    edits = ("aaaa ", "aa ", ". aaa", "aaaaaa ")
    keys, clicks = text, []
    for number, edit in enumerate(edits):
        clicks.append(len(keys))
        keys += edit
        at = 30 + 45 * number
        foreign = foreign[:at] + edit + foreign[at:]
    table = typed(keys, tuple(clicks))
    (passage,) = unexplained(align(table, text[:600] + foreign + text[600:]))
    assert near(passage, 600, 600 + len(foreign))


def test_a_key_held_down_and_rows_of_spaces_are_nobodys_words(rng: np.random.Generator) -> None:
    text = draw_text(rng, 800)
    table = typed(text + "\n" * 40 + " " * 30, (800, 820))
    assert not unexplained(align(table, text + "\n" * 60 + " " * 50))


def test_a_text_of_one_letter_is_explained_by_typing_it() -> None:
    assert align(typed("a" * 3_000), "a" * 3_000).explained_share > 0.9


def test_confidence_is_a_probability(rng: np.random.Generator) -> None:
    session = composing(rng, characters=1_200)
    text = session.text_class[:500] + draw_text(rng, 150) + session.text_class[500:]
    found = align(without_effects(session.keystrokes), text)
    assert np.all((found.confidence >= 0) & (found.confidence <= 1))
    inside = found.confidence[540:600][found.origin[540:600] == Origin.UNEXPLAINED]
    assert inside.mean() > 0.9


def test_classes_that_always_follow_say_nothing() -> None:
    text = text_codes("aaa. " * 90)
    chance = chances(text, text)
    assert np.all((chance > 0) & (chance < 1))
    assert chance[100:].mean() > 0.95


def test_a_paragraph_moved_by_cut_and_paste_is_typed_where_effects_are_seen() -> None:
    log = TextLog()
    for character in "aaa aa aaaaa. " * 20:
        log.type(character, 120.0, 80.0)
    table = log.table()
    moved, length = 60, len(table)
    t_us = np.r_[table.t_us, table.t_us[-1] + np.array([1_000_000, 3_000_000])]
    found = align(
        keystrokes(
            t_us,
            np.r_[table.key, [KeyClass.FUNCTION] * 2],
            inserted=np.r_[table.inserted, [0, moved]],
            deleted=np.r_[table.deleted, [moved, 0]],
            cursor=np.r_[table.cursor, [0, length]],
            activity=np.r_[table.activity, table.activity[:2]],
        ),
        ("aaa aa aaaaa. " * 20)[moved:] + ("aaa aa aaaaa. " * 20)[:moved],
    )
    assert found.explained_share == pytest.approx(1.0)
