import math

import pytest

from detector.promise import predictive_values
from detector.training.metrics import Estimate


def test_at_low_prevalence_most_flags_can_be_wrong() -> None:
    found, false = Estimate(0.95, 0.9, 0.98, 100, 100), Estimate(0.01, 0.005, 0.02, 500, 500)
    half, two, ten = predictive_values(found, false)
    assert half.value == pytest.approx(0.005 * 0.95 / (0.005 * 0.95 + 0.995 * 0.01))
    assert half.value < 0.5 < two.value < ten.value
    assert two.low == pytest.approx(0.02 * 0.9 / (0.02 * 0.9 + 0.98 * 0.02))
    assert two.high == pytest.approx(0.02 * 0.98 / (0.02 * 0.98 + 0.98 * 0.005))
    assert ten.to_json()["prevalence"] == 0.10


def test_what_is_not_known_stays_unknown() -> None:
    unknown = Estimate(math.nan, math.nan, math.nan, 0, 0)
    (value,) = predictive_values(unknown, Estimate(0.0, 0.0, 0.0, 10, 10), (0.02,))
    assert value.to_json() == {"prevalence": 0.02, "value": None, "low": None, "high": None}
    never = Estimate(0.0, 0.0, 0.0, 10, 10)
    assert predictive_values(never, never, (0.02,))[0].to_json()["value"] is None
