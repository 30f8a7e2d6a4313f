"""What the browser's tests are given: a seeded server, and pages that are watched."""

import re
from dataclasses import dataclass, field
from typing import Literal, Protocol

from playwright.sync_api import ConsoleMessage, Page, Request, ViewportSize

from tests.server.house import PASSWORD, House

_INSIDE = re.compile(r"/(sessions|me|overview)$")


@dataclass(frozen=True)
class Seeded:
    """A running server and the sessions in it, by name."""

    address: str
    house: House
    sessions: dict[str, str]


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
        self.page.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.wrong.append(f"left the machine: {request.url}")

    def _failed(self, request: Request) -> None:
        # Going on to the next page aborts the icon if that is still on its way; no server or
        # policy can cause this one error.
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"failed: {request.failure} {request.url}")

    def sign_in(self, login: str) -> None:
        self.page.goto(f"{self.address}/login")
        self.page.get_by_label("Login").fill(login)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(_INSIDE)

    def open_session(self, session: str) -> None:
        self.page.goto(f"{self.address}/sessions/{session}")
        self.page.wait_for_selector("#chart[data-ready=true]", timeout=60_000)


class OpenPage(Protocol):
    """Opens a page in a context of its own."""

    def __call__(
        self,
        viewport: ViewportSize | None = None,
        color_scheme: Literal["light", "dark"] | None = None,
        locale: str | None = None,
    ) -> Watched: ...
