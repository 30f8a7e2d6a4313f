"""Every page of the console on a phone, in both colours: axe finds nothing, nothing is cut off."""

import os
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import expect

from server.records import EVERYBODY
from server.records.timesheets import Move, SheetState
from tests.browser.pages import OpenPage, Seeded, Watched
from tests.server.house import PASSWORD

pytestmark = pytest.mark.browser
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
RUN = "axe.run().then((found) => found.violations.map((v) => [v.id, v.nodes.map((n) => n.html)]))"
PHONE_PX = 390
CUT_OFF = """() => [...document.querySelectorAll("main *")].filter((each) => {
  const box = each.getBoundingClientRect();
  const scrolls = each.closest(".scroll, .strip, .chart, .unseen, pre, svg, details:not([open])");
  const hidden = box.right < -5000 || box.left > 5000;
  return box.width && !scrolls && !hidden && (box.left < -1 || box.right > innerWidth + 1);
}).map((each) => each.outerHTML.slice(0, 200))"""
"""What begins before the window's edge or ends behind it, and is in nothing that scrolls."""
LOOK = os.environ.get("VERITYPE_LOOK")
"""A folder to keep a picture of each page in, to be looked at."""
PAGES = {
    "admin": (
        "/overview",
        "/sessions",
        "/people",
        "/devices",
        "/projects",
        "/keys",
        "/webhooks",
        "/exports",
        "/reviews/open",
        "/reviews/quality",
        "/pictures",
        "/hours",
        "/notices",
        "/audit",
        "/account",
        "/account/record",
    ),
    "otto": ("/reviews", "/notices"),
    "ada": (
        "/me",
        "/me/consents",
        "/me/receipts",
        "/me/pictures",
        "/sessions",
        "/hours",
        "/flags",
        "/notices",
        "/account",
        "/account/record",
    ),
}


def fits_everybody(watched: Watched, name: str) -> None:
    """No violation, and nothing beside the window."""
    page = watched.page
    page.evaluate(AXE)
    assert page.evaluate(RUN) == [], name
    size = page.viewport_size
    assert size is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
    if LOOK is not None:
        kept = Path(LOOK) / f"{name.strip('/').replace('/', '-')}.png"
        page.screenshot(path=kept, full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("login", PAGES)
def test_pages_fit_everybody(
    open_page: OpenPage, login: str, scheme: Literal["light", "dark"]
) -> None:
    watched = open_page(viewport={"width": PHONE_PX, "height": 844}, color_scheme=scheme)
    watched.sign_in(login)
    for path in PAGES[login]:
        answer = watched.page.goto(f"{watched.address}{path}")
        assert answer is not None
        assert answer.status == 200, path
        fits_everybody(watched, f"{login}{path}-{scheme}")


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_pages_fit_in_longer_words_and_from_right_to_left(
    open_page: OpenPage, seeded: Seeded, direction: str
) -> None:
    """Italian is longer than English; no language that we have runs from right to left yet."""
    locale = "it-IT" if direction == "ltr" else "en-GB"
    watched = open_page(viewport={"width": PHONE_PX, "height": 844}, locale=locale)
    page = watched.page
    page.goto(f"{watched.address}/login")
    page.locator("[name=login]").fill("ada")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.locator("form[action='/logout']").wait_for()
    session = seeded.sessions["pasted"]
    for path in ("/me", "/account", "/hours", f"/sessions/{session}"):
        page.goto(f"{watched.address}{path}")
        if session in path:
            page.wait_for_selector("#chart[data-ready=true]", timeout=60_000)
        if direction == "rtl":
            page.evaluate("document.documentElement.dir = 'rtl'")
        fits_everybody(watched, f"{direction}{path}")
        assert page.evaluate(CUT_OFF) == [], path


def test_a_review_is_taken_by_the_keyboard_and_fits_everybody(open_page: OpenPage) -> None:
    watched = open_page(viewport={"width": PHONE_PX, "height": 844})
    watched.sign_in("otto")
    page = watched.page
    page.goto(f"{watched.address}/reviews")
    page.get_by_role("button", name="Take the next one").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#chart[data-ready=true]", timeout=60_000)
    fits_everybody(watched, "otto/review-light")


def test_minutes_are_disputed_by_the_keyboard_on_a_phone(
    open_page: OpenPage, seeded: Seeded
) -> None:
    watched = open_page(viewport={"width": PHONE_PX, "height": 844})
    own, trainer = seeded.house.own, seeded.house.trainer.id
    sheet = next(one for one in own.timesheets(EVERYBODY, 9) if one.person == trainer)
    assert own.move_timesheet(sheet, Move(SheetState.SUBMITTED, "ada"), 1)
    watched.sign_in("admin")
    page = watched.page
    page.goto(f"{watched.address}/people")
    page.get_by_role("link", name="Audit log").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/audit")
    page.goto(f"{watched.address}/hours/{sheet.id.hex()}")
    page.get_by_label("Why").fill("The task was closed.")
    page.get_by_label("Day").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("1000AM")
    page.get_by_label("Until").first.fill("09:00")
    page.get_by_role("button", name="Dispute", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("It ends before it begins: 10:00 to 09:00")
    fits_everybody(watched, "admin/dispute-light")
    assert all("400" in line for line in watched.wrong), "the browser notes the refusal alone"
    watched.wrong.clear()
    page.get_by_label("From").first.fill("00:00")
    page.get_by_label("Until").first.fill("00:00")
    page.get_by_role("button", name="Dispute", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Disputed because: The task was closed.")
