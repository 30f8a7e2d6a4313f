"""Running tasks in several processes: the longest first, the results in the tasks' order."""

import multiprocessing
import sys
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from detector.model import Model

SIGN_OF_LIFE_S = 30.0
QUIET_S = 2.0
"""Work shorter than this is done without a word."""

Work = Callable[["Task", Model], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work.

    Attributes:
        name: which work.
        path: what it works on.
        seconds: about how long it takes.
    """

    name: str
    path: str
    seconds: int

    @property
    def title(self) -> str:
        """Return what to call it on the screen."""
        return f"{self.name} {Path(self.path).name}" if self.name == "table" else self.name


def run_tasks(work: Work, tasks: list[Task], model: Model, jobs: int) -> list[dict[str, Any]]:
    """Return what ``work`` makes of each task, in the tasks' order.

    Progress goes to standard error. An error in a task ends the run.
    """
    started = time.monotonic()
    if jobs == 1 or len(tasks) == 1:
        with threadpool_limits(1):
            return [_one(work, tasks, number, model, started) for number in range(len(tasks))]
    # A forked child of a process whose OpenMP threads have run may hang: spawn.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, _start, (work, model)) as pool:
        order = sorted(range(len(tasks)), key=lambda i: -tasks[i].seconds)
        futures = {pool.submit(_do, tasks[i]): i for i in order}
        try:
            _watch(futures, tasks, started)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [future.result() for future, _ in sorted(futures.items(), key=lambda item: item[1])]


def _one(
    work: Work, tasks: list[Task], number: int, model: Model, started: float
) -> dict[str, Any]:
    _say(started, f"{number}/{len(tasks)} done, now {tasks[number].title}")
    return work(tasks[number], model)


def _watch(futures: dict[Future[dict[str, Any]], int], tasks: list[Task], started: float) -> None:
    left = set(futures)
    while left:
        done, left = wait(left, timeout=SIGN_OF_LIFE_S, return_when=FIRST_COMPLETED)
        for future in done:
            future.result()
            title = tasks[futures[future]].title
            finished = sum(f.done() for f in futures)
            _say(started, f"{finished}/{len(tasks)} done, last {title}")
        if not done:
            _say(started, f"{len(tasks) - len(left)}/{len(tasks)} done, working")


def _say(started: float, words: str) -> None:
    passed = time.monotonic() - started
    if passed >= QUIET_S:
        print(f"{passed:5.0f} s  {words}", file=sys.stderr, flush=True)


_given: list[tuple[Work, Model]] = []
"""What a worker process was given when it started."""


def _start(work: Work, model: Model) -> None:
    # One thread each: a second one only waits for the first on the small rows of one session.
    threadpool_limits(1)
    _given.append((work, model))


def _do(task: Task) -> dict[str, Any]:
    work, model = _given[0]
    return work(task, model)
