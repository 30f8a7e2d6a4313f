"""What is compared within a person: eight habits that copying changes in everybody alike.

Chosen from what is published, not by a search: the spread of pauses before words is the one
feature that parts free from copied text within a person best; pauses over half a second and two
seconds, at sentence starts and within words get rarer or shorter when nothing has to be planned,
and less is revised (Conijn, Roeser and van Zaanen 2019, *Understanding the keystroke log*; Crossley
et al. 2024, *Plagiarism detection using keystroke logs*). How fast the hands are is left out:
Killourhy and Maxion 2012 found it all but the same in free and copied text.
"""

from detector.features.vector import FEATURE_NAMES
from detector.tables import FloatArray

SIGNS = {
    "before_word_log_spread": -1.0,
    "pause_500_share": -1.0,
    "pause_2000_share": -1.0,
    "before_sentence_excess": -1.0,
    "within_p95_excess": -1.0,
    "erase_share": -1.0,
    "erase_run_length": -1.0,
    "product_process_ratio": 1.0,
}
"""Each habit with the direction in which copying moves it."""

_COLUMNS = [FEATURE_NAMES.index(name) for name in SIGNS]


def compared(features: FloatArray) -> FloatArray:
    """Return the values of `SIGNS` from rows of `stream_vector`; NaN where one is missing."""
    chosen: FloatArray = features[..., _COLUMNS]
    return chosen
