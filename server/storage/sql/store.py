"""A whole store in SQL, on any database."""

from server.storage.log_seal import LogSeal
from server.storage.sql.announcements import SqlUntold
from server.storage.sql.compactions import SqlCompactionQueue
from server.storage.sql.database import Database
from server.storage.sql.deliveries import SqlDeliveries
from server.storage.sql.doors import SqlDoors
from server.storage.sql.due_holds import SqlDueHolds
from server.storage.sql.health import SqlHealth
from server.storage.sql.jobs import SqlJobs
from server.storage.sql.notices import SqlMails
from server.storage.sql.submissions import SqlSubmissionQueue
from server.storage.sql.upkeep import SqlUpkeep


class SqlStore(
    SqlDoors,
    SqlJobs,
    SqlDueHolds,
    SqlUntold,
    SqlDeliveries,
    SqlMails,
    SqlCompactionQueue,
    SqlSubmissionQueue,
    SqlHealth,
    SqlUpkeep,
):
    """What the stores share; see `server.storage.protocols.Store`."""

    def __init__(self, database: Database, log: LogSeal) -> None:
        self._database = database
        self._log_seal = log
        self._reading = database.reading
        self._writing = database.writing

    def close(self) -> None:
        """Let go of all connections."""
        self._writing.dispose()
