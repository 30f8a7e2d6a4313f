"""Reading bodies, none for ever: a client that sends a byte now and then holds nothing for long.

Nearly every body is there together with its head. A timer for each would cost more than reading
it, so one looks once a second for those that are late.
"""

import asyncio
import time
from typing import Any

from server.errors import Refusal
from server.http.bodies import Receive, read_body
from wire import limits
from wire.problems import ProblemCode

_BODY_S = 20.0
_LOOK_EVERY_S = 1.0


class Bodies:
    """Reads bodies of batches, each within a time."""

    def __init__(self, within_s: float = _BODY_S) -> None:
        self._within_s = within_s
        self._began_s: dict[asyncio.Task[Any] | None, float] = {}
        """Tasks that read, the oldest first."""
        self._looking = False

    async def read(self, receive: Receive, declared: bytes | None) -> bytes:
        """The whole body.

        Raises:
            Refusal: it is too large, ended early, or did not come in time.
        """
        task = asyncio.current_task()
        self._began_s[task] = time.monotonic()
        if not self._looking:
            self._look_later()
        try:
            length = declared.decode("latin-1") if declared is not None else None
            return await read_body(receive, length, limits.BATCH_MAX_BYTES)
        except asyncio.CancelledError:
            if task is None or task in self._began_s:
                raise
            task.uncancel()
            raise _late() from None
        finally:
            self._began_s.pop(task, None)

    def _look_later(self) -> None:
        self._looking = True
        loop = asyncio.get_running_loop()
        loop.call_later(min(_LOOK_EVERY_S, self._within_s), self._look)

    def _look(self) -> None:
        """Cancel the reading of those that are late; being taken out tells them why."""
        since_s = time.monotonic() - self._within_s
        late = [task for task, began_s in self._began_s.items() if began_s < since_s]
        for task in late:
            del self._began_s[task]
            if task is not None:
                task.cancel()
        self._looking = False
        if self._began_s:
            self._look_later()


def _late() -> Refusal:
    return Refusal(
        ProblemCode.OVERLOADED, 408, "The body did not come in time; send this again later."
    )
