"""Templates say nothing that is not marked for the catalogue."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from server.console.rendering import templates

NAMES = sorted(templates.env.list_templates(["html"]))
SPOKEN = frozenset({"alt", "aria-label", "data-label", "placeholder", "title"})
NOT_TEXT = frozenset({"code", "pre", "script"})
THE_SAME_EVERYWHERE = re.compile(r"Veritype|CSV|JSON|https://\S*|\w+ \w+ = #\S+")


class Said(HTMLParser):
    """Collects what a page says of itself: words between tags and in attributes that are read."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside += [tag] if tag in NOT_TEXT else []
        self.words += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.words.append(data)


def plain_parts(name: str) -> Iterator[str]:
    """A template without expressions, tags, comments and what stands in `trans` blocks."""
    loader = templates.env.loader
    assert loader is not None
    source, _, _ = loader.get_source(templates.env, name)
    tag: list[str] = []
    inside = False
    for _line, kind, value in templates.env.lex(source):
        if kind == "block_begin":
            tag = []
        elif kind == "name":
            tag.append(value)
        elif kind == "block_end":
            inside = (inside or tag[:1] == ["trans"]) and tag[:1] != ["endtrans"]
        elif kind == "data" and not inside:
            yield value


@pytest.mark.parametrize("name", NAMES)
def test_a_template_says_nothing_that_is_not_marked(name: str) -> None:
    said = Said()
    said.feed("".join(plain_parts(name)))
    words = [THE_SAME_EVERYWHERE.sub("", each).strip() for each in said.words]
    assert [each for each in words if re.search("[A-Za-z]{2}", each)] == []
