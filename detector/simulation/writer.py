"""People writing: composing a text, and copying one.

Composing: planning pauses that grow from word to sentence to paragraph, errors noticed and
repaired, and returns to earlier text, all drawn from `detector.simulation.figures`. Copying: words
are read into a buffer, typed as a burst with few pauses inside it, and the eyes go back to the
source at a word boundary (eye-hand span; Salthouse 1986, *Perceptual, cognitive, and motoric
aspects of transcription typing*, Psychological Bulletin 99(3)); the hands are the same.
"""

import re

import numpy as np

from detector.simulation.session import SimulatedSession, TextLog
from detector.simulation.text import draw_text
from detector.simulation.typist import Typist, draw_typist
from wire.keys import KeyClass

SHIFT_LEAD_MS = (60.0, 160.0)
ERASE_HOLD = -0.1
"""Backspace is held for less time than letters (log10)."""
SLOWER_A_LETTER = 0.018
"""Long words are typed slower than short ones, which are the frequent ones (log10 a letter)."""


def composing(
    rng: np.random.Generator,
    *,
    characters: int | None = None,
    minutes: float | None = None,
    text_class: str | None = None,
    typist: Typist | None = None,
    longest_pause_s: float = 60.0,
) -> SimulatedSession:
    """Simulate a person composing a text.

    Args:
        rng: source of randomness.
        characters: about how long the text gets (default 1,200, or as ``minutes`` allow).
        minutes: stop writing after this much time (the last pause or repair may run over).
        text_class: the text to be composed, instead of one drawn.
        typist: whose hands; one is drawn by default.
        longest_pause_s: pauses are cut to about this length (for live tests in real time).
    """
    typist = typist or draw_typist(rng, longest_pause_s=longest_pause_s)
    if text_class is None:
        text_class = draw_text(rng, characters or (20_000 if minutes else 1_200))
    log = TextLog()
    compose_into(log, text_class, typist, until_ms=minutes * 60_000.0 if minutes else None)
    return log.session()


def compose_into(
    log: TextLog, text_class: str, typist: Typist, *, until_ms: float | None = None
) -> None:
    """Compose ``text_class`` at the cursor of ``log``."""
    rng = typist.rng
    erase_rate = 10.0 ** typist.traits["erase_starts_log_rate"]
    jump_rate = 10.0 ** typist.traits["jumps_log_rate"]
    lengths = _erase_lengths(typist)
    before = log.text[log.cursor - 1] if log.cursor else "\n"
    sentence_start = True
    for character, slower in zip(text_class, _slower_words(text_class), strict=True):
        moment = moment_of(before, character, sentence_start=sentence_start)
        _type_with_shift(log, character, moment, typist, slower, capital=sentence_start)
        sentence_start = character in ".\n" or (sentence_start and character == " ")
        before = character
        if until_ms is not None and log.now_ms >= until_ms:
            return
        if rng.random() < erase_rate:
            _repair(log, typist, int(rng.choice(lengths[0], p=lengths[1])))
        if character == " " and rng.random() < 4.0 * jump_rate:
            _revise_earlier(log, typist, int(rng.choice(lengths[0], p=lengths[1])))


def _slower_words(text_class: str) -> list[float]:
    """Return how much slower each letter is typed for the length of its word (log10)."""
    slower: list[float] = []
    for part in re.findall(r"[a0]+|[^a0]", text_class):
        extra = SLOWER_A_LETTER * (min(len(part), 10) - 4.5) if part[0] in "a0" else 0.0
        slower.extend([extra] * len(part))
    return slower


def moment_of(before: str, character: str, *, sentence_start: bool) -> str:
    """Name the moment of writing in which ``character`` is typed after ``before``."""
    if character in " .\n":
        return "after_word" if before in "a0" else "within_word"
    if before == "\n":
        return "before_paragraph"
    if before in " .":
        return "before_sentence" if sentence_start else "before_word"
    return "within_word"


def _erase_lengths(typist: Typist) -> tuple[np.ndarray, np.ndarray]:
    chances = typist.figures.erase_length
    return np.arange(1, len(chances) + 1), np.array(chances) / sum(chances)


def _type_with_shift(
    log: TextLog, character: str, moment: str, typist: Typist, slower: float, *, capital: bool
) -> None:
    interval = typist.interval_ms(moment, slower)
    if character == "a" and capital:
        lead = min(float(typist.rng.uniform(*SHIFT_LEAD_MS)), interval * 0.6)
        log.press(KeyClass.SHIFT, interval - lead, lead + typist.hold_ms())
        interval = lead
    log.type(character, interval, typist.hold_ms(0.02 if character == " " else 0.0))


def _repair(log: TextLog, typist: Typist, length: int) -> None:
    """Take out the last characters and write them again, now and then differently long."""
    length = min(length, log.cursor)
    if not length:
        return
    again = log.text[log.cursor - length : log.cursor]
    _erase(log, typist, length)
    if typist.rng.random() < 0.35:
        wrong = int(typist.rng.integers(1, length + 1))
        for number in range(wrong):
            moment = "within_word" if number else "after_erase"
            log.type("a", typist.interval_ms(moment), typist.hold_ms())
        _erase(log, typist, wrong)
    for number, character in enumerate(again):
        moment = "within_word" if number else "after_erase"
        log.type(character, typist.interval_ms(moment), typist.hold_ms())


def _erase(log: TextLog, typist: Typist, length: int) -> None:
    for number in range(length):
        moment = "erase_more" if number else "erase_first"
        log.erase(typist.interval_ms(moment), typist.hold_ms(ERASE_HOLD))


def _revise_earlier(log: TextLog, typist: Typist, length: int) -> None:
    """Click into earlier text, replace a few characters there, and click back to the end."""
    if log.cursor < 60:
        return
    end_distance = len(log.text) - log.cursor
    position = int(typist.rng.integers(20, log.cursor - 10))
    log.click(position, typist.interval_ms("after_jump") * 0.5, typist.hold_ms())
    taken = log.text[max(log.cursor - length, 0) : log.cursor]
    for number in range(len(taken)):
        moment = "erase_more" if number else "after_jump"
        log.erase(typist.interval_ms(moment), typist.hold_ms(ERASE_HOLD))
    for character in (*taken, *("a" * int(typist.rng.integers(0, 4)))):
        log.type(character, typist.interval_ms("within_word"), typist.hold_ms())
    log.click(
        len(log.text) - end_distance, typist.interval_ms("after_jump") * 0.5, typist.hold_ms()
    )


def transcribing(
    rng: np.random.Generator,
    *,
    characters: int = 1_200,
    text_class: str | None = None,
    typist: Typist | None = None,
) -> SimulatedSession:
    """Simulate a person copying a text that is in view."""
    typist = typist or draw_typist(rng)
    text_class = text_class if text_class is not None else draw_text(rng, characters)
    span_words = float(10 ** rng.uniform(0.2, 1.5))
    look_ms = float(10 ** rng.uniform(2.7, 3.65))
    distractions = float(10 ** rng.uniform(-3.5, -2.0))
    limit = 10.0 ** (typist.traits["within_median"] + float(rng.uniform(0.3, 0.9)))
    log = TextLog()
    before, sentence_start, left = "\n", True, 0
    for character, slower in zip(text_class, _slower_words(text_class), strict=True):
        moment = moment_of(before, character, sentence_start=sentence_start)
        interval = _copying_interval(typist, moment, limit, slower)
        if character == "a" and before in " \n":
            left -= 1
            if left < 0:
                left = int(rng.geometric(1.0 / max(span_words, 1.01)))
                interval += look_ms * float(np.exp(rng.normal(0, 0.5)))
        if rng.random() < distractions:
            interval += float(rng.lognormal(8.6, 0.7))
        log.type(character, interval, typist.hold_ms())
        sentence_start = character in ".\n" or (sentence_start and character == " ")
        before = character
        if rng.random() < 0.4 * 10.0 ** typist.traits["erase_starts_log_rate"]:
            _repair(log, typist, int(rng.geometric(0.7)))
    return log.session()


def _copying_interval(typist: Typist, moment: str, limit: float, slower: float) -> float:
    """Draw an interval without planning: what exceeds ``limit`` is drawn again."""
    place = moment if moment == "after_word" else "within_word"
    drawn = (typist.interval_ms(place, slower) for _ in range(4))
    value = next((v for v in drawn if v < limit), limit)
    return value * (1.0 if moment in ("within_word", "after_word") else 1.25)
