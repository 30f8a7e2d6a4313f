"""One of backup, restore and purge at a time on a data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.errors import UpkeepBusy

_NAME = "upkeep.lock"


@contextmanager
def upkeep(folder: Path) -> Iterator[None]:
    """Hold the lock: a purge during a backup would take objects that the copied database names.

    Raises:
        UpkeepBusy: another command holds it.
    """
    handle = os.open(folder / _NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UpkeepBusy("a backup or a purge is running: try again when it is done") from error
        yield
    finally:
        os.close(handle)
