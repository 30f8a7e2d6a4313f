"""How much pauses before words differ: it parts free from copied text within one person.

The log of their standard deviation alone does so with an AUC of 0.98 among the people of Killourhy
and Maxion 2012 (*Free vs. transcribed text for keystroke-dynamics evaluations*), as is reported.
"""

import numpy as np

from detector.features.plain import At
from detector.features.statistics import MIN_SAMPLE, deviation_of
from detector.features.stream import TextStream

NAMES = ("before_word_log_spread",)
LONGEST_PAUSE_S = 3.0
"""Longer pauses count as this long: in a window there are too few to compare, and one would decide
the figure."""
_FLOOR_S = 1e-3


def word_start_features(stream: TextStream) -> list[float]:
    """Return the values of `NAMES`: log10 of the spread, in seconds, of intervals before words.

    Words that begin a sentence or a paragraph count too.
    """
    starts = (stream.place >= At.BEFORE_WORD) & (stream.place <= At.BEFORE_PARAGRAPH)
    seconds = np.minimum(stream.interval_us[starts] / 1e6, LONGEST_PAUSE_S)
    if len(seconds) < MIN_SAMPLE:
        return [np.nan]
    return [float(np.log10(deviation_of(seconds) + _FLOOR_S))]
