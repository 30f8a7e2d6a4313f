"""What services ask of storage: the append-only log."""

from collections.abc import Sequence
from typing import Protocol

from server.records.audit import AuditLine, AuditSearch, SignedDocument


class AuditLog(Protocol):
    """The append-only log: a chain in which each line carries the digest of all before."""

    def audit(
        self,
        actor: str,
        action: str,
        subject: str,
        *,
        about: bytes | None = None,
        lasted_ms: int | None = None,
    ) -> None:
        """Add a line. Whom it concerns is found by the ids in its subject, if that is not said."""

    def audit_lines(self, after_row: int, limit: int) -> Sequence[AuditLine]:
        """The next lines behind a row, the oldest first."""

    def audit_search(
        self, search: AuditSearch, before_row: int | None, limit: int
    ) -> Sequence[AuditLine]:
        """The lines that are looked for, the newest first."""

    def audit_end(self) -> AuditLine | None:
        """The last line of the chain."""

    def looked_at(self, actor: str, subject: str) -> int | None:
        """Since when somebody looks at something, if they do and it was not said for how long."""

    def add_audit_head(self, sequence: int, document: bytes, signature: bytes, now_us: int) -> bool:
        """Store a signed head and announce it; False if it is there, or there is no such line."""

    def audit_heads(self, limit: int) -> Sequence[SignedDocument]:
        """The signed heads, the newest first."""
