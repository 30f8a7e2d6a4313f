"""From raw observations to the allow-listed record. Pure; content ends here.

Each function takes what a source saw and builds a new value that can hold only a class, a count,
a category or a keyed tag. Nothing is deleted from the raw value: it is never passed on.
"""

import hashlib
import hmac
import secrets
import unicodedata
from functools import lru_cache

from agent.categories import Judge, judge_of
from agent.observations import Chord, TextFacts
from wire.codes import Category
from wire.events import MISSING_U32
from wire.keys import KeyClass
from wire.limits import TITLE_MAX_CHARS
from wire.policy import Policy
from wire.textclass import KEY_CLASS_OF_TEXT, class_of

_UNICODE_KEYSYMS = 0x0100_0000
_LAST_CODE_POINT = 0x10FFFF

# X11's keysymdef.h, "TTY functions", "Cursor control & motion", "Keypad", "Modifiers".
_NAMED: dict[int, KeyClass] = {
    0xFF08: KeyClass.BACKSPACE,
    0xFF09: KeyClass.TAB,
    0xFE20: KeyClass.TAB,
    0xFF89: KeyClass.TAB,
    0xFF0A: KeyClass.ENTER,
    0xFF0D: KeyClass.ENTER,
    0xFF8D: KeyClass.ENTER,
    0xFF1B: KeyClass.ESCAPE,
    0xFFFF: KeyClass.DELETE,
    0xFF9F: KeyClass.DELETE,
    0xFF80: KeyClass.SPACE,
    0xFFE1: KeyClass.SHIFT,
    0xFFE2: KeyClass.SHIFT,
    0xFFE5: KeyClass.CAPSLOCK,
    0xFFE6: KeyClass.CAPSLOCK,
    0xFF7E: KeyClass.MODIFIER,
    0xFF7F: KeyClass.MODIFIER,
}
_RANGES: tuple[tuple[int, int, KeyClass], ...] = (
    (0xFF51, 0xFF54, KeyClass.NAV_CHAR),
    (0xFF96, 0xFF99, KeyClass.NAV_CHAR),
    (0xFF50, 0xFF58, KeyClass.NAV_JUMP),
    (0xFF95, 0xFF9D, KeyClass.NAV_JUMP),
    (0xFFB0, 0xFFB9, KeyClass.DIGIT),
    (0xFFAA, 0xFFBD, KeyClass.PUNCT),
    (0xFF91, 0xFF94, KeyClass.FUNCTION),
    (0xFFBE, 0xFFE0, KeyClass.FUNCTION),
    (0xFFE3, 0xFFEE, KeyClass.MODIFIER),
    (0xFE01, 0xFE0F, KeyClass.MODIFIER),
)
# Pages of keysyms older than Unicode: Latin 2-4, Katakana, Arabic, Cyrillic, Greek, Hebrew, Thai,
# Korean, Latin 8 and 9 are letters; technical, publishing, APL and currency signs are not.
_LETTER_PAGES = frozenset((0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0C, 0x0D, 0x0E, 0x12, 0x13))
_SIGN_PAGES = frozenset((0x08, 0x0A, 0x0B, 0x20))

PASSWORD_MARKS = frozenset(
    (
        "x-kde-passwordManagerHint",
        "application/x-kde-passwordManagerHint",
        "org.nspasteboard.ConcealedType",
        "application/x-nspasteboard-concealed-type",
    )
)
"""Forms that password managers offer beside a password: a clipboard that has one is not read."""

_INSERT = frozenset((0xFF63, 0xFF9E))
_DELETE = frozenset((0xFFFF, 0xFF9F))
_CONTROL_CHORDS = {"c": Chord.COPY, "x": Chord.CUT, "v": Chord.PASTE}


def class_of_keysym(keysym: int) -> KeyClass:
    """The class of an X11 keysym; `OTHER` for what writes nothing by itself (dead keys)."""
    if keysym in _NAMED:
        return _NAMED[keysym]
    for first, last, key_class in _RANGES:
        if first <= keysym <= last:
            return key_class
    if 0x20 <= keysym <= 0xFF:
        return class_of_character(chr(keysym))
    if _UNICODE_KEYSYMS < keysym <= _UNICODE_KEYSYMS + _LAST_CODE_POINT:
        return class_of_character(chr(keysym - _UNICODE_KEYSYMS))
    return _class_of_page(keysym >> 8)


def class_of_character(character: str) -> KeyClass:
    """The class of the key that types one character, by the wire's text-class table."""
    return KeyClass.TAB if character == "\t" else KEY_CLASS_OF_TEXT[class_of(character)]


def chord_of(keysym: int, *, control: bool, shift: bool) -> Chord | None:
    """The text-moving shortcut that a key makes with these modifiers, if any."""
    if keysym in _INSERT and control != shift:
        return Chord.COPY if control else Chord.PASTE
    if keysym in _DELETE and shift and not control:
        return Chord.CUT
    if control and 0x41 <= keysym <= 0x7A:
        return _CONTROL_CHORDS.get(chr(keysym).lower())
    return None


@lru_cache(maxsize=4)
def _judge(policy: Policy) -> Judge:
    return judge_of(policy)


def category_of(policy: Policy, title: str, process: str) -> Category:
    """The category of a window; its title is read here and kept nowhere.

    The policy's rules first, then Veritype's own list (`agent.categories`).
    """
    return _judge(policy)(title[:TITLE_MAX_CHARS], process[:TITLE_MAX_CHARS])


class TextReducer:
    """Reduces texts to length, lines and a tag under a key that lives as long as the session.

    The key is never stored or sent, and does not show in the object's text form: equal tags prove
    equal texts within the session and say nothing outside it.
    """

    def __init__(self, key: bytes | None = None) -> None:
        """`key` of the session; without one, a new one."""
        self._key = key or secrets.token_bytes(32)

    def reduce(self, text: str) -> TextFacts:
        """Facts of a text, in code points after NFC with CR LF as one newline."""
        plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
        if not plain:
            return TextFacts(0, 0, 0)
        mac = hmac.new(self._key, plain.encode("utf-8", "surrogatepass"), hashlib.sha256)
        # Zero means "not computed" on the wire.
        tag = int.from_bytes(mac.digest()[:8], "big") or 1
        lines = plain.count("\n") + (not plain.endswith("\n"))
        return TextFacts(min(len(plain), MISSING_U32 - 1), min(lines, MISSING_U32 - 1), tag)

    def __repr__(self) -> str:
        return "TextReducer(key not shown)"


def _class_of_page(page: int) -> KeyClass:
    if page in _LETTER_PAGES:
        return KeyClass.LETTER
    return KeyClass.PUNCT if page in _SIGN_PAGES else KeyClass.OTHER
