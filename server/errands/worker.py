"""The process that runs errands.

Started by `server.operation.supervisor` as `python -m server.errands.worker FOLDER NAME PARENT`.
Any number may run, on one machine or on many.
"""

import logging
import os
import signal
import sys
from pathlib import Path
from threading import Event

from server.errands.all import all_errands
from server.errands.rounds import Rounds
from server.installation import open_installation
from server.operation.key_watch import KeyWatch
from server.operation.logs import set_up_logs

_LOOK_S = 0.5
_NICER = 19
_log = logging.getLogger(__name__)


def main(folder: str, name: str, parent: str) -> None:
    """Run until SIGTERM or until the process that started it (its id) is gone."""
    os.nice(_NICER)
    installation = open_installation(Path(folder))
    set_up_logs(installation.settings.log_level)
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What is signed here is signed by the key that is in force, as everywhere.
    watch = KeyWatch(installation.keys, installation.folder.keys)
    watch.start()
    rounds = Rounds(all_errands(installation))
    rounds.start()
    while not stop.wait(_LOOK_S) and os.getppid() == int(parent):
        rounds.report()
    if not rounds.stop():
        _log.warning("errands did not end in time; another takes them up", extra={"worker": name})
    watch.stop()
    installation.store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
