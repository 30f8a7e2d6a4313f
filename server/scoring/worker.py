"""The scorer's process: claims jobs and does them, apart from the process that takes batches.

Started by `server.scoring.supervisor` as `python -m server.scoring.worker DATA_FOLDER NAME`.
"""

import logging
import os
import signal
import sys
import time
from pathlib import Path
from threading import Event

from server.app import open_installation
from server.clock import now_us
from server.operation.logs import set_up_logs
from server.records import ATTEMPTS_MAX, Job
from server.scoring.assessor import DetectorAssessor
from server.scoring.session import Scoring
from server.storage.protocols import Jobs

_POLL_S = 0.5
_PAUSE_S = 5.0
_log = logging.getLogger(__name__)


def work(jobs: Jobs, scoring: Scoring, name: str, stop: Event, parent: int) -> None:
    """Do jobs until told to stop, or until the parent process (its id) is gone."""
    released = False
    while not stop.is_set() and os.getppid() == parent:
        try:
            if not released:
                jobs.release(name)
                released = True
            if not do_next(jobs, scoring, name):
                stop.wait(_POLL_S)
        except Exception as error:  # noqa: BLE001 - its text can quote what is stored
            _log.error("the store of jobs failed", exc_info=error, extra={"worker": name})
            stop.wait(_PAUSE_S)


def do_next(jobs: Jobs, scoring: Scoring, name: str) -> bool:
    """Do one job; whether there was one."""
    job = jobs.claim(name, now_us())
    if job is None:
        return False
    started = time.monotonic()
    try:
        if job.attempts <= ATTEMPTS_MAX:
            scoring.do(job)
        else:
            scoring.give_up(job)
    except Exception as error:  # noqa: BLE001 - one session's trouble must not stop the others
        _log.error("scoring failed", exc_info=error, extra={"attempts": job.attempts})
        if job.attempts != ATTEMPTS_MAX or not _given_up(scoring, job):
            jobs.fail(job, type(error).__name__, now_us())
    else:
        took_ms = round((time.monotonic() - started) * 1000)
        _log.info("session scored", extra={"duration_ms": took_ms, "worker": name})
    return True


def _given_up(scoring: Scoring, job: Job) -> bool:
    try:
        scoring.give_up(job)
    except Exception as error:  # noqa: BLE001 - the job stays, and is tried again
        _log.error("not even the hours could be published", exc_info=error)
        return False
    return True


def main(folder: str, name: str, parent: str) -> None:
    """Run until SIGTERM or until the server's process (its id) is gone."""
    installation = open_installation(Path(folder))
    set_up_logs(installation.settings.log_level)
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    scoring = Scoring(
        installation.store, installation.objects, DetectorAssessor(), installation.keys
    )
    work(installation.store, scoring, name, stop, int(parent))
    installation.store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
