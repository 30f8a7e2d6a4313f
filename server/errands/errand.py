"""What an errand is."""

from typing import Protocol, runtime_checkable


class Errand(Protocol):
    """Work that becomes due, such as a deadline or a delivery.

    It claims what it does in the database, so that any number of nodes may run the same errand,
    and a node that is killed loses nothing: what it had claimed is done again. Each errand has a
    thread of its own: it may wait for the network without holding up another.
    """

    def do_next(self, now_us: int) -> bool:
        """Do one thing that is due; whether there was one."""


@runtime_checkable
class Ending(Protocol):
    """An errand that has something to finish when its process ends."""

    def end(self) -> None:
        """Finish within a few seconds; `do_next` is not called any more."""
