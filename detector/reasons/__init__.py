"""Why an assessment says what it says: stable codes, plain sentences, innocent explanations.

A reason's ``value`` is the number behind it, in the unit its definition names.
"""

from dataclasses import dataclass

from detector.reasons import circumstances, copying, insertions, machines
from detector.reasons.codes import Code, Definition

CERTAIN = 0.99
"""Above this a probability is not told apart: no calibration reaches further."""
DEFINITIONS: dict[Code, Definition] = {
    **insertions.DEFINITIONS,
    **machines.DEFINITIONS,
    **copying.DEFINITIONS,
    **circumstances.DEFINITIONS,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was seen, with its number."""

    code: Code
    value: float

    @property
    def definition(self) -> Definition:
        """Return what a page says about this reason's code."""
        return DEFINITIONS[self.code]

    @property
    def sentence(self) -> str:
        """Return the plain sentence with the value filled in."""
        return self.definition.sentence.format(value=spoken(self.value, self.definition.unit))


def spoken(value: float, unit: str) -> str:
    """Say a number the way people read it: shares in per cent, log ratios as times."""
    if unit == "share":
        return f"{value:.0%}"
    if unit == "probability":
        return "above 0.99" if value > CERTAIN else f"{value:.2f}"
    if unit == "log10 ratio":
        return f"{10**value:.1f} times"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.2g}"


__all__ = ["DEFINITIONS", "Code", "Definition", "Reason", "spoken"]
