"""The extension's pure parts, run where they run: in the browsers."""

import json
from importlib import resources
from typing import Any

import pytest

from agent.extension.installing import extension_folder
from tests.browser_extension.conftest import Workplace
from wire.codes import EditHow

pytestmark = pytest.mark.browser

VECTORS = json.loads(resources.files("wire").joinpath("text_class_vectors.json").read_text())


def evaluate(work: Workplace, expression: str, *names: str) -> Any:
    sources = "\n".join((extension_folder() / name).read_text() for name in names)
    return work.driver.run(f"{sources}\nreturn {expression};")


@pytest.fixture
def page(workplace: Workplace) -> Workplace:
    workplace.driver.open(f"{workplace.outside}/inner.html")
    return workplace


def test_the_text_classes_are_the_wires(page: Workplace) -> None:
    texts = json.dumps([vector["text"] for vector in VECTORS])
    found = evaluate(page, f"{texts}.map(globalThis.veritype.classesOf)", "textclass.js")
    assert found == [vector["classes"] for vector in VECTORS]


@pytest.mark.parametrize(
    ("pattern", "address", "expected"),
    [
        ("https://a.example/rate/*", "https://a.example/rate/7?x=1#y", True),
        ("https://a.example/rate/*", "https://a.example/rates", False),
        ("https://a.example/rate/*", "http://a.example/rate/7", False),
        ("https://a.example/rate/*", "https://a.example.evil.test/rate/7", False),
        ("https://*.a.example/*", "https://b.a.example/", True),
        ("https://*.a.example/*", "https://a.example/", True),
        ("https://*.a.example/*", "https://ba.example/", False),
        ("http://a.example:8080/*", "http://a.example:8080/x", True),
        ("http://a.example:8080/*", "http://a.example/x", False),
        ("https://a.example/x.y", "https://a.example/x-y", False),
        ("https://a.example/*", "about:blank", False),
    ],
)
def test_a_pattern_means_the_pages_it_says(
    page: Workplace, pattern: str, address: str, expected: bool
) -> None:
    call = f"globalThis.veritype.matches({json.dumps(pattern)}, {json.dumps(address)})"
    assert evaluate(page, call, "patterns.js") is expected


@pytest.mark.parametrize(
    ("type_", "chars", "deleted", "expected"),
    [
        ("insertText", 1, 0, EditHow.TYPED),
        ("insertText", 20, 0, EditHow.COMPOSITION),
        ("insertParagraph", 0, 0, EditHow.TYPED),
        ("insertFromPaste", 20, 0, EditHow.PASTE),
        ("insertFromYank", 20, 0, EditHow.PASTE),
        ("insertFromDrop", 20, 0, EditHow.DROP),
        ("insertReplacementText", 7, 6, EditHow.SPELL_CORRECTION),
        ("insertReplacementText", 20, 0, EditHow.AUTOFILL),
        ("deleteContentBackward", 0, 1, EditHow.DELETED),
        ("deleteByCut", 0, 9, EditHow.DELETED),
        ("historyRedo", 0, 0, EditHow.UNDO),
        ("formatBold", 0, 0, EditHow.OTHER),
    ],
)
def test_every_input_type_has_its_kind_of_edit(
    page: Workplace, type_: str, chars: int, deleted: int, expected: EditHow
) -> None:
    call = f"globalThis.veritype.howOfInput({json.dumps(type_)}, {chars}, {deleted})"
    assert evaluate(page, call, "codes.js", "edits.js") == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("one line", "one line"),
        ("a<div>b</div><div><br></div><div>c</div>", "a\nb\n\nc"),
        ("<p>a</p>\n  <p>b</p>", "a\nb"),
        ("a<br>b<br>", "a\nb"),
        ("<p><br></p>", ""),
        ("<ul><li>a</li><li>b <b>c</b></li></ul>", "a\nb c"),
        ("<div>a</div>b", "a\nb"),
    ],
)
def test_an_editable_elements_text_is_what_stands_there(
    page: Workplace, html: str, expected: str
) -> None:
    call = f"""(() => {{
        const field = document.createElement("div");
        field.contentEditable = "true";
        field.innerHTML = {json.dumps(html)};
        return globalThis.veritype.textOf(field);
    }})()"""
    assert evaluate(page, call, "textclass.js", "fields.js") == expected


@pytest.mark.parametrize(
    "values",
    [
        '{at: 1, duration: 0, how: "x", inserted: 1, deleted: 0, flags: 0, field: 1, region: 0}',
        "{at: 1, duration: 0, how: 0, inserted: NaN, deleted: 0, flags: 0, field: 1, region: 0}",
        "{at: 1}",
    ],
)
def test_a_message_that_is_not_numbers_is_not_built(page: Workplace, values: str) -> None:
    call = f"(() => {{ try {{ globalThis.veritype.message(1, {values}); return 'built'; }}"
    call += " catch (error) { return error.name; } })()"
    assert evaluate(page, call, "messages.js") == "TypeError"


def test_a_message_leaves_behind_what_it_does_not_name(page: Workplace) -> None:
    call = 'globalThis.veritype.message(2, {at: 5.4, region: 99999, text: "hunter2"})'
    assert evaluate(page, call, "messages.js") == {"kind": 2, "at": 5, "region": 0xFFFF}


def test_a_text_in_place_of_its_classes_is_not_built(page: Workplace) -> None:
    values = '{at: 1, field: 1, region: 0, length: 7, classes: "hunter2"}'
    call = f"(() => {{ try {{ globalThis.veritype.message(4, {values}); return 'built'; }}"
    call += " catch (error) { return error.name; } })()"
    assert evaluate(page, call, "messages.js") == "TypeError"
