"""What may be promised about false flags, from a platform's own genuine sessions."""

from detector.promise.person import PersonBudget, person_budget
from detector.promise.predictive import PredictiveValue, predictive_values
from detector.promise.sessions import Promise, Promised, ValidFor, WhenFew, promise

__all__ = [
    "PersonBudget",
    "PredictiveValue",
    "Promise",
    "Promised",
    "ValidFor",
    "WhenFew",
    "person_budget",
    "predictive_values",
    "promise",
]
