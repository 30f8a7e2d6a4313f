"""A real desktop, a real server behind a counting proxy, and an enrolled agent, as shipped."""

import json
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.process_tree import cpu_s, tree
from tests.live.agent_process import QUICK, Agent
from tests.live.desktop import Desktop, Window, desktop
from tests.live.processes import wait_for
from tests.live.proxy import RecordingProxy, recording_proxy
from tests.live.server_process import Server, running_server
from wire.codes import Category
from wire.policy import Policy, Screenshots, WindowRule

PROJECT = "bench"
TASK_TITLE = "Evaluation task 1"
INTERVAL_S = 600
"""The policy's default distance of screenshots."""
_INTERVAL_MIN_S = 5
_MARGIN_S = 5.0
_ENDED_S = 60.0


class ShippedAgent(Agent):
    """The agent with the settings of the product, not the tests' quick ones."""

    def environment(self) -> dict[str, str]:
        """As `Agent.environment`, without the shortened waits."""
        return {name: value for name, value in super().environment().items() if name not in QUICK}


@dataclass(frozen=True, slots=True)
class Start:
    """What it took to clock in."""

    took_s: float
    """From the command's start to its return."""
    cpu_s: float
    """Of the command and of all processes it started: says the same on a busy machine."""


@dataclass(frozen=True, slots=True)
class Stage:
    """All that a measurement needs."""

    server: Server
    proxy: RecordingProxy
    screen: Desktop
    task: Window
    agent: ShippedAgent

    def start(self) -> Start:
        """Clock in from nothing running.

        Raises:
            NeverHappenedError: it failed, or the agent does not say that it records.
        """
        wait_for("no agent running", lambda: not self.agent.processes(), _ENDED_S)
        began_s, command_s = time.monotonic(), _children_cpu_s()
        self.agent.clock_in(PROJECT)
        took_s = time.monotonic() - began_s
        spent_s = _children_cpu_s() - command_s + cpu_s(tree(self.agent.processes()))
        wait_for("recording", lambda: self.agent.status()["recording"])
        return Start(took_s, spent_s)

    def clock_out(self) -> None:
        """Clock out and wait until the server has everything."""
        self.agent.run("clock", "out", "--wait", "60")

    def sent_bytes(self) -> int:
        """HTTP bytes the agent has sent so far, without pictures."""
        return sum(
            len(request.head) + 4 + len(request.body)
            for request in self.proxy.requests()
            if not request.line.startswith("PUT")
        )

    def pictures(self) -> int:
        """Pictures uploaded so far."""
        return sum(request.line.startswith("PUT") for request in self.proxy.requests())


def screenshot_interval_s(run_s: float) -> int:
    """The policy's default, or less, so that one picture surely falls into the run."""
    return max(_INTERVAL_MIN_S, min(INTERVAL_S, int(run_s - _MARGIN_S)))


@contextmanager
def stage(folder: Path, interval_s: int) -> Iterator[Stage]:
    """Set everything up; all of it ends with the block."""
    pictures = Screenshots(interval_s=interval_s, review_delay_s=0)
    rules = (WindowRule(Category.TASK, title="evaluation task*"),)
    policy = Policy(version=1, windows=rules, screenshots=pictures)
    with (
        running_server(folder / "server") as server,
        recording_proxy(server.port) as proxy,
        desktop(folder / "desktop") as screen,
    ):
        server.operator.add_project(PROJECT, policy)
        task = screen.open_window(TASK_TITLE, "1200x700+20+40")
        agent = ShippedAgent(folder / "agent", screen.environment())
        try:
            agent.run("enrol", proxy.url, server.operator.add_trainer("bench"))
            yield Stage(server, proxy, screen, task, agent)
        finally:
            agent.stop()


def clocked_in_at_us(agent: Agent) -> int:
    """The wall clock at session time zero, as the agent's status says."""
    return int(json.loads(agent.run("status", "--json"))["since_us"])


def _children_cpu_s() -> float:
    """CPU of this process's children that have ended; the agent itself is nobody's child."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
