"""Keyboard layouts on a real X server: classes by key code, group and level, not by position."""

import subprocess
import time
from collections.abc import Callable

import pytest
from Xlib import X

from agent.capture.loop import Candidate, Capture
from agent.clock import monotonic_us
from agent.observations import KeyHeld, Observation
from agent.sources.x11_keyboard import X11Keyboard
from tests.agent.x11.conftest import Desktop, turn_until
from wire.codes import SourceName
from wire.keys import KeyClass

pytestmark = pytest.mark.live

# Key codes of the evdev rules: what stands on the keys is the layout's business.
DIGIT_1, DIGIT_2, KEY_Q, KEY_E, KEY_A, KEY_DOT, MINUS, EQUAL, BRACKET = (
    10,
    11,
    24,
    26,
    38,
    60,
    20,
    21,
    34,
)
SHIFT, ALT_GR, CAPS_LOCK = 50, 108, 66
LETTER, DIGIT, PUNCT, OTHER = KeyClass.LETTER, KeyClass.DIGIT, KeyClass.PUNCT, KeyClass.OTHER

LAYOUTS: list[tuple[str, list[tuple[tuple[int, ...], KeyClass]]]] = [
    (
        "fr",
        [
            ((DIGIT_1,), PUNCT),  # &
            ((SHIFT, DIGIT_1), DIGIT),
            ((DIGIT_2,), LETTER),  # e acute
            ((SHIFT, DIGIT_2), DIGIT),
            ((KEY_Q,), LETTER),
            ((ALT_GR, KEY_E), PUNCT),  # euro
            ((BRACKET,), OTHER),  # dead circumflex
            ((KEY_A,), LETTER),
        ],
    ),
    (
        "de",
        [
            ((DIGIT_1,), DIGIT),
            ((SHIFT, DIGIT_1), PUNCT),
            ((MINUS,), LETTER),  # sharp s
            ((EQUAL,), OTHER),  # dead acute
            ((ALT_GR, KEY_Q), PUNCT),  # @
            ((ALT_GR, KEY_E), PUNCT),  # euro
            ((BRACKET,), LETTER),  # u umlaut
        ],
    ),
    ("ru", [((KEY_Q,), LETTER), ((KEY_DOT,), LETTER), ((DIGIT_1,), DIGIT)]),
    ("gr", [((KEY_A,), LETTER), ((KEY_Q,), PUNCT), ((47,), OTHER)]),  # ; and a dead accent
    ("il", [((KEY_A,), LETTER), ((KEY_Q,), PUNCT)]),  # shin, and /
    ("ara", [((KEY_A,), LETTER), ((KEY_DOT,), LETTER)]),
    ("us(intl)", [((48,), OTHER), ((SHIFT, 48), OTHER), ((ALT_GR, KEY_A), LETTER)]),  # a acute
    ("us(dvorak)", [((KEY_Q,), PUNCT), ((KEY_DOT,), LETTER), ((MINUS,), PUNCT)]),
]


@pytest.fixture
def press(desktop: Desktop) -> Callable[..., None]:
    """Press key codes one after the other and release them backwards."""

    def run(*codes: int) -> None:
        for code in codes:
            desktop.connection.xtest_fake_input(X.KeyPress, code)
            desktop.connection.sync()
        for code in reversed(codes):
            desktop.connection.xtest_fake_input(X.KeyRelease, code)
            desktop.connection.sync()

    return run


def layout(name: str) -> None:
    language, _, variant = name.rstrip(")").partition("(")
    subprocess.run(["setxkbmap", "-layout", language, "-variant", variant], check=True)


def keyboard(seen: list[Observation]) -> Capture:
    capture = Capture(
        [(SourceName.KEYBOARD, (Candidate(lambda: X11Keyboard({})),))], seen.append, monotonic_us
    )
    capture.start()
    return capture


def classes(seen: list[Observation]) -> list[KeyClass]:
    modifiers = (KeyClass.SHIFT, KeyClass.MODIFIER, KeyClass.CAPSLOCK)
    held = [each.key_class for each in seen if isinstance(each, KeyHeld)]
    return [key_class for key_class in held if key_class not in modifiers]


def turn(capture: Capture, seen: list[Observation], count: int) -> None:
    """Pump until so many keys that write came."""
    deadline_s = time.monotonic() + 10
    while len(classes(seen)) < count:
        assert time.monotonic() < deadline_s, classes(seen)
        capture.turn()


def test_every_layouts_keys_land_in_their_class_also_when_it_changes_while_recording(
    desktop: Desktop, press: Callable[..., None]
) -> None:
    seen: list[Observation] = []
    capture = keyboard(seen)
    desktop.window("task")
    for name, keys in LAYOUTS:
        layout(name)
        seen.clear()
        for codes, _ in keys:
            press(*codes)
        turn(capture, seen, len(keys))
        assert classes(seen) == [key_class for _, key_class in keys], name
    capture.stop()


def test_the_second_group_decides_while_it_is_locked(
    desktop: Desktop, press: Callable[..., None]
) -> None:
    subprocess.run(["setxkbmap", "-layout", "us,ru", "-option", "grp:caps_toggle"], check=True)
    seen: list[Observation] = []
    capture = keyboard(seen)
    desktop.window("task")
    for expected in (PUNCT, LETTER, PUNCT):
        seen.clear()
        press(KEY_DOT)
        turn(capture, seen, 1)
        assert classes(seen) == [expected]
        press(CAPS_LOCK)
    capture.stop()


def test_a_character_without_a_key_is_counted_whatever_its_class(desktop: Desktop) -> None:
    """A program that lends a key code to a character takes it back before anybody can look.

    Input methods send no key at all: what they commit is seen by the accessibility bus and the
    browser extension, as a composition.
    """
    seen: list[Observation] = []
    capture = keyboard(seen)
    desktop.window("task")
    desktop.keys("type", "--delay", "50", "a漢b")
    held = turn_until(capture, seen, KeyHeld, 3)
    capture.stop()
    found = [each.key_class for each in held if isinstance(each, KeyHeld)]
    assert found[0] is found[2] is LETTER
    assert found[1] in (LETTER, OTHER)
