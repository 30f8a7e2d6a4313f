"""What an operator asks of storage."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from server.records.operation import Backlog, SchemaState


class Health(Protocol):
    """The state of the whole store."""

    def schema(self) -> SchemaState:
        """The schema beside what this code needs."""

    def check_writable(self) -> None:
        """Begin to write and change nothing; raises whatever stands in the way."""

    def backlog(self, now_us: int) -> Backlog:
        """What waits for a score and what was scored."""


class Upkeep(Protocol):
    """What the operator's commands do to the whole store."""

    def listed_objects(self) -> Iterator[tuple[int, bytes]]:
        """Every name under which an object lies in the store, with its organisation."""

    def forget_expired(self, before_us: int, *, dry_run: bool) -> Mapping[str, int]:
        """Delete codes, links and attempts that expired before a moment; how many of each."""

    def forget_answers(self, now_us: int) -> int:
        """Delete answers to idempotency keys that are given again no longer; how many."""

    def copy_to(self, folder: Path, told: Callable[[str, int, int], None]) -> str:
        """Copy the database as it is at one moment, while it is used; the file's name."""
