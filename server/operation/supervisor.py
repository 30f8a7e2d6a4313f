"""Keeps a process running beside the server: started again when it dies, ended with the server."""

import logging
import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

_BACK_OFF_S = 2.0
_GRACE_S = 10.0
_log = logging.getLogger(__name__)


class Supervisor:
    """Starts a module as `python -m MODULE DATA_FOLDER NAME PARENT`, again when it dies."""

    def __init__(self, module: str, folder: Path, name: str) -> None:
        """`name`: of the process, by which it knows what it had taken before it died."""
        self.restarts = 0
        self._module = module
        self._folder = folder
        self._name = name
        self._stop = Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = Thread(target=self._run, name="supervisor", daemon=True)

    def start(self) -> None:
        """Start supervising."""
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    def ask_to_stop(self) -> None:
        """Tell the process to finish what it does and end; does not wait."""
        self._stop.set()
        if self._process is not None:
            self._process.terminate()

    def stop(self) -> None:
        """End the process; one that does not end in time is killed, and what it did is redone."""
        self.ask_to_stop()
        self._thread.join(_GRACE_S)
        if self._process is not None and self._thread.is_alive():
            self._process.kill()

    def _run(self) -> None:
        # One thread each: a second one makes scikit-learn wait for itself under load.
        environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        # The parent's id goes along: asked for it late, a process whose server was killed at once
        # would take its new parent for the server, and never end.
        words = [self._module, str(self._folder), self._name, str(os.getpid())]
        command = [sys.executable, "-m", *words]
        while not self._stop.is_set():
            with subprocess.Popen(command, env=environment) as process:
                self._process = process
                if self._stop.is_set():
                    process.terminate()
                status = process.wait()
            if not self._stop.is_set():
                which = {"status": status, "worker": self._name}
                _log.error("a process beside the server ended and is started again", extra=which)
                self.restarts += 1
                self._stop.wait(_BACK_OFF_S)
