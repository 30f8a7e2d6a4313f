"""The overlay for a platform's own page: each passage lies where Python's slices of it lie."""

import random
import unicodedata
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import OpenPage
from tests.browser.test_every_page import fits_everybody

pytestmark = pytest.mark.browser
EXAMPLE = "/static/overlay/example.html"
LAY_OVER = """async ([parts, alignment]) => {
  const { overlay } = await import("/static/overlay/overlay.js");
  const article = document.createElement("article");
  article.append(...parts.map((part, index) => {
    const inner = document.createElement(index % 2 ? "b" : "span");
    inner.append(document.createTextNode(part));
    return inner;
  }));
  document.body.append(article);
  CSS.highlights.clear();
  try {
    const clear = overlay(article, alignment);
    const found = [...CSS.highlights].flatMap(([name, ranges]) =>
      [...ranges].map((range) => [name, range.toString()]));
    clear();
    const left = [...CSS.highlights.values()].reduce((sum, ranges) => sum + ranges.size, 0);
    return { found, left };
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  } finally {
    article.remove();
  }
}"""
TEXTS = {
    "astral": "one 🙂 two 𝔸𝔹 three 👩‍👩‍👧 four",
    "line ends": "first\r\nsecond\nthird\rfourth\r\n\r\nfifth",
    "decomposed": "Cafe\u0301 and a\u0328\u0301 and \u0301 alone, Zoe\u0308",
    "hangul": "\u1112\u1161\u11ab\u1100\u1173\u11af and 한글",
    "right to left": "שלום עולם, مرحبا بالعالم",
}


@pytest.fixture
def example(open_page: OpenPage) -> Page:
    watched = open_page(viewport={"width": 900, "height": 640})
    watched.page.goto(f"{watched.address}{EXAMPLE}")
    return watched.page


def normal(text: str) -> str:
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n")


def test_the_example_is_coloured_under_the_strict_policy(
    open_page: OpenPage, tmp_path: Path
) -> None:
    watched = open_page(viewport={"width": 390, "height": 844})
    page = watched.page
    page.goto(f"{watched.address}{EXAMPLE}")
    expect(page.locator("#said")).to_have_text("")
    found = page.evaluate(
        "[...CSS.highlights].map(([n, ranges]) => [n, [...ranges].map((r) => r.toString())])"
    )
    coloured = {name: ranges for name, ranges in found if name != "veritype-typed"}
    assert coloured == {
        "veritype-inserted": [
            "It would be fair to add that the second table is older than the first."
        ],
        "veritype-unexplained": ["𝔸 strict reader may ask for more."],
        "veritype-inserted-allowed": [
            "Guidelines, section 4: prefer the answer that can be checked."
        ],
    }
    fits_everybody(watched, "overlay-example")


@pytest.mark.parametrize("name", TEXTS)
def test_passages_lie_where_they_lie_in_python(example: Page, name: str) -> None:
    text, draw = TEXTS[name], random.Random(name)
    whole = normal(text)
    for _ in range(6):
        start, end = sorted(draw.sample(range(len(whole) + 1), 2))
        cut = draw.randrange(len(text))
        ranges = [(0, start, "typed"), (start, end, "inserted"), (end, len(whole), "unexplained")]
        passages = [{"start": a, "end": b, "origin": kind} for a, b, kind in ranges if a < b]
        alignment = {"length_chars": len(whole), "passages": passages}
        told = example.evaluate(LAY_OVER, [[text[:cut], text[cut:]], alignment])
        assert "error" not in told, told
        by_name = {n: normal(shown) for n, shown in told["found"]}
        assert by_name == {f"veritype-{kind}": whole[a:b] for a, b, kind in ranges if a < b}
        assert told["left"] == 0


def test_another_text_or_an_old_browser_is_refused_in_words(example: Page) -> None:
    alignment = {"length_chars": 9, "passages": []}
    told = example.evaluate(LAY_OVER, [["eleven char"], alignment])
    assert told["error"] == "RangeError: the text has 11 characters, not 9"
    assert example.evaluate(LAY_OVER, [[], {"length_chars": 0, "passages": []}])["found"] == []
    old = "async () => { const { overlay } = await import('/static/overlay/overlay.js');"
    old += " Object.defineProperty(CSS, 'highlights', { value: undefined });"
    old += " try { overlay(document.body, {}); } catch (error) { return error.name; } }"
    assert example.evaluate(old) == "TypeError"
