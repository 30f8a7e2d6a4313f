"""The trainer's own page in a real Chromium: the banner, the pictures, the live view."""

import io
import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect

from agent.face.status import SourceStatus
from agent.observations import FocusSeen, KeyHeld, PageEdited
from agent.paths import HOME_VARIABLE, open_paths
from agent.spool.blankings import picture_bytes, waiting_pictures
from tests.agent.page.agent_loop import WORKING, AgentLoop, screenshot
from wire.codes import Category, EditFlag, EditHow
from wire.keys import KeyClass

pytestmark = pytest.mark.browser

BANNER_MS = 5_000
IMAGES = Path(__file__).parents[2] / "docs" / "images"
DESKTOP = ViewportSize(width=1180, height=900)
PHONE = ViewportSize(width=390, height=844)
STOPPED = msgspec.structs.replace(
    WORKING,
    state="broken",
    recording=False,
    trouble=("The keyboard source does not work: the display is gone.",),
)


@dataclass
class Opened:
    """The page in a browser, and everything that must not happen on it."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on(
            "request",
            lambda request: (
                None
                if re.match(r"(http://127\.0\.0\.1:\d+/|blob:)", request.url)
                else self.wrong.append(f"asked elsewhere: {request.url}")
            ),
        )

    def _console(self, message: object) -> None:
        text = f"{getattr(message, 'type', '')}: {getattr(message, 'text', message)}"
        if text.startswith(("error", "warning")):
            self.wrong.append(text)


OpenIt = Callable[..., Page]


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AgentLoop]:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    made = AgentLoop(open_paths())
    yield made
    made.close()


@pytest.fixture
def open_it(agent: AgentLoop, browser: Browser) -> Iterator[OpenIt]:
    opened: list[Opened] = []

    def make(
        viewport: ViewportSize = DESKTOP, color_scheme: Literal["light", "dark"] = "light"
    ) -> Page:
        context = browser.new_context(viewport=viewport, color_scheme=color_scheme)
        made = Opened(context.new_page())
        made.watch()
        opened.append(made)
        made.page.goto(agent.page.address())
        expect(made.page.locator("#chip")).not_to_have_text("Connecting")
        return made.page

    yield make
    for each in opened:
        each.page.context.close()
    assert [wrong for each in opened for wrong in each.wrong] == []


def work(agent: AgentLoop, seconds: int, seed: int = 1) -> None:
    """A stretch of typing in the task window, a look elsewhere, a paste."""
    assert agent.recording is not None
    draw = random.Random(seed)
    agent.recording.observe(FocusSeen(agent.clock.now_us, Category.TASK, 1))
    for second in range(seconds):
        away = second % 97 > 80
        if second % 97 in (0, 81):
            category = Category.ASSISTANT if away else Category.TASK
            agent.recording.observe(FocusSeen(agent.clock.now_us, category, 2 if away else 1))
        for _ in range(0 if away or second % 13 > 9 else draw.randrange(3, 9)):
            kinds = [KeyClass.LETTER] * 12 + [KeyClass.SPACE] * 3 + [KeyClass.PUNCT]
            kind = draw.choice([*kinds, KeyClass.BACKSPACE, KeyClass.NAV_CHAR])
            at_us = agent.clock.now_us + draw.randrange(900_000)
            agent.recording.observe(KeyHeld(at_us, 90_000, kind, 2, 1))
        if second % 97 == 60:
            pasted = PageEdited(agent.clock.now_us, 0, EditHow.PASTE, 38, 0, EditFlag.TRUSTED, 1, 1)
            agent.recording.observe(pasted)
        agent.work(1)


def test_a_stopped_source_is_a_red_banner_within_five_seconds(
    agent: AgentLoop, open_it: OpenIt
) -> None:
    agent.clock_in()
    page = open_it()
    banner = page.locator("#banner")
    expect(banner).to_be_hidden()
    agent.status = STOPPED
    begun_s = time.monotonic()
    expect(banner).to_contain_text("NOT RECORDING", timeout=BANNER_MS)
    expect(banner).to_contain_text("the display is gone", timeout=BANNER_MS)
    assert time.monotonic() - begun_s < BANNER_MS / 1000
    assert "NOT RECORDING" in page.title()
    agent.status = WORKING
    expect(banner).to_be_hidden(timeout=BANNER_MS)


def test_a_source_that_is_not_needed_has_its_banner_too(agent: AgentLoop, open_it: OpenIt) -> None:
    agent.clock_in()
    page = open_it()
    sources = (SourceStatus("clipboard", "failed", "It is started anew."), *WORKING.sources)
    agent.status = msgspec.structs.replace(WORKING, sources=sources)
    expect(page.locator("#banner")).to_contain_text("clipboard source", timeout=BANNER_MS)


def test_an_agent_that_hangs_or_ended_is_a_red_banner(agent: AgentLoop, browser: Browser) -> None:
    agent.clock_in()
    page = browser.new_context().new_page()
    page.goto(agent.page.address())
    expect(page.locator("#chip")).to_have_text("Recording")
    agent.close()
    expect(page.locator("#banner")).to_contain_text("does not answer", timeout=BANNER_MS)
    page.context.close()


def test_the_keyboard_alone_blacks_out_a_part_and_erases_a_picture(
    agent: AgentLoop, open_it: OpenIt
) -> None:
    agent.clock_in()
    agent.take_picture(screenshot())
    page = open_it()
    press = page.keyboard.press
    page.get_by_role("button", name=re.compile("^Black out a part")).focus()
    press("Enter")
    expect(page.locator("#left")).to_be_focused()
    for number in ("0", "0", "200", "400"):
        page.keyboard.type(number)
        press("Tab")
    press("Enter")
    expect(page.locator("#editor")).to_be_hidden()
    expect(page.locator("#said")).to_have_text("That part is black now.")
    (picture,) = waiting_pictures(agent.spool)
    image = Image.open(io.BytesIO(picture_bytes(agent.spool, picture.number))).convert("L")
    assert max(image.crop((0, 0, 190, 400)).tobytes()) < 16
    assert max(image.crop((210, 0, 640, 400)).tobytes()) > 200
    page.get_by_role("button", name=re.compile("^Erase it")).focus()
    press("Enter")
    expect(page.locator("#sure")).to_be_visible()
    page.get_by_role("button", name="Erase it", exact=True).focus()
    press("Enter")
    expect(page.locator("#pictures")).to_contain_text("None waits on this computer")
    assert waiting_pictures(agent.spool) == []


def test_a_rectangle_drawn_with_the_mouse_is_what_is_blacked_out(
    agent: AgentLoop, open_it: OpenIt
) -> None:
    agent.clock_in()
    agent.take_picture(screenshot())
    page = open_it()
    page.get_by_role("button", name=re.compile("^Black out a part")).click()
    frame = page.locator("#editor-image").bounding_box()
    assert frame is not None
    page.mouse.move(frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] / 4, frame["y"] + frame["height"] / 4)
    page.mouse.up()
    drawn = [int(page.locator(f"#{name}").input_value()) for name in ("left", "top", "width")]
    for found, wanted in zip(drawn, (160, 100, 160), strict=True):
        assert abs(found - wanted) <= 2
    page.get_by_role("button", name="Black out this part").click()
    expect(page.locator("#editor")).to_be_hidden()
    (order,) = [request for request in agent.asked if request.do == "blank"]
    assert list(order.regions[0][:3]) == drawn


def test_pause_go_on_and_a_declared_aid_are_buttons(agent: AgentLoop, open_it: OpenIt) -> None:
    agent.clock_in()
    page = open_it()
    page.get_by_label("Reason").select_option("private")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#headline")).to_contain_text("Paused")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#headline")).to_contain_text("Recording for Essays")
    page.get_by_label("dictation").check()
    expect(page.locator("#said")).to_have_text("Noted: dictation on.")
    asked = [request.do for request in agent.asked if request.do != "pictures"]
    assert asked == ["pause", "resume", "mode"]


def test_the_live_view_shows_kinds_windows_and_insertions(
    agent: AgentLoop, open_it: OpenIt
) -> None:
    agent.clock_in()
    page = open_it()
    work(agent, 100)
    chart = page.locator("#chart")
    expect(chart.locator(".letters").first).to_be_attached()
    expect(chart.locator(".assistant").first).to_be_attached()
    expect(chart.locator(".inserted").first).to_be_attached()
    expect(chart).to_have_attribute("aria-label", re.compile(r"[1-9]\d* keys"))
    expect(page.locator("#log")).to_contain_text("A text field changed by paste: 38 characters in")


def test_the_address_works_once(agent: AgentLoop, open_it: OpenIt, browser: Browser) -> None:
    page = open_it()
    assert "#" not in page.url
    page.reload()
    expect(page.locator("#chip")).to_have_text("Recording")
    stranger = browser.new_context().new_page()
    stranger.goto(page.url)
    expect(stranger.locator("#headline")).to_contain_text("Open this page with")
    stranger.context.close()
