"""A trainer at a desktop: writes, reads, switches windows, copies and pastes as a person does."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from detector.tables import Keystrokes
from tests.live.agent_process import Agent
from tests.live.desktop import Desktop, Window, desktop
from tests.live.devices import Devices, Route, devices
from tests.live.processes import wait_for
from tests.live.typist import CONTROL, Played, TimedAct, chord, click, play, schedule, strokes
from wire.codes import Category
from wire.policy import Policy, Screenshots, WindowRule

PROJECT = "essays"
TASK_TITLE = "Evaluation task 7"
ASSISTANT_TITLE = "Chat assistant"
POLICY = Policy(
    version=1,
    windows=(
        WindowRule(Category.PRIVATE, title="*password*"),
        WindowRule(Category.TASK, title="evaluation task*"),
        WindowRule(Category.ASSISTANT, title="*assistant*"),
    ),
    screenshots=Screenshots(interval_s=20, height_px=360, review_delay_s=0),
)
_LEFT, _RIGHT = "560x620+20+40", "560x620+660+40"
_MOVES_A_SECOND = 12
_WHEEL_DOWN = 5
EVEN_INTERVAL_S, EVEN_HOLD_S = 0.08, 0.05
"""How `Trainer.write` types."""


@dataclass(frozen=True, slots=True)
class Trainer:
    """One person with a task window, an assistant's window, and an agent that records."""

    name: str
    agent: Agent
    screen: Desktop
    task: Window
    assistant: Window
    hands: Devices
    seed: int

    def go_to(self, window: Window) -> None:
        """Click into a window's text and see that keys go there."""
        across = random.Random(self.seed).uniform(0.3, 0.7)
        click(self.hands, window.place().at(across, 0.6))
        wait_for(f"{window.title} focused", window.focused)
        wait_for(f"{window.title} in front", lambda: self.screen.title_in_front() == window.title)

    def read(self, seconds: float) -> None:
        """Read what is in front: the pointer wanders, the wheel turns, no key is pressed."""
        rng = random.Random(self.seed)
        place = self.task.place()
        acts: list[TimedAct] = []
        for step in range(int(seconds * _MOVES_A_SECOND)):
            at_s = step / _MOVES_A_SECOND
            x, y = place.at(0.5 + 0.02 * (step % 9), 0.4 + 0.02 * (step % 7))
            acts.append((at_s, lambda x=x, y=y: self.hands.move_to(x, y)))  # type: ignore[misc]
            if rng.random() < 0.1:
                acts += [(at_s, self._wheel_down), (at_s + 0.01, self._wheel_up)]
        play([*acts, (seconds, lambda: None)])

    def type(self, table: Keystrokes) -> Played:
        """Type a table into the window in front."""
        typed = strokes(table, self.seed)
        return play(schedule(typed, self.hands, self.task.place(), self.seed))

    def write(self, text: str) -> None:
        """Type given lower-case letters and spaces evenly."""
        acts: list[TimedAct] = []
        for number, letter in enumerate(text):
            code = self.hands.keycode(ord(letter))
            at_s = number * EVEN_INTERVAL_S
            acts.append((at_s, lambda code=code: self.hands.key(code, down=True)))  # type: ignore[misc]
            acts.append((at_s + EVEN_HOLD_S, lambda code=code: self.hands.key(code, down=False)))  # type: ignore[misc]
        play(acts)

    def copy_all_of(self, window: Window) -> None:
        """Go to a window and copy all its text."""
        self.go_to(window)
        chord(self.hands, CONTROL, ord("a"))
        chord(self.hands, CONTROL, ord("c"))

    def paste_into_task(self, text: str) -> float:
        """Go to the task and paste; return the wall clock second when it was there."""
        self.go_to(self.task)
        chord(self.hands, CONTROL, ord("v"))
        wait_for("the paste", lambda: text in self.task.text())
        return time.time()

    def _wheel_down(self) -> None:
        self.hands.button(_WHEEL_DOWN, down=True)

    def _wheel_up(self) -> None:
        self.hands.button(_WHEEL_DOWN, down=False)


@contextmanager
def trainer_at_desk(
    name: str,
    folder: Path,
    server_url: str,
    pairing_code: str,
    *,
    route: Route = Route.HARDWARE,
    seed: int = 0,
) -> Iterator[Trainer]:
    """Start a desktop with both windows and enrol an agent on it; all ends with the block."""
    with desktop(folder / "desktop") as screen:
        assistant = screen.open_window(ASSISTANT_TITLE, _RIGHT)
        task = screen.open_window(TASK_TITLE, _LEFT)
        agent = Agent(folder / "agent", screen.environment())
        try:
            agent.run("enrol", server_url, pairing_code)
            with devices(screen.name, route) as hands:
                yield Trainer(name, agent, screen, task, assistant, hands, seed)
        finally:
            agent.stop()
