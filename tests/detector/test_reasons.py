import json

from detector.assess import assess
from detector.model import Model
from detector.reasons import DEFINITIONS, Code, Reason
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
