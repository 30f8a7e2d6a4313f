"""The language of the request at hand, and a text in it.

Texts are format strings everywhere: `%(name)s` is where a value goes, `%%` is a per cent sign.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from babel import Locale

from server.language.catalogues import translations
from server.language.languages import ENGLISH, LANGUAGES, language_of, locale_of

_LANGUAGE: ContextVar[str] = ContextVar("language", default=ENGLISH)


def language() -> str:
    """The tag of the language that is spoken now."""
    return _LANGUAGE.get()


def locale() -> Locale:
    """How dates and numbers are written now."""
    return locale_of(language())


def direction() -> str:
    """Which way lines run, as HTML's `dir` says it."""
    return locale().text_direction


def speak(tag: str) -> None:
    """Speak a language for the rest of this request; threads that it starts speak it too."""
    _LANGUAGE.set(tag)


def speak_to(setting: str | None) -> None:
    """Speak the language that somebody chose; who chose none keeps what their browser asks for."""
    if setting in LANGUAGES:
        speak(setting)


@contextmanager
def speaking(setting: str | None) -> Iterator[None]:
    """Speak to somebody, by the language that they chose."""
    before = _LANGUAGE.set(language_of(setting))
    try:
        yield
    finally:
        _LANGUAGE.reset(before)


def _(message: str, /, **values: object) -> str:
    """A text in the language spoken now, with its values."""
    return translations(language()).gettext(message) % values


def ngettext(singular: str, plural: str, num: int, /, **values: object) -> str:
    """A text that depends on a number, which is `%(num)s` in it."""
    said = translations(language()).ngettext(singular, plural, num)
    return said % {"num": num, **values}


def pgettext(context: str, message: str, /, **values: object) -> str:
    """A text whose words mean several things; the context says which is meant."""
    return translations(language()).pgettext(context, message) % values


def translated(message: str) -> str:
    """A text into which no value of ours goes, or one from elsewhere; unknown ones stay as is."""
    return translations(language()).gettext(message) if message else message


def N_(message: str) -> str:  # noqa: N802 - gettext's own name
    """Mark a text that stands in a table and is said later by `_`."""
    return message
