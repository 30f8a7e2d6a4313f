"""Whether the input came from hands: tells of machines that do not need a model.

Kept apart from authorship. They explain and nudge the model's probability that a machine typed;
only the timing of a recorded session, found again, is enough for a person to look. What a declared
aid explains counts for nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detector.features.plain import Place
from detector.features.stream import TextStream
from detector.features.vector import FEATURE_NAMES
from detector.reasons import Code, Reason
from detector.replay import Match, Matches, replayed_within
from detector.tables import MISSING, BoolArray, FloatArray, InputOrigin
from wire.codes import Mode

REPLAY_KEYS = 12
REPLAY_STEP_US = 4_000
"""Intervals are compared to this precision; 12 ordinary intervals agree by chance with a
probability below 1e-12 a pair."""
LEAST_VARIATION_STEPS = 8
"""Twelve intervals that differ by no more than 32 ms are an even rhythm, not a signature."""
TELLS_ABOVE = {
    "release_inversion_bond": Code.RELEASES_OUT_OF_ORDER,
    "interval_flatness": Code.UNIFORM_INTERVALS,
}
TELLS_BELOW = {"tempo_16": Code.NO_TEMPO, "long_word_excess": Code.WORDS_ALL_ALIKE}
"""Figures that explain a machine where they lie outside nine tenths of genuine composing."""
_HASH_FACTORS = tuple(np.uint64(pow(0x9E3779B97F4A7C15, power, 2**64)) for power in (1, 2, 4))
INJECTED_LOGIT = 1.5
"""What injected input adds to the log odds of a machine: a nudge, not a verdict."""
REPEATED_LOGIT = 6.0
IMPOSSIBLE_LOGIT = 3.0
"""What physically impossible speed adds: it needs the rhythm to speak for a machine too."""
FAST_KEYS = 40
FAST_US = 1_200_000
"""Forty keys in 1.2 s are 400 words a minute."""
INSTANT_KEYS = 8
INSTANT_US = 20_000
"""Eight presses within 20 ms, more than two hands meant to make."""
IMPOSSIBLE_SHARE = 0.1
SHORT_HOLD_US = 18_000
REPLAY_STRONG_KEYS = 400
REPLAY_STRONG_SHARE = 0.2
EXPLAINS_SPEED = frozenset({Mode.REMAPPER, Mode.IME, Mode.SWITCH_DEVICE, Mode.DICTATION})
"""Aids that send several keys at once: macros, conversions, scanned words."""
EXPLAINS_REPETITION = frozenset({Mode.REMAPPER, Mode.SWITCH_DEVICE, Mode.DICTATION})
"""Aids that type the same again: macros and scanned selections. A screen reader or an input method
does not repeat a person's rhythm."""
EXPLAINS_INJECTION = frozenset(
    {Mode.REMAPPER, Mode.IME, Mode.SCREEN_READER, Mode.SWITCH_DEVICE, Mode.DICTATION}
)
REPLACES_TYPING = frozenset({Mode.SWITCH_DEVICE, Mode.DICTATION})


@dataclass(frozen=True, slots=True)
class Integrity:
    """Tells of machine input; what a declared aid explains is left out.

    Attributes:
        repeated_keys: keystrokes that repeat an earlier interval sequence of the session.
        injected_share: share of presses marked as injected; NaN where unknown.
        excused: whether a declared mode explains injected input.
        impossible_keys: keystrokes faster than hands can be.
        keys: text keys of the session.
        replays: recorded sessions with the same timing.
    """

    repeated_keys: int
    injected_share: float
    excused: bool
    impossible_keys: int = 0
    keys: int = 0
    replays: tuple[Match, ...] = ()

    @property
    def log_odds(self) -> float:
        """Return what the tells add to the model's log odds."""
        total = 0.0
        if not self.excused and self.injected_share >= 0.5:
            total += INJECTED_LOGIT
        if self.repeated_keys >= 2 * REPLAY_KEYS:
            total += REPEATED_LOGIT
        if self.impossible_keys > IMPOSSIBLE_SHARE * self.keys:
            total += IMPOSSIBLE_LOGIT
        return total

    @property
    def replayed_keys(self) -> int:
        """Return the keystrokes with the timing of one other session."""
        return max((match.keystrokes for match in self.replays), default=0)

    @property
    def mostly_replayed(self) -> bool:
        """Whether a replay is long, or much of the session."""
        enough = min(REPLAY_STRONG_KEYS, REPLAY_STRONG_SHARE * self.keys)
        return bool(self.replays) and self.replayed_keys >= enough


def find_integrity(
    stream: TextStream,
    origin: InputOrigin | None,
    declared: frozenset[Mode],
    matches: Matches | None = None,
) -> Integrity:
    """Look for repeated timing, impossible speed and injected input.

    Args:
        stream: the text keys.
        origin: which presses a program sent, where the system tells.
        declared: aids in force for most of the typing.
        matches: recorded sessions with the same timing, if a gallery was searched.
    """
    share = origin.injected_share if origin is not None else float("nan")
    repeats = 0 if declared & EXPLAINS_REPETITION else _all_repeated_keys(stream)
    fast = 0 if declared & EXPLAINS_SPEED else impossible_keys(stream)
    found = () if matches is None or declared & REPLACES_TYPING else matches.found
    return Integrity(
        repeated_keys=repeats,
        injected_share=share,
        excused=bool(declared & EXPLAINS_INJECTION),
        impossible_keys=fast,
        keys=len(stream),
        replays=found,
    )


def without_excused_holds(stream: TextStream, declared: frozenset[Mode]) -> TextStream:
    """Return the stream with holds not recorded, where a declared aid makes them.

    An aid that sends keys for the person often lets go at once; such holds are none of theirs.
    """
    if not declared & EXPLAINS_INJECTION:
        return stream
    known = stream.hold_us >= 0
    if np.count_nonzero(known & (stream.hold_us <= SHORT_HOLD_US)) <= 0.5 * known.sum():
        return stream
    return replace(stream, hold_us=np.full_like(stream.hold_us, MISSING))


def _all_repeated_keys(stream: TextStream) -> int:
    """Count repetitions to the letter and repetitions up to noise; the greater counts."""
    return max(repeated_keys(stream), replayed_within(stream))


def impossible_keys(stream: TextStream) -> int:
    """Count keystrokes that came faster than hands can type.

    Keys of one class in a row do not count: a held key repeats at 30 keys a second.
    """
    fast = _within(stream, FAST_KEYS, FAST_US) | _within(stream, INSTANT_KEYS, INSTANT_US)
    return int(np.count_nonzero(fast))


def _within(stream: TextStream, keys: int, most_us: int) -> BoolArray:
    """Mark the keys that stand in a run of ``keys`` of several classes within ``most_us``."""
    count = len(stream) - keys + 1
    if count <= 0:
        return np.zeros(len(stream), dtype=np.bool_)
    span = stream.t_us[keys - 1 :] - stream.t_us[:count]
    if span.min() > most_us:
        return np.zeros(len(stream), dtype=np.bool_)
    changes = np.cumsum(np.diff(stream.key, prepend=stream.key[:1]) != 0)
    mixed = changes[keys - 1 :] - changes[:count] >= keys // 8
    start = np.flatnonzero((span <= most_us) & mixed)
    edges = np.zeros(len(stream) + 1, dtype=np.int64)
    np.add.at(edges, start, 1)
    np.add.at(edges, start + keys, -1)
    marked: BoolArray = np.cumsum(edges[:-1]) > 0
    return marked


def repeated_keys(stream: TextStream) -> int:
    """Count keystrokes whose last 12 intervals stood earlier in the session already."""
    interval = stream.interval_us[1:]
    if len(interval) < 3 * REPLAY_KEYS:
        return 0
    steps = np.minimum(interval // REPLAY_STEP_US, 60_000)
    ordinary = (stream.place[1:] != Place.REVISION) & (interval > 0)
    varies = _over_keys(steps, np.maximum) - _over_keys(steps, np.minimum) > LEAST_VARIATION_STEPS
    good = varies & _over_keys(ordinary, np.logical_and)
    signature = _signatures(steps.astype(np.uint64))
    found = np.sort(signature[good])
    return int(np.count_nonzero(found[1:] == found[:-1]))


def _over_keys(values: np.ndarray, join: np.ufunc) -> np.ndarray:
    """Join each 12 successive values, by way of 2, 4 and 8."""
    two = join(values[:-1], values[1:])
    four = join(two[:-2], two[2:])
    eight = join(four[:-4], four[4:])
    joined: np.ndarray = join(eight[:-4], four[8:])
    return joined


def _signatures(steps: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the polynomial hash of each 12 successive steps, by way of 2, 4 and 8."""
    once, twice, four_times = _HASH_FACTORS
    two = steps[:-1] * once + steps[1:]
    four = two[:-2] * twice + two[2:]
    eight = four[:-4] * four_times + four[4:]
    hashed: NDArray[np.uint64] = eight[:-4] * four_times + four[8:]
    return hashed


def _main_reason(probability: float, integrity: Integrity) -> Reason:
    """The recording that was sent again, whatever its rhythm looks like; else the rhythm."""
    if not integrity.replays:
        return Reason(Code.SYNTHETIC_RHYTHM, probability)
    return Reason(replay_code(integrity), integrity.replayed_keys)


def replay_code(integrity: Integrity) -> Code:
    """Name a replay by whose recording it is."""
    own = all(match.own for match in integrity.replays)
    return Code.OWN_TIMING_REPLAYED if own else Code.TIMING_REPLAYED


def _unusual(value: Mapping[str, float], usual: Mapping[str, list[float]]) -> list[Reason]:
    """Return the figures outside nine tenths of genuine composing, on a machine's side."""
    reasons: list[Reason] = []
    for name, code in TELLS_ABOVE.items():
        if value[name] > usual[name][2]:
            reasons.append(Reason(code, value[name]))
    for name, code in TELLS_BELOW.items():
        if value[name] < usual[name][0]:
            reasons.append(Reason(code, value[name]))
    if value["spectral_peak"] > usual["spectral_peak"][2]:
        reasons.append(Reason(Code.PERIODIC_RHYTHM, 10 ** value["spectral_peak"]))
    return reasons


def synthetic_reasons(
    probability: float, features: FloatArray, typical: FloatArray, integrity: Integrity
) -> list[Reason]:
    """Return the main reason and the tells behind it.

    Args:
        probability: that a machine typed.
        features: the session's feature vector.
        typical: 5th, 50th and 95th percentiles of genuine composing.
        integrity: tells outside the model.
    """
    reasons = [_main_reason(probability, integrity)]
    value = dict(zip(FEATURE_NAMES, features.tolist(), strict=True))
    usual = dict(zip(FEATURE_NAMES, typical.T.tolist(), strict=True))
    if integrity.repeated_keys >= 2 * REPLAY_KEYS:
        reasons.append(Reason(Code.REPEATED_TIMING, integrity.repeated_keys))
    if value["hold_short_share"] > 0.5 and not integrity.excused:
        reasons.append(Reason(Code.HOLDS_TOO_SHORT, value["hold_short_share"]))
    if value["rollover_share"] < min(usual["rollover_share"][0], 0.005):
        reasons.append(Reason(Code.NO_ROLLOVER, value["rollover_share"]))
    reasons.extend(_unusual(value, usual))
    return [*reasons, *_tells_outside_the_rhythm(integrity)]


def _tells_outside_the_rhythm(integrity: Integrity) -> list[Reason]:
    reasons = []
    if integrity.impossible_keys > IMPOSSIBLE_SHARE * integrity.keys:
        reasons.append(Reason(Code.IMPOSSIBLE_SPEED, integrity.impossible_keys))
    if integrity.injected_share >= 0.5 and not integrity.excused:
        reasons.append(Reason(Code.INJECTED_INPUT, integrity.injected_share))
    return reasons
