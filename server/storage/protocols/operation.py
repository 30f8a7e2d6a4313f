"""What an operator asks of storage."""

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
