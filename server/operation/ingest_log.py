"""Every minute one line on batches, in the place of a line for each."""

import logging
from threading import Event, Thread

from server.figures import CommitFigures, IngestFigures

EVERY_S = 60.0
_log = logging.getLogger("server.ingest")


class IngestLog:
    """Says how many batches came since the last line; nothing where there were none."""

    def __init__(self, ingest: IngestFigures, commits: CommitFigures) -> None:
        self._ingest = ingest
        self._commits = commits
        self._said = self._now()
        self._stop = Event()
        self._thread = Thread(target=self._run, name="ingest-log", daemon=True)

    def start(self) -> None:
        """Start to say it."""
        self._thread.start()

    def stop(self) -> None:
        """Say what is left and end."""
        self._stop.set()
        self._thread.join()
        self.say()

    def say(self) -> None:
        """Say it once."""
        now = self._now()
        since = {name: now[name] - self._said[name] for name in now}
        self._said = now
        if any(since.values()):
            _log.info("batches", extra=since)

    def _run(self) -> None:
        while not self._stop.wait(EVERY_S):
            self.say()

    def _now(self) -> dict[str, int]:
        return {
            "batches": self._ingest.statuses.get(200, 0),
            "refused": sum(self._ingest.refusals.copy().values()),
            "bytes": self._ingest.bytes,
            "commits": sum(self._commits.groups.counts),
            "failed_commits": self._commits.failed,
        }
