"""A real server with seeded sessions, and a real Chromium that may not leave the machine."""

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import httpx
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from agent.paths import HOME_VARIABLE, open_paths
from server.records import Person
from tests.agent.conftest import PlatformServer
from tests.agent.page.agent_loop import AgentLoop
from tests.browser import seeds
from tests.browser.agent_pages import DESKTOP, Opened, OpenIt
from tests.browser.chromium import launched
from tests.browser.pages import OpenPage, Seeded, Watched
from tests.server.device import Device
from tests.server.house import SCRIPT, House, browsing, make_house

_READY = re.compile(r"listening on (http://\S+)")
_SCORED_S = 120


Stories = dict[str, tuple[Person, seeds.Story, int]]
"""Sessions by name: whose, what happens, how many minutes."""


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    house = make_house(tmp_path_factory.mktemp("browser") / "data", "Ada Okafor", f"Tim {SCRIPT}")
    with (house.path / "server.toml").open("a") as settings:
        settings.write('webhook_plain_http = true\nwebhook_networks = "127.0.0.0/8"\n')
    stories: Stories = {
        "composed": (house.trainer, seeds.composed(14), 14),
        "robot": (house.other, seeds.robot(4), 4),
        "pasted": (house.trainer, seeds.pasted(14), 14),
    }
    with running(house) as client:
        devices = _enrolled(house, client, stories)
        made = {"open": devices[house.other.id].clock_in().session.hex()}
        made |= sent(house, client, stories, devices)
        yield Seeded(str(client.base_url).rstrip("/"), house, made)


@contextlib.contextmanager
def running(house: House) -> Iterator[httpx.Client]:
    """The real server over a data folder, with its scorers, and a client of it."""
    command = [sys.executable, "-m", "server.cli.main", "serve", "--port", "0", "--data"]
    with subprocess.Popen([*command, str(house.path)], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = _READY.search(server.stdout.readline())
            assert found is not None, "the server did not start"
            with browsing(found.group(1)) as client:
                yield client
        finally:
            server.terminate()
            server.wait(60)
            house.installation.store.close()


def sent(
    house: House,
    client: httpx.Client,
    stories: Stories,
    devices: dict[bytes, Device] | None = None,
) -> dict[str, str]:
    """Send sessions and wait until they are scored; their ids by name."""
    own = devices or _enrolled(house, client, stories)
    made = {}
    for name, (person, story, minutes) in stories.items():
        chain = own[person.id].clock_in()
        seeds.send(chain, story, minutes)
        made[name] = chain.session.hex()
    _wait_until_scored(house, client, list(made.values()))
    return made


def _enrolled(house: House, client: httpx.Client, stories: Stories) -> dict[bytes, Device]:
    devices = {}
    for person, _story, _minutes in stories.values():
        if person.id not in devices:
            devices[person.id] = Device(client)
            devices[person.id].enrol(house.administration.pair(person.name))
    return devices


def _wait_until_scored(house: House, client: httpx.Client, sessions: list[str]) -> None:
    key = {"authorization": f"Bearer {house.platform_key}"}
    until = time.monotonic() + _SCORED_S
    for session in sessions:
        while client.get(f"/v1/sessions/{session}", headers=key).json()["state"] != "scored":
            assert time.monotonic() < until, "the scorer did not score"
            time.sleep(0.2)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not kept longer: Playwright's loop would be in the way of tests that run their own."""
    with sync_playwright() as playwright:
        made = launched(playwright)
        yield made
        made.close()


@pytest.fixture
def open_page(seeded: Seeded, browser: Browser) -> Iterator[OpenPage]:
    contexts: list[BrowserContext] = []
    watched: list[Watched] = []

    def make(
        viewport: ViewportSize | None = None,
        color_scheme: Literal["light", "dark"] | None = None,
        locale: str | None = None,
    ) -> Watched:
        context = browser.new_context(viewport=viewport, color_scheme=color_scheme, locale=locale)
        contexts.append(context)
        made = Watched(context.new_page(), seeded.address)
        made.watch()
        watched.append(made)
        return made

    yield make
    for context in contexts:
        context.close()
    assert [wrong for one in watched for wrong in one.wrong] == []


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


@pytest.fixture
def platform() -> Iterator[PlatformServer]:
    server = PlatformServer()
    server.up()
    yield server
    server.down()
