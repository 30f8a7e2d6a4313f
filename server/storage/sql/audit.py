"""The append-only log in SQL."""

from server.clock import now_us
from server.storage import tables
from server.storage.sql.bound import Bound


class SqlAuditLog(Bound):
    """See `server.storage.protocols.audit.AuditLog`."""

    def audit(self, actor: str, action: str, subject: str) -> None:
        """Add a line to the append-only log."""
        values = {"at_us": now_us(), "actor": actor, "action": action, "subject": subject}
        with self._transaction(alone=False) as connection:
            connection.execute(self._insert(tables.audit_log, values))
