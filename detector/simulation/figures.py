"""Figures of how people write, fitted to a corpus of essays and shipped as numbers.

No row of the corpus is in them: they are means and spreads over its writers. `fit_figures` makes
them from a corpus, `load_figures` reads those that ship.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from detector.errors import BadCorpusError
from detector.features.plain import Place
from detector.features.rhythm import hold_features
from detector.features.statistics import correlation
from detector.features.stream import TextStream, log10_ms, text_stream
from detector.tables import MISSING, FloatArray, Keystrokes
from wire.keys import KeyClass

LEVELS = (0.002, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.998)
MOMENTS = (
    "within_word",
    "after_word",
    "before_word",
    "before_sentence",
    "before_paragraph",
    "erase_first",
    "erase_more",
    "after_erase",
    "after_jump",
)
"""Moments of writing that have interval distributions of their own."""
TRAITS = (
    "within_median",
    "hold_median",
    "hold_spread",
    "hold_lag1",
    "interval_lag1",
    "erase_starts_log_rate",
    "jumps_log_rate",
)
LONGEST_WORD = 18
FEWEST_INTERVALS = 4
"""A writer with fewer intervals at a moment does not count for that moment."""
LONGEST_ERASE = 30


@dataclass(frozen=True, slots=True)
class WritingFigures:
    """Population figures of composing.

    Attributes:
        interval_quantiles: for each of `MOMENTS`, the mean over writers of the quantiles (at
            `LEVELS`) of log10 interval minus the writer's within-word median (log10 ms).
        interval_quantile_spread: standard deviation over writers of the same.
        trait_mean: mean over writers of each of `TRAITS`.
        trait_spread: standard deviation over writers of each of `TRAITS`.
        word_length: probability of words of 1, 2 ... letters.
        erase_length: probability of erasing 1, 2 ... characters in a run.
        sentence_words: mean and standard deviation of the log of words between full stops.
        paragraph_sentences: mean sentences in a paragraph.
        writers: how many writers the figures are from.
    """

    interval_quantiles: dict[str, list[float]]
    interval_quantile_spread: dict[str, list[float]]
    trait_mean: dict[str, float]
    trait_spread: dict[str, float]
    word_length: list[float]
    erase_length: list[float]
    sentence_words: list[float]
    paragraph_sentences: float
    writers: int

    def to_json(self) -> str:
        """Return the figures as the text that ships."""
        return json.dumps(asdict(self), indent=1) + "\n"


@cache
def load_figures() -> WritingFigures:
    """Return the figures that ship with the package."""
    text = files("detector").joinpath("models", "writing_figures.json").read_text("utf-8")
    return WritingFigures(**json.loads(text))


def fit_figures(tables: Iterable[Keystrokes], texts: Iterable[str]) -> WritingFigures:
    """Fit the figures to essays and their final texts (as classes).

    Raises:
        BadCorpusError: there are too few essays.
    """
    quantiles: dict[str, list[FloatArray]] = {moment: [] for moment in MOMENTS}
    pooled: dict[str, list[FloatArray]] = {moment: [] for moment in MOMENTS}
    traits: list[list[float]] = []
    erase_lengths = np.zeros(LONGEST_ERASE)
    for table in tables:
        stream = text_stream(table)
        if len(stream) < 300:
            continue
        moments = _moments(stream)
        middle = float(np.median(stream.intervals_at(Place.WITHIN_WORD)))
        for number, moment in enumerate(MOMENTS):
            logs = log10_ms(stream.interval_us[moments == number])
            pooled[moment].append(logs - middle)
            if len(logs) >= FEWEST_INTERVALS:
                quantiles[moment].append(np.quantile(logs, LEVELS) - middle)
        traits.append(_traits(stream, moments, middle))
        erase_lengths += _erase_lengths(stream)
    for moment in (m for m, found in quantiles.items() if not found):
        together = np.concatenate(pooled[moment]) if pooled[moment] else np.zeros(0)
        if len(together) < FEWEST_INTERVALS:
            raise BadCorpusError(f"too few essays to fit the moment {moment}")
        quantiles[moment].append(np.quantile(together, LEVELS))
    trait_table = np.array(traits)
    words, sentences, paragraphs = _text_figures(texts)
    return WritingFigures(
        interval_quantiles={m: _rounded(np.mean(q, axis=0)) for m, q in quantiles.items()},
        interval_quantile_spread={m: _rounded(np.std(q, axis=0)) for m, q in quantiles.items()},
        trait_mean=dict(zip(TRAITS, _rounded(np.nanmean(trait_table, axis=0)), strict=True)),
        trait_spread=dict(zip(TRAITS, _rounded(np.nanstd(trait_table, axis=0)), strict=True)),
        word_length=_rounded(words),
        erase_length=_rounded(erase_lengths / erase_lengths.sum()),
        sentence_words=_rounded(sentences),
        paragraph_sentences=round(paragraphs, 2),
        writers=len(traits),
    )


def _rounded(values: FloatArray) -> list[float]:
    return [round(float(v), 5) for v in values]


def _moments(stream: TextStream) -> np.ndarray:
    """Number each interval by `MOMENTS`; -1 for those that are none of them."""
    erase = (stream.key == KeyClass.BACKSPACE) | (stream.key == KeyClass.DELETE)
    erased_before = np.r_[False, erase[:-1]]
    moments = np.where(stream.place <= Place.BEFORE_PARAGRAPH, stream.place, -1)
    moments = np.where(erase & ~erased_before, MOMENTS.index("erase_first"), moments)
    moments = np.where(erase & erased_before, MOMENTS.index("erase_more"), moments)
    moments = np.where(~erase & erased_before, MOMENTS.index("after_erase"), moments)
    moments = np.where(stream.jumped, MOMENTS.index("after_jump"), moments)
    moments[0] = -1
    return moments


def _traits(stream: TextStream, moments: np.ndarray, middle: float) -> list[float]:
    holds = hold_features(stream)
    fast = (moments == 0) & (stream.interval_us < 1_000_000)
    pairs = fast[1:] & fast[:-1]
    logs = log10_ms(stream.interval_us)
    starts = np.count_nonzero(moments == MOMENTS.index("erase_first"))
    jumps = np.count_nonzero(stream.jumped)
    known = stream.hold_us != MISSING
    spread = np.std(log10_ms(stream.hold_us[known & (stream.hold_us > 18_000)]))
    return [
        middle,
        holds[0],
        float(spread),
        holds[4],
        correlation(logs[1:][pairs], logs[:-1][pairs]),
        float(np.log10((starts + 0.5) / len(stream))),
        float(np.log10((jumps + 0.5) / len(stream))),
    ]


def _erase_lengths(stream: TextStream) -> FloatArray:
    erase = (stream.key == KeyClass.BACKSPACE) | (stream.key == KeyClass.DELETE)
    edges = np.flatnonzero(np.diff(np.r_[0, erase.astype(np.int8), 0]))
    runs = np.minimum(edges[1::2] - edges[::2], LONGEST_ERASE)
    return np.bincount(runs - 1, minlength=LONGEST_ERASE).astype(np.float64)


def _text_figures(texts: Iterable[str]) -> tuple[FloatArray, FloatArray, float]:
    words = np.zeros(LONGEST_WORD)
    sentence_logs: list[float] = []
    paragraphs: list[int] = []
    for text in texts:
        for paragraph in text.split("\n"):
            sentences = [s.split() for s in paragraph.replace("0", "a").split(".")]
            sentences = [s for s in sentences if s]
            paragraphs.extend([len(sentences)] if sentences else [])
            for sentence in sentences:
                sentence_logs.append(float(np.log(len(sentence))))
                lengths = np.minimum([len(word) for word in sentence], LONGEST_WORD)
                words += np.bincount(lengths - 1, minlength=LONGEST_WORD)
    spread = np.array([np.mean(sentence_logs), np.std(sentence_logs)])
    return words / words.sum(), spread, float(np.mean(paragraphs))
