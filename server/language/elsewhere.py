"""Texts of other packages, English there, that pages say in other languages.

A problem's text is part of the API's contract, a reason's part of the evidence: both stay English
where they are made. Pages look them up; what is not here stays English.
"""

from collections.abc import Iterator
from enum import Enum

from detector.assessment import TextKind
from detector.promise.basis import SHIPPED
from detector.reasons import DEFINITIONS
from detector.reasons.codes import Code
from server.scoring.assessments import COULD_NOT_BE_READ, Assessed, not_assessed
from wire.problems import ProblemCode, problem


def in_words(code: str) -> str:
    """A code as words, in English."""
    return code.replace("_", " ").replace("-", " ").capitalize()


def foreign_texts() -> Iterator[str]:
    """All of them."""
    for definition in DEFINITIONS.values():
        yield from (definition.sentence, definition.means, *definition.innocent)
    yield from (COULD_NOT_BE_READ.text, COULD_NOT_BE_READ.means, *COULD_NOT_BE_READ.innocent)
    yield in_words(COULD_NOT_BE_READ.code)
    yield from (SHIPPED.sentence, not_assessed().promise, _promise_unknown())
    for codes in (Code, TextKind):
        yield from _words(codes)
    yield from (problem(code, 400).title for code in ProblemCode)


def _promise_unknown() -> str:
    defaults = Assessed.__struct_defaults__
    return next(one for one in defaults if isinstance(one, str) and " " in one)


def _words(codes: type[Enum]) -> Iterator[str]:
    return (in_words(str(code.value)) for code in codes)
