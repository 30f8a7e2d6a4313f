"""The passages of a submitted text cover it, and its shape holds no character."""

import msgspec

from server.scoring.assessments import (
    AssessedInsertion,
    AssessedPassage,
    AssessedText,
    AssessedTyping,
)
from server.submissions.origins import Came, Origin, Part, parts_seen
from server.submissions.shapes import shape_of
from wire.textclass import classes_of


def text(before: int | None, *passages: AssessedPassage) -> AssessedText:
    return AssessedText(60_000, 1_000, 500, before, judged=True, passages=passages)


def unexplained(start: int, length: int) -> AssessedPassage:
    return AssessedPassage(start, length, "unexplained", 0.9)


def test_parts_cover_the_text_from_its_first_character_to_its_last() -> None:
    pasted = AssessedPassage(100, 200, "inserted", 0.99, AssessedInsertion(9, "paste", "assistant"))
    found = parts_seen(text(0, unexplained(600, 400), pasted), "5e55")
    assert [(part.start, part.end, part.origin) for part in found] == [
        (0, 100, Origin.TYPED),
        (100, 300, Origin.INSERTED),
        (300, 600, Origin.TYPED),
        (600, 1_000, Origin.UNEXPLAINED),
    ]
    assert found[1].came == Came("5e55", 9, "paste", "assistant", None)
    assert [part.came for part in found].count(None) == 3
    dated = msgspec.structs.replace(
        text(0, unexplained(600, 400), pasted), typed=(AssessedTyping(300, 300, 5_000, 9_000),)
    )
    assert [part.typed_ms for part in parts_seen(dated, "")] == [None, None, (5_000, 9_000), None]


def test_what_stood_there_before_is_told_by_its_length() -> None:
    passages = (unexplained(0, 400), unexplained(500, 60), unexplained(700, 30))

    def before(chars: int | None) -> list[int]:
        found = parts_seen(text(chars, *passages), "")
        return [part.start for part in found if part.origin is Origin.BEFORE]

    assert before(None) == before(0) == []
    assert before(350) == [0], "edits may have made it longer"
    assert before(460) == [0, 500]
    assert before(65) == [500]
    assert before(900) == [0, 500, 700]


def test_the_shape_has_a_block_for_each_character_and_none_of_them() -> None:
    written = "Zoë paid 12 €, twice.\nÜber 🙂 that."
    classes = classes_of(written)
    half = len(classes) // 2
    parts = (Part(0, half, Origin.TYPED, None), Part(half, len(classes), Origin.INSERTED, 1.0))
    shape = "".join(shape_of(classes, parts))
    assert len(shape) == len(written)
    assert shape == "▆▆▆ ▆▆▆▆ ▒▒ ▖▖ ▆▆▆▆▆▖\n▆▆▆▆ ▖ ▆▆▆▆▖"
    assert not set(shape) & (set(written) - set(" \n"))
