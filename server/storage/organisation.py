"""One organisation's part of a SQL store. The only place where queries get their organisation."""

from server.storage.directory import SqlDirectory, as_person
from server.storage.evidence import SqlEvidence


class SqlOrganisationStore(SqlDirectory, SqlEvidence):
    """See `server.storage.protocols.OrganisationStore`."""


__all__ = ["SqlOrganisationStore", "as_person"]
