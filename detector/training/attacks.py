"""Attacks on the detector: how many machine-typed sessions pass as a person's.

Also with a family left out of training, since the tools of tomorrow are not those simulated. The
worst family counts, not the mean.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from detector.features.stream import text_stream
from detector.features.vector import stream_vector
from detector.model import Model
from detector.simulation import ROBOTS, Holds, histogram_forgery, replay
from detector.tables import BoolArray, FloatArray, IntArray, Keystrokes, keystrokes
from detector.training.broken_hands import HOLD_BREAKS, INTERVAL_BREAKS, broken_hands
from detector.training.examples import Essay, Examples, Kind
from detector.training.fit import fit_hands
from detector.training.generic_robots import generic_robot
from detector.training.metrics import missed_at, rate

ATTACK_SEED = 77
TYPERS = tuple(ROBOTS)
FORGERIES = ("replay", "block_replay", "histogram", "histogram_conditioned")
RANDOM_FAMILIES = ("generic", "broken_hands")
"""Families of many kinds: machines composed at random, a person's hands with one bond broken."""
FAMILIES = (*TYPERS, *FORGERIES, *RANDOM_FAMILIES)
ALIKE = {
    "replay": {"replay", "block_replay"},
    "histogram": {"histogram", "broken_hands"},
    "broken_hands": {"histogram", "broken_hands"},
}
"""Families of training that go when one is left out, since they are made alike."""
LENGTH_EDGES = (150, 500, 1_500)
LENGTH_NAMES = ("under_150", "150_to_500", "500_to_1500", "over_1500")
TEXT_LENGTHS = (140, 400, 1_000, 2_200)
"""Characters typed by turns, so that each class of length is met."""


@dataclass(frozen=True, slots=True)
class Attacks:
    """Machine-typed sessions of writers not learnt from, one row each.

    Attributes:
        features: feature vectors.
        family: one of `FAMILIES`.
        keys: text keys.
        holds_seen: whether releases were recorded.
        writer: whose text, and whose hands in a forgery.
    """

    features: FloatArray
    family: np.ndarray
    keys: IntArray
    holds_seen: BoolArray
    writer: np.ndarray


def make_attacks(essays: list[Essay]) -> Attacks:
    """Attack once by each family with each essay: timing alone, no injected flag.

    Texts are of 140, 400, 1,000 and 2,200 characters by turns; holds pass for a person's one by
    one, and are not recorded in every third essay.
    """
    rows: list[tuple[FloatArray, str, int, bool, str]] = []
    for number, essay in enumerate(essays):
        rng = np.random.default_rng([ATTACK_SEED, number])
        text = essay.text_class[: TEXT_LENGTHS[number % len(TEXT_LENGTHS)]]
        holds_seen = number % 3 != 2
        for name, session in _attacks(rng, essay, text):
            table = session if holds_seen else keystrokes(session.t_us, session.key)
            stream = text_stream(table)
            rows.append((stream_vector(stream), name, len(stream), holds_seen, essay.writer))
    features, family, keys, seen, writers = zip(*rows, strict=True)
    return Attacks(
        np.array(features), np.array(family), np.array(keys), np.array(seen), np.array(writers)
    )


def _attacks(rng: np.random.Generator, essay: Essay, text: str) -> Iterator[tuple[str, Keystrokes]]:
    for name in TYPERS:
        yield name, ROBOTS[name](rng, text, holds=Holds.HUMAN).keystrokes
    victim = essay.keystrokes
    yield "replay", replay(rng, victim, text).keystrokes
    yield "block_replay", replay(rng, victim, text, shuffled=True).keystrokes
    yield "histogram", histogram_forgery(rng, victim, text).keystrokes
    forged = histogram_forgery(rng, victim, text, conditioned=True)
    yield "histogram_conditioned", forged.keystrokes
    yield "generic", generic_robot(rng, text, holds=Holds.HUMAN)
    interval_break = str(rng.choice(INTERVAL_BREAKS[1:]))
    part = victim.rows(0, min(len(victim), len(text)))
    yield "broken_hands", broken_hands(rng, part, interval_break, str(rng.choice(HOLD_BREAKS)))


def attack_figures(model: Model, essays: list[Essay]) -> dict[str, object]:
    """Return APCER at the shipped review threshold: by family, length and holds, and the worst."""
    attacks = make_attacks(essays)
    logits = model.machine_logits(attacks.features)
    passed = model.synthetic_calibration(logits) < model.review_at["synthetic"]
    families = {name: _broken_down(attacks, passed, attacks.family == name) for name in FAMILIES}
    long_enough = attacks.keys >= LENGTH_EDGES[0]
    shares = {
        name: float(np.mean(passed[long_enough & (attacks.family == name)])) for name in FAMILIES
    }
    worst = max(shares, key=lambda name: shares[name])
    return {"families": families, "worst_over_150_keys": {worst: round(shares[worst], 4)}}


def _broken_down(attacks: Attacks, passed: BoolArray, mine: BoolArray) -> dict[str, object]:
    length = np.searchsorted(LENGTH_EDGES, attacks.keys, side="right")

    def figure(rows: BoolArray) -> dict[str, float | int | None]:
        return rate(passed[rows], attacks.writer[rows]).to_json()

    return {
        "all": figure(mine),
        "by_length": {
            name: figure(mine & (length == number)) for number, name in enumerate(LENGTH_NAMES)
        },
        "holds_seen": figure(mine & attacks.holds_seen),
        "holds_missing": figure(mine & ~attacks.holds_seen),
    }


def leave_one_family_out(train: Examples, test: Examples) -> dict[str, object]:
    """Return APCER at BPCER 1 % and 0.1 % on each family by a head that has not seen it.

    The head is fitted again without the family and those made alike (`ALIKE`); genuine and
    copied stretches of ``test`` set the threshold.
    """
    person = test.kind != Kind.SYNTHETIC
    made: dict[str, object] = {}
    for family in np.unique(train.family[train.kind == Kind.SYNTHETIC]).tolist():
        mine = test.family == family
        if not mine.any():
            continue
        kept = ~np.isin(train.family, list(ALIKE.get(family, {family})))
        head = fit_hands(train.features[kept], train.kind[kept] == Kind.SYNTHETIC)
        rows = person | mine
        scores = head.predict_proba(test.features[rows])[:, 1]
        made[family] = {
            "apcer_at_bpcer_1": round(missed_at(scores, mine[rows], 0.01), 4),
            "apcer_at_bpcer_0.1": round(missed_at(scores, mine[rows], 0.001), 4),
            "stretches": int(mine.sum()),
        }
    return made
