"""Random timing models of programs: a law of intervals, their dependence, factors and pauses."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv, ndtr, ndtri

from detector.simulation.figures import LEVELS, MOMENTS
from detector.simulation.typist import draw_typist
from detector.tables import FloatArray
from detector.training.typing_plan import LETTERS, Moment, Plan

PEOPLE_BY_MOMENT = "people_by_moment"
BONDS = ("none", "first_order", "slow_tempo", "sinusoid", "one_over_f", "switching", "bursts")
FACTORS = ("letter_pair", "word", "word_length", "position", "moment", "fatigue", "distance")
PAUSES = ("none", "boundaries", "lapses", "both")


@dataclass(frozen=True, slots=True)
class Gaps:
    """The components of a timing model; each drawn apart from the others."""

    law: str
    bond: str
    factors: tuple[str, ...]
    pauses: str


def draw_gaps(rng: np.random.Generator) -> Gaps:
    """Draw the components of a timing model."""
    bond = "none" if rng.random() < 0.4 else str(rng.choice(BONDS[1:]))
    factors = tuple(name for name in FACTORS if rng.random() < 0.35)
    law = str(rng.choice([*LAWS, PEOPLE_BY_MOMENT, PEOPLE_BY_MOMENT]))
    return Gaps(law, bond, factors, str(rng.choice(PAUSES, p=[0.1, 0.4, 0.1, 0.4])))


def gaps_ms(rng: np.random.Generator, gaps: Gaps, plan: Plan) -> FloatArray:
    """Draw the interval before each key press of ``plan``, in milliseconds."""
    level = np.clip(ndtr(_bonded(rng, gaps.bond, len(plan))), 1e-4, 1 - 1e-4)
    if gaps.law == PEOPLE_BY_MOMENT:
        made = _people_by_moment(rng, level, plan)
    else:
        middle = float(
            10 ** (rng.normal(2.15, 0.13) if rng.random() < 0.6 else rng.uniform(1.6, 2.6))
        )
        made = middle * _law(rng, gaps.law, level)
        made = _repairs(rng, made, middle, plan)
    for name in gaps.factors:
        made = made * _factor(rng, name, plan)
    floor = float(rng.choice([1.0, rng.uniform(5.0, 60.0)]))
    return np.maximum(made, floor) + _pauses(rng, gaps.pauses, plan)


def _bonded(rng: np.random.Generator, bond: str, count: int) -> FloatArray:
    """Return standard normal deviates with some dependence in time."""
    noise = rng.standard_normal(count)
    rows = np.arange(count)
    if bond == "none" or count < 16:
        return noise
    if bond == "first_order":
        return _smooth(noise, float(rng.uniform(-0.5, 0.7)))
    if bond == "sinusoid":
        slow = np.sqrt(2.0) * np.sin(rows * rng.uniform(0.02, 1.5) + rng.uniform(0, 6))
    elif bond == "slow_tempo":
        slow = _smooth(rng.standard_normal(count), float(rng.uniform(0.85, 0.995)))
    elif bond == "switching":
        blocks = rng.standard_normal(count)
        slow = blocks[np.cumsum(rng.random(count) < 1.0 / rng.uniform(5, 80))]
    elif bond == "bursts":
        slow = np.where(rows % int(rng.integers(3, 20)) == 0, 2.0, -0.3)
    else:
        slow = _coloured(rng, count, float(rng.uniform(0.3, 1.4)))
    weight = float(rng.uniform(0.1, 0.9))
    return np.asarray(np.sqrt(weight) * slow + np.sqrt(1 - weight) * noise)


def _smooth(noise: FloatArray, rho: float) -> FloatArray:
    made = np.empty_like(noise)
    state, scale = 0.0, float(np.sqrt(1 - rho * rho))
    for row, value in enumerate(noise.tolist()):
        state = rho * state + scale * value
        made[row] = state
    return made


def _coloured(rng: np.random.Generator, count: int, slope: float) -> FloatArray:
    spectrum = np.fft.rfft(rng.standard_normal(count))
    spectrum[1:] /= np.arange(1.0, len(spectrum)) ** (slope / 2)
    spectrum[0] = 0.0
    made = np.fft.irfft(spectrum, count)
    return np.asarray(made / max(float(made.std()), 1e-9))


def _law(rng: np.random.Generator, law: str, level: FloatArray) -> FloatArray:
    """Return intervals against their middle, at ``level`` of the law's distribution."""
    return np.asarray(LAWS[law](rng, level, float(rng.uniform(0.05, 0.7))))


def _uniform(rng: np.random.Generator, level: FloatArray, spread: float) -> FloatArray:
    return 1.0 + min(spread * 1.4, 0.95) * (2.0 * level - 1.0)


def _normal(rng: np.random.Generator, level: FloatArray, spread: float) -> FloatArray:
    return np.asarray(np.maximum(1.0 + 0.7 * spread * ndtri(level), 0.1))


def _log_normal(rng: np.random.Generator, level: FloatArray, spread: float) -> FloatArray:
    return np.asarray(np.exp(spread * ndtri(level)))


def _exponential(rng: np.random.Generator, level: FloatArray, spread: float) -> FloatArray:
    return 1.0 - spread - spread * np.log(1.0 - level)


def _triangular(rng: np.random.Generator, level: FloatArray, spread: float) -> FloatArray:
    peak = float(rng.uniform(0.2, 0.6))
    falling = 1.0 - np.sqrt((1.0 - level) * (1.0 - peak))
    return 0.5 + 2.0 * spread * np.where(level < peak, np.sqrt(level * peak), falling)


def _gamma(rng: np.random.Generator, level: FloatArray, spread: float) -> FloatArray:
    shape = float(1.0 / spread**2)
    return np.asarray(gammaincinv(shape, level) / shape)


def _weibull(rng: np.random.Generator, level: FloatArray, spread: float) -> FloatArray:
    return np.asarray((-np.log(1.0 - level)) ** (0.8 * spread))


def _log_logistic(rng: np.random.Generator, level: FloatArray, spread: float) -> FloatArray:
    return np.asarray((level / (1.0 - level)) ** (0.5 * spread))


def _mixture(rng: np.random.Generator, level: FloatArray, spread: float) -> FloatArray:
    share, far = float(rng.uniform(0.1, 0.5)), float(rng.uniform(1.3, 2.5))
    wide = np.exp(0.5 * spread * ndtri(level))
    return np.asarray(wide * np.where(rng.random(len(level)) < share, far, 1.0))


def _even(rng: np.random.Generator, level: FloatArray, spread: float) -> FloatArray:
    return np.asarray(1.0 + 0.04 * ndtri(level))


def _steps(rng: np.random.Generator, level: FloatArray, spread: float) -> FloatArray:
    steps = np.sort(rng.uniform(0.5, 2.0, int(rng.integers(2, 9))))
    return np.asarray(
        steps[(level * len(steps)).astype(np.int64)] * np.exp(0.1 * spread * ndtri(level))
    )


def _people_pooled(rng: np.random.Generator, level: FloatArray, spread: float) -> FloatArray:
    """Intervals of a person drawn from population figures, whatever the key is."""
    pooled = draw_typist(rng).tables["within_word"]
    return np.asarray(10.0 ** (np.interp(level, LEVELS, pooled) - np.median(pooled)))


def _people_by_moment(rng: np.random.Generator, level: FloatArray, plan: Plan) -> FloatArray:
    """Intervals of a person drawn from population figures, each moment by its own quantiles."""
    typist = draw_typist(rng)
    made = np.zeros(len(plan))
    for moment in Moment:
        rows = plan.moment == moment
        name = moment.name.lower()
        table = typist.tables[name if name in MOMENTS else "after_word"]
        made[rows] = 10.0 ** np.interp(level[rows], LEVELS, table)
    return np.minimum(made, 60_000.0)


def _repairs(rng: np.random.Generator, made: FloatArray, middle: float, plan: Plan) -> FloatArray:
    """Give the keys around a repair times of their own."""
    width = float(rng.choice([0.02, rng.uniform(0.05, 0.5)]))
    for moment, low, high in (
        (Moment.ERASE_FIRST, 0.2, 0.9),
        (Moment.ERASE_MORE, -0.7, 0.2),
        (Moment.AFTER_ERASE, -0.1, 0.6),
    ):
        rows = plan.moment == moment
        size = middle * 10 ** rng.uniform(low, high)
        made[rows] = size * np.exp(width * rng.standard_normal(np.count_nonzero(rows)))
    return made


def _factor(rng: np.random.Generator, name: str, plan: Plan) -> FloatArray:
    strength = float(rng.uniform(0.05, 0.5))
    if name == "letter_pair":
        table = np.exp(strength * rng.standard_normal((LETTERS, LETTERS)))
        if rng.random() < 0.5:
            table = rng.choice(rng.uniform(0.4, 1.5, int(rng.integers(2, 6))), table.shape)
        return np.where(plan.moment <= Moment.BEFORE_WORD, _pairs(plan, table), 1.0)
    if name == "word_length":
        lengths = np.minimum(np.bincount(plan.word)[plan.word], 12)
        return np.asarray((lengths / 4.0) ** float(rng.uniform(-0.2, 0.4)))
    if name == "distance":
        return 1.0 + strength * _pairs(plan, rng.random((LETTERS, LETTERS)))
    if name == "word":
        words = np.exp(strength * rng.standard_normal(int(plan.word[-1]) + 1))
        return np.asarray(words[plan.word])
    if name == "position":
        return 1.0 + float(rng.uniform(-0.3, 0.8)) * np.exp(-plan.position / rng.uniform(0.5, 4))
    if name == "fatigue":
        return np.linspace(1.0, float(rng.uniform(0.8, 1.6)), len(plan))
    leads = np.exp(rng.normal(0.15, 0.4, len(Moment)))
    leads[Moment.WITHIN_WORD] = 1.0
    return np.asarray(leads[plan.moment])


def _pairs(plan: Plan, table: FloatArray) -> FloatArray:
    return np.asarray(table[np.r_[0, plan.letter[:-1]], plan.letter])


def _pauses(rng: np.random.Generator, pauses: str, plan: Plan) -> FloatArray:
    added = np.zeros(len(plan))
    if pauses in ("boundaries", "both"):
        for moment, highest in (
            (Moment.BEFORE_WORD, 0.3),
            (Moment.BEFORE_SENTENCE, 1.0),
            (Moment.BEFORE_PARAGRAPH, 1.0),
            (Moment.ERASE_FIRST, 0.5),
        ):
            rows = np.flatnonzero(plan.moment == moment)
            _pause_at(rng, added, rows[rng.random(len(rows)) < rng.uniform(0, highest)])
    if pauses in ("lapses", "both"):
        share = 10 ** rng.uniform(-3.5, -1.5)
        _pause_at(rng, added, np.flatnonzero(rng.random(len(plan)) < share))
    return added


def _pause_at(rng: np.random.Generator, added: FloatArray, rows: np.ndarray) -> None:
    middle, width = 10 ** rng.uniform(2.3, 3.9), float(rng.uniform(0.05, 1.2))
    if rng.random() < 0.4:
        drawn = rng.uniform(middle * 0.4, middle * 2.0, len(rows))
    else:
        drawn = middle * np.exp(width * rng.standard_normal(len(rows)))
    added[rows] += np.minimum(drawn, 90_000.0)


LAWS: dict[str, Callable[[np.random.Generator, FloatArray, float], FloatArray]] = {
    "uniform": _uniform,
    "normal": _normal,
    "log_normal": _log_normal,
    "exponential": _exponential,
    "triangular": _triangular,
    "gamma": _gamma,
    "weibull": _weibull,
    "log_logistic": _log_logistic,
    "mixture": _mixture,
    "even": _even,
    "steps": _steps,
    "people_pooled": _people_pooled,
}
"""Laws of intervals by name: inverse distribution functions around a middle of about 1."""
