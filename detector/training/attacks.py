"""Attacks on the detector: how many machine-typed sessions pass as a person's.

Also with a family left out of training, since the tools of tomorrow are not those simulated.
"""

from collections.abc import Iterator

import numpy as np
from sklearn.base import clone

from detector.features.stream import text_stream
from detector.features.vector import stream_vector
from detector.model import Model
from detector.simulation import ROBOTS, Holds, histogram_forgery, replay
from detector.tables import FloatArray, Keystrokes
from detector.training.examples import Essay, Examples, Kind
from detector.training.metrics import missed_at, rate

ATTACK_SEED = 77
TYPERS = tuple(ROBOTS)
FORGERIES = ("replay", "block_replay", "histogram", "histogram_conditioned")


def attack_figures(model: Model, essays: list[Essay]) -> dict[str, object]:
    """Return APCER at the shipped threshold for each family, on writers not learnt from.

    Holds are drawn like a person's and no injected flag is set: timing alone.
    """
    rows: dict[str, list[FloatArray]] = {name: [] for name in (*TYPERS, *FORGERIES)}
    for number, essay in enumerate(essays):
        rng = np.random.default_rng([ATTACK_SEED, number])
        text = essay.text_class[:1_200]
        for name, session in _attacks(rng, essay, text):
            rows[name].append(stream_vector(text_stream(session)))
    writers = np.array([essay.writer for essay in essays])
    made: dict[str, object] = {}
    for name, vectors in rows.items():
        logits = model.head_logits("synthetic", np.array(vectors))
        passed = model.synthetic_calibration(logits) < model.review_at["synthetic"]
        made[name] = rate(passed, writers).to_json()
    return made


def _attacks(rng: np.random.Generator, essay: Essay, text: str) -> Iterator[tuple[str, Keystrokes]]:
    for name in TYPERS:
        yield name, ROBOTS[name](rng, text, holds=Holds.HUMAN).keystrokes
    victim = essay.keystrokes
    yield "replay", replay(rng, victim, text).keystrokes
    yield "block_replay", replay(rng, victim, text, shuffled=True).keystrokes
    yield "histogram", histogram_forgery(rng, victim, text).keystrokes
    forged = histogram_forgery(rng, victim, text, conditioned=True)
    yield "histogram_conditioned", forged.keystrokes


def leave_one_family_out(model: Model, train: Examples, test: Examples) -> dict[str, object]:
    """Return APCER at BPCER 1 % on each family by a head that has not seen that family.

    The head is fitted again without the family; genuine and copied stretches of ``test`` set the
    threshold.
    """
    families = np.unique(train.family[train.kind == Kind.SYNTHETIC])
    person = test.kind != Kind.SYNTHETIC
    made: dict[str, object] = {}
    for family in families.tolist():
        mine = test.family == family
        if not mine.any():
            continue
        kept = train.family != family
        head = clone(model.heads["synthetic"]).fit(
            train.features[kept], train.kind[kept] == Kind.SYNTHETIC
        )
        rows = person | mine
        scores = head.predict_proba(test.features[rows])[:, 1]
        made[family] = {
            "apcer_at_bpcer_1": round(missed_at(scores, mine[rows], 0.01), 4),
            "stretches": int(mine.sum()),
        }
    return made
