"""What a person does in a page, by real keys and clicks, and which events the agent makes of it."""

import pytest

from tests.browser_extension.conftest import Workplace
from wire.codes import CaretFlag, EditFlag, EditHow, InsertionHow, InsertionSeenBy
from wire.events import MISSING_U32, CaretJump, Insertion, PageEdit, PageFocus
from wire.textclass import classes_of, unpack_classes

pytestmark = pytest.mark.browser

AT_END = EditFlag.TRUSTED | EditFlag.AT_END
COPIED = "a passage, 27 letters long."
FIELDS = [
    ("#text", None),
    ("#line", None),
    ("#free", None),
    ("#rich", None),
    ("#shadow", None),
    ("#text", "#inner"),
    ("#deep", "#blank"),
]
IDS = ["textarea", "input", "contenteditable", "rich editor", "shadow root", "iframe", "srcdoc"]
fields = pytest.mark.parametrize(("selector", "frame"), FIELDS, ids=IDS)


def edits(work: Workplace, how: EditHow) -> list[PageEdit]:
    return [each for each in work.ear.of(PageEdit) if each.how == how]


def inserted(work: Workplace, how: EditHow) -> int:
    return sum(each.inserted_chars for each in edits(work, how))


def deleted(work: Workplace, how: EditHow) -> int:
    return sum(each.deleted_chars for each in edits(work, how))


def copy_passage(work: Workplace, text: str = COPIED) -> None:
    """The person copies a text by key, from a field that is not part of the test."""
    work.driver.run(f"document.getElementById('user').value = {text!r}")
    work.driver.click("#user")
    work.driver.press("Control", "a")
    work.driver.press("Control", "c")


def quiet(work: Workplace) -> None:
    """Wait until what a script put in is reported, then forget it."""
    work.eventually(lambda: edits(work, EditHow.SCRIPT))
    work.ear.forget()


@fields
def test_typing_and_deleting_are_seen_as_that(
    recording: Workplace, selector: str, frame: str | None
) -> None:
    recording.driver.click(selector, frame)
    recording.driver.type("the answer is 42")
    recording.driver.press("Backspace")
    recording.driver.press("Backspace")
    recording.eventually(lambda: deleted(recording, EditHow.DELETED) == 2)
    assert inserted(recording, EditHow.TYPED) == 16
    assert {each.flags for each in edits(recording, EditHow.TYPED)} == {AT_END}
    assert len({each.field for each in recording.ear.of(PageEdit)}) == 1
    assert len(edits(recording, EditHow.TYPED)) < 8
    assert recording.ear.of(Insertion) == []


@fields
def test_a_paste_is_one_insertion_of_its_length(
    recording: Workplace, selector: str, frame: str | None
) -> None:
    copy_passage(recording)
    quiet(recording)
    recording.driver.click(selector, frame)
    recording.driver.type("so: ")
    recording.driver.press("Control", "v")
    recording.eventually(lambda: edits(recording, EditHow.PASTE))
    (paste,) = edits(recording, EditHow.PASTE)
    assert (paste.inserted_chars, paste.deleted_chars) == (len(COPIED), 0)
    assert paste.flags == AT_END
    recording.ear.wait_for_pastes()
    (insertion,) = recording.ear.of(Insertion)
    assert insertion.how == InsertionHow.PASTE
    assert insertion.seen_by == InsertionSeenBy.EXTENSION
    assert (insertion.length_chars, insertion.lines) == (len(COPIED), MISSING_U32)


@pytest.mark.parametrize("selector", ["#text", "#free"])
def test_a_paste_over_a_selection_says_what_it_replaced(
    recording: Workplace, selector: str
) -> None:
    copy_passage(recording)
    quiet(recording)
    recording.driver.click(selector)
    recording.driver.type("replaced")
    recording.driver.press("Control", "a")
    recording.driver.press("Control", "v")
    recording.eventually(lambda: edits(recording, EditHow.PASTE))
    (paste,) = edits(recording, EditHow.PASTE)
    assert (paste.inserted_chars, paste.deleted_chars) == (len(COPIED), 8)


@pytest.mark.parametrize(
    "script",
    [
        "document.getElementById('text').value = 'written by a script'",
        "document.getElementById('text').focus();"
        "document.execCommand('insertText', false, 'written by a script')",
        "const text = document.getElementById('text'); text.value = 'written by a script';"
        "text.dispatchEvent(new InputEvent('input', {inputType: 'insertText', bubbles: true}))",
        "document.getElementById('free').textContent = 'written by a script'",
        "document.getElementById('rich').textContent = 'written by a script'",
    ],
    ids=["value", "execCommand", "forged event", "contenteditable", "rich editor"],
)
def test_what_a_script_writes_is_a_scripts(recording: Workplace, script: str) -> None:
    recording.driver.run(script)
    recording.eventually(lambda: edits(recording, EditHow.SCRIPT))
    (edit,) = edits(recording, EditHow.SCRIPT)
    assert (edit.inserted_chars, edit.deleted_chars) == (19, 0)
    assert not edit.flags & EditFlag.TRUSTED
    (insertion,) = recording.ear.of(Insertion)
    assert (insertion.how, insertion.length_chars) == (InsertionHow.SCRIPT, 19)
    assert inserted(recording, EditHow.TYPED) == 0


def test_a_script_that_adds_to_a_key_press_is_told_apart_from_it(recording: Workplace) -> None:
    recording.driver.run(
        "document.getElementById('text').addEventListener('input', (event) => {"
        "event.target.value += ' and a completion'}, {once: true})"
    )
    recording.driver.click("#text")
    recording.driver.type("k")
    recording.eventually(lambda: inserted(recording, EditHow.SCRIPT) == 17)
    assert inserted(recording, EditHow.TYPED) == 1


def test_undo_is_no_insertion(recording: Workplace) -> None:
    copy_passage(recording)
    quiet(recording)
    recording.driver.click("#text")
    recording.driver.press("Control", "v")
    recording.driver.press("Control", "z")
    recording.eventually(lambda: edits(recording, EditHow.UNDO))
    assert deleted(recording, EditHow.UNDO) == len(COPIED)


def test_a_jump_of_the_caret_is_seen_and_typing_is_none(recording: Workplace) -> None:
    recording.driver.click("#text")
    recording.driver.type("twelve chars")
    recording.eventually(lambda: inserted(recording, EditHow.TYPED) == 12)
    assert recording.ear.of(CaretJump) == []
    recording.driver.press("Home")
    recording.eventually(lambda: recording.ear.of(CaretJump))
    (jump,) = recording.ear.of(CaretJump)
    assert (jump.distance_chars, jump.flags) == (12, CaretFlag.BACKWARD)
    recording.ear.forget()
    recording.driver.type("x")
    recording.eventually(lambda: edits(recording, EditHow.TYPED))
    assert edits(recording, EditHow.TYPED)[0].flags == EditFlag.TRUSTED


def test_selecting_is_a_jump_that_leaves_a_selection(recording: Workplace) -> None:
    recording.driver.click("#free")
    recording.driver.type("selected")
    recording.eventually(lambda: inserted(recording, EditHow.TYPED) == 8)
    recording.driver.press("Control", "a")
    recording.eventually(lambda: recording.ear.of(CaretJump))
    assert recording.ear.of(CaretJump)[0].flags & CaretFlag.SELECTED


def test_the_region_that_has_the_attention_is_known(recording: Workplace) -> None:
    for selector in ("#prompt p", "#response-b button", "#text", "#prompt p"):
        recording.driver.click(selector)
    recording.eventually(lambda: len(recording.ear.of(PageFocus)) >= 4)
    assert [each.region for each in recording.ear.of(PageFocus)] == [0, 1, 2, 0]


def test_an_edit_names_its_region(recording: Workplace) -> None:
    recording.driver.click("#text")
    recording.driver.type("x")
    recording.eventually(lambda: edits(recording, EditHow.TYPED))
    assert edits(recording, EditHow.TYPED)[0].region == 2


def test_a_submitted_form_says_its_texts_classes(recording: Workplace) -> None:
    text = "Dear Robin,\n\n2 answers."
    recording.driver.click("#text")
    recording.driver.type(text)
    recording.driver.click("#send")
    recording.eventually(recording.ear.submitted)
    (submitted,) = recording.ear.submitted()
    assert unpack_classes(submitted.packed) == classes_of(text)
    assert (submitted.length_chars, submitted.region) == (len(text), 2)
    assert submitted.field == recording.ear.of(PageEdit)[0].field


def test_a_marked_button_submits_the_fields_it_names(recording: Workplace) -> None:
    recording.driver.click("#free")
    recording.driver.type("one line\nand 2")
    recording.driver.click("#send-free")
    recording.eventually(recording.ear.submitted)
    (submitted,) = recording.ear.submitted()
    assert unpack_classes(submitted.packed) == classes_of("one line\nand 2")
