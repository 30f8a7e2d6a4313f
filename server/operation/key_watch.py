"""Follows the folder of secrets, so that a rotation needs no restart."""

import logging
from pathlib import Path
from threading import Event, Thread

from server.errors import ServerError
from server.operation.keys import ServerKeys

EVERY_S = 10.0
_log = logging.getLogger(__name__)


class KeyWatch:
    """Reads the secrets again every ten seconds; what does not read changes nothing."""

    def __init__(self, keys: ServerKeys, folder: Path) -> None:
        self._keys = keys
        self._folder = folder
        self._stop = Event()
        self._thread = Thread(target=self._run, name="key-watch", daemon=True)

    def start(self) -> None:
        """Start to look."""
        self._thread.start()

    def stop(self) -> None:
        """Stop looking."""
        self._stop.set()
        self._thread.join()

    def look(self) -> None:
        """Look once."""
        try:
            self._keys.refresh(self._folder)
        except (ServerError, OSError) as error:
            _log.error("the secrets cannot be read again", exc_info=error)

    def _run(self) -> None:
        while not self._stop.wait(EVERY_S):
            self.look()
