import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils.estimator_checks import check_estimator

from detector.models.kinds import NestedKinds
from detector.models.vote import LogitVote, linear_classifier


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@pytest.mark.parametrize("estimator", [LogitVote(), NestedKinds()], ids=lambda e: type(e).__name__)
def test_it_is_an_estimator_in_scikit_learns_sense(estimator: BaseEstimator) -> None:
    report = check_estimator(estimator)
    assert len(report) > 40
    assert {check["status"] for check in report} <= {"passed", "skipped"}


def _two_tables(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows with columns 0 and 1 only, and rows with column 2 only; each tells the class."""
    label = rng.integers(0, 2, 400)
    rows = rng.normal(size=(400, 3)) + 1.5 * label[:, None]
    rows[:200, 2] = np.nan
    rows[200:, :2] = np.nan
    return rows, label


def test_members_learn_from_the_table_that_has_their_columns(rng: np.random.Generator) -> None:
    rows, label = _two_tables(rng)
    trees = HistGradientBoostingClassifier(max_iter=20, random_state=0)
    vote = LogitVote([("first", trees, (0, 1)), ("second", linear_classifier(), (2,))])
    vote.fit(rows, label)
    whole = rng.normal(size=(300, 3)) + 1.5 * (np.arange(300) % 2)[:, None]
    assert np.mean(vote.predict(whole) == np.arange(300) % 2) > 0.6
    assert np.corrcoef(vote.decision_function(whole), np.arange(300) % 2)[0, 1] > 0.6


def test_the_scale_is_set_by_the_first_class(rng: np.random.Generator) -> None:
    rows, label = _two_tables(rng)
    vote = LogitVote([("first", linear_classifier(), (0, 1))]).fit(rows, label)
    genuine = vote.decision_function(rng.normal(size=(4_000, 3)))
    assert abs(np.quantile(genuine, 0.99)) < 0.25
    assert abs(np.median(genuine) + 1.0) < 0.15


def test_kinds_are_asked_one_after_another(rng: np.random.Generator) -> None:
    label = np.repeat([0, 1, 2], 200)
    rows = rng.normal(size=(600, 2)) + 3.0 * np.array([(0, 0), (0, 1), (1, 0)])[label]
    kinds = NestedKinds().fit(rows, label)
    shares = kinds.predict_proba(rows)
    assert np.allclose(shares.sum(axis=1), 1.0)
    assert np.mean(kinds.predict(rows) == label) > 0.85
    without_machines = NestedKinds().fit(rows[label < 2], label[label < 2])
    given_a_person = shares[:, 1] / (shares[:, 0] + shares[:, 1])
    assert np.allclose(given_a_person, without_machines.predict_proba(rows)[:, 1])
