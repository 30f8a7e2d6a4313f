import json

import pytest

from detector.assess import assess
from detector.model import Model
from detector.reasons import DEFINITIONS, Code, Reason, spoken
from detector.tables import Recording, no_keystrokes


def test_every_code_has_a_sentence_and_says_what_it_means() -> None:
    assert set(DEFINITIONS) == set(Code)
    for code in Code:
        reason = Reason(code, 0.5)
        assert "{" not in reason.sentence
        assert reason.definition.means


def test_an_assessment_is_plain_json(model: Model) -> None:
    text = json.dumps(assess(Recording(no_keystrokes()), model).to_json(), allow_nan=False)
    assert json.loads(text)["band"] == "cannot_determine"


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.98, "share", "98%"),
        (0.973, "probability", "0.97"),
        (0.9999, "probability", "above 0.99"),
        (0.7482, "log10 ratio", "5.6 times"),
        (1403.0, "characters", "1,403"),
        (0.4812, "interquartile range over range", "0.48"),
    ],
)
def test_numbers_are_said_the_way_people_read_them(value: float, unit: str, words: str) -> None:
    assert spoken(value, unit) == words
