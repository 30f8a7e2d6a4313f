"""Sessions in which text was pasted: the whole of it, a paragraph, or several sentences."""

import numpy as np

from detector.simulation.session import SimulatedSession, TextLog
from detector.simulation.text import draw_text
from detector.simulation.typist import Typist, draw_typist
from detector.simulation.writer import compose_into
from detector.tables import Copy, Focus, Insertion
from wire.codes import Category, InsertionHow
from wire.keys import KeyClass

READING_MS = 6_000.0


def pasted_only(
    rng: np.random.Generator, *, characters: int = 900, light_edits: float = 0.0
) -> SimulatedSession:
    """Copy a text in an assistant's window, paste it, edit a share ``light_edits`` of it."""
    typist = draw_typist(rng)
    pasting = _Pasting(rng, typist)
    pasting.paste_from_assistant(draw_text(rng, characters))
    if light_edits:
        _edit(pasting.log, typist, round(light_edits * characters))
    return pasting.session()


def composed_with_paste(
    rng: np.random.Generator,
    *,
    characters: int = 1_200,
    pasted_share: float = 0.3,
    pastes: int = 1,
    typist: Typist | None = None,
    longest_pause_s: float = 60.0,
) -> SimulatedSession:
    """Compose a text in which ``pastes`` passages come from an assistant's window."""
    typist = typist or draw_typist(rng, longest_pause_s=longest_pause_s)
    pasting = _Pasting(rng, typist)
    part = round(characters * (1 - pasted_share) / (pastes + 1))
    passage = round(characters * pasted_share / pastes)
    for _ in range(pastes):
        compose_into(pasting.log, draw_text(rng, part), typist)
        pasting.paste_from_assistant(draw_text(rng, passage))
    compose_into(pasting.log, draw_text(rng, part), typist)
    return pasting.session()


class _Pasting:
    def __init__(self, rng: np.random.Generator, typist: Typist) -> None:
        self.log = TextLog()
        self._rng, self._typist = rng, typist
        self._insertions: list[Insertion] = []
        self._copies: list[Copy] = []
        self._away: list[tuple[int, int]] = []

    def paste_from_assistant(self, passage: str) -> None:
        left = round(self.log.now_ms * 1000) + 500_000
        reading = READING_MS * float(self._rng.uniform(0.6, 1.6))
        back = left + round(reading * 1000)
        tag = int(self._rng.integers(1, 2**62))
        self._copies.append(Copy(back - 400_000, len(passage), Category.ASSISTANT, tag))
        self._away.append((left, back))
        self.log.press(KeyClass.MODIFIER, reading + 1_500.0, 300.0)
        when = self.log.paste(passage, 180.0, self._typist.hold_ms())
        self._insertions.append(Insertion(when, len(passage), InsertionHow.PASTE, tag))

    def session(self) -> SimulatedSession:
        return SimulatedSession(
            self.log.table(start_ms=0.0),
            self.log.text_class,
            insertions=tuple(self._insertions),
            copies=tuple(self._copies),
            focus=self._focus(),
        )

    def _focus(self) -> tuple[Focus, ...]:
        focus, at = [], 0
        for left, back in self._away:
            focus.append(Focus(at, left, Category.TASK))
            focus.append(Focus(left, back, Category.ASSISTANT))
            at = back
        focus.append(Focus(at, round(self.log.now_ms * 1000), Category.TASK))
        return tuple(focus)


def _edit(log: TextLog, typist: Typist, characters: int) -> None:
    while characters > 0:
        size = min(characters, int(typist.rng.integers(1, 8)))
        log.click(
            int(typist.rng.integers(size, len(log.text))),
            typist.interval_ms("after_jump"),
            typist.hold_ms(),
        )
        for number in range(size):
            moment = "erase_more" if number else "after_jump"
            log.erase(typist.interval_ms(moment), typist.hold_ms())
        for _ in range(size):
            log.type("a", typist.interval_ms("within_word"), typist.hold_ms())
        characters -= size
