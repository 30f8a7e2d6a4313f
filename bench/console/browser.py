"""How soon a day's page can be used, what it transfers, and how smoothly its replay plays.

`python -m bench.console.browser [--json] [--times 7]` starts the real server on an empty folder,
sends it a session of eight hours with 100,000 keys as an agent would, and opens its page in
headless Chromium, each time with an empty cache. Figures of a machine that does something else
besides say little.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, sync_playwright

from bench.console.day import KEYS, MINUTES, day_of
from bench.report import Bound, Report, Row
from tests.browser.chromium import launched
from tests.browser.pages import Watched
from tests.browser.seeds import send
from tests.live.server_process import Operator, listening_url, serve
from tests.server.device import Device
from tests.server.house import House, browsing, make_house

_WINDOW: ViewportSize = {"width": 1280, "height": 800}
_PLAYED_S = 8
_SCORED_S = 300
_READY_S = 60
_READY = """
addEventListener("DOMContentLoaded", () => {
  const chart = document.getElementById("chart");
  if (!chart) return;
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => {
    window.usableMs ??= performance.now();
  }))).observe(chart, { attributeFilter: ["data-ready"] });
});
window.drawn = 0;
const clear = CanvasRenderingContext2D.prototype.clearRect;
CanvasRenderingContext2D.prototype.clearRect = function (...box) {
  if (this.canvas.id === "replay-shape") window.drawn++;
  return clear.apply(this, box);
};
"""
"""Notes when the page can be used (drawn, and the main thread free again), and counts the frames
that the replay draws."""


@dataclass
class Opened:
    """A session's page, and what it has transferred."""

    page: Page
    wire: CDPSession
    transferred: int = 0

    def count(self, event: dict[str, float]) -> None:
        """A response came to its end."""
        self.transferred += round(event["encodedDataLength"])


@contextmanager
def a_day(folder: Path) -> Iterator[tuple[str, str]]:
    """A server with the day in it, scored: its address, and the session."""
    operator = Operator(folder)
    house = make_house(operator.data)
    process = serve(operator, port=0)
    try:
        address = listening_url(process)
        with browsing(address) as client:
            device = Device(client)
            device.enrol(house.administration.pair(house.trainer.name))
            chain = device.clock_in()
            send(chain, day_of(1), MINUTES)
            _wait_until_scored(house, client, chain.session.hex())
        yield address, chain.session.hex()
    finally:
        process.stop(timeout_s=60.0)
        house.installation.store.close()


def _wait_until_scored(house: House, client: httpx.Client, session: str) -> None:
    key = {"authorization": f"Bearer {house.platform_key}"}
    until = time.monotonic() + _SCORED_S
    while client.get(f"/v1/sessions/{session}", headers=key).json()["state"] != "scored":
        if time.monotonic() > until:
            raise RuntimeError("the session was not scored in time")
        time.sleep(0.2)


def opened(browser: Browser, address: str, session: str) -> Opened:
    """Open the page with an empty cache, and wait until it can be used."""
    page = browser.new_context(viewport=_WINDOW).new_page()
    page.add_init_script(_READY)
    Watched(page, address).sign_in("admin")
    wire = page.context.new_cdp_session(page)
    made = Opened(page, wire)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.on("Network.loadingFinished", made.count)
    page.goto(f"{address}/sessions/{session}")
    page.wait_for_selector("#chart[data-ready=true]", timeout=_READY_S * 1000)
    while page.evaluate("window.usableMs === undefined"):
        page.wait_for_timeout(20)
    return made


def played(page: Page, speed: str) -> float:
    """Frames that the replay draws in a second."""
    page.locator("#replay-speed").select_option(speed)
    page.locator("#replay-play").scroll_into_view_if_needed()
    page.locator("#replay-play").click()
    page.wait_for_selector("#replay-card[data-ready=true]")
    page.wait_for_timeout(1000)
    began, before = time.monotonic(), page.evaluate("window.drawn")
    page.wait_for_timeout(_PLAYED_S * 1000)
    drawn = page.evaluate("window.drawn") - before
    return float(drawn) / (time.monotonic() - began)


def measured(browser: Browser, address: str, session: str, times: int) -> Report:
    """All figures."""
    usable: list[float] = []
    for _ in range(times):
        made = opened(browser, address, session)
        usable.append(made.page.evaluate("window.usableMs"))
        as_opened = made.transferred
        if len(usable) < times:
            made.page.context.close()
    made.page.locator("#strip").scroll_into_view_if_needed()
    made.page.wait_for_timeout(1500)
    with_film = made.transferred
    frames = played(made.page, "60")
    report = Report()
    report.conditions = {
        "session": f"{MINUTES // 60} hours, {KEYS} keys",
        "opened": f"{times} times with an empty cache",
    }
    report.rows = [
        Row("page can be used, median", round(statistics.median(usable)), "ms", 1500),
        Row("page can be used, slowest", round(max(usable)), "ms"),
        Row("transferred when it is opened", round(as_opened / 1000), "kB"),
        Row("transferred with the filmstrip on the screen", round(with_film / 1000), "kB"),
        Row(
            "transferred with the replay too, in all",
            round(made.transferred / 1000),
            "kB",
            600,
            Bound.AT_MOST,
        ),
        Row("replay at 60x", round(frames, 1), "frames/s", 30, Bound.AT_LEAST),
    ]
    return report


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--times", type=int, default=7)
    asked = parser.parse_args()
    with (
        TemporaryDirectory() as folder,
        a_day(Path(folder)) as (address, session),
        sync_playwright() as playwright,
    ):
        browser = launched(playwright)
        report = measured(browser, address, session, asked.times)
        browser.close()
    print(report.as_json() if asked.json else report.as_text())
    sys.exit(1 if report.missed else 0)


if __name__ == "__main__":
    main()
