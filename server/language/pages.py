"""The catalogue in Jinja's templates, and for the little that scripts say."""

from collections.abc import Callable
from typing import Any

from jinja2 import Environment

from server.language import formats, voice
from server.language.catalogues import translations

_SAMPLES = range(1_000)


def install(environment: Environment) -> None:
    """Give templates `_`, `ngettext`, `{% trans %}`, the language and its formats."""
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    use: Callable[..., None] = getattr(environment, "install_gettext_callables")  # noqa: B009
    use(_gettext, _ngettext, newstyle=True, pgettext=_pgettext, npgettext=_npgettext)
    spoken: dict[str, Any] = {
        "language": voice.language,
        "direction": voice.direction,
        "plural_forms": plural_forms,
    }
    environment.globals.update(spoken)
    environment.filters |= {
        "moment": formats.moment,
        "day": formats.day,
        "full_day": formats.full_day,
        "number": formats.number,
        "percent": formats.percent,
    }


def plural_forms(singular: str, plural: str) -> dict[str, str]:
    """A text that a script says with a number, by the names that `Intl.PluralRules` gives."""
    rule = voice.locale().plural_form
    found: dict[str, str] = {}
    said = translations(voice.language())
    for number in _SAMPLES:
        found.setdefault(rule(number), said.ngettext(singular, plural, number))
    # Whole numbers below a thousand need not show the form for all others (fractions, millions).
    return found | {"other": found.get("other", said.ngettext(singular, plural, _SAMPLES.stop))}


def _gettext(message: str) -> str:
    return translations(voice.language()).gettext(message)


def _ngettext(singular: str, plural: str, number: int) -> str:
    return translations(voice.language()).ngettext(singular, plural, number)


def _pgettext(context: str, message: str) -> str:
    return translations(voice.language()).pgettext(context, message)


def _npgettext(context: str, singular: str, plural: str, number: int) -> str:
    return translations(voice.language()).npgettext(context, singular, plural, number)
