"""A day of whoever runs an organisation, in a real browser: by the mouse, and by keys alone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import OpenPage, Seeded, Watched
from tests.browser.test_every_page import fits_everybody
from tests.server.webhooks.receiver import Receiver

pytestmark = pytest.mark.browser
_DELIVERED_MS = 30_000


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


def press(button: Locator) -> None:
    """Use something by the keyboard."""
    button.focus()
    button.page.keyboard.press("Enter")


def typed(field: Locator, text: str) -> None:
    """Write into a field by the keyboard, in the place of what stands there."""
    field.focus()
    field.page.keyboard.press("Control+a")
    field.page.keyboard.type(text)


def manages(page: Page, name: str) -> Locator:
    """The way to one of the organisation's pages."""
    return page.get_by_role("navigation", name="Organisation").get_by_role("link", name=name)


def to_page(page: Page, name: str) -> None:
    press(manages(page, name))


def test_an_administrators_day_by_the_mouse(
    seeded: Seeded, open_page: OpenPage, receiver: Receiver
) -> None:
    watched = open_page()
    page = watched.page
    watched.sign_in("admin")
    expect(page).to_have_url(re.compile("/overview$"))
    manages(page, "Projects").click()
    page.get_by_role("link", name="Demo").click()
    page.get_by_label("Least probability for a flag").fill("1.2")
    page.get_by_role("button", name="See what would change", exact=True).click()
    expect(page.get_by_text("Write a number from 0 to 1")).to_be_visible()
    expect(page.get_by_label("Least probability for a flag")).to_have_value("1.2")
    refused(watched)
    page.get_by_label("Least probability for a flag").fill("0.9")
    page.get_by_label("Least probability for “strong").fill("0.95")
    page.get_by_role("button", name="See what would change", exact=True).click()
    expect(page.locator("h1")).to_contain_text("would change")
    expect(page.get_by_role("heading", name="What would have been flagged")).to_be_visible()
    before = seeded.house.own.projects()[0].policy.version
    page.get_by_role("button", name="Publish version").click()
    expect(page.locator("main")).to_contain_text(f"Version {before + 1} is in force")
    assert seeded.house.own.projects()[0].policy.evidence.review == 0.9

    manages(page, "Keys").click()
    page.get_by_label("Name, such as what it is for").fill("mouse")
    page.get_by_label("List sessions and read").check()
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_test_id("key")).to_contain_text("vtp_")

    manages(page, "Webhooks").click()
    page.get_by_role("textbox", name="Address").fill(receiver.url)
    page.get_by_role("button", name="Add the address").click()
    expect(page.get_by_test_id("secret")).to_contain_text("whsec_")
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_test_id("tested")).to_contain_text("Delivered", timeout=_DELIVERED_MS)
    assert b"webhook.test" in receiver.received[0].body

    manages(page, "Audit log").click()
    page.get_by_label("What was done").fill("key.added")
    page.get_by_label("Who did it").select_option(label="Administrator")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("tbody")).to_contain_text("mouse")
    expect(page.locator("main")).to_contain_text("follow from each other")
    manages(page, "Exports").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download hours").click()
    assert download.value.suggested_filename.startswith("hours-")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login$"))


def test_an_administrators_day_by_keys_alone_on_a_phone(
    seeded: Seeded, open_page: OpenPage, receiver: Receiver
) -> None:
    watched = open_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = watched.page
    page.goto(f"{seeded.address}/login")
    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url("**/overview")
    to_page(page, "Projects")
    press(page.get_by_role("link", name="Demo"))
    typed(page.get_by_label("Days in which the trainer can answer"), "9")
    fits_everybody(watched, "admin/policy-dark")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check")
    fits_everybody(watched, "admin/policy-check-dark")
    press(page.get_by_role("button", name="Go on changing it"))
    expect(page.get_by_label("Days in which the trainer can answer")).to_have_value("9")
    press(page.get_by_role("button", name="See what would change", exact=True))
    press(page.get_by_role("button", name="Publish version"))
    expect(page.locator("main")).to_contain_text("is in force")
    assert seeded.house.own.projects()[0].policy.review_rules.answer_days == 9
    press(page.get_by_role("link", name="Version 1", exact=True))
    page.wait_for_url("**/versions/1")
    fits_everybody(watched, "admin/policy-version-dark")

    to_page(page, "Keys")
    typed(page.get_by_label("Name, such as what it is for"), "keyboard")
    page.get_by_label("List sessions and read").focus()
    page.keyboard.press("Space")
    press(page.get_by_role("button", name="Make the key"))
    expect(page.get_by_test_id("key")).to_contain_text("vtp_")
    press(page.get_by_text("Revoke keyboard").locator("xpath=ancestor::details/summary"))
    press(page.get_by_role("button", name="Revoke keyboard"))
    expect(page.locator("tbody")).to_contain_text("Revoked:")

    to_page(page, "Webhooks")
    typed(page.get_by_role("textbox", name="Address"), receiver.url)
    press(page.get_by_role("button", name="Add the address"))
    expect(page.get_by_test_id("secret")).to_contain_text("whsec_")
    press(page.get_by_role("button", name="Send a test"))
    expect(page.get_by_test_id("tested")).to_contain_text("Delivered", timeout=_DELIVERED_MS)
    fits_everybody(watched, "admin/webhook-dark")
    to_page(page, "Audit log")
    typed(page.get_by_label("What was done"), "key.revoked")
    page.keyboard.press("Enter")
    expect(page.locator("tbody")).to_contain_text("keyboard")
    press(page.get_by_role("button", name="Sign out"))
    page.wait_for_url("**/login")


def refused(watched: Watched) -> None:
    """The browser notes a refusal, and nothing else."""
    assert all("400" in line for line in watched.wrong)
    watched.wrong.clear()
