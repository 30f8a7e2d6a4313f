"""What a flag is worth: the share of flagged sessions that are not genuine."""

import math
from dataclasses import dataclass
from typing import Protocol

PREVALENCES = (0.005, 0.02, 0.10)


class Rate(Protocol):
    """A measured rate with its interval."""

    @property
    def value(self) -> float:
        """The rate, NaN if it is not known."""
        ...

    @property
    def low(self) -> float:
        """Lower end of its interval."""
        ...

    @property
    def high(self) -> float:
        """Upper end of its interval."""
        ...


@dataclass(frozen=True, slots=True)
class PredictiveValue:
    """The share of flags that are right at one prevalence, with an interval."""

    prevalence: float
    value: float
    low: float
    high: float

    def to_json(self) -> dict[str, float | None]:
        """Return plain values; an undefined number is null."""
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        rounded = {k: None if math.isnan(v) else round(v, 4) for k, v in numbers.items()}
        return {"prevalence": self.prevalence, **rounded}


def predictive_values(
    found: Rate, false: Rate, prevalences: tuple[float, ...] = PREVALENCES
) -> tuple[PredictiveValue, ...]:
    """Return the predictive value at each prevalence (Bayes).

    The interval joins the worst ends of both rates. With two 95 % intervals it holds with at least
    90 % (Bonferroni), and with 95 % if both were taken at 97.5 %.

    Args:
        found: rate of flags among sessions that are not genuine (1 - APCER).
        false: rate of flags among genuine sessions (BPCER).
        prevalences: shares of sessions that are not genuine.
    """
    return tuple(
        PredictiveValue(
            share,
            _share_right(share, found.value, false.value),
            _share_right(share, found.low, false.high),
            _share_right(share, found.high, false.low),
        )
        for share in prevalences
    )


def _share_right(prevalence: float, found: float, false: float) -> float:
    right = prevalence * found
    flagged = right + (1.0 - prevalence) * false
    return right / flagged if flagged > 0 else float("nan")
