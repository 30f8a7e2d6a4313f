"""A project's policies: what is in force, what was, and what changed between two."""

from collections.abc import Sequence

from server.clock import now_us
from server.errors import NotKnown
from server.records import PolicyVersion, Project
from server.services.naming import checked_name
from server.storage.protocols import OrganisationStore
from wire.changes import Change, changes
from wire.policy import parse_policy


class Policies:
    """Policies of one organisation's projects; `author` is who is noted beside a version."""

    def __init__(self, store: OrganisationStore, author: str) -> None:
        self._store = store
        self._author = author

    def add_project(self, name: str, document: bytes) -> Project:
        """Add a project with its policy; raises `wire.errors.PolicyInvalid`."""
        policy = parse_policy(document)
        return self._store.add_project(checked_name(name), policy, self._author, now_us())

    def change(self, name: str, document: bytes, after: int | None = None) -> Sequence[Change]:
        """Put a later version in force, and say what changed; open sessions keep theirs.

        Args:
            name: of the project.
            document: the new policy.
            after: the version that was edited; None: the one in force when this is called.

        Raises:
            PolicyInvalid: the document does not hold.
            PolicyMovedOn: its number is no higher, or another version came into force meanwhile.
        """
        policy, project = parse_policy(document), self.project(name)
        edited = project.policy.version if after is None else after
        self._store.add_policy(project.id, policy, edited, self._author, now_us())
        subject = f"{project.id.hex()}/{policy.version}"
        self._store.audit(self._author, "policy.changed", subject)
        return changes(project.policy, policy)

    def project(self, name: str) -> Project:
        """A project by its name; raises `NotKnown`."""
        found = next((each for each in self._store.projects() if each.name == name), None)
        if found is None:
            raise NotKnown("there is no project of that name; see 'veritype-server project list'")
        return found

    def limit_reviews(self, name: str, most: int | None) -> Project:
        """Have at most so many reviews of a project given out a day; None: no limit."""
        project = self.project(name)
        self._store.set_reviews_a_day(project.id, most)
        limit = "none" if most is None else str(most)
        self._store.audit(self._author, "project.reviews", f"{project.id.hex()}/{limit}")
        return project

    def projects(self) -> Sequence[Project]:
        """All projects with what is in force."""
        return self._store.projects()

    def history(self, name: str) -> Sequence[PolicyVersion]:
        """Every version, the one in force last."""
        return self._store.policies(self.project(name).id)

    def version(self, name: str, version: int | None) -> PolicyVersion:
        """One version, the one in force if none is named; raises `NotKnown`."""
        history = self.history(name)
        if version is None:
            return history[-1]
        found = next((each for each in history if each.policy.version == version), None)
        if found is None:
            raise NotKnown("there is no such version; see 'veritype-server project history'")
        return found
