"""What services ask of storage: the append-only log."""

from typing import Protocol


class AuditLog(Protocol):
    """The append-only log."""

    def audit(self, actor: str, action: str, subject: str) -> None:
        """Add a line to the append-only log."""
