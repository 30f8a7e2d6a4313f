"""How typing goes together with what was in view: windows before bursts, looks, the pointer.

Bursts are P-bursts: stretches of typing between pauses of 2 s and more (Kaufer, Hayes and Flower
1986, *Composing written sentences*, Research in the Teaching of English 20(2); Leijten and Van Waes
2013). A window counts as looked at in a pause when it was in front for half a second of it. Figures
are NaN where their source was not recorded. Two windows side by side need no change of focus: what
is looked at that way is not seen.
"""

from dataclasses import dataclass
from math import nan

import numpy as np

from detector.features.plain import Key
from detector.features.stream import TextStream
from detector.tables import BoolArray, Focus, IntArray, Recording
from wire.codes import Category

PAUSE_US = 2_000_000
BURST_KEYS = 5
"""Shorter bursts are corrections and single keys."""
LOOK_US = 500_000
BREAK_US = 60_000_000
"""A longer pause ends a stretch of typing."""
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
_ELSEWHERE = (Category.REFERENCE, Category.EDITOR, Category.COMMUNICATION, Category.OTHER)


@dataclass(frozen=True, slots=True)
class Coupling:
    """Figures of one session; NaN where the recording cannot support one.

    Attributes:
        bursts: P-bursts of at least `BURST_KEYS` text keys.
        assistant_before_bursts: share of bursts with an assistant's window in view in the pause
            before.
        elsewhere_before_bursts: the same for windows that are neither task nor assistant.
        alternations_per_100_words: looks at an assistant's window per 100 words typed.
        assistant_time_share: time in view of the assistant against that and the task together.
        keys_per_look: text keys per look at the assistant; NaN without a look.
        look_s: median length of a look.
        pointer_minutes_share: share of minutes with typing in which the pointer was used.
        typing_alone_s: longest stretch of typing without pointer, change of window or a minute's
            pause.
    """

    bursts: float
    assistant_before_bursts: float
    elsewhere_before_bursts: float
    alternations_per_100_words: float
    assistant_time_share: float
    keys_per_look: float
    look_s: float
    pointer_minutes_share: float
    typing_alone_s: float


@dataclass(frozen=True, slots=True)
class Bursts:
    """P-bursts with the pause before each; columns in order of time.

    Attributes:
        pause_us: when the pause before the burst began (0 for the first).
        start_us: its first key.
        end_us: its last key.
        looked: whether an assistant's window was in view in the pause before.
    """

    pause_us: IntArray
    start_us: IntArray
    end_us: IntArray
    looked: BoolArray


def bursts_of(stream: TextStream, focus: tuple[Focus, ...]) -> Bursts:
    """Return the P-bursts of a stream and which followed a look at an assistant."""
    t_us = stream.t_us
    if not len(t_us):
        return Bursts(t_us, t_us, t_us, np.zeros(0, dtype=np.bool_))
    first = np.r_[0, 1 + np.flatnonzero(stream.interval_us[1:] >= PAUSE_US)]
    last = np.r_[first[1:], len(t_us)] - 1
    pause_us = np.r_[0, t_us[last[:-1]]]
    kept = last - first + 1 >= BURST_KEYS
    start_us, pause_us, end_us = t_us[first][kept], pause_us[kept], t_us[last][kept]
    return Bursts(pause_us, start_us, end_us, _looked(focus, _ASSISTANT, pause_us, start_us))


def coupling_of(recording: Recording, stream: TextStream) -> Coupling:
    """Return the figures of a recording."""
    focus, pointer = recording.focus, recording.pointer
    bursts = bursts_of(stream, focus or ())
    count = len(bursts.start_us)
    share = elsewhere = alternations = time_share = keys = look_s = nan
    if focus is not None:
        looks = _looks(focus, stream)
        share = float(np.mean(bursts.looked)) if count else nan
        others = _looked(focus, _ELSEWHERE, bursts.pause_us, bursts.start_us)
        elsewhere = float(np.mean(others)) if count else nan
        words = _words(stream)
        alternations = 100.0 * len(looks) / words if words else nan
        time_share = _time_share(focus)
        if len(looks):
            keys, look_s = len(stream) / len(looks), float(np.median(looks)) / SECOND_US
    alone = pointer_share = nan
    if pointer is not None and len(stream):
        used = np.isin(_minutes(stream.t_us), _minutes(pointer.t_us))
        pointer_share = float(np.mean(used))
        if focus is not None:
            starts = np.array([f.start_us for f in focus], dtype=np.int64)
            alone = _longest_alone_s(stream, np.sort(np.r_[pointer.t_us, starts]))
    return Coupling(
        float(count),
        share,
        elsewhere,
        alternations,
        time_share,
        keys,
        look_s,
        pointer_share,
        alone,
    )


_ASSISTANT = (Category.ASSISTANT,)


def _looked(
    focus: tuple[Focus, ...],
    categories: tuple[Category, ...],
    from_us: IntArray,
    until_us: IntArray,
) -> BoolArray:
    """Whether windows of some categories were in view for a look between the moments."""
    spans = [(f.start_us, f.end_us) for f in focus if f.category in categories]
    if not spans:
        return np.zeros(len(from_us), dtype=np.bool_)
    bounds = np.array(spans, dtype=np.float64)
    length = np.cumsum(bounds[:, 1] - bounds[:, 0])
    seen = np.column_stack([np.r_[0.0, length[:-1]], length]).ravel()
    within = np.interp(until_us, bounds.ravel(), seen) - np.interp(from_us, bounds.ravel(), seen)
    return np.asarray(within >= LOOK_US)


def _looks(focus: tuple[Focus, ...], stream: TextStream) -> IntArray:
    """Return the lengths of looks at the assistant that typing followed."""
    if not len(stream):
        return np.zeros(0, dtype=np.int64)
    last = int(stream.t_us[-1])
    return np.array(
        [
            f.end_us - f.start_us
            for f in focus
            if f.category in _ASSISTANT and f.end_us - f.start_us >= LOOK_US and f.start_us < last
        ],
        dtype=np.int64,
    )


def _minutes(t_us: IntArray) -> IntArray:
    """Return the minutes in which something happened, each once."""
    minutes = t_us // MINUTE_US
    return minutes[np.diff(minutes, prepend=-1) > 0]


def _words(stream: TextStream) -> int:
    word = stream.key <= Key.DIGIT
    return int(np.count_nonzero(word[1:] & ~word[:-1])) + int(bool(len(word) and word[0]))


def _time_share(focus: tuple[Focus, ...]) -> float:
    total = {Category.ASSISTANT: 0, Category.TASK: 0}
    for f in focus:
        if f.category in total:
            total[f.category] += f.end_us - f.start_us
    both = sum(total.values())
    return total[Category.ASSISTANT] / both if both else nan


def _longest_alone_s(stream: TextStream, others_us: IntArray) -> float:
    t_us = stream.t_us
    paused = np.flatnonzero(stream.interval_us > BREAK_US)
    broken = np.searchsorted(t_us, others_us, "left")
    starts = np.zeros(len(t_us), dtype=np.bool_)
    starts[0] = True
    starts[paused] = True
    starts[broken[broken < len(t_us)]] = True
    first = np.flatnonzero(starts)
    last = np.r_[first[1:], len(t_us)] - 1
    return float(np.max(t_us[last] - t_us[first])) / SECOND_US
