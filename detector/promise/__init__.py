"""What may be promised about false flags, from a platform's own genuine sessions."""

from detector.promise.basis import Basis, Rests
from detector.promise.drift import Drift, Watched, find_drift, make_reference
from detector.promise.person import PersonBudget, person_budget
from detector.promise.platform import PlatformPromise, promise_from_json
from detector.promise.predictive import PredictiveValue, predictive_values
from detector.promise.sessions import Extra, Promise, Promised, ValidFor, WhenFew, promise

__all__ = [
    "Basis",
    "Drift",
    "Extra",
    "PersonBudget",
    "PlatformPromise",
    "PredictiveValue",
    "Promise",
    "Promised",
    "Rests",
    "ValidFor",
    "Watched",
    "WhenFew",
    "find_drift",
    "make_reference",
    "person_budget",
    "predictive_values",
    "promise",
    "promise_from_json",
]
