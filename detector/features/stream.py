"""The stream of text keys: intervals between presses, each put in its place in the text.

Places follow Inputlog's pause locations (Leijten and Van Waes 2013, *Keystroke logging in
writing research*, Written Communication 30(3)): within words, after words (the press of the
space), before words (the first letter after it), before sentences and before paragraphs. Keys
that put nothing into the text (shift, navigation ...) do not end an interval: the interval runs
from one text key's press to the next one's, as the latency of the text unit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.features.plain import At, Key
from detector.tables import Activity, BoolArray, FloatArray, IntArray, Keystrokes

AUTO_REPEAT_MAX_US = 120_000
"""Longest interval between repeats of a held key that desktops use by default (Windows 33 ms,
X11 40 ms, KLiCKe's recorder 84 ms)."""
SAMPLE_KEYS = 4_096
SAMPLE_BLOCKS = 4


@dataclass(frozen=True, slots=True)
class TextStream:
    """Text keys in order; row i's interval is the time since row i - 1.

    Attributes:
        t_us: press times.
        hold_us: hold times or `detector.tables.MISSING`.
        key: key classes.
        interval_us: inter-key intervals; the first is 0.
        interval_log: the same as log10 of milliseconds, floored at 1 ms.
        place: a `detector.features.plain.Place` of each interval; the first is ``OTHER``.
        effects_seen: whether insertions and deletions were recorded.
        jumped: whether the caret was moved (navigation key or click) just before this key.
    """

    t_us: IntArray
    hold_us: IntArray
    key: IntArray
    interval_us: IntArray
    interval_log: FloatArray
    place: IntArray
    jumped: BoolArray
    effects_seen: bool

    def __len__(self) -> int:
        return len(self.t_us)

    def intervals_at(self, place: int) -> FloatArray:
        """Return log10 of the intervals at a place, in milliseconds, floored at 1 ms."""
        chosen: FloatArray = self.interval_log[self.place == place]
        return chosen

    def part(self, start: int, stop: int) -> "TextStream":
        """Return the rows ``start:stop`` as views."""
        return TextStream(
            self.t_us[start:stop],
            self.hold_us[start:stop],
            self.key[start:stop],
            self.interval_us[start:stop],
            self.interval_log[start:stop],
            self.place[start:stop],
            self.jumped[start:stop],
            self.effects_seen,
        )

    def sample(self) -> "TextStream":
        """Return at most `SAMPLE_KEYS` rows, in blocks spread over the whole.

        Dependence between neighbours is known well from so many; more only cost time.
        """
        count = len(self)
        if count <= SAMPLE_KEYS:
            return self
        size = SAMPLE_KEYS // SAMPLE_BLOCKS
        starts = np.linspace(0, count - size, SAMPLE_BLOCKS).astype(np.int64)
        rows = (starts[:, None] + np.arange(size)).ravel()
        return TextStream(
            self.t_us[rows],
            self.hold_us[rows],
            self.key[rows],
            self.interval_us[rows],
            self.interval_log[rows],
            self.place[rows],
            self.jumped[rows],
            self.effects_seen,
        )


def log10_ms(times_us: IntArray) -> FloatArray:
    """Return log10 of times in milliseconds; times under 1 ms count as 1 ms."""
    return np.log10(np.maximum(times_us, 1_000) / 1_000.0)


def text_stream(table: Keystrokes) -> TextStream:
    """Pick the text keys of ``table``, without auto-repeats and without pasted rows."""
    key = table.key.astype(np.int8)
    activity = table.activity.astype(np.int8)
    text = key <= Key.DELETE
    text &= (activity != Activity.PASTE) & (activity != Activity.AI_INSERT)
    text &= activity != Activity.AI_REQUEST
    moves = (key == Key.NAV_CHAR) | (key == Key.NAV_JUMP) | (key == Key.CLICK)
    rows = np.flatnonzero(text)
    rows = _without_auto_repeat(table.t_us[rows], key[rows], rows)
    t_us = table.t_us[rows]
    jumped = _moved_between(moves, rows)
    stream_key = key[rows]
    interval_us = np.zeros(len(t_us), np.int64)
    interval_us[1:] = t_us[1:] - t_us[:-1]
    return TextStream(
        t_us=t_us,
        hold_us=table.hold_us[rows],
        key=stream_key.astype(np.int64),
        interval_us=interval_us,
        interval_log=log10_ms(interval_us),
        place=_places(stream_key, jumped),
        jumped=jumped,
        effects_seen=table.effects_seen,
    )


def _moved_between(moves: BoolArray, rows: IntArray) -> BoolArray:
    """Whether the caret was moved between each of ``rows`` and the row before it."""
    jumped = np.zeros(len(rows), dtype=np.bool_)
    after = np.searchsorted(rows, np.flatnonzero(moves))
    jumped[after[(after > 0) & (after < len(rows))]] = True
    return jumped


def _without_auto_repeat(t_us: IntArray, key: NDArray[np.int8], rows: IntArray) -> IntArray:
    """Return ``rows`` without the repeats of a held erase key; times and classes are theirs."""
    if len(rows) < 3:
        return rows
    erases = (key == Key.BACKSPACE) | (key == Key.DELETE)
    quick = np.zeros(len(rows), dtype=np.bool_)
    quick[1:] = erases[1:] & (key[1:] == key[:-1]) & (t_us[1:] - t_us[:-1] < AUTO_REPEAT_MAX_US)
    repeat = quick.copy()
    repeat[2:] &= quick[1:-1]
    repeat[:2] = False
    return rows[~repeat] if repeat.any() else rows


def _places(key: NDArray[np.int8], jumped: BoolArray) -> IntArray:
    count = len(key)
    place = np.full(count, At.OTHER, dtype=np.int8)
    if count < 2:
        return place.astype(np.int64)
    word = (key == Key.LETTER) | (key == Key.DIGIT)
    gap = (key == Key.SPACE) | (key == Key.TAB)
    enter = key == Key.ENTER
    punct = key == Key.PUNCT
    erase = (key == Key.BACKSPACE) | (key == Key.DELETE)
    after_word = np.zeros(count, np.bool_)
    after_word[1:] = word[:-1]
    place[word & after_word] = At.WITHIN_WORD
    place[(gap | punct | enter) & after_word] = At.AFTER_WORD
    opens = np.flatnonzero(word[1:] & (gap | enter)[:-1]) + 1
    solid = np.flatnonzero(~gap)
    prior = np.searchsorted(solid, opens) - 1
    before = np.where(prior >= 0, key[solid[np.maximum(prior, 0)]] if len(solid) else 0, -1)
    place[opens] = At.BEFORE_WORD
    place[opens[before == Key.PUNCT]] = At.BEFORE_SENTENCE
    place[opens[before == Key.ENTER]] = At.BEFORE_PARAGRAPH
    revises = erase | jumped
    revises[1:] |= erase[:-1]
    place[revises] = At.REVISION
    place[0] = At.OTHER
    return place.astype(np.int64)
