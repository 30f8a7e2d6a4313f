"""The languages that pages are written in, and the one that somebody reads."""

from babel import Locale
from babel.core import negotiate_locale

ENGLISH, ITALIAN = "en", "it"
LANGUAGES = (ENGLISH, ITALIAN)
_LOCALES = {ENGLISH: Locale("en", "GB"), ITALIAN: Locale("it", "IT")}
_ASKED_MAX_CHARS = 500


def locale_of(language: str) -> Locale:
    """How dates and numbers are written in a language; English dates name the day first."""
    return _LOCALES[language]


def own_names() -> dict[str, str]:
    """Each language by the name that its speakers know."""
    return {tag: (Locale(tag).display_name or tag).capitalize() for tag in LANGUAGES}


def language_of(setting: str | None, accepted: str = "") -> str:
    """The person's own choice, else the browser's (RFC 9110, section 12.5.4), else English."""
    if setting in LANGUAGES:
        return setting
    return negotiate_locale(_by_weight(accepted), LANGUAGES, sep="-") or ENGLISH


def _by_weight(accepted: str) -> list[str]:
    weighed = []
    for part in accepted[:_ASKED_MAX_CHARS].split(","):
        tag, _semicolon, weight = part.partition(";")
        weighed.append((_weight(weight), tag.strip()))
    return [tag for weight, tag in sorted(weighed, key=lambda one: -one[0]) if tag and weight > 0]


def _weight(text: str) -> float:
    name, _equals, value = text.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0
