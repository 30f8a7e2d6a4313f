"""The trainer's own page as tests open it, and a stretch of work to show on it."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page, ViewportSize

from agent.observations import FocusSeen, KeyHeld, PageEdited
from tests.agent.page.agent_loop import AgentLoop
from wire.codes import Category, EditFlag, EditHow
from wire.keys import KeyClass

DESKTOP = ViewportSize(width=1180, height=900)
PHONE = ViewportSize(width=390, height=844)
OpenIt = Callable[..., Page]


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
