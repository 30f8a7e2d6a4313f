"""Pages and refusals in the language of who reads them; machines are answered in English."""

import re

from tests.server.browser import Browser, signed_in
from tests.server.house import PASSWORD, House
from tests.server.storages import ON_SQLITE

pytestmark = ON_SQLITE
ITALIAN = {"accept-language": "it-IT,it;q=0.9,en;q=0.5"}


def test_a_page_speaks_what_the_browser_asks_for(address: str) -> None:
    with Browser(address) as browser:
        italian = browser.get("/login", headers=ITALIAN).text
        assert '<html lang="it" dir="ltr">' in italian
        assert "Accedi" in italian
        assert "Sign in" not in italian
        assert '<html lang="en" dir="ltr">' in browser.get("/login").text


def test_somebodys_own_choice_goes_before_the_browsers(address: str, house: House) -> None:
    with Browser(address) as browser:
        mine = signed_in(browser, "ada", PASSWORD)
        assert mine.submit("/account/language", {"language": "it"}, "/account").status_code == 303
        page = mine.get("/account", headers={"accept-language": "en"}).text
        assert "Il mio account" in page
        assert re.search(r'<option value="it" lang="it" selected>Italiano</option>', page)
        assert mine.get("/sessions/none").headers["content-type"].startswith("text/html")
        assert "Non trovato" in mine.get("/sessions/none").text
        wrong = {"password": "wrong", "new": "a longer password"}
        assert (
            "La password è sbagliata." in mine.submit("/account/password", wrong, "/account").text
        )
        assert mine.submit("/account/language", {"language": "tlh"}, "/account").status_code == 404
        assert mine.submit("/account/language", {"language": ""}, "/account").status_code == 303
        assert "Il mio account" in mine.get("/account", headers=ITALIAN).text
        assert "My account" in mine.get("/account").text


def test_problems_of_the_api_stay_english(address: str) -> None:
    with Browser(address) as machine:
        answer = machine.get("/v1/sessions", headers=ITALIAN).json()
        assert answer["title"] == "Unauthenticated"
        assert answer["detail"].startswith("Send a valid token")


def test_the_language_of_one_reader_does_not_stay_for_the_next(address: str) -> None:
    with Browser(address) as first, Browser(address) as second:
        for _ in range(3):
            assert "Accedi" in first.get("/login", headers=ITALIAN).text
            assert "Sign in" in second.get("/login").text
