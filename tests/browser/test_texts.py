"""A submitted text and a report in a real browser: by keyboard, on a phone, in both colours."""

import re
from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser.pages import OpenPage, Seeded
from tests.browser.test_every_page import PHONE_PX, fits_everybody

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_report_fit_everybody(
    seeded: Seeded, open_page: OpenPage, scheme: Literal["light", "dark"]
) -> None:
    watched = open_page(viewport={"width": PHONE_PX, "height": 844}, color_scheme=scheme)
    watched.sign_in("ada")
    at = f"{watched.address}/sessions/{seeded.sessions['pasted']}"
    for name in ("texts/1", "report"):
        watched.page.goto(f"{at}/{name}")
        fits_everybody(watched, f"ada/{name}-{scheme}")


def test_a_passage_leads_to_the_moment_it_came_about_by_the_keyboard(
    seeded: Seeded, open_page: OpenPage
) -> None:
    watched = open_page(viewport={"width": 1280, "height": 900})
    watched.sign_in("ada")
    page = watched.page
    watched.open_session(seeded.sessions["pasted"])
    page.get_by_test_id("texts").get_by_role("link").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/texts/1")
    shape = page.get_by_test_id("shape")
    expect(shape).to_have_text(re.compile(r"▆{3,} ▆"))
    passage = shape.locator("a.inserted").first
    expect(passage).to_have_accessible_name(re.compile("on the timeline"))
    passage.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#at-240000")
    page.wait_for_selector("#chart[data-ready=true]", timeout=60_000)
    expect(page.locator("#chart")).to_be_in_viewport()


def test_a_report_prints_on_both_papers_without_a_script(
    seeded: Seeded, open_page: OpenPage
) -> None:
    watched = open_page(viewport={"width": 1000, "height": 900})
    watched.sign_in("ada")
    page = watched.page
    page.goto(f"{watched.address}/sessions/{seeded.sessions['pasted']}")
    page.get_by_role("link", name="Report for printing").click()
    page.wait_for_url("**/report")
    assert page.locator("script").count() == 0
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    for paper in ("A4", "Letter"):
        made = page.pdf(format=paper)
        pages = len(re.findall(rb"/Type\s*/Page\b", made))
        assert made.startswith(b"%PDF-")
        assert 2 <= pages <= 6, paper
