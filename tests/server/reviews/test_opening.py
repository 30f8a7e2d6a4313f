"""Which sessions come before people, and that nobody can foresee it."""

from server.records import DAY_US, How, ReviewSettings, SecondReviews
from server.reviews.opening import RANDOM_SHARE, draw, frozen, review_of, second_with
from server.scoring.assessments import Assessed
from wire.policy import ReviewRules

SETTINGS = ReviewSettings(b"s" * 32, 0.25)


def assessed(band: str, score: float) -> Assessed:
    return Assessed(band, score, {}, 1.0, (), (), None, (), "m", "f")


def test_every_flag_is_reviewed_and_one_in_a_hundred_of_the_others() -> None:
    sessions = [n.to_bytes(16, "big") for n in range(20_000)]
    flagged = [
        review_of(s, assessed("strong", 0.9), 600, ReviewRules(), SETTINGS) for s in sessions[:50]
    ]
    assert all(one and (one.how, one.selected_with) == (How.FLAG, 1.0) for one in flagged)
    assert flagged[0] is not None
    assert flagged[0].stake == 0.9 * 10
    found = [
        review_of(s, assessed("consistent", 0.1), 600, ReviewRules(), SETTINGS) for s in sessions
    ]
    drawn = [one for one in found if one is not None]
    assert 150 < len(drawn) < 250
    assert {(one.how, one.selected_with) for one in drawn} == {(How.RANDOM, RANDOM_SHARE)}
    assert all(5 <= one.stake < 10 for one in drawn), "as if it were flagged"
    assert 0.15 < sum(one.with_control for one in drawn) / len(drawn) < 0.35


def test_a_draw_is_the_same_again_and_another_with_another_seed() -> None:
    numbers = [draw(b"a" * 32, "random", bytes([n])) for n in range(200)]
    assert numbers == [draw(b"a" * 32, "random", bytes([n])) for n in range(200)]
    assert all(0 <= number < 1 for number in numbers)
    assert 0.4 < sum(numbers) / 200 < 0.6
    others = [draw(b"b" * 32, "random", bytes([n])) for n in range(200)]
    assert not set(numbers) & set(others)


def test_being_asked_for_a_second_time_reveals_nothing() -> None:
    rules = frozen(
        ReviewRules(answer_days=2, decide_days=3, second_review_share=0.4, hold_days_max=5)
    )
    assert (rules.answer_us, rules.decide_us) == (2 * DAY_US, 3 * DAY_US)
    assert rules.hold_us == 5 * DAY_US
    assert second_with(rules, SecondReviews(0, 0)) == 1.0
    assert second_with(rules, SecondReviews(30, 101)) == 1.0
    assert second_with(rules, SecondReviews(40, 100)) == 0.4
