"""Progress of what takes longer than two seconds, on standard error."""

import sys
import time

_QUIET_S = 2.0
_TERMINAL_S = 0.5
_FILE_S = 30.0


class Progress:
    """Told how far something is; says so now and then."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._next_s = time.monotonic() + _QUIET_S
        self._said = False

    def __call__(self, what: str, done: int, total: int) -> None:
        """So much of so much is done."""
        now = time.monotonic()
        if now < self._next_s:
            return
        self._next_s = now + (_TERMINAL_S if self._terminal else _FILE_S)
        share = f"{100 * done // total} %" if total else str(done)
        end = "\r" if self._terminal else "\n"
        print(f"{what}: {share}".ljust(60), end=end, file=sys.stderr, flush=True)
        self._said = True

    def close(self) -> None:
        """Leave the line that was written over."""
        if self._said and self._terminal:
            print(file=sys.stderr)
