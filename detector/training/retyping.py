"""Turning a genuine essay's log into the log of the same hands copying that essay.

No corpus with raw transcription logs may be used for training, so copying is simulated: the
person's own motor intervals and holds are kept, what was erased is left out but for some repairs,
pauses of planning are drawn again from the person's own motor intervals at the same place, and
looks at the source are put in (eye-hand span in words; Salthouse 1986): before words, after them,
and within words for those who copy letter by letter. Ranges are wide on purpose, so that no single
habit decides, and centred so that simulated copies cover the transcribed half of Crossley et al.
2024 in pauses over 200 ms and 2 s per key, their length, bursts, unevenness of production,
deletions and product/process ratio (`detector.training.controls` reports how far they do).
"""

import numpy as np

from detector.features.plain import Place
from detector.features.stream import TextStream, text_stream
from detector.tables import FloatArray, IntArray, Keystrokes, keystrokes
from wire.keys import KeyClass

LONGEST_REPAIR = 3
"""Longer erasures are rewording, which a copyist does not do."""
LAPSE_US = 3.5e6
BREAK_US = 12e6
SHARE_SKILLED = 0.3
"""How many copy at their own speed, with looks at the source as their only pauses."""


def retyped(rng: np.random.Generator, table: Keystrokes) -> Keystrokes:
    """Return a copying of the text of ``table`` by the same hands."""
    stream = text_stream(table)
    rows = _surviving_rows(rng, stream)
    if len(rows) < 3:
        return keystrokes((), ())
    interval = stream.interval_us[rows].astype(np.float64)
    place = stream.place[rows]
    interval = _without_planning(rng, stream, rows, interval, place)
    interval += _looks(rng, place)
    if rng.random() > SHARE_SKILLED:
        interval += _glances(rng, place) + _breaks(rng, len(rows))
        interval *= _pace(rng, len(rows))
    return _with_slips(rng, interval, stream.key[rows], stream.hold_us[rows], place)


def _surviving_rows(rng: np.random.Generator, stream: TextStream) -> IntArray:
    """Rows of the text without what was erased, but with some short repairs kept."""
    keep_repairs = float(rng.beta(1.5, 1.0))
    keep_longer = float(rng.choice([0.0, rng.uniform(0.0, 0.5)]))
    erase = (stream.key == KeyClass.BACKSPACE) | (stream.key == KeyClass.DELETE)
    rows: list[int] = []
    row, count = 0, len(stream)
    while row < count:
        if not erase[row]:
            rows.append(row)
            row += 1
            continue
        end = row
        while end < count and erase[end]:
            end += 1
        keep = keep_repairs if end - row <= LONGEST_REPAIR else keep_longer / (end - row) * 4
        if len(rows) > 2 and rng.random() < keep:
            rows.extend(range(row, end))
        else:
            del rows[max(len(rows) - (end - row), 0) :]
        row = end
    return np.array(rows, dtype=np.int64)


def _without_planning(
    rng: np.random.Generator,
    stream: TextStream,
    rows: IntArray,
    interval: FloatArray,
    place: IntArray,
) -> FloatArray:
    within = stream.interval_us[stream.place == Place.WITHIN_WORD]
    if len(within) < 20:
        return interval
    limit = float(np.quantile(within, rng.uniform(0.88, 0.99)))
    boundary = float(rng.uniform(1.0, 2.5))
    limits = np.where(place == Place.WITHIN_WORD, limit, limit * boundary)
    stitched = np.diff(rows, prepend=rows[0]) != 1
    redraw = (interval > limits) | stitched
    source = stream.interval_us
    for kind in Place:
        mine = redraw & (place == kind)
        pool = source[(stream.place == kind) & (source > 0) & (source <= limit * boundary)]
        if len(pool) < 10:
            pool = within[within <= limit]
        interval[mine] = rng.choice(pool, size=int(mine.sum()))
    return interval


def _looks(rng: np.random.Generator, place: IntArray) -> FloatArray:
    """Return the time that looks at the source and lapses of attention add to each interval."""
    added = np.zeros(len(place))
    look_us = 10 ** rng.uniform(5.4, 6.5)
    spread = rng.uniform(0.4, 1.2)
    words = (place >= Place.BEFORE_WORD) & (place <= Place.BEFORE_PARAGRAPH)
    chances = np.zeros(len(place))
    chances[words] = 10 ** -rng.uniform(0.0, 1.7)
    chances[place == Place.AFTER_WORD] = 10 ** -rng.uniform(0.5, 2.5)
    looks = rng.random(len(place)) < chances
    added[looks] += look_us * rng.lognormal(0.0, spread, int(looks.sum()))
    lapses = rng.random(len(place)) < 10 ** rng.uniform(-3.5, -2.0)
    added[lapses] += rng.lognormal(np.log(LAPSE_US), 0.7, int(lapses.sum()))
    return added


def _glances(rng: np.random.Generator, place: IntArray) -> FloatArray:
    """Return the time that checks letter by letter add, in the source or on the keyboard."""
    added = np.zeros(len(place))
    rate = 10 ** rng.uniform(-2.5, -0.1)
    glances = (place <= Place.AFTER_WORD) & (rng.random(len(place)) < rate)
    glance_us = 10 ** rng.uniform(4.8, 5.7)
    added[glances] += glance_us * rng.lognormal(0.0, 0.6, int(glances.sum()))
    return added


def _pace(rng: np.random.Generator, count: int) -> FloatArray:
    """Return a factor on each interval: copying by eye is slower, and its speed wanders."""
    knots = np.cumsum(rng.normal(0.0, rng.uniform(0.0, 0.12), 12))
    wander = np.interp(np.arange(count), np.linspace(0, count, 12), knots - knots.mean())
    pace: FloatArray = 10 ** (rng.uniform(-0.05, 0.22) + wander)
    return pace


def _breaks(rng: np.random.Generator, count: int) -> FloatArray:
    """Return the time lost to lapses of attention and to longer breaks, which plan nothing."""
    added = np.zeros(count)
    for rates, typical_us in (((-3.3, -1.7), LAPSE_US), ((-4.5, -2.6), BREAK_US)):
        lost = rng.random(count) < 10 ** rng.uniform(*rates)
        added[lost] += rng.lognormal(np.log(typical_us), rng.uniform(0.3, 0.9), int(lost.sum()))
    return added


def _with_slips(
    rng: np.random.Generator, interval: FloatArray, key: IntArray, hold: IntArray, place: IntArray
) -> Keystrokes:
    """Put in wrong letters that are erased at once: each row may come as wrong, erased, right."""
    rate = 10 ** rng.uniform(-3.0, -1.4)
    slip = (place == Place.WITHIN_WORD) & (rng.random(len(key)) < rate)
    copies = np.where(slip, 3, 1)
    source = np.repeat(np.arange(len(key)), copies)
    turn = np.arange(len(source)) - np.repeat(np.cumsum(copies) - copies, copies)
    noticed = (turn == 1) & slip[source]
    stretched = interval[source] * np.where(noticed, rng.uniform(1.2, 4.0), 1.0)
    times = np.cumsum(np.maximum(stretched, 1_000.0))
    made = np.where(noticed, int(KeyClass.BACKSPACE), key[source])
    return keystrokes(np.round(times - times[0]).astype(np.int64), made, hold[source])
