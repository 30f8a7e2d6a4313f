"""A real browser with the extension, its real native host, and the agent's real ear."""

import json
import shlex
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from agent.clock import monotonic_us
from agent.extension.installing import extension_folder, install_host
from agent.extension.listener import ExtensionListener
from agent.extension.places import Browser, host_manifest
from agent.observations import Observation, SecretField, TextSubmittedSeen
from agent.paths import HOME_VARIABLE, open_paths
from agent.session.scope import ScopeRule
from agent.session.text_moves import PASTE_WAIT_US
from tests.browser_extension.driving import Driver, allowed_copy, chromium, firefox
from tests.browser_extension.pages import serving, write_pages
from wire.codes import Category, EditHow
from wire.events import Event, PageEdit, PageFocus
from wire.policy import Policy, Region, SiteRule, WindowRule

DEADLINE_S = 60
E = TypeVar("E", bound=Event)


@dataclass
class Ear:
    """What the agent observed, and the events that follow."""

    observations: list[Observation] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    rule: ScopeRule = field(default_factory=lambda: ScopeRule(monotonic_us()))

    def observe(self, seen: Observation) -> None:
        self.observations.append(seen)
        self.events += self.rule.observe(seen)

    def of(self, kind: type[E]) -> list[E]:
        return [each for each in self.events if isinstance(each, kind)]

    def edits(self, how: EditHow) -> list[PageEdit]:
        return [each for each in self.of(PageEdit) if each.how == how]

    def inserted(self, how: EditHow) -> int:
        return sum(each.inserted_chars for each in self.edits(how))

    def submitted(self) -> list[TextSubmittedSeen]:
        return [each for each in self.observations if isinstance(each, TextSubmittedSeen)]

    def secrets(self) -> list[bool]:
        return [each.focused for each in self.observations if isinstance(each, SecretField)]

    def wait_for_pastes(self) -> None:
        """Let the time pass in which a paste waits for what else was seen of it."""
        self.events += self.rule.tick(monotonic_us() + 2 * PASTE_WAIT_US)

    def forget(self) -> None:
        self.observations.clear()
        self.events.clear()


@dataclass
class Workplace:
    """Everything one test needs."""

    driver: Driver
    listener: ExtensionListener
    ear: Ear
    policy: Policy
    inside: str
    outside: str
    profile: Path
    said: Path
    """All that the native host ever read from the browser."""

    def work(self, address: str) -> None:
        """Open a page of the project and wait until the extension watches it."""
        self.driver.open(address)
        self.eventually(self.is_watched)
        # What is still on its way comes before the word of this last click.
        self.driver.click("#text")
        self.eventually(lambda: [each.region for each in self.ear.of(PageFocus)][-1:] == [2])
        self.ear.forget()

    def is_watched(self) -> bool:
        """Focus in a region is told as soon as the content script is there."""
        self.driver.click("#prompt p")
        self.driver.click("#response-b button")
        return bool(self.ear.events)

    def eventually(self, holds: Callable[[], object]) -> None:
        until = time.monotonic() + DEADLINE_S
        while not holds():
            assert time.monotonic() < until, f"not seen; there is {self.ear.events}"
            time.sleep(0.05)


def policy_for(address: str) -> Policy:
    regions = (Region("B", "#response-b"), Region("Answer", "#answer"))
    sites = (
        SiteRule(f"{address}/rate/*", regions),
        SiteRule(f"{address}/inner.html"),
    )
    return Policy(1, (WindowRule(Category.TASK, title="*Task*"),), sites=sites)


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def workplace(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workplace]:
    base = tmp_path_factory.mktemp(request.param)
    profile, home, said = base / "profile", base / "home", base / "said"
    profile.mkdir()
    home.mkdir()
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv(HOME_VARIABLE, str(base / "state"))
        paths = open_paths()
        browser = Browser(request.param)
        place = install_host(paths, browser, home)
        overheard = base / "overheard-host"
        line = f"tee -a {shlex.quote(str(said))} | {shlex.quote(str(paths.native_host))}"
        overheard.write_text(f'#!/bin/sh\n{line} "$@"\n')
        overheard.chmod(0o700)
        place.write_text(json.dumps(host_manifest(browser, overheard)))
        write_pages(base / "pages")
        inside = stack.enter_context(serving(base / "pages"))
        outside = stack.enter_context(serving(base / "pages"))
        ear = Ear()
        listener = ExtensionListener(paths.extension_socket, ear.observe)
        stack.callback(listener.close)
        policy = policy_for(inside)
        if browser is Browser.FIREFOX:
            started = stack.enter_context(firefox(extension_folder(), profile, home))
            listener.scope(policy)
            started.allow_pages()
            driver: Driver = started
        else:
            hosts = profile / "NativeMessagingHosts"
            hosts.mkdir()
            shutil.copy(place, hosts)
            driver = stack.enter_context(chromium(allowed_copy(base / "extension"), profile))
        yield Workplace(driver, listener, ear, policy, inside, outside, profile, said)


@pytest.fixture
def recording(workplace: Workplace) -> Iterator[Workplace]:
    """The agent records; the page of the project is open and watched."""
    workplace.listener.scope(workplace.policy)
    workplace.work(f"{workplace.inside}/rate/task.html")
    yield workplace
    workplace.listener.scope(None)
