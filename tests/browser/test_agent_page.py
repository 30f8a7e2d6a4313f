"""The trainer's own page in a real Chromium: the banner, the pictures, the live view."""

import io
import re
import time
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from agent.face.status import SourceStatus
from agent.spool.blankings import picture_bytes, waiting_pictures
from tests.agent.conftest import PlatformServer
from tests.agent.page.agent_loop import WORKING, AgentLoop, screenshot
from tests.browser.agent_pages import PHONE, OpenIt, work
from wire.events import MISSING_U32
from wire.keys import KeyClass

pytestmark = pytest.mark.browser

BANNER_MS = 5_000
"""In which a stopped source is said, as promised."""
AXE = Path(__file__).parent / "axe" / "axe.min.js"
STOPPED = msgspec.structs.replace(
    WORKING,
    state="broken",
    recording=False,
    trouble=("The keyboard source does not work: the display is gone.",),
)


@pytest.mark.alone
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


@pytest.mark.alone
def test_a_source_that_is_not_needed_has_its_banner_too(agent: AgentLoop, open_it: OpenIt) -> None:
    agent.clock_in()
    page = open_it()
    sources = (SourceStatus("clipboard", "failed", "It is started anew."), *WORKING.sources)
    agent.status = msgspec.structs.replace(WORKING, sources=sources)
    expect(page.locator("#banner")).to_contain_text("clipboard source", timeout=BANNER_MS)


@pytest.mark.alone
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


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_the_page(
    agent: AgentLoop, open_it: OpenIt, color_scheme: Literal["light", "dark"]
) -> None:
    agent.clock_in()
    agent.take_picture(screenshot())
    work(agent, 100)
    page = open_it(viewport=PHONE, color_scheme=color_scheme)
    expect(page.locator("#chart")).to_be_attached()
    expect(page.locator("#consents summary").first).to_be_attached()
    page.evaluate(AXE.read_text())
    run = (
        "axe.run().then((found) => found.violations.map((v) => [v.id, v.nodes.map((n) => n.html)]))"
    )
    assert page.evaluate(run) == []
    agent.status = STOPPED
    expect(page.locator("#banner")).to_be_visible()
    assert page.evaluate(run) == []
    page.get_by_role("button", name=re.compile("^Black out a part")).click()
    expect(page.locator("#editor")).to_be_visible()
    assert page.evaluate(run) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_typing_sample_is_kinds_and_times_and_can_be_taken_back(
    agent: AgentLoop, open_it: OpenIt, platform: PlatformServer
) -> None:
    agent.server = platform.url
    page = open_it()
    page.get_by_label("I agree to this").check()
    send = page.get_by_role("button", name="Keep it and send it")
    expect(send).to_be_disabled()
    page.locator("#sample-copied").press_sequentially("Ab1, \n" * 30)
    page.locator("#sample-composed").press_sequentially("the secret word " * 13)
    page.locator("#sample-composed").press("Backspace")
    send.click()
    expect(page.locator("#sample")).to_contain_text("The server has it.")
    (sample,) = platform.samples
    assert sample is not None
    first = [KeyClass(each).name for each in sample.copied.key_class[:6]]
    assert first == ["LETTER", "LETTER", "DIGIT", "PUNCT", "SPACE", "ENTER"]
    assert sample.composed.key_class[-1] == KeyClass.BACKSPACE
    assert sum(hold != MISSING_U32 for hold in sample.composed.hold_us) > 150
    kept = agent.paths.typing_sample.read_text()
    assert "secret" not in kept
    page.get_by_role("button", name="Delete my sample").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.locator("#sample-said")).to_have_text("Your typing sample is deleted.")
    assert platform.samples[-1] is None
    assert not agent.paths.typing_sample.exists()
