"""Machines of no known make, composed at random, so that no one tool's quirk is learnt."""

from dataclasses import dataclass

import numpy as np

from detector.simulation.hands import Holds
from detector.tables import Keystrokes
from detector.training.machine_gaps import Gaps, draw_gaps, gaps_ms
from detector.training.machine_holds import HOLD_MODELS, holds_ms
from detector.training.typing_plan import Slips, plan_of


@dataclass(frozen=True, slots=True)
class Make:
    """A machine: the components of its timing, its slips and how it holds keys."""

    gaps: Gaps
    slips: Slips
    hold_model: str

    @property
    def components(self) -> tuple[str, ...]:
        """Names of the components, for leaving one out of training."""
        named = (*self.gaps.factors, f"pauses:{self.gaps.pauses}", f"hold:{self.hold_model}")
        return (self.gaps.law, f"bond:{self.gaps.bond}", *named)


def draw_make(rng: np.random.Generator) -> Make:
    """Draw a machine."""
    slips = Slips(
        rate=float(rng.choice([0.0, 10 ** rng.uniform(-2.5, -1.0)], p=[0.2, 0.8])),
        latest=int(rng.integers(0, 8)),
        rewrites=float(rng.choice([0.0, rng.uniform(0.1, 0.9)])),
        changes=int(rng.integers(0, 5)),
    )
    return Make(draw_gaps(rng), slips, str(rng.choice(HOLD_MODELS)))


def generic_robot(
    rng: np.random.Generator, text_class: str, *, holds: Holds, make: Make | None = None
) -> Keystrokes:
    """Type ``text_class`` by a machine of random make.

    Args:
        rng: source of randomness.
        text_class: what is typed, as classes of characters.
        holds: whether holds are a machine's, missing, or pass for a person's one by one.
        make: which machine; one is drawn by default.
    """
    make = make or draw_make(rng)
    plan = plan_of(rng, text_class, make.slips)
    gap = gaps_ms(rng, make.gaps, plan)
    return plan.table(gap, holds_ms(rng, holds, make.hold_model, plan, gap))
