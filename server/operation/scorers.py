"""So many scorer processes of one node, under names that no other node has."""

import signal
import socket
from pathlib import Path
from threading import Event

from server.scoring.supervisor import Supervisor

NAME_MAX_CHARS = 60


class Scorers:
    """Starts, counts and stops them."""

    def __init__(self, folder: Path, count: int, name: str = "") -> None:
        """`name`: of this group; a worker that starts takes back what its name had claimed."""
        node = name or socket.gethostname()[:NAME_MAX_CHARS]
        self._all = [Supervisor(folder, f"{node}-{number}") for number in range(count)]

    @property
    def running(self) -> int:
        """How many processes there are."""
        return sum(each.running for each in self._all)

    @property
    def restarts(self) -> int:
        """How often one ended by itself."""
        return sum(each.restarts for each in self._all)

    def start(self) -> None:
        """Start all."""
        for each in self._all:
            each.start()

    def stop(self) -> None:
        """Tell all to finish what they do, then wait for each."""
        for each in self._all:
            each.ask_to_stop()
        for each in self._all:
            each.stop()


def work(folder: Path, count: int, name: str) -> None:
    """Run scorers alone until SIGINT or SIGTERM; a second signal ends at once."""
    stop = Event()

    def told(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, told)
    scorers = Scorers(folder, count, name)
    scorers.start()
    print(f"veritype-server worker runs {count} scorers", flush=True)
    stop.wait()
    scorers.stop()
