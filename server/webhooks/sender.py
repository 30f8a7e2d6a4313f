"""A thread that waits for the network, so that the errand's does not.

Hundreds of connections wait in one event loop; what has ended is collected by the errand.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread
from typing import Generic, TypeVar

_RESOLVERS = 16
"""Names that are asked for at the same time: the system's resolver blocks."""
T = TypeVar("T")


class Sender(Generic[T]):
    """Runs coroutines."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(_RESOLVERS, "resolver"))
        self._thread = Thread(target=self._loop.run_forever, name="sender", daemon=True)
        self._thread.start()

    def send(self, work: Coroutine[object, object, T]) -> "Future[T]":
        """Begin something; does not wait."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self) -> None:
        """Drop what is not done."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()
