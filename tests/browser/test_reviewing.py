"""A reviewer's work in a real browser, from sign-in to the end: by mouse, and by keyboard alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from server.records import Role
from tests.browser import seeds
from tests.browser.conftest import Stories, running, sent
from tests.browser.pages import OpenPage, Seeded, Watched
from tests.browser.test_every_page import fits_everybody
from tests.browser.test_pictures import folder, take  # noqa: F401 - a fixture
from tests.server.house import PASSWORD, make_house

pytestmark = pytest.mark.browser
REASON = "At 0:04:00 2,140 characters appeared that were copied in an assistant's window."
_READY = "#chart[data-ready=true]"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    """A server of its own: what is judged here is missed elsewhere."""
    house = make_house(tmp_path_factory.mktemp("reviewing") / "data", "Ada Okafor")
    for name in ("olga", "ines"):
        house.administration.add_person(name.title(), Role.AUDITOR, name, PASSWORD)
    house.administration.add_person("Lea", Role.LEAD, "lea", PASSWORD)
    stories: Stories = {
        "first": (house.trainer, seeds.pasted(14, 2), 14),
        "second": (house.trainer, seeds.pasted(12, 5), 12),
        "robot": (house.other, seeds.robot(4), 4),
    }
    with running(house) as client:
        found = sent(house, client, stories)
        yield Seeded(str(client.base_url).rstrip("/"), house, found)


def test_the_pictures_of_the_documentation(
    open_page: OpenPage,
    folder: Path,  # noqa: F811
) -> None:
    """First of all: they show what waits, and a review that is given back."""
    watched = open_page(viewport={"width": 1100, "height": 800})
    watched.sign_in("otto")
    page = watched.page
    page.goto(f"{watched.address}/reviews")
    expect(page.locator("[data-case]")).to_have_count(2)
    take(watched, folder / "reviews.png", ".cases")
    page.get_by_role("button", name=re.compile("^Take these 2")).click()
    page.wait_for_selector(_READY, timeout=60_000)
    take(watched, folder / "review.png", "#legend")
    for _ in range(2):
        page.get_by_role("button", name="Give it back").click()
        page.wait_for_url("**/reviews")
        if page.get_by_role("link", name="Go on with it").count():
            page.get_by_role("link", name="Go on with it").click()


def test_a_case_is_judged_by_mouse(seeded: Seeded, open_page: OpenPage) -> None:
    watched = open_page()
    watched.sign_in("olga")
    page = watched.page
    page.get_by_role("link", name="Reviews", exact=True).click()
    case = page.locator("[data-case]").filter(has_text="2 sessions of one person")
    expect(case).to_contain_text("2,140 characters appeared at 0:04:00.")
    page.get_by_label("What stands out").select_option(label="Keys sent by a program")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("[data-case]")).to_have_count(1)
    page.get_by_role("link", name="Show everything").click()
    case.get_by_role("button").click()
    for number in range(2):
        page.wait_for_selector(_READY, timeout=60_000)
        page.get_by_role("button", name=re.compile("^Look")).first.click()
        page.get_by_role("radio", name=re.compile("Exclude the data")).check()
        page.locator("input[name=stretch]").first.check()
        page.get_by_label(re.compile("^Your reason")).fill(REASON)
        page.get_by_role("button", name="Give this verdict").click()
        page.wait_for_url("**/done")
        expect(page.locator("main")).to_contain_text("You: Exclude the data, 0:03:50 to 0:04:10")
        if number == 0:
            expect(page.locator("main")).to_contain_text("You hold others of this case")
            page.get_by_role("link", name="Go on with the next").click()
    page.get_by_role("link", name="with its score and whose it is").click()
    expect(page.locator("h1")).to_contain_text("Ada Okafor")
    looked = [each for each in seeded.house.own.judged(0) if each.zooms > 0]
    assert len(looked) == 2, "each look is told when the page is left"


def tab_to(page: Page, what: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches({what!r})"):
            return
    pytest.fail(f"{what} cannot be reached with the Tab key")


def focused(page: Page) -> str:
    said: str = page.evaluate("document.activeElement.innerText")
    return said


def test_a_case_is_judged_by_the_keyboard_alone(seeded: Seeded, open_page: OpenPage) -> None:
    watched = open_page(viewport={"width": 390, "height": 844})
    page = watched.page
    page.goto(f"{watched.address}/login")
    expect(page.get_by_label("Login")).to_be_focused()
    page.keyboard.type("ines")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sessions")
    tab_to(page, "a[href='/reviews']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reviews")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    fits_everybody(watched, "ines/reviews-keys")
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    first = step(page, "j")
    assert step(page, "j") != first
    assert step(page, "k") == first
    while "1,200 keys were sent by a program" not in focused(page):
        step(page, "j")
    page.keyboard.press("o")
    page.wait_for_selector(_READY, timeout=60_000)
    page.keyboard.press("j")
    expect(page.locator("#stretch-body")).to_contain_text("0:03:40")
    page.keyboard.press("4")
    expect(page.get_by_role("radio", name=re.compile("Reject the pay"))).to_be_checked()
    tab_to(page, "textarea[name=reason]")
    page.keyboard.type("All 1,200 keys come from a program; 5 keys, evenly: j k o ? are typed.")
    expect(page.get_by_role("radio", name=re.compile("Reject the pay"))).to_be_checked()
    tab_to(page, "button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/done")
    fits_everybody(watched, "ines/done")
    expect(page.locator("main")).to_contain_text("You: Reject the pay, the whole session")


def step(page: Page, key: str) -> str:
    page.keyboard.press(key)
    assert page.evaluate("document.activeElement.matches('[data-case]')")
    return focused(page)


def test_leads_see_how_it_was_worked(open_page: OpenPage) -> None:
    watched = open_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    watched.sign_in("lea")
    page = watched.page
    page.goto(f"{watched.address}/reviews/quality")
    expect(page.locator("main")).to_contain_text("Olga")
    fits_everybody(watched, "lea/quality")
    page.goto(f"{watched.address}/reviews")
    fits_everybody(watched, "lea/reviews")
    page.get_by_role("link", name="Open reviews of people in your teams").click()
    expect(page.locator("main")).to_contain_text("No review is open")


@pytest.mark.parametrize("width", [390, 1100])
def test_the_list_fits_everybody(open_page: OpenPage, width: int) -> None:
    watched: Watched = open_page(viewport={"width": width, "height": 800}, color_scheme="dark")
    watched.sign_in("otto")
    watched.page.goto(f"{watched.address}/reviews")
    fits_everybody(watched, f"otto/list-{width}")
