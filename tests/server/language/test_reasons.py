"""Reasons are evidence: shown as they were stored, and in another language by their codes."""

import pytest

from detector.reasons import DEFINITIONS, Code, Reason
from server.console.reasons import read_aloud, said
from server.console.wording import reason_title
from server.language import speaking
from server.scoring.assessments import COULD_NOT_BE_READ, ReasonText, not_assessed


def stored(code: Code, value: float) -> ReasonText:
    definition = DEFINITIONS[code]
    sentence = Reason(code, value).sentence
    return ReasonText(
        str(code), value, definition.unit, sentence, definition.means, definition.innocent
    )


@pytest.mark.parametrize(
    ("code", "value", "figure"),
    [
        (Code.PASTED_FROM_ASSISTANT, 1403.0, "1.403"),
        (Code.INSERTED_SHARE, 0.98, "98%"),
        (Code.READS_LIKE_COPYING, 0.973, "0,97"),
        (Code.READS_LIKE_COPYING, 0.9999, "oltre 0,99"),
        (Code.FEW_PLANNING_PAUSES, 0.7482, "5,6 volte"),
        (Code.UNIFORM_INTERVALS, 0.4812, "0,48"),
    ],
)
def test_a_reason_is_said_by_its_code_with_the_same_value(
    code: Code, value: float, figure: str
) -> None:
    reason = stored(code, value)
    assert said(reason) == reason
    with speaking("it"):
        italian = said(reason)
    assert figure in italian.text
    assert italian.means != reason.means
    assert (italian.code, italian.value) == (reason.code, reason.value)
    assert len(italian.innocent) == len(reason.innocent)


def test_every_reason_has_every_text_in_italian() -> None:
    with speaking("it"):
        for code in Code:
            reason = stored(code, 0.5)
            italian = said(reason)
            assert italian.text != reason.text, code
            assert italian.means != reason.means, code
            assert not set(italian.innocent) & set(reason.innocent), code


def test_what_was_said_in_other_words_then_is_shown_as_it_was_stored() -> None:
    old = ReasonText("no_tempo", 0.1, "ratio", "An older sentence.", "An older meaning.", ("Old.",))
    gone = ReasonText("no_longer_known", 0.1, "", "A reason of before.", "It meant this.", ())
    with speaking("it"):
        assert said(old) == old
        assert said(gone) == gone


def test_an_abstention_and_its_promise_are_said_too() -> None:
    with speaking("it"):
        italian = read_aloud(not_assessed())
    because = italian.abstained_because
    assert because is not None
    assert because.text != COULD_NOT_BE_READ.text
    assert italian.promise != not_assessed().promise


def test_a_code_is_named_in_words() -> None:
    assert reason_title("no_tempo") == "No tempo"
    with speaking("it"):
        assert reason_title("no_tempo") != "No tempo"
