"""How the keys of one stretch were typed, beside the rest of the session and people in general."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from detector.features.plain import Place
from detector.features.stream import TextStream, text_stream
from detector.from_wire.rows import key_pressed
from detector.simulation.figures import load_figures
from detector.tables import BoolArray, FloatArray, IntArray, keystrokes
from server.console.presses import Presses, presses_of
from server.language import _, ngettext, number
from server.scoring.facts import OpenedSession
from wire.keys import KeyClass

AROUND_MS = 10_000
"""So much before and after a stretch is looked at too."""
_FEWEST = 5
"""A median of fewer intervals says nothing."""
_ERASES = (int(KeyClass.BACKSPACE), int(KeyClass.DELETE))


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of the stretch beside others; a dash where it is not known."""

    what: str
    here: str
    rest: str
    people: str


@dataclass(frozen=True, slots=True)
class Figures:
    """A session's keys, and which of them lie in the stretch."""

    writing: Presses
    stream: TextStream
    redacted: bool
    start_us: int
    end_us: int

    @property
    def writers(self) -> int:
        """How many people the figures of people in general are of."""
        return load_figures().writers

    @property
    def keys(self) -> int:
        """Presses in the stretch that make or change text."""
        return self._keys(self.start_us, self.end_us)

    @property
    def before(self) -> int:
        """The same in the ten seconds before it."""
        return self._keys(self.start_us - AROUND_MS * 1000, self.start_us)

    @property
    def after(self) -> int:
        """The same in the ten seconds after it."""
        return self._keys(self.end_us, self.end_us + AROUND_MS * 1000)

    @property
    def erased(self) -> int:
        """Presses in the stretch that take characters away."""
        return int(np.count_nonzero(self.writing.erases & self._in(self.writing.t_us)))

    @property
    def injected(self) -> int:
        """Presses in the stretch that a program sent."""
        return int(np.count_nonzero(self.writing.injected & self._in(self.writing.t_us)))

    @property
    def median_ms(self) -> int | None:
        """Median of the intervals between the stretch's presses."""
        return _median_ms(np.diff(self.writing.t_us[self._in(self.writing.t_us)]))

    def sentences(self) -> Iterator[str]:
        """What was counted in the stretch."""
        if not self.keys:
            yield _("No key was pressed here.")
        else:
            yield ngettext("%(num)s key was pressed.", "%(num)s keys were pressed.", self.keys)
        if self.median_ms is not None:
            yield _(
                "Half of the intervals between keys are no longer than %(ms)s ms.",
                ms=number(self.median_ms),
            )
        if self.injected:
            yield ngettext(
                "A program sent %(num)s of the keys, as the device says.",
                "A program sent %(num)s of the keys, as the device says.",
                self.injected,
            )
        if self.keys and not self.redacted:
            yield ngettext(
                "%(num)s key took text away.", "%(num)s keys took text away.", self.erased
            )
        yield _(
            "In the ten seconds before: %(before)s keys. In the ten seconds after: %(after)s.",
            before=self.before,
            after=self.after,
        )

    def compared(self) -> Iterator[Compared]:
        """Habits in the stretch, in the rest of the session, and of people in general."""
        inside = self._in(self.writing.t_us)
        yield Compared(
            _("Between two keys, median"),
            _ms(self.median_ms),
            _ms(_median_ms(np.diff(self.writing.t_us)[~inside[1:]])),
            "–",
        )
        if self.redacted:
            return
        here = self._in(self.stream.t_us)
        yield Compared(
            _("Between two letters of a word, median"),
            _ms(self._within_word_ms(here)),
            _ms(self._within_word_ms(~here)),
            _range(*_people("within_median"), unit_ms=True),
        )
        yield Compared(
            _("Turns to taking text away, in 100 keys"),
            _rate(self._turns(here)),
            _rate(self._turns(~here)),
            _range(*(100 * each for each in _people("erase_starts_log_rate")), unit_ms=False),
        )

    def _keys(self, start_us: int, end_us: int) -> int:
        t_us = self.writing.t_us
        return int(np.count_nonzero((t_us >= start_us) & (t_us < end_us)))

    def _in(self, t_us: IntArray) -> BoolArray:
        found: BoolArray = (t_us >= self.start_us) & (t_us < self.end_us)
        return found

    def _within_word_ms(self, rows: BoolArray) -> int | None:
        return _median_ms(self.stream.interval_us[rows & (self.stream.place == Place.WITHIN_WORD)])

    def _turns(self, rows: BoolArray) -> float | None:
        erases = np.isin(self.stream.key, _ERASES)
        begins = erases & ~np.r_[False, erases[:-1]]
        keys = int(np.count_nonzero(rows))
        return 100 * np.count_nonzero(begins & rows) / keys if keys >= _FEWEST else None


def figures_of(opened: OpenedSession, start_ms: int, end_ms: int) -> Figures:
    """The keys of a session, and where the stretch lies; its last millisecond belongs to it."""
    presses = presses_of(opened.batches)
    table = keystrokes(presses.t_us, key_pressed(presses.key, presses.flags))
    return Figures(
        writing=presses.that_write(),
        stream=text_stream(table),
        redacted=opened.redacted_us is not None,
        start_us=start_ms * 1000,
        end_us=(end_ms + 1) * 1000,
    )


def _people(trait: str) -> tuple[float, float, float]:
    """The mean of a habit over the writers of the shipped figures, and one spread either side."""
    figures = load_figures()
    middle, spread = figures.trait_mean[trait], figures.trait_spread[trait]
    return 10.0 ** (middle - spread), 10.0**middle, 10.0 ** (middle + spread)


def _median_ms(intervals_us: IntArray | FloatArray) -> int | None:
    if len(intervals_us) < _FEWEST:
        return None
    return round(float(np.median(intervals_us)) / 1000)


def _ms(value: int | None) -> str:
    return "–" if value is None else _("%(ms)s ms", ms=number(value))


def _rate(value: float | None) -> str:
    return "–" if value is None else number(value, 1)


def _range(low: float, middle: float, high: float, *, unit_ms: bool) -> str:
    if unit_ms:
        return _(
            "%(middle)s ms; two of three: %(low)s to %(high)s ms",
            low=number(round(low)),
            middle=number(round(middle)),
            high=number(round(high)),
        )
    return _(
        "%(middle)s; two of three: %(low)s to %(high)s",
        low=number(low, 1),
        middle=number(middle, 1),
        high=number(high, 1),
    )
