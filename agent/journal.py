"""The agent's log: one JSON object a line, bounded, without personal data.

Messages are constant texts with numbers and names of sources and errors; nothing that a source
saw is ever passed to a logger.
"""

import json
import logging
import sys
import threading
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

log = logging.getLogger(__name__)
_MAX_BYTES = 1_000_000
_FRAMES_MAX = 12


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """One line; tracebacks are left out, since their texts can quote input."""
        return json.dumps(
            {
                "t": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
                "level": record.levelname,
                "in": record.name,
                "says": record.getMessage(),
            }
        )


def write_journal(path: Path) -> None:
    """Send what the agent logs to a file of this user alone."""
    path.touch(mode=0o600, exist_ok=True)
    _write_with(RotatingFileHandler(path, maxBytes=_MAX_BYTES, backupCount=1, encoding="utf-8"))


def write_to_parents_journal() -> None:
    """Send what a child process logs to the error output that it inherited: the same file.

    Only one process turns the file over when it is full.
    """
    _write_with(logging.StreamHandler(sys.stderr))


def _write_with(handler: logging.Handler) -> None:
    handler.setFormatter(_JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("agent").setLevel(logging.INFO)


def where(error: BaseException) -> str:
    """An exception's type and frames; its message is left out, since it can quote input."""
    return _where(type(error), error.__traceback__)


def log_uncaught() -> None:
    """Have what nobody catches logged without its message, instead of printed with it."""
    sys.excepthook = lambda kind, _error, frames: _uncaught(kind, frames)
    threading.excepthook = lambda seen: _uncaught(seen.exc_type, seen.exc_traceback)
    sys.unraisablehook = lambda seen: _uncaught(seen.exc_type, seen.exc_traceback)


def _uncaught(kind: type[BaseException], frames: TracebackType | None) -> None:
    log.critical("uncaught %s", _where(kind, frames))


def _where(kind: type[BaseException], frames: TracebackType | None) -> str:
    # The innermost frames, without the lines of source that a traceback quotes.
    steps = [f"{frame.f_code.co_filename}:{line}" for frame, line in traceback.walk_tb(frames)]
    return f"{kind.__name__} at {' > '.join(steps[-_FRAMES_MAX:]) or 'no frame'}"
