"""Group commit: one thread that commits what many requests brought, in one synced transaction.

A commit costs one sync whether it holds one batch or a thousand, so requests that arrive during
a commit share the next one. Nobody is told "stored" before the commit returned.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Condition, Thread

from server.errors import Refusal, overloaded
from server.figures import CommitFigures
from server.records import Append

_GROUP_MAX = 1_000
_RETRY_AFTER_S = 5
_log = logging.getLogger(__name__)

Commit = Callable[[Sequence[Append]], Sequence[bool]]
"""Stores a group in one transaction and returns when it is synced: which of them were stored (a
head had moved where one was not). Raises, and has stored nothing, when the store refuses."""


@dataclass(slots=True, eq=False)
class _Waiting:
    append: Append
    loop: asyncio.AbstractEventLoop
    answer: "asyncio.Future[bool]" = field(repr=False)


class GroupCommit:
    """Takes batches from event loops and has them committed in groups, in order of arrival."""

    def __init__(self, commit: Commit, queue_max: int) -> None:
        self._commit = commit
        self._queue_max = queue_max
        self.figures = CommitFigures()
        self._queue: deque[_Waiting] = deque()
        self._wake = Condition()
        self._closing = False
        self._thread = Thread(target=self._run, name="batch-writer", daemon=True)
        self._thread.start()

    async def append(self, append: Append) -> bool:
        """See `server.storage.protocols.BatchWriter`."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(append, loop, loop.create_future())
        with self._wake:
            if self._closing or len(self._queue) >= self._queue_max:
                raise overloaded(_RETRY_AFTER_S)
            self._queue.append(waiting)
            self._wake.notify()
        return await waiting.answer

    @property
    def waiting(self) -> int:
        """Batches that wait for a commit."""
        return len(self._queue)

    def close(self) -> None:
        """Commit what is waiting and stop."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        while group := self._next_group():
            began = time.perf_counter()
            try:
                stored = self._commit([waiting.append for waiting in group])
            except Exception:  # noqa: BLE001 - whoever waits is answered, whatever went wrong
                _log.exception("batches could not be written", extra={"batches": len(group)})
                self.figures.failed += 1
                _answer(group, overloaded(_RETRY_AFTER_S))
            else:
                _answer(group, stored)
                self.figures.groups.add(len(group))
                self.figures.commit_s.add(time.perf_counter() - began)

    def _next_group(self) -> list[_Waiting]:
        with self._wake:
            while not self._queue and not self._closing:
                self._wake.wait()
            return [self._queue.popleft() for _ in range(min(len(self._queue), _GROUP_MAX))]


def _answer(group: list[_Waiting], outcome: Sequence[bool] | Refusal) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Waiting, bool | Refusal]]] = {}
    for place, waiting in enumerate(group):
        told = outcome if isinstance(outcome, Refusal) else outcome[place]
        by_loop.setdefault(waiting.loop, []).append((waiting, told))
    for loop, told_all in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, told_all)


def _settle(told_all: list[tuple[_Waiting, bool | Refusal]]) -> None:
    for waiting, told in told_all:
        if waiting.answer.done():
            continue
        if isinstance(told, Refusal):
            waiting.answer.set_exception(told)
        else:
            waiting.answer.set_result(told)
