"""A progress line on standard error for work of more than two seconds."""

import sys
import time
from types import TracebackType

AFTER_S = 2.0
EVERY_S = 1.0


class Progress:
    """Counts towards ``total``; quiet for the first two seconds and where nobody looks on."""

    def __init__(self, label: str, total: int | None = None) -> None:
        self._label, self._total = label, total
        self._started = self._shown = time.monotonic()
        self._printed = False

    def __enter__(self) -> "Progress":
        return self

    def __call__(self, done: int) -> None:
        """Say that ``done`` items are done."""
        now = time.monotonic()
        if now - self._started < AFTER_S or now - self._shown < EVERY_S:
            return
        self._shown, self._printed = now, True
        of = f"/{self._total}" if self._total is not None else ""
        print(f"\r{self._label}: {done}{of}", end="", file=sys.stderr, flush=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._printed:
            print(file=sys.stderr)
