"""The console in a real browser: the journeys of administrator and trainer."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import OpenPage, Seeded

pytestmark = pytest.mark.browser


def test_administrator_finds_every_session_with_its_finding(
    seeded: Seeded, open_page: OpenPage
) -> None:
    watched = open_page()
    watched.page.goto(seeded.address)
    expect(watched.page).to_have_url(re.compile("/login$"))
    watched.sign_in("admin")
    watched.page.get_by_role("link", name="Sessions", exact=True).click()
    rows = watched.page.locator("tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.filter(has_text="<script>alert(1)</script>")).to_have_count(2)
    expect(watched.page.locator("tbody")).to_contain_text("Open")


def test_session_page_shows_reasons_timeline_and_pictures(
    seeded: Seeded, open_page: OpenPage
) -> None:
    watched = open_page()
    watched.sign_in("admin")
    watched.open_session(seeded.sessions["pasted"])
    page = watched.page
    expect(page.get_by_test_id("reasons")).to_contain_text("assistant")
    page.locator("#strip img").first.scroll_into_view_if_needed()
    expect(page.locator("#strip img").first).to_be_visible()
    expect(page.locator("#strip img").first).to_have_js_property("naturalWidth", 640)
    page.get_by_text("The timeline as tables").click()
    expect(page.locator("#chart-tables")).to_contain_text("2,140")
    page.get_by_role("button", name="Show").first.click()
    assert page.locator("canvas").count() >= 1
    assert seeded.house.rows("audit_log") > 0


def test_trainer_sees_the_same_page_of_own_sessions_only(
    seeded: Seeded, open_page: OpenPage
) -> None:
    def main_of(login: str) -> str:
        watched = open_page()
        watched.sign_in(login)
        watched.open_session(seeded.sessions["pasted"])
        shown: str = watched.page.locator("main").inner_text()
        return shown

    assert main_of("ada") == main_of("admin")
    tim = open_page()
    tim.sign_in("tim")
    tim.page.goto(f"{seeded.address}/sessions")
    expect(tim.page.locator("tbody tr")).to_have_count(2)


def test_open_session_shows_no_finding(seeded: Seeded, open_page: OpenPage) -> None:
    watched = open_page()
    watched.sign_in("admin")
    watched.page.goto(f"{seeded.address}/sessions/{seeded.sessions['open']}")
    expect(watched.page.locator("main")).to_contain_text("nobody sees a score")
    expect(watched.page.locator("#chart")).to_have_count(0)


def test_keyboard_alone_reaches_a_session(seeded: Seeded, open_page: OpenPage) -> None:
    watched = open_page()
    page = watched.page
    page.goto(f"{seeded.address}/login")
    expect(page.get_by_label("Login")).to_be_focused()
    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url("**/overview")
    page.get_by_role("link", name="Sessions", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sessions")
    for _ in range(24):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('tbody') !== null"):
            break
    else:
        pytest.fail("no row of the table can be reached with the Tab key")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sessions/*")


@pytest.mark.parametrize("path", ["/sessions", "session"])
def test_nothing_is_wider_than_a_phone(seeded: Seeded, open_page: OpenPage, path: str) -> None:
    watched = open_page(viewport={"width": 375, "height": 800}, color_scheme="dark")
    watched.sign_in("admin")
    if path == "session":
        watched.open_session(seeded.sessions["pasted"])
    else:
        watched.page.goto(f"{watched.address}{path}")
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= 375
