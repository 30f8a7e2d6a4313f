"""Who agreed to which policy, in SQL."""

from collections.abc import Sequence

from sqlalchemy import Connection, func

from server.records import ConsentStep, Given
from server.storage import tables
from server.storage.sql.bound import Bound
from wire.policy import Policy


class SqlConsents(Bound):
    """See `server.storage.protocols.projects.Projects`."""

    def consent(self, person: bytes, project: bytes) -> Given | None:
        """The newest version this person accepted and has not withdrawn since."""
        with self._reading.connect() as connection:
            return self._given(connection, person, project, 0)

    def add_consent(self, person: bytes, project: bytes, policy: Policy, now_us: int) -> int:
        """Store a consent once; after a withdrawal it is given anew."""
        with self._transaction() as connection:
            withdrawn_us = self._withdrawn_us(connection, person, project)
            before = self._given(connection, person, project, policy.version)
            if before is not None:
                return before.accepted_us
            # Later than the withdrawal, whatever the server's clock did in between.
            given_us = max(now_us, withdrawn_us + 1)
            values = {
                "person": person,
                "project": project,
                "policy_version": policy.version,
                "policy_digest": policy.digest(),
                "accepted_us": given_us,
            }
            connection.execute(self._insert(tables.consents, values))
        return given_us

    def withdraw_consent(self, person: bytes, project: bytes, now_us: int) -> int:
        """Store that no policy of this project is accepted any more; when that was."""
        with self._transaction() as connection:
            withdrawn_us = self._withdrawn_us(connection, person, project)
            given = self._given(connection, person, project, 0)
            if given is None and withdrawn_us >= 0:
                return withdrawn_us
            at_us = max(now_us, given.accepted_us if given else 0)
            values = {"person": person, "project": project, "withdrawn_us": at_us}
            connection.execute(self._insert(tables.withdrawals, values))
        return at_us

    def consent_history(self, person: bytes) -> Sequence[ConsentStep]:
        """What a person accepted and withdrew, the newest first."""
        given, gone = tables.consents, tables.withdrawals
        accepted = self._select(given, given.c.project, given.c.accepted_us, given.c.policy_version)
        withdrawn = self._select(gone, gone.c.project, gone.c.withdrawn_us)
        with self._reading.connect() as connection:
            steps = [
                ConsentStep(*row)
                for row in connection.execute(accepted.where(given.c.person == person))
            ]
            steps += [
                ConsentStep(row.project, row.withdrawn_us, None)
                for row in connection.execute(withdrawn.where(gone.c.person == person))
            ]
        return sorted(steps, key=lambda step: step.at_us, reverse=True)

    def _given(
        self, connection: Connection, person: bytes, project: bytes, at_least: int
    ) -> Given | None:
        """The newest version in force from `at_least` on."""
        table = tables.consents
        query = (
            self._select(table, table.c.policy_version, table.c.policy_digest, table.c.accepted_us)
            .where(
                table.c.person == person,
                table.c.project == project,
                table.c.policy_version >= at_least,
                table.c.accepted_us > self._withdrawn_us(connection, person, project),
            )
            .order_by(table.c.policy_version.desc())
            .limit(1)
        )
        row = connection.execute(query).one_or_none()
        return Given(*row) if row else None

    def _withdrawn_us(self, connection: Connection, person: bytes, project: bytes) -> int:
        """When the consent to this project was withdrawn last; -1: never."""
        table = tables.withdrawals
        query = self._select(table, func.max(table.c.withdrawn_us)).where(
            table.c.person == person, table.c.project == project
        )
        found = connection.execute(query).scalar_one_or_none()
        return -1 if found is None else int(found)
