"""Moving the write-ahead log into the database, beside the commits instead of inside one.

SQLite's own checkpoint happens in the commit that makes the log long enough, which then takes as
long as the disk takes for all of it. Here a thread of its own does most of it while commits go on,
and only for the rest of it the writer waits: then the log starts again from its beginning.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Condition, Lock, Thread

from server.storage.sqlite.engine import connect

_EVERY_BATCHES = 2_000
_log = logging.getLogger(__name__)


class Checkpoints:
    """Checkpoints after every so many batches."""

    def __init__(self, path: Path) -> None:
        self._connection = connect(path)
        self._writing = Lock()
        self._wake = Condition()
        self._batches = 0
        self._closing = False
        self._thread = Thread(target=self._run, name="checkpoints", daemon=True)
        self._thread.start()

    @contextmanager
    def writing(self, batches: int) -> Iterator[None]:
        """Around a commit."""
        with self._writing:
            yield
        self._batches += batches
        if self._batches >= _EVERY_BATCHES:
            with self._wake:
                self._wake.notify()

    def close(self) -> None:
        """Stop; what is in the log stays there, and is as durable."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while self._due():
            try:
                self._checkpoint()
            except sqlite3.Error:
                _log.exception("the write-ahead log could not be moved into the database")

    def _due(self) -> bool:
        with self._wake:
            self._wake.wait_for(lambda: self._closing or self._batches >= _EVERY_BATCHES)
            self._batches = 0
            return not self._closing

    def _checkpoint(self) -> None:
        """Twice beside the commits: the second time what came during the first. Then the rest."""
        self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        with self._writing:
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
