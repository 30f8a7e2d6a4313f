import numpy as np
import pytest

from detector.errors import BadPromiseError
from detector.promise import Promised, ValidFor, WhenFew, promise
from tests.detector.promise.populations import draw, share_with_any_flag

WRITERS_300 = [f"w{n}" for n in range(300)]


def test_a_promise_says_whom_it_rests_on(rng: np.random.Generator) -> None:
    made = promise(rng.random(300), WRITERS_300, valid_for=ValidFor("m1", "2", (), "trainers"))
    assert (made.rate, made.confidence, made.writers, made.sessions) == (0.01, 0.95, 300, 300)
    assert made.flagged == 0
    assert made.valid_for.population == "trainers"
    assert "at most 1.00% are flagged (confidence 95%, from 300 writers" in made.sentence


def test_with_fewer_writers_the_stated_confidence_is_lower(rng: np.random.Generator) -> None:
    scores = rng.random(100)
    made = promise(scores, WRITERS_300[:100])
    assert made.confidence == pytest.approx(1 - 0.99**100)
    assert made.threshold == scores.max()
    assert "confidence 63%" in made.sentence


def test_with_fewer_writers_it_flags_nothing_if_so_chosen(rng: np.random.Generator) -> None:
    made = promise(rng.random(100), WRITERS_300[:100], when_few=WhenFew.ABSTAIN)
    assert made.confidence == 0.95
    assert made.threshold == 1.0
    assert made.flagged == 0
    assert made.sentence.startswith("Nothing is flagged")


def test_sessions_of_one_writer_are_no_independent_writers(rng: np.random.Generator) -> None:
    made = promise(rng.random(900), ["one", "two", "three"] * 300)
    assert made.writers == 3
    assert made.confidence == pytest.approx(1 - 0.99**3)


def test_the_share_of_writers_with_any_flag_is_kept_if_that_is_promised(
    rng: np.random.Generator,
) -> None:
    """What is promised to sessions is not what is promised to writers, and each holds as said."""
    names = [str(n) for n in range(200)]
    kept = dict.fromkeys(Promised, 0)
    for _ in range(100):
        scores, codes = draw(rng, np.full(200, 10), 0.3)
        writers = [names[code] for code in codes]
        for kind in Promised:
            made = promise(scores, writers, 0.05, kind=kind)
            kept[kind] += share_with_any_flag(made.threshold, 10, 0.3) <= 0.05
    slack = 3 * np.sqrt(0.05 * 0.95 / 100)
    assert kept[Promised.WRITER] / 100 >= 0.95 - slack
    assert kept[Promised.SESSION] / 100 < 0.95 - slack


def test_copies_among_the_genuine_raise_the_threshold_and_never_break_the_promise(
    rng: np.random.Generator,
) -> None:
    """Contamination that scores high costs sight, not people."""
    clean = rng.random(600) * 0.5
    copied = np.r_[clean[:-12], rng.uniform(0.9, 1.0, 12)]
    writers = [str(n) for n in range(600)]
    honest, contaminated = promise(clean, writers), promise(copied, writers)
    assert honest.threshold <= 0.5 < 0.9 <= contaminated.threshold


@pytest.mark.parametrize(
    ("scores", "writers", "changes"),
    [
        ([], [], {}),
        ([0.5], ["a", "b"], {}),
        ([1.5], ["a"], {}),
        ([float("nan")], ["a"], {}),
        ([0.5], ["a"], {"rate": 0.0}),
        ([0.5], ["a"], {"confidence": 1.0}),
        ([0.5], ["a"], {"doubtful_writers": 1}),
    ],
)
def test_what_cannot_be_calibrated_on_is_refused(
    scores: list[float], writers: list[str], changes: dict[str, float]
) -> None:
    with pytest.raises(BadPromiseError):
        promise(np.array(scores), writers, **changes)  # type: ignore[arg-type]
