"""The catalogues hold every text of the code, each translated, with the same placeholders."""

import re
from collections import Counter

import pytest
from babel.messages.catalog import Catalog, Message

from server.language.catalogues import TEMPLATE, po_file, read
from server.language.extraction import merged, texts, written
from server.language.languages import ENGLISH, LANGUAGES

TRANSLATED = [language for language in LANGUAGES if language != ENGLISH]
PLACEHOLDER = re.compile(r"%%|%\(\w+\)\d*[a-z]|%.|\{\w+\}")


@pytest.fixture(scope="module")
def template() -> Catalog:
    return texts()


def test_the_template_holds_every_text_of_the_code(template: Catalog) -> None:
    assert TEMPLATE.read_text() == written(template), "texts changed: run `make texts`"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_language_holds_every_text_and_no_other(language: str, template: Catalog) -> None:
    held = po_file(language).read_text()
    assert held == written(merged(language, template)), "texts changed: run `make texts`"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_placeholders_of_its_text(language: str) -> None:
    wrong = [message.id for message in _messages(language) if not _same_placeholders(message)]
    assert not wrong, f"{po_file(language)}: other placeholders than in English: {wrong}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_looked_at(language: str) -> None:
    missing = [message.id for message in _messages(language) if not all(_forms(message.string))]
    assert not missing, f"{po_file(language)}: not translated: {missing}"
    doubtful = [message.id for message in _messages(language) if message.fuzzy]
    assert not doubtful, f"{po_file(language)}: marked fuzzy: {doubtful}"


def test_other_placeholders_are_noticed() -> None:
    assert _same_placeholders(Message("%(n)s of {all}", "{all}: %(n)s"))
    assert not _same_placeholders(Message("%(n)s of {all}", "{tutti}: %(n)s"))
    assert not _same_placeholders(Message("100 %%", "100 %"))
    assert not _same_placeholders(Message(("%(num)s x", "%(num)s xs"), ("%(num)s x", "gli x")))
    assert _same_placeholders(Message(("one x", "%(num)s xs"), ("un x", "%(num)s x")))


def _messages(language: str) -> list[Message]:
    return [message for message in read(po_file(language), language) if message.id]


def _same_placeholders(message: Message) -> bool:
    """Every form that is translated; each may be of the singular's kind or of the plural's."""
    due = [_placeholders(one) for one in _forms(message.id)]
    return all(not one or _placeholders(one) in due for one in _forms(message.string))


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def _placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))
