"""Typing whose order is not the text's order: the chance that each character was typed at all.

Where a recorder saw keys only, the log is a row of stretches with unseen cursor moves between
them. A hidden Markov model reads the submitted text from left to right: each character was typed
next in the current stretch, or after a jump to another stretch, or not at all. Forward and
backward sums over all readings (Rabiner 1989, *A tutorial on hidden Markov models*, Proc. IEEE
77(2), eqs. 19 to 27) give each character's probability of the last. A chance match of somebody
else's words has to pay for its jumps in bits, as a local match pays for the size of the search
(Karlin and Altschul 1990, PNAS 87); what is certain already is not used a second time.
"""

from dataclasses import dataclass

import numpy as np

from detector.alignment.classmodel import CLASSES
from detector.alignment.matching import hits
from detector.alignment.rebuild import BREAK, WILDCARD, Codes
from detector.tables import BoolArray, FloatArray, IntArray

WRONG = 0.004
"""Chance that a typed key's class is not the text's (corrected or changed unseen)."""
ADDED = 0.002
"""Chance of one character between typed ones that has no key."""
OPENS = 2.0**-10
"""Chance that a passage without typing begins at a character."""
PASSAGE_CHARS = 150.0
"""Its mean length."""
JUMPS_PER_STRETCH = 0.2
"""How many of a log's cursor moves show in the final text."""
JUMPS_MAX = 0.2
JUMPS_BESIDE = 0.3
"""Jumps in a text that no cursor move was seen for."""
LANDING = {"within": (0.5, 0.4, 0.1), "end": (0.2, 0.6, 0.2), "passage": (0.1, 0.6, 0.3)}
"""Where a jump lands (the start of a stretch, near the typing around the gap, anywhere), by where
it leaves: in the middle of a stretch, at its end, or out of a passage without typing."""
NEAR_CHARS = 20
FEWEST_PLACES = 8
MOST_PLACES = 4_000
MOST_CELLS = 3_000_000
"""Characters times source places that are worked through in one gap."""
SEED = 16
FIRST_CHARS = 40
"""Where not all places can be tried, so much of each stretch's beginning is."""


@dataclass(frozen=True, slots=True)
class Source:
    """Typed codes with what is still unused of them.

    Attributes:
        codes: class codes in the order of typing, with breaks between stretches.
        free: indices of the codes that no certain match has used.
        typed: which codes are typed characters.
        starts: which of them begin a stretch.
    """

    codes: Codes
    free: IntArray
    typed: BoolArray
    starts: BoolArray

    def jump_chance(self, text_chars: int) -> float:
        """Return the chance of a jump between two characters of the text."""
        stretches = int(np.count_nonzero(self.starts))
        moves = JUMPS_PER_STRETCH * stretches if stretches > 1 else 0.0
        return min(JUMPS_MAX, (moves + JUMPS_BESIDE) / max(text_chars, 1))

    def between(self, first: int, last: int) -> "Source":
        """Return the same source with what is unused from ``first`` up to ``last`` alone."""
        low, high = np.searchsorted(self.free, (first, last))
        return Source(self.codes, self.free[low:high], self.typed, self.starts)

    def narrowed(self, gap: Codes, enter: int | None, leave: int | None) -> IntArray:
        """Return the free places to try for a gap; all of them where they are few.

        Else those near the gap's ends in the source, near longer matches and where stretches begin.
        """
        most = min(MOST_PLACES, max(MOST_CELLS // max(len(gap), 1), 4 * FEWEST_PLACES))
        if len(self.free) <= most:
            return self.free
        wanted = np.zeros(len(self.codes) + 1, dtype=np.int64)
        seeds, _ = hits(self.codes, gap, SEED)
        first_places = np.flatnonzero(self.starts)
        for first, last in (
            (seeds - 8, seeds + 3 * SEED),
            _near(gap, enter, leave),
            (first_places, first_places + min(len(gap), FIRST_CHARS)),
        ):
            np.add.at(wanted, np.clip(first, 0, len(self.codes)), 1)
            np.add.at(wanted, np.clip(last, 0, len(self.codes)), -1)
        places = self.free[np.cumsum(wanted)[self.free] > 0]
        return places[:most]


def source_of(codes: Codes, used: BoolArray) -> Source:
    """Return the source of a text whose ``used`` codes are taken."""
    typed = codes < WILDCARD
    starts = np.r_[True, ~typed[:-1]][: len(codes)] & typed
    return Source(codes, np.flatnonzero(typed & ~used), typed, starts)


def _near(gap: Codes, enter: int | None, leave: int | None) -> tuple[IntArray, IntArray]:
    """Return first and last places around the known ends of a gap."""
    reach = 2 * len(gap) + NEAR_CHARS
    ranges = [] if enter is None else [(enter - 5, enter + reach)]
    ranges += [] if leave is None else [(leave - reach, leave + 5)]
    first, last = np.array(ranges, dtype=np.int64).reshape(-1, 2).T
    return first, last


def untyped_chance(
    source: Source,
    gap: Codes,
    chance: FloatArray,
    enter: int | None,
    leave: int | None,
    jump: float,
) -> FloatArray:
    """Return for each character of a gap the probability that it was not typed.

    Args:
        source: what was typed.
        gap: the text's codes between two certain matches.
        chance: their probabilities, see `detector.alignment.classmodel.chances`.
        enter: index in the source of the code after the match before; -1 at the text's start,
            None behind a passage that was not typed.
        leave: index of the first code of the match behind; the source's length at the text's
            end, None before a passage that was not typed.
        jump: see `Source.jump_chance`.
    """
    if enter is not None and leave is not None and 0 <= enter < leave:
        between = source.codes[enter:leave]
        if np.array_equal(between[between < BREAK], gap):
            return np.zeros(len(gap))
    places = source.narrowed(gap, enter, leave)
    if not len(places):
        return np.ones(len(gap))
    return _Gap(source, places, gap, chance, enter, leave, jump).untyped()


class _Gap:
    """The model of one gap; vectors run over the source places in it."""

    def __init__(
        self,
        source: Source,
        places: IntArray,
        gap: Codes,
        chance: FloatArray,
        enter: int | None,
        leave: int | None,
        jump: float,
    ) -> None:
        count = len(places)
        self._codes, self._chance = gap.tolist(), chance.tolist()
        self._jump = jump
        starts = source.starts[places].astype(np.float64)
        self._one_start = 1.0 / max(float(starts.sum()), 1.0)
        near = np.zeros(count, dtype=np.bool_)
        for first, last in zip(*_near(gap, enter, leave), strict=True):
            near |= (places >= first) & (places <= last)
        self._one_near = 1.0 / max(int(np.count_nonzero(near)), FEWEST_PLACES)
        self._one_place = 1.0 / max(count, FEWEST_PLACES)
        landing = np.stack(
            [starts * self._one_start, near * self._one_near, np.full(count, 1.0 / count)]
        )
        self._within, self._from_end, self._from_passage = (
            np.array(LANDING[name]) @ landing for name in ("within", "end", "passage")
        )
        follows = np.minimum(places + 1, len(source.codes) - 1)
        ends = (places + 1 >= len(source.codes)) | ~source.typed[follows]
        self._stay = 1.0 - 1.0 / PASSAGE_CHARS
        self._go_on = np.where(ends, 0.0, 1.0 - jump - OPENS - ADDED)
        self._next = self._go_on[:-1] * (np.diff(places) == 1)
        self._jumps = np.where(ends, 0.0, jump)
        self._leaves = np.where(ends, 1.0 - OPENS - ADDED, 0.0)
        codes = source.codes[places]
        self._fits = [np.where(codes == c, 1.0 - WRONG, WRONG / 4) for c in range(CLASSES)]
        self._fits.extend([np.full(count, WRONG / 4)] * (BREAK + 1 - CLASSES))
        self._first = self._entry(source, places, enter)
        self._last = self._exit(source, places, leave)

    def _entry(
        self, source: Source, places: IntArray, enter: int | None
    ) -> tuple[FloatArray, float]:
        """Return the weights before the gap's first character."""
        if enter is None:
            return (1.0 - self._stay) * self._from_passage, self._stay
        if not 0 <= enter < len(source.codes) or not source.typed[enter]:
            return self._from_end.copy(), OPENS
        weights = self._jump * self._within
        at = int(np.searchsorted(places, enter))
        if at < len(places) and places[at] == enter:
            weights[at] += 1.0 - self._jump - OPENS
        return weights, OPENS

    def _exit(
        self, source: Source, places: IntArray, leave: int | None
    ) -> tuple[FloatArray, float]:
        """Return the weights behind the gap's last character: the chance to go on as known."""
        if leave is None:
            return np.full(len(places), OPENS), self._stay
        if leave >= len(source.codes):
            return np.ones(len(places)), 1.0
        start = self._one_start if source.starts[leave] else 0.0
        ways = np.array([start, self._one_near, self._one_place])
        within, end, passage = (float(np.array(mix) @ ways) for mix in LANDING.values())
        weights = self._jumps * within + self._leaves * end
        at = int(np.searchsorted(places, leave - 1))
        if at < len(places) and places[at] == leave - 1:
            weights[at] += self._go_on[at]
        return weights, (1.0 - self._stay) * passage

    def untyped(self) -> FloatArray:
        """Return the posterior probability of "not typed" for each character."""
        forward, scale, typed = self._forward()
        behind, passage = self._last
        total = float(typed @ behind) + forward[-1] * passage
        behind, passage = behind / total, passage / total
        chances = np.empty(len(forward))
        chances[-1] = forward[-1] * passage
        for i in range(len(forward) - 1, 0, -1):
            behind, passage = self._back(behind, passage, i)
            behind /= scale[i]
            passage /= scale[i]
            chances[i - 1] = forward[i - 1] * passage
        return np.clip(chances, 0.0, 1.0)

    def _forward(self) -> tuple[list[float], list[float], FloatArray]:
        typed, passage = self._first
        typed = typed * self._fits[self._codes[0]]
        passage *= self._chance[0]
        total = float(typed.sum()) + passage
        typed /= total
        forward, scale = [passage / total], [total]
        for code, chance in zip(self._codes[1:], self._chance[1:], strict=True):
            moved = float(typed @ self._jumps) * self._within
            moved += float(typed @ self._leaves) * self._from_end
            moved += (forward[-1] * (1.0 - self._stay)) * self._from_passage
            moved[1:] += typed[:-1] * self._next
            moved *= self._fits[code]
            moved += (ADDED * chance) * typed
            passage = chance * (self._stay * forward[-1] + OPENS * float(typed.sum()))
            total = float(moved.sum()) + passage
            typed = moved / total
            forward.append(passage / total)
            scale.append(total)
        return forward, scale, typed

    def _back(self, behind: FloatArray, passage: float, i: int) -> tuple[FloatArray, float]:
        chance = self._chance[i]
        fits = self._fits[self._codes[i]] * behind
        before = self._jumps * float(fits @ self._within)
        before += self._leaves * float(fits @ self._from_end)
        before += (ADDED * chance) * behind
        before += OPENS * chance * passage
        before[:-1] += self._next * fits[1:]
        out = (1.0 - self._stay) * float(fits @ self._from_passage) + self._stay * chance * passage
        return before, out
