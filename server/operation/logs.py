"""Logs as one JSON object a line, without personal data.

Nothing here logs addresses, names, tokens or bodies: a line has an event, a route's template, a
status, a duration, and counts.
"""

import json
import logging
import sys
import time

from server.clock import iso_utc

_FIELDS = (
    "request",
    "method",
    "route",
    "status",
    "duration_ms",
    "batches",
    "refused",
    "bytes",
    "commits",
    "failed_commits",
    "attempts",
    "worker",
    "errand",
    "done",
    "failures",
)


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, object] = {
            "at": iso_utc(int(record.created * 1_000_000)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = _where(record)
        return json.dumps(line, ensure_ascii=False)


def set_up_logs(level: str) -> None:
    """Send everything to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.Formatter.converter = time.gmtime
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _where(record: logging.LogRecord) -> list[str]:
    """The frames of an error, without its text, which can quote a value."""
    frames = []
    trace = record.exc_info[2] if record.exc_info else None
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames[-8:]
