"""pynput's keys as it makes them on each system (its _win32.py and _darwin.py), without a hook."""

from types import SimpleNamespace
from typing import Any

import pytest

from agent.observations import Chord, ChordPressed, KeyHeld, Observation
from agent.sources.pynput_input import PynputKeyboard
from agent.sources.pynput_keys import class_and_keysym
from wire.codes import KeyFlag
from wire.keys import KeyClass


def named(name: str, number: int) -> Any:
    """A named key: pynput's `Key` is an enumeration, whose values are key codes."""
    return SimpleNamespace(name=name, value=SimpleNamespace(vk=number))


def written(character: str | None, number: int | None = None) -> Any:
    return SimpleNamespace(char=character, vk=number)


KEYS = [
    (named("enter", 0x0D), KeyClass.ENTER),
    (named("backspace", 0x08), KeyClass.BACKSPACE),
    (named("space", 0x20), KeyClass.SPACE),
    (named("left", 0x25), KeyClass.NAV_CHAR),
    (named("home", 0x24), KeyClass.NAV_JUMP),
    (named("shift", 0xA0), KeyClass.SHIFT),
    (named("ctrl_l", 0xA2), KeyClass.MODIFIER),
    (named("cmd", 0x37), KeyClass.MODIFIER),
    (named("alt_gr", 0xA5), KeyClass.MODIFIER),
    (named("caps_lock", 0x14), KeyClass.CAPSLOCK),
    (named("f5", 0x74), KeyClass.FUNCTION),
    (named("esc", 0x1B), KeyClass.ESCAPE),
    (named("media_next", 0xB0), KeyClass.OTHER),
    (written("a", 0x41), KeyClass.LETTER),
    (written("я", 0x5A), KeyClass.LETTER),
    (written("7", 0x37), KeyClass.DIGIT),
    (written("€", 0x45), KeyClass.PUNCT),
    (written("\x03", 0x43), KeyClass.LETTER),
]


@pytest.mark.parametrize(("key", "key_class"), KEYS)
def test_class_of_a_key_whatever_the_system_numbers_it(key: Any, key_class: KeyClass) -> None:
    assert class_and_keysym(key)[0] is key_class


def typed(platform: str, *keys: Any, injected: bool = False) -> list[Observation]:
    """Press the keys in order and release them backwards."""
    source = PynputKeyboard(platform)
    for key in keys:
        source._pressed(key, injected)
    for key in reversed(keys):
        source._released(key, injected)
    return list(source._queue)


def flags(seen: list[Observation]) -> int:
    """The flags of the last key pressed, which is released first."""
    return next(each.flags for each in seen if isinstance(each, KeyHeld))


@pytest.mark.parametrize(
    ("platform", "known"), [("win32", True), ("darwin", True), ("linux", False)]
)
def test_a_key_that_a_program_sent_is_known_where_the_system_tells(
    platform: str, known: bool
) -> None:
    sent = flags(typed(platform, written("a", 65), injected=True))
    pressed = flags(typed(platform, written("a", 65)))
    assert bool(sent & KeyFlag.INJECTED) is known
    assert bool(pressed & KeyFlag.ORIGIN_KNOWN) is known
    assert not pressed & KeyFlag.INJECTED


@pytest.mark.parametrize(
    ("platform", "modifier", "character"),
    [("win32", "ctrl_l", "\x03"), ("darwin", "cmd", "c"), ("linux", "ctrl", "c")],
)
def test_the_copy_shortcut_of_each_system(platform: str, modifier: str, character: str) -> None:
    seen = typed(platform, named(modifier, 1), written(character, 0x43))
    assert [each.chord for each in seen if isinstance(each, ChordPressed)] == [Chord.COPY]
    assert flags(seen) & KeyFlag.CHORD


def test_control_c_on_a_mac_copies_nothing() -> None:
    seen = typed("darwin", named("ctrl", 1), written("c", 8))
    assert not [each for each in seen if isinstance(each, ChordPressed)]


@pytest.mark.parametrize(
    ("platform", "modifiers"), [("win32", ("ctrl_l", "alt_gr")), ("darwin", ("alt",))]
)
def test_alt_gr_and_option_write_text(platform: str, modifiers: tuple[str, ...]) -> None:
    seen = typed(platform, *(named(name, 1) for name in modifiers), written("€", 0x45))
    assert not flags(seen) & KeyFlag.CHORD


def test_a_key_that_pynput_could_not_translate_is_left_out() -> None:
    assert typed("win32", None) == []


def test_a_held_key_that_repeats_is_one_press() -> None:
    source = PynputKeyboard("win32")
    for _ in range(3):
        source._pressed(written("a", 65))
    source._released(written("a", 65))
    assert len(source._queue) == 1
