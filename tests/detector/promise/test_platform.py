import json
from dataclasses import replace

import numpy as np
import pytest

from detector.errors import BadPromiseError
from detector.promise import (
    Drift,
    Extra,
    PlatformPromise,
    Rests,
    ValidFor,
    WhenFew,
    person_budget,
    promise,
    promise_from_json,
)

FIRED = Drift(True, "erase_share", "higher", 2000.0, 1000.0, 40)


@pytest.fixture
def made(rng: np.random.Generator) -> PlatformPromise:
    valid = ValidFor("m1", "2", (Extra.TEXTS,), "trainers of one project")
    scores, writers = rng.random(600) ** 3, [str(n) for n in range(300)] * 2
    return PlatformPromise(
        promise(scores, writers, valid_for=valid),
        person_budget(scores, writers, 2, valid_for=valid),
        {"score": (-np.inf, 0.1, 0.2)},
    )


def test_a_promise_survives_its_file(made: PlatformPromise) -> None:
    assert promise_from_json(json.dumps(made.to_json())) == made
    alone = replace(made, person=None)
    assert promise_from_json(json.dumps(alone.to_json())) == alone


def test_the_higher_of_the_two_thresholds_keeps_both(made: PlatformPromise) -> None:
    assert made.person is not None
    assert made.threshold == max(made.session.threshold, made.person.threshold)
    wary = replace(made, person=person_budget(np.zeros(1), ["a"], 9, when_few=WhenFew.ABSTAIN))
    assert wary.threshold == 1.0
    assert "Nothing is promised about a person's quarter" in replace(made, person=None).sentence


def test_the_basis_says_what_is_promised_to_whom(made: PlatformPromise) -> None:
    basis = made.basis("m1", "2", [Extra.TEXTS])
    assert basis.rests is Rests.PLATFORM
    assert "at most 1.00%" in basis.sentence
    assert "at least once in 2 sessions" in basis.sentence
    assert "trainers of one project" in basis.sentence
    assert basis.to_json()["confidence"] == 0.95


@pytest.mark.parametrize(
    "made_by",
    [("m2", "2", ()), ("m1", "3", ()), ("m1", "2", (Extra.TEXTS, Extra.BASELINE))],
)
def test_a_promise_made_otherwise_does_not_hold(
    made: PlatformPromise, made_by: tuple[str, str, tuple[Extra, ...]]
) -> None:
    basis = made.basis(*made_by)
    assert basis.rests is Rests.NONE
    assert "does not hold" in basis.sentence
    assert basis.rate is None


def test_a_withdrawn_promise_says_what_moved_and_stays_withdrawn(made: PlatformPromise) -> None:
    quiet = replace(FIRED, fired=False)
    assert made.after(quiet) == made
    gone = made.after(FIRED)
    assert gone.after(quiet) == gone
    basis = gone.basis("m1", "2", [Extra.TEXTS])
    assert basis.rests is Rests.WITHDRAWN
    assert basis.sentence == (
        "The promise is withdrawn: the sessions differ from those it rests on, most of all in "
        "how much is deleted (higher)."
    )
    assert basis.confidence is None


def test_a_file_that_is_no_promise_is_refused_in_one_sentence(made: PlatformPromise) -> None:
    good = made.to_json()
    bad = [
        "",
        "[]",
        "{}",
        json.dumps({**good, "veritype_promise": 2}),
        json.dumps({**good, "session": {**good["session"], "threshold": 1.2}}),
        json.dumps({**good, "session": {**good["session"], "kind": "other"}}),
        json.dumps({**good, "session": {**good["session"], "rate": "much"}}),
        json.dumps({**good, "person": {**good["person"], "blocks": 0}}),
        json.dumps({**good, "reference": {"score": [2.0, 1.0]}}),
        json.dumps({k: v for k, v in good.items() if k != "withdrawn"}),
    ]
    for text in bad:
        with pytest.raises(BadPromiseError) as caught:
            promise_from_json(text)
        assert "\n" not in str(caught.value)
