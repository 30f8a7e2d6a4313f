"""What a person does in a page, by real keys and clicks, and what the agent makes of it.

One module, so that each browser starts once.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from agent.extension.installing import extension_folder
from tests.browser_extension.cases import (
    EDITABLE,
    FIELDS,
    INPUT_TYPES,
    NO_MESSAGES,
    PATTERNS,
    SCRIPT_WRITES,
    VECTORS,
)
from tests.browser_extension.conftest import Workplace
from wire.codes import CaretFlag, EditFlag, EditHow, InsertionHow, InsertionSeenBy
from wire.events import MISSING_U32, CaretJump, Insertion, PageEdit, PageFocus
from wire.textclass import classes_of, unpack_classes

pytestmark = pytest.mark.browser

AT_END = EditFlag.TRUSTED | EditFlag.AT_END
COPIED = "a passage, 27 letters long."
SECRET = "Zq7secretXw"
OTHER = "Kv4privateNm"
LONGEST_WAIT_S = 1.2
"""Longer than any record waits in a page: nothing else can show that nothing comes."""


def copy_passage(work: Workplace) -> None:
    """The person copies a text by key, from a field that is not part of the test."""
    work.driver.run(f"document.getElementById('user').value = {COPIED!r}")
    work.driver.click("#user")
    work.driver.press("Control", "a")
    work.driver.press("Control", "c")
    work.eventually(lambda: work.ear.inserted(EditHow.SCRIPT))
    work.ear.forget()


def test_typing_deleting_and_pasting_are_told_apart_in_every_kind_of_field(
    recording: Workplace,
) -> None:
    copy_passage(recording)
    for selector, frame in FIELDS:
        recording.driver.click(selector, frame)
        recording.driver.type("the answer is 42")
        recording.driver.press("Backspace")
        recording.driver.press("Backspace")
        recording.driver.press("Control", "v")
    recording.eventually(lambda: len(recording.ear.edits(EditHow.PASTE)) == len(FIELDS))
    fields = [edit.field for edit in recording.ear.edits(EditHow.PASTE)]
    assert len(set(fields)) == len(FIELDS)
    for field, (selector, frame) in zip(fields, FIELDS, strict=True):
        edits = [edit for edit in recording.ear.of(PageEdit) if edit.field == field]
        told = [(edit.how, edit.inserted_chars, edit.deleted_chars) for edit in edits]
        typed = sum(inserted for how, inserted, _ in told if how == EditHow.TYPED)
        assert (typed, told[-2:], len(told) < 6) == (
            16,
            [(EditHow.DELETED, 0, 2), (EditHow.PASTE, len(COPIED), 0)],
            True,
        ), (selector, frame)
        assert {edit.flags for edit in edits} == {AT_END}, (selector, frame)
    recording.ear.wait_for_pastes()
    insertions = recording.ear.of(Insertion)
    assert len(insertions) == len(FIELDS)
    assert {(each.how, each.seen_by, each.length_chars, each.lines) for each in insertions} == {
        (InsertionHow.PASTE, InsertionSeenBy.EXTENSION, len(COPIED), MISSING_U32)
    }


def test_a_paste_says_what_it_replaced_and_undo_is_no_insertion(recording: Workplace) -> None:
    copy_passage(recording)
    for selector in ("#text", "#free"):
        recording.driver.click(selector)
        recording.driver.type("replaced")
        recording.driver.press("Control", "a")
        recording.driver.press("Control", "v")
    recording.driver.press("Control", "z")
    recording.eventually(lambda: recording.ear.edits(EditHow.UNDO))
    pastes = recording.ear.edits(EditHow.PASTE)
    assert [(each.inserted_chars, each.deleted_chars) for each in pastes] == [(27, 8)] * 2
    recording.ear.wait_for_pastes()
    assert len(recording.ear.of(Insertion)) == 2


def test_what_a_script_writes_is_a_scripts(recording: Workplace) -> None:
    for script in SCRIPT_WRITES:
        recording.driver.run(script)
    recording.eventually(lambda: len(recording.ear.edits(EditHow.SCRIPT)) == len(SCRIPT_WRITES))
    for edit in recording.ear.of(PageEdit):
        assert (edit.how, edit.inserted_chars, edit.deleted_chars) == (EditHow.SCRIPT, 19, 0)
        assert not edit.flags & EditFlag.TRUSTED
    insertions = recording.ear.of(Insertion)
    assert [(each.how, each.length_chars) for each in insertions] == [(InsertionHow.SCRIPT, 19)] * 5


def test_an_input_method_is_told_from_keys_and_a_single_sign_is_typed(
    recording: Workplace,
) -> None:
    recording.driver.click("#text")
    recording.driver.compose("\u65e5\u672c\u8a9e\u3067\u3059")
    recording.driver.type("z")
    recording.driver.compose("\u00ea")
    recording.eventually(lambda: recording.ear.inserted(EditHow.TYPED) == 2)
    (composed,) = recording.ear.edits(EditHow.COMPOSITION)
    assert (composed.inserted_chars, composed.deleted_chars, composed.flags) == (5, 0, AT_END)
    (insertion,) = recording.ear.of(Insertion)
    assert (insertion.how, insertion.length_chars) == (InsertionHow.COMPOSITION, 5)


def test_a_script_that_adds_to_a_key_press_is_told_apart_from_it(recording: Workplace) -> None:
    recording.driver.run(
        "document.getElementById('text').addEventListener('input', (event) => {"
        "event.target.value += ' and a completion'}, {once: true})"
    )
    recording.driver.click("#text")
    recording.driver.type("k")
    recording.eventually(lambda: recording.ear.inserted(EditHow.SCRIPT) == 17)
    assert recording.ear.inserted(EditHow.TYPED) == 1


def test_a_jump_of_the_caret_is_seen_and_typing_is_none(recording: Workplace) -> None:
    recording.driver.click("#text")
    recording.driver.type("twelve chars")
    recording.eventually(lambda: recording.ear.inserted(EditHow.TYPED) == 12)
    assert recording.ear.of(CaretJump) == []
    recording.driver.press("Home")
    recording.eventually(lambda: recording.ear.of(CaretJump))
    (jump,) = recording.ear.of(CaretJump)
    assert (jump.distance_chars, jump.flags) == (12, CaretFlag.BACKWARD)
    recording.driver.type("x")
    recording.driver.press("Control", "a")
    recording.eventually(lambda: len(recording.ear.of(CaretJump)) == 2)
    assert recording.ear.edits(EditHow.TYPED)[-1].flags == EditFlag.TRUSTED
    assert recording.ear.of(CaretJump)[-1].flags & CaretFlag.SELECTED


def test_the_region_that_has_the_attention_is_known(recording: Workplace) -> None:
    for selector in ("#prompt p", "#response-b button", "#text", "#prompt p"):
        recording.driver.click(selector)
    recording.eventually(lambda: len(recording.ear.of(PageFocus)) >= 4)
    assert [each.region for each in recording.ear.of(PageFocus)] == [0, 1, 2, 0]


def test_submitted_texts_are_told_as_their_classes(recording: Workplace) -> None:
    in_form, in_page = "Dear Robin,\n\n2 answers.", "one line\nand 2"
    recording.driver.click("#text")
    recording.driver.type(in_form)
    recording.driver.click("#send")
    recording.driver.click("#free")
    recording.driver.type(in_page)
    recording.driver.click("#send-free")
    recording.eventually(lambda: len(recording.ear.submitted()) == 2)
    first, second = recording.ear.submitted()
    assert unpack_classes(first.packed) == classes_of(in_form)
    assert unpack_classes(second.packed) == classes_of(in_page)
    assert (first.length_chars, first.region, second.region) == (len(in_form), 2, 0)
    edits = recording.ear.of(PageEdit)
    assert (edits[0].field, edits[0].region) == (first.field, 2)
    assert edits[-1].field == second.field


def kept_by_extension(profile: Path, text: str) -> list[Path]:
    """Files of extensions in a browser's profile that hold a text; pages keep their own."""
    forms = (text.encode(), text.encode("utf-16-le"))
    files = [path for path in profile.rglob("*") if path.is_file()]
    kept = [path for path in files if "extension" in str(path.relative_to(profile)).lower()]
    assert kept, "this browser keeps what extensions store somewhere else"
    return [path for path in kept if any(form in path.read_bytes() for form in forms)]


def test_a_password_field_says_that_it_has_the_focus_and_nothing_else(
    recording: Workplace,
) -> None:
    for selector in ("#password", "#code"):
        recording.driver.click(selector)
        recording.eventually(lambda: recording.ear.secrets()[-1:] == [True])
        before = recording.said.stat().st_size
        recording.driver.type(SECRET)
        recording.driver.press("Home")
        recording.driver.press("Control", "a")
        # Shown as text it stays a password; a script that changes it is not seen either.
        recording.driver.run(
            f"const field = document.querySelector('{selector}');"
            "field.type = 'text'; field.value += 'more';"
        )
        recording.driver.type(SECRET)
        recording.driver.wait(LONGEST_WAIT_S)
        assert recording.said.read_bytes()[before:] == b""
        recording.driver.click("#text")
        recording.eventually(lambda: recording.ear.secrets()[-1:] == [False])
    recording.driver.type("seen")
    recording.eventually(lambda: recording.ear.inserted(EditHow.TYPED) == 4)
    assert SECRET.encode() not in recording.said.read_bytes()
    assert kept_by_extension(recording.profile, SECRET) == []


def test_undo_explains_no_more_than_stood_there_once(recording: Workplace) -> None:
    recording.driver.run(
        "const text = document.querySelector('#text'); text.value = '';"
        "text.addEventListener('keydown', (event) => {"
        "if (event.key === 'z') text.value = 'x'.repeat(500); })"
    )
    recording.driver.click("#text")
    recording.driver.type("seen")
    recording.driver.press("Control", "z")
    recording.eventually(lambda: recording.ear.inserted(EditHow.SCRIPT) >= 490)
    assert recording.ear.inserted(EditHow.UNDO) == 0


def test_only_the_real_focus_says_that_a_field_is_secret(recording: Workplace) -> None:
    made = (
        "document.querySelector('#password').dispatchEvent(new FocusEvent({}, {{bubbles: true}}))"
    )
    recording.driver.click("#text")
    recording.driver.run(made.format("'focusin'"))
    recording.driver.type("seen")
    recording.eventually(lambda: recording.ear.inserted(EditHow.TYPED) == 4)
    assert recording.ear.secrets() == []
    recording.driver.click("#password")
    recording.eventually(lambda: recording.ear.secrets() == [True])
    recording.driver.run(made.format("'focusout'"))
    recording.driver.wait(LONGEST_WAIT_S)
    assert recording.ear.secrets() == [True]
    # A sign-in page often takes the field away instead of leaving it.
    recording.driver.run("document.querySelector('#sign-in').remove()")
    recording.eventually(lambda: recording.ear.secrets() == [True, False])


def test_a_field_that_becomes_a_password_field_while_in_focus_is_secret(
    recording: Workplace,
) -> None:
    recording.driver.click("#line")
    recording.driver.run("document.querySelector('#line').type = 'password'")
    recording.eventually(lambda: recording.ear.secrets() == [True])


def test_a_page_that_the_person_goes_back_to_is_seen_again(recording: Workplace) -> None:
    recording.driver.open(f"{recording.inside}/other.html")
    recording.driver.run("setTimeout(() => history.back())")
    recording.driver.wait(LONGEST_WAIT_S)
    recording.ear.forget()

    def seen() -> bool:
        recording.driver.click("#text")
        recording.driver.type("x")
        return recording.ear.inserted(EditHow.TYPED) > 0

    recording.eventually(seen)


def test_the_agent_is_told_whether_the_person_allowed_the_pages(recording: Workplace) -> None:
    recording.eventually(lambda: b'"kind":6' in recording.said.read_bytes())
    said = recording.said.read_bytes()
    assert said[said.rindex(b'"kind":6') :].partition(b"}")[0].endswith(b'"on":1')
    # In Firefox the question was answered after the session had begun.
    assert (b'"on":0}' in said[: said.rindex(b'"kind":6')]) or recording.driver.name == "chromium"


def test_signing_in_submits_nothing(recording: Workplace) -> None:
    recording.driver.click("#user")
    recording.driver.type("robin")
    recording.driver.click("#enter")
    recording.driver.click("#text")
    recording.driver.type("seen")
    recording.eventually(lambda: recording.ear.inserted(EditHow.TYPED) == 9)
    assert recording.ear.submitted() == []


def test_pages_outside_the_scope_say_nothing(recording: Workplace) -> None:
    recording.driver.run("history.pushState({}, '', '/elsewhere')")
    before = recording.said.stat().st_size
    recording.driver.click("#text")
    recording.driver.type(OTHER)
    recording.driver.click("#password")
    recording.driver.wait(LONGEST_WAIT_S)
    assert recording.said.read_bytes()[before:] == b""
    for address in (f"{recording.outside}/rate/task.html", f"{recording.inside}/other.html"):
        recording.driver.open(address)
        recording.driver.click("#text")
        recording.driver.type(OTHER)
        recording.driver.click("#password")
    recording.driver.wait(LONGEST_WAIT_S)
    assert recording.said.read_bytes()[before:] == b""


def test_a_page_that_comes_into_scope_without_loading_is_seen(recording: Workplace) -> None:
    recording.driver.open(f"{recording.inside}/other.html")
    recording.driver.run("history.pushState({}, '', '/rate/task.html')")
    recording.driver.click("#text")

    def seen() -> bool:
        recording.driver.type("x")
        return recording.ear.inserted(EditHow.TYPED) > 0

    recording.eventually(seen)


def test_nothing_is_said_while_paused_and_the_open_page_is_seen_afterwards(
    recording: Workplace,
) -> None:
    recording.driver.click("#text")
    recording.driver.type("seen")
    recording.eventually(lambda: recording.ear.inserted(EditHow.TYPED) == 4)
    recording.listener.scope(None)
    recording.driver.wait(LONGEST_WAIT_S)
    before = recording.said.stat().st_size
    recording.driver.type(OTHER)
    recording.driver.click("#password")
    recording.driver.wait(LONGEST_WAIT_S)
    assert recording.said.read_bytes()[before:] == b""
    recording.listener.scope(recording.policy)
    recording.eventually(lambda: True in recording.ear.secrets())
    recording.driver.click("#text")
    recording.ear.forget()
    recording.driver.type("again")
    recording.eventually(lambda: recording.ear.inserted(EditHow.TYPED) == 5)


def test_no_text_is_in_anything_the_host_received_or_the_extension_keeps(
    recording: Workplace,
) -> None:
    recording.driver.click("#text")
    recording.driver.type(OTHER)
    recording.driver.click("#send")
    recording.eventually(recording.ear.submitted)
    said = recording.said.read_bytes()
    assert b'"kind":4' in said
    assert OTHER[:4].encode() not in said
    assert kept_by_extension(recording.profile, OTHER) == []


@pytest.fixture
def page(workplace: Workplace) -> Workplace:
    workplace.driver.open(f"{workplace.outside}/inner.html")
    return workplace


def each(work: Workplace, function: str, arguments: list[Any], *names: str) -> Any:
    """What a function of the extension's scripts gives for each tuple of arguments."""
    sources = "\n".join((extension_folder() / name).read_text() for name in names)
    calls = f"{json.dumps(arguments)}.map((each) => ({function})(...each))"
    return work.driver.run(f"{sources}\nconst veritype = globalThis.veritype;\nreturn {calls};")


def test_the_text_classes_are_the_wires(page: Workplace) -> None:
    texts = [[vector["text"]] for vector in VECTORS]
    found = each(page, "veritype.classesOf", texts, "textclass.js")
    assert found == [vector["classes"] for vector in VECTORS]


def test_a_pattern_means_the_pages_it_says(page: Workplace) -> None:
    asked = [[pattern, address] for pattern, address, _ in PATTERNS]
    found = each(page, "veritype.matches", asked, "patterns.js")
    assert list(zip(asked, found, strict=True)) == [([p, a], e) for p, a, e in PATTERNS]


def test_every_input_type_has_its_kind_of_edit(page: Workplace) -> None:
    asked = [list(case[:3]) for case in INPUT_TYPES]
    found = each(page, "veritype.howOfInput", asked, "codes.js", "edits.js")
    assert found == [expected for *_, expected in INPUT_TYPES]


def test_an_editable_elements_text_is_what_stands_there(page: Workplace) -> None:
    function = """(html) => {
        const field = document.createElement("div");
        field.contentEditable = "true";
        field.innerHTML = html;
        return veritype.textOf(field);
    }"""
    found = each(page, function, [[html] for html, _ in EDITABLE], "textclass.js", "fields.js")
    assert found == [expected for _, expected in EDITABLE]


def test_a_message_that_is_not_numbers_and_classes_is_not_built(page: Workplace) -> None:
    calls = ", ".join(f"() => veritype.message({values})" for values in NO_MESSAGES)
    function = f"""() => [{calls}].map((call) => {{
        try {{ call(); return "built"; }} catch (error) {{ return error.name; }}
    }})"""
    (found,) = each(page, function, [[]], "messages.js")
    assert found == ["TypeError"] * len(NO_MESSAGES)


def test_a_message_leaves_behind_what_it_does_not_name(page: Workplace) -> None:
    values = {"at": 5.4, "region": 99_999, "text": "hunter2"}
    (found,) = each(page, "veritype.message", [[2, values]], "messages.js")
    assert found == {"kind": 2, "at": 5, "region": 0xFFFF}
