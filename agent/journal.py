"""The agent's log: one JSON object a line, bounded, without personal data.

Messages are constant texts with numbers and names of sources and errors; nothing that a source
saw is ever passed to a logger.
"""

import json
import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

_MAX_BYTES = 1_000_000


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
    handler = RotatingFileHandler(path, maxBytes=_MAX_BYTES, backupCount=1, encoding="utf-8")
    handler.setFormatter(_JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("agent").setLevel(logging.INFO)
