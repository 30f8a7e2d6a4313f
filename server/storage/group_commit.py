"""Group commit: one thread that commits what many requests brought, in one synced transaction.

A commit costs one sync whether it holds one batch or a thousand, so requests that arrive during
a commit share the next one. Nobody is told "stored" before the commit returned.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread

from server.errors import Refusal, overloaded
from server.figures import CommitFigures
from server.records import Append, LogRow
from server.storage.log_seal import LogSeal

_GROUP_MAX = 1_000
_RETRY_AFTER_S = 5
_log = logging.getLogger(__name__)

Commit = Callable[[Sequence[LogRow]], Sequence[bool]]
"""Stores a group in one transaction and returns when it is synced: which of them were stored (a
head had moved where one was not). Raises, and has stored nothing, when the store refuses."""


_Waiting = tuple[Append, "asyncio.Future[bool]"]


class GroupCommit:
    """Takes batches from an event loop and has them committed in groups, in order of arrival."""

    def __init__(self, commit: Commit, log: LogSeal, queue_max: int) -> None:
        self._commit = commit
        self._log_seal = log
        self._queue_max = self._room = queue_max
        self.figures = CommitFigures()
        self._gathering: list[_Waiting] = []
        self._queue: SimpleQueue[list[_Waiting]] = SimpleQueue()
        """Lists that came out of one turn of the loop each; an empty one is the last."""
        self._closing = False
        self._thread = Thread(target=self._run, name="batch-writer", daemon=True)
        self._thread.start()

    async def append(self, append: Append) -> bool:
        """See `server.storage.protocols.BatchWriter`."""
        if self._closing or self._room < 1:
            raise overloaded(_RETRY_AFTER_S)
        loop = asyncio.get_running_loop()
        if not self._gathering:
            loop.call_soon(self._hand_over)
        answer: asyncio.Future[bool] = loop.create_future()
        self._gathering.append((append, answer))
        self._room -= 1
        try:
            return await answer
        finally:
            self._room += 1

    @property
    def waiting(self) -> int:
        """Batches that wait for a commit."""
        return self._queue_max - self._room

    def close(self) -> None:
        """Commit what is waiting and stop."""
        if not self._closing:
            self._closing = True
            self._hand_over()
            self._queue.put([])
        self._thread.join()

    def _hand_over(self) -> None:
        """Wake the thread once for all that came in one turn of the loop."""
        if self._gathering:
            self._queue.put(self._gathering)
            self._gathering = []

    def _run(self) -> None:
        ended = False
        while not ended:
            group, ended = self._next_group()
            if group:
                _settle(group, self._outcome([append for append, _ in group]))

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        """All that waits, up to a limit; and whether nothing comes after it."""
        group = part = self._queue.get()
        while part and len(group) < _GROUP_MAX and not self._queue.empty():
            part = self._queue.get()
            group = group + part
        return group, not part

    def _outcome(self, group: Sequence[Append]) -> Sequence[bool] | Refusal:
        began = time.perf_counter()
        try:
            # Here, in the thread that writes and before its transaction: nobody else waits for it.
            stored = self._commit([self._log_seal.row(append) for append in group])
        except Exception:  # noqa: BLE001 - whoever waits is answered, whatever went wrong
            _log.exception("batches could not be written", extra={"batches": len(group)})
            self.figures.failed += 1
            return overloaded(_RETRY_AFTER_S)
        self.figures.groups.add(len(group))
        self.figures.commit_s.add(time.perf_counter() - began)
        return stored


def _settle(group: list[_Waiting], outcome: Sequence[bool] | Refusal) -> None:
    """Wake the loop once for all; a loop that is gone has nobody left to tell."""
    with suppress(RuntimeError):
        loop = group[0][1].get_loop()
        loop.call_soon_threadsafe(_tell, [answer for _, answer in group], outcome)


def _tell(answers: "list[asyncio.Future[bool]]", outcome: Sequence[bool] | Refusal) -> None:
    for place, answer in enumerate(answers):
        if answer.done():
            continue
        if isinstance(outcome, Refusal):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome[place])
