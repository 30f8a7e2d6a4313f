"""The group-commit writer: one thread, one connection, many batches in one synced transaction.

A commit costs one sync whether it holds one batch or a thousand, so requests that arrive during
a commit share the next one. Nobody is told "stored" before the commit returned.
"""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field
from threading import Condition, Thread

from sqlalchemy import Connection, Engine, bindparam, insert, update
from sqlalchemy.exc import SQLAlchemyError

from server.errors import Refusal, overloaded
from server.records import Append
from server.storage.tables import batches, heads, scoring_jobs

_GROUP_MAX = 1_000
_RETRY_AFTER_S = 5
_log = logging.getLogger(__name__)

_MOVE_HEAD = (
    update(heads)
    .where(
        heads.c.session == bindparam("at_session"),
        heads.c.organisation == bindparam("at_organisation"),
        heads.c.sequence == bindparam("at_sequence"),
        heads.c.digest == bindparam("at_digest"),
        heads.c.closed.is_(False),
    )
    .values(
        sequence=bindparam("to_sequence"),
        digest=bindparam("to_digest"),
        closed=bindparam("to_closed"),
        received_us=bindparam("to_received_us"),
    )
)


@dataclass(slots=True)
class _Waiting:
    append: Append
    loop: asyncio.AbstractEventLoop
    answer: "asyncio.Future[bool]" = field(repr=False)


class GroupCommitWriter:
    """Takes batches from the event loop and commits them in groups."""

    def __init__(self, engine: Engine, queue_max: int) -> None:
        self._engine = engine
        self._queue_max = queue_max
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

    def close(self) -> None:
        """Write what is waiting and stop."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        while group := self._next_group():
            try:
                with self._engine.begin() as connection:
                    stored = _write(connection, [waiting.append for waiting in group])
            except SQLAlchemyError:
                _log.exception("batches could not be written", extra={"batches": len(group)})
                _answer(group, overloaded(_RETRY_AFTER_S))
            else:
                _answer(group, stored)

    def _next_group(self) -> list[_Waiting]:
        with self._wake:
            while not self._queue and not self._closing:
                self._wake.wait()
            return [self._queue.popleft() for _ in range(min(len(self._queue), _GROUP_MAX))]


def _write(connection: Connection, group: list[Append]) -> list[bool]:
    stored = [_move_head(connection, append) for append in group]
    kept = [append for append, moved in zip(group, stored, strict=True) if moved]
    if kept:
        connection.execute(insert(batches), [_batch_row(append) for append in kept])
    closing = [_job_row(append) for append in kept if append.after.closed]
    if closing:
        connection.execute(insert(scoring_jobs), closing)
    return stored


def _move_head(connection: Connection, append: Append) -> bool:
    moved = connection.execute(
        _MOVE_HEAD,
        {
            "at_session": append.session.row,
            "at_organisation": append.session.organisation,
            "at_sequence": append.before.sequence,
            "at_digest": append.before.digest,
            "to_sequence": append.after.sequence,
            "to_digest": append.after.digest,
            "to_closed": append.after.closed,
            "to_received_us": append.received_us,
        },
    )
    return moved.rowcount == 1


def _batch_row(append: Append) -> dict[str, object]:
    return {
        "organisation": append.session.organisation,
        "session": append.session.row,
        "sequence": append.after.sequence,
        "digest": append.envelope.digest,
        "received_us": append.received_us,
        "sealed": append.envelope.sealed,
    }


def _job_row(append: Append) -> dict[str, object]:
    return {
        "session": append.session.row,
        "organisation": append.session.organisation,
        "due_us": append.received_us,
        "claimed_until_us": 0,
        "attempts": 0,
        "done": False,
    }


def _answer(group: list[_Waiting], outcome: list[bool] | Refusal) -> None:
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
