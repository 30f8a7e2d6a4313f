"""Whether the input came from hands: tells of machines that do not need a model.

Kept apart from authorship. None of these decides alone; they explain and nudge the model's
probability that a machine typed.
"""

from dataclasses import dataclass

import numpy as np

from detector.features.stream import Place, TextStream
from detector.features.vector import FEATURE_NAMES
from detector.reasons import Code, Reason
from detector.tables import FloatArray, InputOrigin
from wire.codes import Mode

REPLAY_KEYS = 12
REPLAY_STEP_US = 4_000
"""Intervals are compared to this precision; 12 ordinary intervals agree by chance with a
probability below 1e-12 a pair."""
LEAST_VARIATION_STEPS = 8
"""Twelve intervals that differ by no more than 32 ms are an even rhythm, not a signature."""
_HASH_FACTOR = np.uint64(0x9E3779B97F4A7C15)
INJECTED_LOGIT = 1.5
"""What injected input adds to the log odds of a machine: a nudge, not a verdict."""
REPEATED_LOGIT = 6.0
EXPLAINS_INJECTION = frozenset(
    {Mode.REMAPPER, Mode.IME, Mode.SCREEN_READER, Mode.SWITCH_DEVICE, Mode.DICTATION}
)
REPLACES_TYPING = frozenset({Mode.SWITCH_DEVICE, Mode.DICTATION})


@dataclass(frozen=True, slots=True)
class Integrity:
    """Tells of machine input.

    Attributes:
        repeated_keys: keystrokes that repeat an earlier interval sequence of the session.
        injected_share: share of presses marked as injected; NaN where unknown.
        excused: whether a declared mode explains injected input.
    """

    repeated_keys: int
    injected_share: float
    excused: bool

    @property
    def log_odds(self) -> float:
        """Return what the tells add to the model's log odds."""
        total = 0.0
        if not self.excused and self.injected_share >= 0.5:
            total += INJECTED_LOGIT
        if self.repeated_keys >= 2 * REPLAY_KEYS:
            total += REPEATED_LOGIT
        return total


def find_integrity(
    stream: TextStream, origin: InputOrigin | None, declared: frozenset[Mode]
) -> Integrity:
    """Look for repeated timing and injected input."""
    share = origin.injected_share if origin is not None else float("nan")
    return Integrity(repeated_keys(stream), share, bool(declared & EXPLAINS_INJECTION))


def repeated_keys(stream: TextStream) -> int:
    """Count keystrokes whose last 12 intervals stood earlier in the session already."""
    interval = stream.interval_us[1:]
    if len(interval) < 3 * REPLAY_KEYS:
        return 0
    steps = np.minimum(interval // REPLAY_STEP_US, 60_000)
    ordinary = (stream.place[1:] != Place.REVISION) & (interval > 0)
    count = len(steps) - REPLAY_KEYS + 1
    highest, lowest = steps[:count].copy(), steps[:count].copy()
    good = ordinary[:count].copy()
    signature = np.zeros(count, dtype=np.uint64)
    for offset in range(REPLAY_KEYS):
        shifted = steps[offset : offset + count]
        np.maximum(highest, shifted, out=highest)
        np.minimum(lowest, shifted, out=lowest)
        good &= ordinary[offset : offset + count]
        signature = signature * _HASH_FACTOR + shifted.astype(np.uint64)
    found = np.sort(signature[good & (highest - lowest > LEAST_VARIATION_STEPS)])
    return int(np.count_nonzero(found[1:] == found[:-1]))


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
    reasons = [Reason(Code.SYNTHETIC_RHYTHM, probability)]
    value = dict(zip(FEATURE_NAMES, features.tolist(), strict=True))
    usual = dict(zip(FEATURE_NAMES, typical.T.tolist(), strict=True))
    if integrity.repeated_keys >= 2 * REPLAY_KEYS:
        reasons.append(Reason(Code.REPEATED_TIMING, integrity.repeated_keys))
    if value["hold_short_share"] > 0.5:
        reasons.append(Reason(Code.HOLDS_TOO_SHORT, value["hold_short_share"]))
    if value["rollover_share"] < min(usual["rollover_share"][0], 0.005):
        reasons.append(Reason(Code.NO_ROLLOVER, value["rollover_share"]))
    if value["release_inversion_bond"] > usual["release_inversion_bond"][2]:
        reasons.append(Reason(Code.RELEASES_OUT_OF_ORDER, value["release_inversion_bond"]))
    if value["tempo_16"] < usual["tempo_16"][0]:
        reasons.append(Reason(Code.NO_TEMPO, value["tempo_16"]))
    if value["long_word_excess"] < usual["long_word_excess"][0]:
        reasons.append(Reason(Code.WORDS_ALL_ALIKE, value["long_word_excess"]))
    if value["interval_flatness"] > usual["interval_flatness"][2]:
        reasons.append(Reason(Code.UNIFORM_INTERVALS, value["interval_flatness"]))
    if value["spectral_peak"] > usual["spectral_peak"][2]:
        reasons.append(Reason(Code.PERIODIC_RHYTHM, 10 ** value["spectral_peak"]))
    if integrity.injected_share >= 0.5 and not integrity.excused:
        reasons.append(Reason(Code.INJECTED_INPUT, integrity.injected_share))
    return reasons
