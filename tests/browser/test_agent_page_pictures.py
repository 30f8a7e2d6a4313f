"""The trainer's own page as the documentation shows it.

With VERITYPE_PICTURES=1 in the environment the pictures are kept in `docs/images`.
"""

import os
import time
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from playwright.sync_api import ViewportSize, expect

from tests.agent.page.agent_loop import WORKING, AgentLoop, screenshot
from tests.browser.agent_pages import DESKTOP, PHONE, OpenIt, work

pytestmark = pytest.mark.browser
_DOCS = Path(__file__).parents[2] / "docs" / "images"
_MAX_BYTES = 300_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    kept = _DOCS if os.environ.get("VERITYPE_PICTURES") == "1" else tmp_path
    kept.mkdir(parents=True, exist_ok=True)
    return kept


@pytest.mark.parametrize(
    ("name", "viewport", "color_scheme"),
    [
        ("agent-page", DESKTOP, "light"),
        ("agent-page-dark", DESKTOP, "dark"),
        ("agent-page-phone", PHONE, "light"),
    ],
)
def test_the_page_at_work(
    agent: AgentLoop,
    open_it: OpenIt,
    folder: Path,
    name: str,
    viewport: ViewportSize,
    color_scheme: Literal["light", "dark"],
) -> None:
    agent.clock.wall_step_us = time.time_ns() // 1000 - agent.clock().wall_us - 354_000_000
    agent.clock_in()
    work(agent, 290)
    agent.take_picture(screenshot())
    work(agent, 60, seed=2)
    agent.take_picture(screenshot((235, 240, 245)))
    agent.acknowledge()
    begun_us = agent.clock().wall_us - 354_000_000
    agent.status = msgspec.structs.replace(WORKING, since_us=begun_us, recorded_s=354)
    page = open_it(viewport=viewport, color_scheme=color_scheme)
    expect(page.locator("#chart .letters").first).to_be_attached()
    expect(page.locator("#today .figures")).to_be_attached()
    expect(page.locator("#sent .figures")).to_be_attached()
    expect(page.locator("#pictures img").last).to_have_js_property("naturalWidth", 640)
    path = folder / f"{name}.png"
    down_to = page.locator("section:has(#today)").bounding_box()
    assert down_to is not None
    page.screenshot(
        path=path,
        full_page=True,
        clip={
            "x": 0,
            "y": 0,
            "width": viewport["width"],
            "height": down_to["y"] + down_to["height"] + 16,
        },
        animations="disabled",
        caret="hide",
    )
    assert path.stat().st_size < _MAX_BYTES
