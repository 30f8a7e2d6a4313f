"""An assessment's reasons in the language of who reads them.

What was said when a session was assessed is evidence, and is shown as it was stored. In another
language it is said by the reason's code with the same value, unless the sentence was another then.
"""

import msgspec

from detector.reasons import CERTAIN, DEFINITIONS, Code, spoken
from server.language import _, number, percent, translated
from server.scoring.assessments import Assessed, ReasonText


def read_aloud(assessed: Assessed) -> Assessed:
    """An assessment with its texts in the language spoken now."""
    because = assessed.abstained_because
    return msgspec.structs.replace(
        assessed,
        reasons=tuple(said(reason) for reason in assessed.reasons),
        counter_evidence=tuple(said(reason) for reason in assessed.counter_evidence),
        abstained_because=said(because) if because else None,
        promise=translated(assessed.promise),
    )


def said(reason: ReasonText) -> ReasonText:
    """A reason in the language spoken now."""
    return msgspec.structs.replace(
        reason,
        text=_sentence(reason),
        means=translated(reason.means),
        innocent=tuple(translated(text) for text in reason.innocent),
    )


def _sentence(reason: ReasonText) -> str:
    if reason.code not in set(Code):
        return translated(reason.text)
    definition = DEFINITIONS[Code(reason.code)]
    english = spoken(reason.value, definition.unit)
    if reason.text != definition.sentence.format(value=english):
        return reason.text
    sentence = translated(definition.sentence)
    if sentence == definition.sentence:
        return reason.text
    return sentence.format(value=_value(reason.value, definition.unit))


def _value(value: float, unit: str) -> str:
    """See `detector.reasons.spoken`: the same figures, written by the language."""
    if unit == "share":
        return percent(value)
    if unit == "probability":
        if value > CERTAIN:
            return _("above %(bound)s", bound=number(CERTAIN, 2))
        return number(value, 2)
    if unit == "log10 ratio":
        return _("%(factor)s times", factor=number(10**value, 1))
    return number(value) if float(value).is_integer() else number(float(f"{value:.2g}"))
