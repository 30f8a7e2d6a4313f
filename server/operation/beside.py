"""The processes beside a server: scorers, and one that runs errands where there are scorers."""

import signal
import socket
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from server.operation.supervisor import Supervisor

NAME_MAX_CHARS = 60
_SCORER = "server.scoring.worker"
_ERRANDS = "server.errands.worker"


class Group:
    """Processes of one kind."""

    def __init__(self, members: Sequence[Supervisor]) -> None:
        self._members = members

    @property
    def running(self) -> int:
        """How many processes there are."""
        return sum(each.running for each in self._members)

    @property
    def restarts(self) -> int:
        """How often one ended by itself."""
        return sum(each.restarts for each in self._members)

    def start(self) -> None:
        """Start all."""
        for each in self._members:
            each.start()

    def ask_to_stop(self) -> None:
        """Tell all to finish what they do; does not wait."""
        for each in self._members:
            each.ask_to_stop()

    def stop(self) -> None:
        """Tell all to finish what they do, then wait for each."""
        self.ask_to_stop()
        for each in self._members:
            each.stop()


class Beside:
    """Scorers and errands of one node, under names that no other node has.

    A node without scorers runs no errands: others have them.
    """

    def __init__(self, folder: Path, scorers: int, name: str = "") -> None:
        """`name`: of this group; a worker that starts takes back what its name had claimed."""
        node = name or socket.gethostname()[:NAME_MAX_CHARS]
        self.scorers = Group([Supervisor(_SCORER, folder, f"{node}-{n}") for n in range(scorers)])
        self.errands = Group([Supervisor(_ERRANDS, folder, node)] if scorers else [])

    def start(self) -> None:
        """Start all."""
        self.scorers.start()
        self.errands.start()

    def stop(self) -> None:
        """Tell all to finish what they do, then wait for each."""
        self.scorers.ask_to_stop()
        self.errands.stop()
        self.scorers.stop()


def work(folder: Path, scorers: int, name: str) -> None:
    """Run scorers and errands alone until SIGINT or SIGTERM; a second signal ends at once."""
    stop = Event()

    def told(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, told)
    beside = Beside(folder, scorers, name)
    beside.start()
    print(f"veritype-server worker runs {scorers} scorers and the errands", flush=True)
    stop.wait()
    beside.stop()
