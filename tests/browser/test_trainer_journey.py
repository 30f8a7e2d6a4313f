"""A trainer from sign-in to the end: asked, answered, decided against, appealed, decided.

Once by mouse, once by keyboard alone; each page on the way fits everybody.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Locator, Page, expect

from server.clock import now_us
from server.records import EventKind, Person, ReviewEvent, Role, StoredReview, Verdict
from server.reviews.moving import move
from tests.browser import seeds
from tests.browser.pages import OpenPage, Seeded
from tests.browser.test_every_page import PHONE_PX, fits_everybody
from tests.browser.test_pictures import folder, take
from tests.server.device import Device
from tests.server.house import PASSWORD, House, browsing

pytestmark = pytest.mark.browser
__all__ = ["folder"]
_SCORED_S = 120
_TABS_MAX = 90
_SHOWN = ("page", "review", "decided")
"""What the documentation shows."""
_REASON = "2,140 characters appeared at once and nothing had been typed before them."
_ANSWER = "I wrote the notes on paper first, and dictated them to my own editor."
_APPEAL = "The notes are mine; the photograph of the page has the same day."


class Hands(Protocol):
    """How somebody works a page."""

    def press(self, where: Locator) -> None:
        """Follow a link or press a button."""

    def write(self, where: Locator, text: str) -> None:
        """Fill a field in."""


class Mouse:
    """Points and clicks."""

    def press(self, where: Locator) -> None:
        where.click()

    def write(self, where: Locator, text: str) -> None:
        where.click()
        where.press_sequentially(text)


@dataclass
class Keyboard:
    """Never touches the mouse."""

    page: Page

    def press(self, where: Locator) -> None:
        self._tab_to(where)
        self.page.keyboard.press("Enter")

    def write(self, where: Locator, text: str) -> None:
        self._tab_to(where)
        self.page.keyboard.type(text)

    def _tab_to(self, where: Locator) -> None:
        for _ in range(_TABS_MAX):
            if where.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"the Tab key does not reach {where}")


@dataclass(frozen=True)
class Asked:
    """A trainer whose session is under review, and those who may say something of it."""

    house: House
    login: str
    session: str
    review: bytes
    reviewers: Sequence[Person]

    def say(self, number: int, verdict: Verdict) -> None:
        """One of the reviewers gives a verdict."""
        own, person = self.house.own, self.reviewers[number].id
        self.house.change(
            "UPDATE reviews SET claimed_by = :person WHERE id = :id", person=person, id=self.review
        )
        event = ReviewEvent(
            EventKind.COMMITTED, now_us(), person, verdict, text=_REASON, blind=True
        )
        move(own, self._review, event)

    @property
    def _review(self) -> StoredReview:
        found = self.house.own.review(self.review)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def reviewers(seeded: Seeded) -> list[Person]:
    added = seeded.house.administration.add_person
    return [added(f"Reviewer {n}", Role.AUDITOR, f"reviewer{n}", PASSWORD).person for n in range(5)]


@pytest.fixture
def asked(request: pytest.FixtureRequest, seeded: Seeded, reviewers: list[Person]) -> Asked:
    house, login = seeded.house, str(request.param)
    person = house.administration.add_person(login.title(), Role.TRAINER, login, PASSWORD).person
    with browsing(seeded.address) as client:
        device = Device(client)
        device.enrol(house.administration.pair(person.name))
        chain = device.clock_in()
        seeds.send(chain, seeds.pasted(12), 12)
    until = time.monotonic() + _SCORED_S
    while not (found := house.own.reviews_of(person.id)):
        assert time.monotonic() < until, "the session was not flagged"
        time.sleep(0.2)
    made = Asked(house, login, chain.session.hex(), found[0].id, reviewers)
    made.say(0, Verdict.ASK_TRAINER)
    return made


@pytest.mark.parametrize(
    ("asked", "width"), [("mara", 1280), ("kei", PHONE_PX)], indirect=["asked"]
)
def test_a_trainer_is_asked_answers_is_decided_against_and_appeals(
    asked: Asked, width: int, open_page: OpenPage, folder: Path
) -> None:
    watched = open_page(viewport={"width": width, "height": 900})
    page, main = watched.page, watched.page.locator("main")
    by_mouse = width > PHONE_PX
    hands: Hands = Mouse() if by_mouse else Keyboard(page)

    def looks(name: str) -> None:
        fits_everybody(watched, f"{asked.login}/{name}")
        if by_mouse and name in _SHOWN:
            take(watched, folder / f"trainer-{name}.png")

    # Signs in, and begins with what needs them.
    page.goto(watched.address)
    hands.write(page.get_by_label("Login"), asked.login)
    hands.write(page.get_by_label("Password"), PASSWORD)
    hands.press(page.get_by_role("button", name="Sign in"))
    tasks = page.get_by_test_id("tasks")
    expect(tasks).to_contain_text("You are asked to say something")
    expect(tasks).to_contain_text("6 days left")
    expect(tasks).to_contain_text("that admits nothing")
    looks("page")

    # Reads why, and the session itself.
    hands.press(tasks.get_by_role("link", name="See the evidence, and answer"))
    expect(main).to_contain_text("What this does not mean")
    expect(main).to_contain_text("Innocent explanations")
    looks("review")
    hands.press(page.get_by_role("link", name="See the whole session"))
    page.wait_for_selector("#chart[data-ready=true]", timeout=60_000)
    expect(page).to_have_url(f"{watched.address}/sessions/{asked.session}")
    page.go_back()

    # Answers.
    hands.write(page.get_by_role("textbox"), _ANSWER)
    hands.press(page.get_by_role("button", name="Send the statement"))
    expect(main).to_contain_text(_ANSWER)
    expect(main).to_contain_text("Your session waits for reviewers")

    # Is decided against, and appeals.
    asked.say(1, Verdict.REJECT_PAY)
    asked.say(2, Verdict.REJECT_PAY)
    hands.press(page.get_by_role("link", name="My page"))
    expect(tasks).to_contain_text("Decided against you; you can appeal")
    hands.press(tasks.get_by_role("link", name="Read the reasons, and appeal"))
    expect(main).to_contain_text(_REASON)
    looks("decided")
    hands.write(page.get_by_role("textbox"), _APPEAL)
    hands.press(page.get_by_role("button", name="Appeal"))
    expect(main).to_contain_text("Your appeal waits for reviewers")

    # People who had no part in it decide.
    asked.say(3, Verdict.KEEP)
    asked.say(4, Verdict.KEEP)
    hands.press(page.get_by_role("link", name="My page"))
    expect(main).to_contain_text("Nothing needs your attention")
    hands.press(page.get_by_role("link", name="My reviews").first)
    hands.press(main.locator("tbody").get_by_role("link"))
    expect(main).to_contain_text("The work counts and is paid.")
    expect(main).to_contain_text(_APPEAL)
    looks("cleared")

    # Nobody else sees any of it.
    other = open_page()
    other.sign_in("tim")
    answers = [
        other.page.request.get(f"{other.address}{path}").status
        for path in (
            f"/flags/{asked.review.hex()}",
            f"/sessions/{asked.session}",
            f"/me/receipts/{asked.session}",
        )
    ]
    assert answers == [404, 404, 404]
    assert asked.review.hex() not in other.page.request.get(f"{other.address}/flags").text()


def test_a_picture_is_asked_to_be_blanked_and_an_administrator_answers(
    open_page: OpenPage, seeded: Seeded
) -> None:
    ada = open_page(viewport={"width": PHONE_PX, "height": 844})
    ada.sign_in("ada")
    page, hands = ada.page, Keyboard(ada.page)
    page.goto(f"{ada.address}/me/pictures/{seeded.sessions['pasted']}")
    fits_everybody(ada, "ada/pictures")
    asking = page.locator("details").last
    hands.press(asking.locator("summary"))
    hands.write(asking.get_by_role("textbox"), "A letter of my neighbour is in view.")
    hands.press(asking.get_by_role("button", name="Ask"))
    expect(page.locator("tbody")).to_contain_text("Waits for your organisation.")
    admin = open_page()
    admin.sign_in("admin")
    admin.page.get_by_role("link", name="Pictures").click()
    fits_everybody(admin, "admin/pictures")
    admin.page.get_by_role("textbox").fill("It shows the task and nothing else.")
    admin.page.get_by_role("button", name="Decline").click()
    expect(admin.page.locator("main")).to_contain_text("Nothing waits")
    page.reload()
    expect(page.locator("tbody")).to_contain_text("It shows the task and nothing else.")
    fits_everybody(ada, "ada/asked-pictures")
