"""Texts, plurals, dates and numbers in the language of who reads them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment

from server.language import _, catalogues, moment, ngettext, number, percent, speaking
from server.language.catalogues import translations
from server.language.formats import day, full_day
from server.language.languages import language_of, own_names
from server.language.pages import install
from server.language.voice import direction, language

AT_US = int(datetime(2026, 6, 2, 14, 5, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("setting", "accepted", "spoken"),
    [
        ("it", "en", "it"),
        (None, "it-CH, en;q=0.5", "it"),
        (None, "en;q=0.5, it;q=0.7", "it"),
        (None, "de, fr;q=0.9", "en"),
        (None, "it;q=0", "en"),
        (None, "it;q=nonsense", "en"),
        (None, "*", "en"),
        (None, "", "en"),
        (None, "x" * 10_000, "en"),
        ("tlh", "it", "it"),
    ],
)
def test_own_choice_goes_first_then_the_browsers_then_english(
    setting: str | None, accepted: str, spoken: str
) -> None:
    assert language_of(setting, accepted) == spoken


def test_a_text_is_said_in_the_language_spoken_and_english_afterwards() -> None:
    with speaking("it"):
        assert (language(), direction()) == ("it", "ltr")
        assert _("Sign out") == "Esci"
    assert _("Sign out") == "Sign out"


def test_values_are_put_in_and_per_cent_signs_are_written_twice() -> None:
    assert _("%(n)s of 100 %%", n=3) == "3 of 100 %"
    assert ngettext("%(num)s hour of %(day)s", "%(num)s hours of %(day)s", 2, day="x") == (
        "2 hours of x"
    )


def test_a_text_that_nobody_translated_stays_english() -> None:
    with speaking("it"):
        assert _("Nobody translates this.") == "Nobody translates this."


def test_times_say_their_zone_and_are_written_by_the_language() -> None:
    assert moment(AT_US) == "2 Jun 2026, 14:05 UTC"
    assert moment(AT_US, ZoneInfo("Europe/Rome")) == "2 Jun 2026, 16:05 Europe/Rome"
    assert full_day(date(2026, 6, 2)) == "2 Jun 2026"
    with speaking("it"):
        assert moment(AT_US) == "2 giu 2026, 14:05 UTC"
        assert day(date(2026, 6, 2)) == "mar 2 giu"


def test_numbers_are_written_by_the_language() -> None:
    assert (number(12345), number(1.5, 2), percent(0.125, 1)) == ("12,345", "1.50", "12.5%")
    with speaking("it"):
        assert (number(12345), number(1.5, 2), percent(0.125, 1)) == ("12.345", "1,50", "12,5%")


def test_templates_escape_values_and_give_scripts_every_plural() -> None:
    environment = Environment(autoescape=True)
    install(environment)
    said = environment.from_string("{{ _('Until %(day)s', day='<b>') }}").render()
    assert said == "Until &lt;b&gt;"
    forms = environment.from_string("{{ plural_forms('{num} key', '{num} keys')|tojson }}")
    assert forms.render() == '{"one": "{num} key", "other": "{num} keys"}'


def test_each_language_is_named_in_its_own_words() -> None:
    assert own_names() == {"en": "English", "it": "Italiano"}


def test_a_catalogue_is_read_once() -> None:
    assert translations("it") is translations("it")
    assert catalogues.po_file("it").exists()
