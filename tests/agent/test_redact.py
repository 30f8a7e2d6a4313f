import dataclasses
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent import observations
from agent.observations import Chord
from agent.redact import (
    TextReducer,
    category_of,
    chord_of,
    class_of_character,
    class_of_keysym,
)
from tests.agent.conftest import POLICY
from wire.codes import Category
from wire.keys import KeyClass

KEYSYMS = [
    (ord("a"), KeyClass.LETTER),
    (0xE9, KeyClass.LETTER),  # e acute
    (0x06C1, KeyClass.LETTER),  # Cyrillic a
    (0x07E1, KeyClass.LETTER),  # Greek alpha
    (0x0CE0, KeyClass.LETTER),  # Hebrew aleph
    (0x1000259, KeyClass.LETTER),  # schwa, as a Unicode keysym
    (ord("7"), KeyClass.DIGIT),
    (0xFFB7, KeyClass.DIGIT),  # keypad
    (ord(";"), KeyClass.PUNCT),
    (0x20AC, KeyClass.PUNCT),  # euro
    (0xFFAB, KeyClass.PUNCT),  # keypad plus
    (ord(" "), KeyClass.SPACE),
    (0xFF0D, KeyClass.ENTER),
    (0xFF8D, KeyClass.ENTER),
    (0xFE20, KeyClass.TAB),
    (0xFF08, KeyClass.BACKSPACE),
    (0xFFFF, KeyClass.DELETE),
    (0xFF51, KeyClass.NAV_CHAR),
    (0xFF50, KeyClass.NAV_JUMP),
    (0xFF56, KeyClass.NAV_JUMP),
    (0xFFE1, KeyClass.SHIFT),
    (0xFFE3, KeyClass.MODIFIER),
    (0xFE03, KeyClass.MODIFIER),  # AltGr
    (0xFFE5, KeyClass.CAPSLOCK),
    (0xFFC2, KeyClass.FUNCTION),
    (0xFF1B, KeyClass.ESCAPE),
    (0xFE51, KeyClass.OTHER),  # dead acute
    (0, KeyClass.OTHER),
]


@pytest.mark.parametrize(("keysym", "key_class"), KEYSYMS)
def test_class_of_a_keysym(keysym: int, key_class: KeyClass) -> None:
    assert class_of_keysym(keysym) is key_class


@given(st.integers(0, 0x0110_FFFF))
def test_every_keysym_has_a_class(keysym: int) -> None:
    assert class_of_keysym(keysym) in KeyClass


@given(st.characters())
def test_every_character_has_a_class(character: str) -> None:
    assert class_of_character(character) in KeyClass


@pytest.mark.parametrize(
    ("keysym", "control", "shift", "chord"),
    [
        (ord("v"), True, False, Chord.PASTE),
        (ord("V"), True, True, Chord.PASTE),
        (ord("c"), True, False, Chord.COPY),
        (ord("x"), True, False, Chord.CUT),
        (0xFF63, False, True, Chord.PASTE),
        (0xFF63, True, False, Chord.COPY),
        (0xFFFF, False, True, Chord.CUT),
        (ord("v"), False, False, None),
        (ord("b"), True, False, None),
        (0xFF63, False, False, None),
    ],
)
def test_chords(keysym: int, control: bool, shift: bool, chord: Chord | None) -> None:
    assert chord_of(keysym, control=control, shift=shift) is chord


HOLDS_OBJECTS = (
    observations.PictureTaken,
    observations.TextSubmittedSeen,
    observations.TitleRead,
)
"""What is stored as an object of its own: pictures, class sequences, titles that were agreed to."""


def test_no_observation_can_hold_text() -> None:
    kinds = [
        kind
        for kind in vars(observations).values()
        if isinstance(kind, type) and dataclasses.is_dataclass(kind)
    ]
    assert len(kinds) > 8
    for kind in kinds:
        for hint in typing.get_type_hints(kind).values():
            parts = set(typing.get_args(hint)) or {hint}
            for part in parts - {type(None)}:
                allowed = issubclass(part, int | observations.TextFacts)
                assert allowed or (kind in HOLDS_OBJECTS and part is bytes)


def test_a_text_becomes_its_length_lines_and_tag() -> None:
    reducer = TextReducer()
    facts = reducer.reduce("two\r\nlines e\u0301")
    assert (facts.length_chars, facts.lines) == (11, 2)
    assert facts == reducer.reduce("two\nlines \u00e9")
    assert facts.tag != reducer.reduce("two\nlines e").tag


def test_tags_of_two_sessions_do_not_match() -> None:
    assert TextReducer().reduce("the same").tag != TextReducer().reduce("the same").tag


def test_the_reducer_shows_no_key() -> None:
    assert repr(TextReducer()) == "TextReducer(key not shown)"


def test_a_title_becomes_a_category() -> None:
    assert category_of(POLICY, "My TASK 7", "firefox") is Category.TASK
    assert category_of(POLICY, "Mail", "unheard-of") is Category.OTHER
    assert category_of(POLICY, "x" * 10_000_000, "p") is Category.OTHER
