"""What happened, in SQL."""

from collections.abc import Sequence

from server.records.announcements import Announcement, Happened
from server.storage import tables
from server.storage.sql.bound import Bound


class SqlAnnouncements(Bound):
    """See `server.storage.protocols.announcements.Announcements`.

    Written by `Bound._announce`, in the transaction of what happened.
    """

    def announcements(self, after_row: int, limit: int) -> Sequence[Announcement]:
        """The next ones behind a row."""
        table = tables.announcements
        query = self._select(table).where(table.c.row > after_row).order_by(table.c.row)
        found = self._all(query.limit(limit))
        return [Announcement(row.row, row.at_us, Happened(row.kind), row.subject) for row in found]
