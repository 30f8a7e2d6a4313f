"""A real server with seeded sessions, and a real Chromium that may not leave the machine."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import seeds
from tests.server.device import Device
from tests.server.house import PASSWORD, House, make_house

_READY = re.compile(r"listening on (http://\S+)")
_SCORED_S = 40
_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Seeded:
    """A running server and the sessions in it, by name."""

    address: str
    house: House
    sessions: dict[str, str]


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    house = make_house(tmp_path_factory.mktemp("browser") / "data")
    command = [sys.executable, "-m", "server.cli", "serve", "--port", "0", "--data"]
    with subprocess.Popen([*command, str(house.path)], stdout=subprocess.PIPE, text=True) as server:
        try:
            found = _READY.search(server.stdout.readline())
            with httpx.Client(base_url=found.group(1)) as client:
                yield Seeded(found.group(1), house, _sessions(house, client))
        finally:
            server.terminate()
            server.wait(20)
            house.installation.store.close()


def _sessions(house: House, client: httpx.Client) -> dict[str, str]:
    devices = {}
    for person in (house.trainer, house.other):
        devices[person.name] = Device(client)
        devices[person.name].enrol(house.administration.pair(person.name))
    stories = {
        "composed": (house.trainer, seeds.composed(14), 14),
        "robot": (house.other, seeds.robot(4), 4),
        "pasted": (house.trainer, seeds.pasted(14), 14),
    }
    made = {}
    for name, (person, story, minutes) in stories.items():
        chain = devices[person.name].clock_in()
        seeds.send(chain, story, minutes)
        made[name] = chain.session.hex()
    made["open"] = devices[house.other.name].clock_in().session.hex()
    _wait_until_scored(house, client, [made[name] for name in stories])
    return made


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
        made = playwright.chromium.launch(executable_path=_CHROMIUM, args=list(_FLAGS))
        yield made
        made.close()


@dataclass
class Watched:
    """A page, and everything that must not happen on it."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", self._request)
        self.page.on("requestfailed", lambda request: self.wrong.append(f"failed: {request.url}"))

    def _console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"{message.type}: {message.text}")

    def _request(self, request) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.wrong.append(f"left the machine: {request.url}")

    def sign_in(self, login: str) -> None:
        self.page.goto(f"{self.address}/login")
        self.page.get_by_label("Login").fill(login)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/sessions")

    def open_session(self, session: str) -> None:
        self.page.goto(f"{self.address}/sessions/{session}")
        self.page.wait_for_selector("#chart[data-ready=true]", timeout=15_000)


@pytest.fixture
def open_page(seeded: Seeded, browser: Browser) -> Iterator[Callable[..., Watched]]:
    contexts, watched = [], []

    def make(**options) -> Watched:
        context = browser.new_context(**options)
        contexts.append(context)
        made = Watched(context.new_page(), seeded.address)
        made.watch()
        watched.append(made)
        return made

    yield make
    for context in contexts:
        context.close()
    assert [wrong for one in watched for wrong in one.wrong] == []
