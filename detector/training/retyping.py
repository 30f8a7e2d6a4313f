"""Turning a genuine essay's log into the log of the same hands copying that essay.

No corpus with raw transcription logs may be used for training, so copying is simulated: the
person's own motor intervals and holds are kept, what was erased is left out but for some typing
errors, pauses of planning are drawn again from the person's own motor intervals at the same
place, and looks at the source are put in at word boundaries (eye-hand span in words; Salthouse
1986). Ranges are wide on purpose and were set so that simulated copies cover the transcribed
half of Crossley et al. 2024 in pauses over 2 s per key and their length, erased keys per key and
product/process ratio.
"""

import numpy as np

from detector.features.stream import Place, TextStream, text_stream
from detector.tables import IntArray, Keystrokes, keystrokes
from wire.keys import KeyClass


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
    times = np.cumsum(np.maximum(interval, 1_000.0))
    return keystrokes(
        np.round(times - times[0]).astype(np.int64), stream.key[rows], stream.hold_us[rows]
    )


def _surviving_rows(rng: np.random.Generator, stream: TextStream) -> IntArray:
    """Rows of the text without what was erased, but with some short repairs kept."""
    keep_repairs = float(rng.beta(1.5, 1.5))
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
        if end - row <= 2 and len(rows) > 2 and rng.random() < keep_repairs:
            rows.extend(range(row, end))
        else:
            del rows[max(len(rows) - (end - row), 0) :]
        row = end
    return np.array(rows, dtype=np.int64)


def _without_planning(
    rng: np.random.Generator,
    stream: TextStream,
    rows: IntArray,
    interval: np.ndarray,
    place: IntArray,
) -> np.ndarray:
    within = stream.interval_us[stream.place == Place.WITHIN_WORD]
    if len(within) < 20:
        return interval
    limit = float(np.quantile(within, rng.uniform(0.85, 0.985)))
    boundary = float(rng.uniform(1.0, 2.2))
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


def _looks(rng: np.random.Generator, place: IntArray) -> np.ndarray:
    added = np.zeros(len(place))
    span_words = 10 ** rng.uniform(0.0, 1.7)
    look_us = 10 ** rng.uniform(5.5, 6.65)
    words = np.flatnonzero((place >= Place.BEFORE_WORD) & (place <= Place.BEFORE_PARAGRAPH))
    looks = words[rng.random(len(words)) < 1.0 / span_words]
    added[looks] += look_us * rng.lognormal(0.0, rng.uniform(0.25, 0.7), len(looks))
    lapses = rng.random(len(place)) < 10 ** rng.uniform(-3.5, -1.9)
    added[lapses] += rng.lognormal(np.log(4e6), 0.7, int(lapses.sum()))
    return added
