"""Writing with inline suggestions of a language model: asked for, looked through, accepted, undone.

As the interface of CoAuthor is described (Lee, Liang and Yang 2022, *CoAuthor: Designing a
human-AI collaborative writing dataset*, CHI): a key asks for suggestions, arrows or the pointer
move over them, a key or a click puts one in; many are edited or taken out again.
"""

import numpy as np

from detector.simulation.session import SimulatedSession, TextLog
from detector.simulation.text import draw_text
from detector.simulation.typist import Typist, draw_typist
from detector.simulation.writer import compose_into
from wire.keys import KeyClass

ACCEPTED_BY = (KeyClass.ENTER, KeyClass.TAB, KeyClass.CLICK, KeyClass.OTHER)


def with_suggestions(
    rng: np.random.Generator, *, suggestions: int = 12, taken_out: float = 0.35
) -> SimulatedSession:
    """Compose a text in which ``suggestions`` are accepted and a share is taken out again."""
    typist = draw_typist(rng)
    log = TextLog()
    for _ in range(suggestions):
        compose_into(log, draw_text(rng, int(rng.integers(20, 120))), typist)
        _accept(log, typist)
        while rng.random() < taken_out:
            _take_out(log, typist, log.rows[-1][3])
            _accept(log, typist)
    return log.session()


def _accept(log: TextLog, typist: Typist) -> None:
    rng = typist.rng
    log.press(KeyClass.TAB, typist.interval_ms("before_word"), typist.hold_ms())
    for _ in range(int(rng.integers(0, 4))):
        log.press(KeyClass.NAV_CHAR, typist.interval_ms("within_word"), typist.hold_ms())
    passage = draw_text(rng, int(rng.integers(21, 160)))
    by = ACCEPTED_BY[int(rng.integers(len(ACCEPTED_BY)))]
    log.suggest(passage, by, typist.interval_ms("before_sentence"), typist.hold_ms())


def _take_out(log: TextLog, typist: Typist, length: int) -> None:
    """Take out some or all of what was accepted: by backspaces, or selected and deleted."""
    rng = typist.rng
    length = min(length, log.cursor)
    if rng.random() < 0.5:
        log.cut(length, typist.interval_ms("erase_first"), typist.hold_ms())
        return
    for _ in range(int(rng.integers(1, length + 1))):
        log.erase(typist.interval_ms("erase_more"), typist.hold_ms())
