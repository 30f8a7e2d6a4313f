"""Projects and their policies in SQL."""

import secrets
from collections.abc import Sequence

import msgspec
from sqlalchemy import func

from server.errors import PolicyMovedOn
from server.records import PolicyVersion, Project
from server.storage import tables
from server.storage.sql.bound import Bound, taken
from wire.policy import Policy, parse_policy

_ID_BYTES = 16


class SqlProjects(Bound):
    """See `server.storage.protocols.projects.Projects`."""

    def projects(self) -> Sequence[Project]:
        """All projects, each with the policy in force."""
        rows = self._all(self._select(tables.projects).order_by(tables.projects.c.name))
        return [Project(row.id, row.name, self._policy_in_force(row.id)) for row in rows]

    def project(self, project: bytes) -> Project | None:
        """A project with the policy in force."""
        row = self._one(self._select(tables.projects).where(tables.projects.c.id == project))
        return Project(row.id, row.name, self._policy_in_force(row.id)) if row else None

    def policy(self, project: bytes, version: int) -> Policy | None:
        """One version of a project's policy."""
        table = tables.policies
        row = self._one(
            self._select(table, table.c.document).where(
                table.c.project == project, table.c.version == version
            )
        )
        return parse_policy(row.document) if row else None

    def policies(self, project: bytes) -> Sequence[PolicyVersion]:
        """Every version of a project's policy."""
        table = tables.policies
        columns = (table.c.document, table.c.author, table.c.created_us)
        query = self._select(table, *columns).where(table.c.project == project)
        return [
            PolicyVersion(parse_policy(row.document), row.author, row.created_us)
            for row in self._all(query.order_by(table.c.version))
        ]

    def add_project(self, name: str, policy: Policy, author: str, now_us: int) -> Project:
        """Add a project."""
        project = Project(secrets.token_bytes(_ID_BYTES), name, policy)
        document = _row(project.id, policy, author, now_us)
        with taken(f"there is a project {name!r} already"), self._transaction() as connection:
            connection.execute(self._insert(tables.projects, {"id": project.id, "name": name}))
            connection.execute(self._insert(tables.policies, document))
        return project

    def add_policy(
        self, project: bytes, policy: Policy, after: int, author: str, now_us: int
    ) -> None:
        """Put the next version of a project's policy in force."""
        table = tables.policies
        newest = self._select(table, func.max(table.c.version)).where(table.c.project == project)
        with self._transaction() as connection:
            found = connection.execute(newest).scalar_one()
            if found != after or policy.version <= found:
                raise PolicyMovedOn(
                    f"version {found} is in force: make your change to that one, and give it a"
                    " higher number"
                )
            connection.execute(self._insert(table, _row(project, policy, author, now_us)))

    def _policy_in_force(self, project: bytes) -> Policy:
        table = tables.policies
        newest = (
            self._select(table, table.c.document)
            .where(table.c.project == project)
            .order_by(table.c.version.desc())
            .limit(1)
        )
        with self._reading.connect() as connection:
            return parse_policy(connection.execute(newest).scalar_one())


def _row(project: bytes, policy: Policy, author: str, now_us: int) -> dict[str, object]:
    return {
        "project": project,
        "version": policy.version,
        "document": msgspec.json.encode(policy),
        "author": author,
        "created_us": now_us,
    }
