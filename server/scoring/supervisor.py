"""Keeps the scorer's process running while the server runs."""

import logging
import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

_BACK_OFF_S = 2.0
_GRACE_S = 10.0
_WORKER = "scorer-0"
_log = logging.getLogger(__name__)


class Supervisor:
    """Starts the worker, and starts it again when it dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stop = Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = Thread(target=self._run, name="supervisor", daemon=True)

    def start(self) -> None:
        """Start supervising."""
        self._thread.start()

    def stop(self) -> None:
        """End the worker and wait for it."""
        self._stop.set()
        if self._process is not None:
            self._process.terminate()
        self._thread.join(_GRACE_S)

    def _run(self) -> None:
        # One thread each: a second one makes scikit-learn wait for itself under load.
        environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        # The parent's id goes along: asked for it late, a worker whose server was killed at once
        # would take its new parent for the server, and never end.
        parent = str(os.getpid())
        command = [
            sys.executable,
            "-m",
            "server.scoring.worker",
            str(self._folder),
            _WORKER,
            parent,
        ]
        while not self._stop.is_set():
            with subprocess.Popen(command, env=environment) as process:
                self._process = process
                if self._stop.is_set():
                    process.terminate()
                status = process.wait()
            if not self._stop.is_set():
                _log.error("the scorer ended and is started again", extra={"status": status})
                self._stop.wait(_BACK_OFF_S)
