import numpy as np
import pytest

from detector.errors import BadPromiseError
from detector.promise import WhenFew, person_budget, promise
from tests.detector.promise.populations import draw, share_with_any_flag

NAMES = [str(n) for n in range(600)]


def test_one_per_cent_a_session_reaches_nine_in_ten_within_250() -> None:
    assert share_with_any_flag(0.99, 250, 0.0) == pytest.approx(1 - 0.99**250, abs=1e-6)
    assert 1 - 0.99**250 > 0.9


@pytest.mark.parametrize(("quarter", "correlation"), [(20, 0.6), (50, 0.0), (50, 0.6)])
def test_persons_flagged_at_least_once_are_kept_under_the_rate(
    rng: np.random.Generator, correlation: float, quarter: int
) -> None:
    """Also where a quarter (50) is longer than what any calibration writer shows (20 to 30)."""
    draws, kept = 80, 0
    for _ in range(draws):
        sessions_of = rng.integers(20, 31, 400)
        scores, codes = draw(rng, sessions_of, correlation)
        made = person_budget(scores, [NAMES[c] for c in codes], quarter, 0.1)
        assert made.confidence == 0.95
        assert made.blocks == -(-quarter // made.block_sessions)
        kept += share_with_any_flag(made.threshold, quarter, correlation) <= 0.1
    assert kept / draws >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / draws)


def test_a_session_promise_alone_does_not_keep_a_quarter(rng: np.random.Generator) -> None:
    scores, codes = draw(rng, np.full(600, 20), 0.3)
    writers = [NAMES[c] for c in codes]
    session, person = promise(scores, writers), person_budget(scores, writers, 20)
    assert session.threshold < person.threshold
    assert share_with_any_flag(session.threshold, 20, 0.3) > 0.05
    assert share_with_any_flag(person.threshold, 20, 0.3) <= 0.05


def test_single_sessions_show_little_about_a_quarter(rng: np.random.Generator) -> None:
    made = person_budget(rng.random(400), NAMES[:400], 250)
    assert (made.block_sessions, made.blocks) == (1, 250)
    assert made.confidence == pytest.approx(1 - (1 - 0.05 / 250) ** 400)
    wary = person_budget(rng.random(400), NAMES[:400], 250, when_few=WhenFew.ABSTAIN)
    assert wary.threshold == 1.0
    assert wary.share_flagged(1000) == 0.0
    assert "cannot show" in wary.sentence


def test_the_bound_grows_with_the_sessions_worked(rng: np.random.Generator) -> None:
    made = person_budget(rng.random(600 * 10), NAMES * 10, 20, 0.1)
    assert (made.block_sessions, made.blocks, made.writers) == (10, 2, 600)
    assert [made.share_flagged(n) for n in (1, 10, 11, 20, 40, 1000)] == pytest.approx(
        [0.05, 0.05, 0.1, 0.1, 0.2, 1.0]
    )
    assert "at most 10.0% are flagged at least once in 20 sessions" in made.sentence


def test_blocks_hold_a_writers_sessions_in_their_order() -> None:
    scores = np.array([0.9, 0.1, 0.2, 0.3, 0.95, 0.0])
    made = person_budget(scores, ["a", "b", "a", "b", "a", "b"], 2, 0.5, 0.6)
    assert (made.block_sessions, made.blocks, made.writers) == (2, 1, 2)


def test_a_quarter_without_sessions_is_refused() -> None:
    with pytest.raises(BadPromiseError):
        person_budget(np.array([0.1]), ["a"], 0)
