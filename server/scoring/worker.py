"""The scorer's process: claims jobs and does them, apart from the processes that take batches.

Started by `server.operation.supervisor` as `python -m server.scoring.worker FOLDER NAME PARENT`.
Any number may run, on one machine or on many, each under a name of its own.
"""

import logging
import os
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path
from threading import Event

from detector.model import load_model
from server.clock import now_us
from server.compaction.compactor import Compactor
from server.errors import StorageAway
from server.installation import open_installation
from server.operation.logs import set_up_logs
from server.records import ATTEMPTS_MAX, Job
from server.scoring.assessor import DetectorAssessor
from server.scoring.counters import Tally
from server.scoring.rounds import Rounds
from server.scoring.session import Scoring
from server.storage.protocols import Jobs

_POLL_S = 0.5
_PAUSE_S = 5.0
_REPORT_S = 60.0
_NICER = 19
_log = logging.getLogger(__name__)


class Worker:
    """Does what is due: closed sessions first, and one group of open ones between them.

    Sessions leave the log (`server.compaction`) when nothing else is due.
    """

    def __init__(
        self,
        jobs: Jobs,
        scoring: Scoring,
        rounds: Rounds | None,
        compactor: Compactor | None,
        name: str,
    ) -> None:
        self.tally = Tally()
        self._jobs = jobs
        self._scoring = scoring
        self._rounds = rounds
        self._compactor = compactor
        self._name = name

    def do_next(self) -> bool:
        """Do one thing; whether there was one."""
        started = time.monotonic()
        did = do_next(self._jobs, self._scoring, self._name, self.tally) or self._look()
        did = did or (self._compactor is not None and self._compactor.do_next())
        self.tally.add(busy_s=time.monotonic() - started)
        return did

    def _look(self) -> bool:
        if self._rounds is None:
            return False
        try:
            return self._rounds.do_next(self._name, now_us(), self.tally)
        except Exception as error:  # noqa: BLE001 - its text can quote what is stored
            # Their claims lapse; closed sessions go on meanwhile.
            _log.error("looking at open sessions failed", exc_info=error)
            self.tally.add(failures=1)
            return False


def work(worker: Worker, jobs: Jobs, name: str, stop: Event, parent: int | None) -> None:
    """Work until told to stop, or until the parent process (its id), if there is one, is gone."""
    released = False
    reported = time.monotonic()
    while not stop.is_set() and parent in (None, os.getppid()):
        try:
            if not released:
                jobs.release(name)
                released = True
            if not worker.do_next():
                stop.wait(_POLL_S)
            if time.monotonic() - reported > _REPORT_S:
                reported = time.monotonic()
                _report(worker, jobs, name)
        except Exception as error:  # noqa: BLE001 - its text can quote what is stored
            _log.error("the store of jobs failed", exc_info=error, extra={"worker": name})
            # What was claimed when the store went away could not be given back.
            released = False
            stop.wait(_PAUSE_S)


def _report(worker: Worker, jobs: Jobs, name: str) -> None:
    waiting = jobs.waiting(now_us())
    counts = asdict(worker.tally.counters)
    counts |= {"waiting_jobs": waiting.jobs, "waiting_states": waiting.states}
    _log.info("scoring", extra={"worker": name, **counts})


def do_next(jobs: Jobs, scoring: Scoring, name: str, tally: Tally | None = None) -> bool:
    """Do one job; whether there was one."""
    tally = tally or Tally()
    job = jobs.claim(name, now_us())
    if job is None:
        return False
    started = time.monotonic()
    try:
        done = scoring.do if job.attempts <= ATTEMPTS_MAX else scoring.give_up
        published = done(job)
    except StorageAway as error:
        _log.error("the storage does not answer", exc_info=error)
        tally.add(failures=1)
        jobs.put_off(job, now_us())
    except Exception as error:  # noqa: BLE001 - one session's trouble must not stop the others
        _log.error("scoring failed", exc_info=error, extra={"attempts": job.attempts})
        tally.add(failures=1)
        if job.attempts != ATTEMPTS_MAX or not _given_up(scoring, job):
            jobs.fail(job, type(error).__name__, now_us())
    else:
        _say(published, started, name)
        waited_s = (now_us() - job.due_us) / 1_000_000
        if published:
            tally.add(scored=1, waited_s=waited_s)
        else:
            tally.add(lost_claims=1)
    return True


def _say(published: bool, started: float, name: str) -> None:
    took_ms = round((time.monotonic() - started) * 1000)
    said = "session scored" if published else "a lost claim's result was thrown away"
    _log.info(said, extra={"duration_ms": took_ms, "worker": name})


def _given_up(scoring: Scoring, job: Job) -> bool:
    try:
        return scoring.give_up(job)
    except Exception as error:  # noqa: BLE001 - the job stays, and is tried again
        _log.error("not even the hours could be published", exc_info=error)
        return False


def main(folder: str, name: str, parent: str | None = None) -> None:
    """Run until SIGTERM or until the process that started it (its id, if it is given) is gone."""
    if parent is not None:
        # Beside a server that takes batches: those come first.
        os.nice(_NICER)
    installation = open_installation(Path(folder))
    set_up_logs(installation.settings.log_level)
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    store = installation.store
    scoring = Scoring(store, installation.objects, DetectorAssessor(), installation.keys)
    compactor = Compactor(store, installation.objects)
    worker = Worker(store, scoring, Rounds(store, load_model()), compactor, name)
    work(worker, store, name, stop, None if parent is None else int(parent))
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
