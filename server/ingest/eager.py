"""Running a coroutine at once, as Python 3.12's eager tasks do.

A task begins at the loop's next turn and costs as much as a tenth of what a batch does. Most of
what ingest awaits is there already: what is run so waits only where there is something to wait for.
"""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_eagerly(coroutine: Coroutine[Any, Any, T], done: Callable[[T], None]) -> None:
    """Run a coroutine to its first wait, and on whenever what it waits for is there.

    Its result goes to `done`. It must not raise, and cannot be cancelled.
    """
    _Eager(coroutine, done).step()


class _Eager:
    __slots__ = ("_coroutine", "_done")

    def __init__(self, coroutine: Coroutine[Any, Any, T], done: Callable[[T], None]) -> None:
        self._coroutine = coroutine
        self._done = done

    def step(self, _came: object = None) -> None:
        """Go on; the coroutine asks the future itself how it ended."""
        try:
            waits_for = self._coroutine.send(None)
        except StopIteration as end:
            self._done(end.value)
            return
        # What a future yields to its task is itself, marked; the mark says that it was awaited.
        waits_for._asyncio_future_blocking = False
        waits_for.add_done_callback(self.step)
