"""Compacts one session of FOLDER and is killed where its batches are taken out of the log.

Run by `test_compactor.py` as `python -m tests.server.compaction.killed FOLDER`: a process of its
own, since a kill -9 needs a process to end.
"""

import os
import signal
import sys
from pathlib import Path

from sqlalchemy import Engine, event

from server.compaction.compactor import Compactor
from server.installation import open_installation


def _die(_c: object, _cursor: object, statement: str, *_more: object) -> None:
    if statement.startswith("DELETE FROM batches"):
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    event.listen(Engine, "after_cursor_execute", _die)
    installation = open_installation(Path(sys.argv[1]))
    Compactor(installation.store, installation.objects).do_next()
