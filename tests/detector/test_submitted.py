"""Submitted texts: what has neither typing nor a seen insertion, and what excuses it."""

from dataclasses import replace

import numpy as np

from detector.alignment import Origin
from detector.assess import assess
from detector.assessment import Band
from detector.model import Model
from detector.reasons import Code
from detector.simulation import composing, draw_text, draw_typist
from detector.submitted import Source, SubmittedText, submitted_texts
from detector.surroundings import CaretJumps, Page, PageEdits, Submission
from detector.tables import Copy, Insertion, Recording, int_column, no_keystrokes
from wire.codes import Category, EditHow, InsertionHow, Mode
from wire.policy import AllowedUse

FIELD = 3
LATE_US = 20 * 3600 * 1_000_000


def edits_of(inserted: int, deleted: int = 0) -> Page:
    columns = (0, 0, EditHow.TYPED, inserted, deleted, 0, FIELD, 1)
    none = int_column([])
    return Page(
        PageEdits(*(int_column([value]) for value in columns)),
        CaretJumps(none, none, none, none),
        (),
    )


def typed(rng: np.random.Generator, characters: int = 1_200) -> tuple[Recording, str]:
    typist = draw_typist(rng, motor_median_ms=130, longest_pause_s=10)
    session = composing(rng, characters=characters, typist=typist)
    return replace(session.recording(effects_seen=False), insertions=()), session.text_class


def submitting(recording: Recording, text: str, net: int) -> Recording:
    sent = (Submission(LATE_US, len(text), FIELD, 1, text),)
    return replace(recording, submissions=sent, page=edits_of(net))


def judged(recording: Recording) -> SubmittedText:
    (text,) = submitted_texts(recording, AllowedUse())
    return text


def test_a_typed_text_has_nothing_unexplained(rng: np.random.Generator, model: Model) -> None:
    recording, text = typed(rng)
    recording = submitting(recording, text, len(text))
    found = assess(recording, model)
    assert found.texts[0].judged
    assert found.texts[0].excess_chars == 0
    assert found.texts[0].before_chars == 0
    assert Code.UNEXPLAINED_PASSAGES not in {reason.code for reason in found.reasons}


def test_an_answer_that_stood_in_the_field_before_is_no_evidence(
    rng: np.random.Generator, model: Model
) -> None:
    recording, mine = typed(rng)
    answer = draw_text(rng, 800)
    text = answer[:400] + mine + answer[400:]
    recording = submitting(recording, text, len(mine))
    found = assess(recording, model)
    assert found.texts[0].judged
    assert found.texts[0].before_chars == len(answer)
    assert found.texts[0].excess_chars == 0
    assert any(p.origin is Origin.UNEXPLAINED for p in found.texts[0].passages)
    assert found.band is Band.CONSISTENT


def test_text_that_nothing_explains_is_pointed_at_but_never_strong_by_itself(
    rng: np.random.Generator, model: Model
) -> None:
    recording, mine = typed(rng)
    foreign = draw_text(rng, 3_000)
    text = mine[:600] + foreign + mine[600:]
    found = assess(submitting(recording, text, len(text)), model)
    assert found.band is Band.REVIEW
    assert found.reasons[0].code is Code.UNEXPLAINED_PASSAGES
    assert found.reasons[0].value > 2_700
    longest = max(found.texts[0].passages, key=lambda p: p.end - p.start)
    assert abs(longest.start - 600) < 30
    assert abs(longest.end - 600 - len(foreign)) < 30
    assert found.to_json()["texts"][0]["passages"][0]["origin"] == "unexplained"


def test_what_stood_in_the_field_is_not_known_without_a_view_of_the_page(
    rng: np.random.Generator,
) -> None:
    recording, mine = typed(rng)
    text = mine + draw_text(rng, 600)
    found = judged(replace(submitting(recording, text, len(text)), page=None))
    assert not found.judged
    assert found.before_chars is None
    assert found.excess_chars == 0
    assert found.passages


def test_nothing_is_counted_where_the_trace_has_gaps_or_an_aid_typed(
    rng: np.random.Generator,
) -> None:
    recording, mine = typed(rng)
    text = mine + draw_text(rng, 600)
    recording = submitting(recording, text, len(text))
    assert judged(recording).excess_chars > 500
    assert not judged(replace(recording, unobserved=((5, 900_000),))).judged
    assert not judged(replace(recording, declared=frozenset({Mode.DICTATION}))).judged
    assert not judged(replace(recording, insertions=None)).judged
    unseen_length = (Insertion(1, -1, InsertionHow.PASTE),)
    assert not judged(replace(recording, insertions=unseen_length)).judged


def test_a_seen_paste_is_inserted_and_not_counted_twice(rng: np.random.Generator) -> None:
    recording, mine = typed(rng)
    pasted = draw_text(rng, 500)
    text = mine[:700] + pasted + mine[700:]
    paste = Insertion(1_000_000, len(pasted), InsertionHow.PASTE)
    copy = Copy(900_000, len(pasted), category=Category.ASSISTANT)
    seen = replace(submitting(recording, text, len(text)), insertions=(paste,))
    found = judged(seen)
    (passage,) = found.passages
    assert passage.origin is Origin.INSERTED
    assert found.excess_chars == 0
    unknown = Source(1_000_000, len(pasted), InsertionHow.PASTE, Category.UNKNOWN)
    assert found.sources == (unknown,)
    copied = judged(replace(seen, copies=(copy,)))
    assert copied.sources == (replace(unknown, category=Category.ASSISTANT),)
    assert judged(submitting(recording, text, len(text))).sources == (None,)


def test_what_was_typed_has_its_time_where_that_is_certain(rng: np.random.Generator) -> None:
    recording, mine = typed(rng)
    pasted = draw_text(rng, 500)
    text = mine[:700] + pasted + mine[700:]
    table = recording.keystrokes
    found = judged(submitting(recording, text, len(text)))
    first, second = found.typed
    (passage,) = found.passages
    assert (first.start, first.end, second.start, second.end) == (
        0,
        passage.start,
        passage.end,
        len(text),
    )
    middle_us = int(table.t_us[len(table) // 2])
    assert int(table.t_us[0]) <= first.first_us < middle_us < second.last_us
    assert second.last_us <= int(table.t_us[-1])
    before = judged(replace(submitting(recording, text, len(text)), keystrokes=no_keystrokes()))
    assert not before.typed
    (earlier,) = submitted_texts(
        replace(submitting(recording, mine, len(mine)), keystrokes=no_keystrokes()),
        AllowedUse(),
        [table],
    )
    assert earlier.typed_chars > 0.9 * len(mine)
    assert not earlier.typed, "another session's times are none of this one's"


def test_typing_of_an_earlier_session_explains_what_it_left(rng: np.random.Generator) -> None:
    before, draft = typed(rng)
    now, more = typed(rng)
    text = draft + more
    recording = submitting(now, text, len(text))
    (alone,) = submitted_texts(recording, AllowedUse())
    (joined,) = submitted_texts(recording, AllowedUse(), [before.keystrokes])
    assert alone.excess_chars > 900
    assert joined.excess_chars == 0


def test_a_text_without_classes_is_left_out() -> None:
    sent = (Submission(LATE_US, 500, FIELD, 1),)
    assert not submitted_texts(Recording(no_keystrokes(), submissions=sent), AllowedUse())


def test_a_later_text_is_laid_against_earlier_tasks_only_where_it_needs_them(
    rng: np.random.Generator,
) -> None:
    recording, mine = typed(rng)
    middle_us = int(recording.keystrokes.t_us[len(recording.keystrokes) // 2])
    first = Submission(middle_us, len(mine) // 2, FIELD + 1, 1, mine[: len(mine) // 3])
    both = submitting(recording, mine, len(mine))
    both = replace(both, submissions=(first, *(both.submissions or ())))
    early, late = submitted_texts(both, AllowedUse())
    assert early.typed_chars == len(mine) // 3
    assert late.typed_chars > 0.98 * len(mine)
