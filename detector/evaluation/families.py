"""Simulated attacks on writers the model has not seen, family by family, the worst first.

Text and genuine stretches are cut alike, so that length tells nothing. Holds are a person's and no
injected flag is set: timing alone.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from detector.errors import BadCorpusError
from detector.evaluation.parting import parting
from detector.evaluation.scored import Labelled, columns, scored_all
from detector.model import Model
from detector.simulation import ROBOTS, Holds, histogram_forgery, replay, transcribing
from detector.tables import Keystrokes
from detector.training.augment import with_injected_pauses
from detector.training.broken_hands import HOLD_BREAKS, INTERVAL_BREAKS, broken_hands
from detector.training.examples import Essay
from detector.training.generic_robots import generic_robot
from detector.training.retyping import retyped
from wire.keys import KeyClass

SEED = 77
TEXT_CHARS = 1_200
GENUINE_KEYS = 1_400
"""Text keys that people need for `TEXT_CHARS` characters, erased ones among them."""
MACHINES = (*ROBOTS, "random_machine", "histogram", "histogram_conditioned", "broken_hands")
AUTO_TYPERS = (*ROBOTS, "random_machine", "generic")
"""Programs that type a text by a timing model of their own, not by a person's recording."""
REPLAYS = ("replay", "block_replay")
COPIES = ("retyped", "retyped_with_pauses", "transcribing")


def family_figures(model: Model, essays: list[Essay], most: int) -> dict[str, Any]:
    """Return the figures of each family against the genuine stretches of all ``essays``.

    Args:
        model: what is attacked.
        essays: genuine sessions of writers the model has not seen.
        most: how many of them are attacked.

    Raises:
        BadCorpusError: there is no essay.
    """
    if not essays:
        raise BadCorpusError("no essay of a writer held out; add more writers")
    stretches = [_labelled(e, "genuine", beginning(e.keystrokes)) for e in essays]
    genuine = scored_all(model, ((stretch, None) for stretch in stretches))
    made: list[Labelled] = []
    for number, essay in enumerate(essays[:most]):
        rng = np.random.default_rng([SEED, number])
        made.extend(_labelled(essay, family, table) for family, table in attacks_on(rng, essay))
    attacks = scored_all(model, ((attack, None) for attack in made))

    def against(families: tuple[str, ...]) -> dict[str, Any]:
        return parting(columns([*genuine, *(a for a in attacks if a.label in families)]))

    return {
        "genuine_stretches": len(genuine),
        **with_worst({family: against((family,)) for family in (*MACHINES, *REPLAYS, *COPIES)}),
        "pooled": {
            "simulated machines": against(MACHINES),
            "replays": against(REPLAYS),
            "simulated copying": against(COPIES),
        },
    }


def worst_first(figures: dict[str, Any]) -> dict[str, Any]:
    """Return the families in the order of attacks missed at BPCER 1 %, the worst first."""
    return {
        name: figures[name] for name in sorted(figures, key=lambda n: (-_missed(figures[n]), n))
    }


def with_worst(figures: dict[str, Any]) -> dict[str, Any]:
    """Return `worst_first` with the worst of all and the worst auto-typer at the top."""
    ordered = worst_first(figures)
    typers = [name for name in ordered if name in AUTO_TYPERS]
    made = {"worst": _named(ordered, list(ordered)), "worst_auto_typer": _named(ordered, typers)}
    return {name: found for name, found in made.items() if found} | {"families": ordered}


def _named(figures: dict[str, Any], names: list[str]) -> dict[str, Any]:
    if not names:
        return {}
    found = figures[names[0]]["apcer_at_bpcer_1"]
    figure = found if isinstance(found, dict) else {"value": found, "low": None, "high": None}
    return {"family": names[0], **figure}


def _missed(figures: dict[str, Any]) -> float:
    found = figures["apcer_at_bpcer_1"]
    return float((found["value"] if isinstance(found, dict) else found) or 0.0)


def beginning(table: Keystrokes) -> Keystrokes:
    """Return the rows up to the `GENUINE_KEYS`-th text key."""
    text = np.flatnonzero(table.key <= KeyClass.DELETE)
    return table if len(text) <= GENUINE_KEYS else table.rows(0, int(text[GENUINE_KEYS]))


def _labelled(essay: Essay, family: str, table: Keystrokes) -> Labelled:
    return Labelled(essay.writer, essay.writer, family, table)


def attacks_on(rng: np.random.Generator, essay: Essay) -> Iterator[tuple[str, Keystrokes]]:
    """Yield one session of each family that produces the essay's beginning."""
    victim, text = essay.keystrokes, essay.text_class[:TEXT_CHARS]
    for name, robot in ROBOTS.items():
        yield name, robot(rng, text, holds=Holds.HUMAN).keystrokes
    yield "random_machine", generic_robot(rng, text, holds=Holds.HUMAN)
    yield "histogram", histogram_forgery(rng, victim, text).keystrokes
    forged = histogram_forgery(rng, victim, text, conditioned=True)
    yield "histogram_conditioned", forged.keystrokes
    intervals, holds = str(rng.choice(INTERVAL_BREAKS[1:])), str(rng.choice(HOLD_BREAKS))
    yield "broken_hands", broken_hands(rng, beginning(victim), intervals, holds)
    yield "replay", replay(rng, victim, text).keystrokes
    yield "block_replay", replay(rng, victim, text, shuffled=True).keystrokes
    copied = beginning(retyped(rng, victim))
    yield "retyped", copied
    yield "retyped_with_pauses", with_injected_pauses(rng, copied)
    yield "transcribing", transcribing(rng, text_class=text).keystrokes
