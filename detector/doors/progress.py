"""A progress line on standard error for work of more than two seconds."""

import sys
import time
from types import TracebackType

AFTER_S = 2.0
EVERY_S = 1.0
EVERY_S_IN_A_LOG = 30.0
"""Where standard error is no terminal each sign of life is a line of its own."""


class Progress:
    """Counts towards ``total``; quiet for the first two seconds."""

    def __init__(self, label: str, total: int | None = None) -> None:
        self._label, self._total = label, total
        self._started = self._shown = time.monotonic()
        self._printed = False
        self._terminal = sys.stderr.isatty()
        self._every_s = EVERY_S if self._terminal else EVERY_S_IN_A_LOG

    def __enter__(self) -> "Progress":
        return self

    def __call__(self, done: int) -> None:
        """Say that ``done`` items are done."""
        now = time.monotonic()
        if now - self._started < AFTER_S or now - self._shown < self._every_s:
            return
        self._shown, self._printed = now, True
        of = f"/{self._total}" if self._total is not None else ""
        start, end = ("\r", "") if self._terminal else ("", "\n")
        print(f"{start}{self._label}: {done}{of}", end=end, file=sys.stderr, flush=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._printed and self._terminal:
            print(file=sys.stderr)
