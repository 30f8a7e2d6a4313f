"""What services ask of storage: projects, policies and consents."""

from collections.abc import Sequence
from typing import Protocol

from server.records import ConsentStep, Given, PolicyVersion, Project
from wire.policy import Policy


class Projects(Protocol):
    """Projects of one organisation, their policies, and who agreed to them."""

    def projects(self) -> Sequence[Project]:
        """All projects, each with the policy in force."""

    def project(self, project: bytes) -> Project | None:
        """A project with the policy in force."""

    def policy(self, project: bytes, version: int) -> Policy | None:
        """One version of a project's policy."""

    def add_project(self, name: str, policy: Policy, author: str, now_us: int) -> Project:
        """Add a project; raises `NameTaken`."""

    def add_policy(
        self, project: bytes, policy: Policy, after: int, author: str, now_us: int
    ) -> None:
        """Put a policy in force after version `after`; raises `PolicyMovedOn` if it is another."""

    def policies(self, project: bytes) -> Sequence[PolicyVersion]:
        """Every version of a project's policy, the one in force last."""

    def consent(self, person: bytes, project: bytes) -> Given | None:
        """The newest version this person accepted and has not withdrawn since."""

    def add_consent(self, person: bytes, project: bytes, policy: Policy, now_us: int) -> int:
        """Store a consent once; the moment it was given first since any withdrawal."""

    def withdraw_consent(self, person: bytes, project: bytes, now_us: int) -> int:
        """Store that no policy of this project is accepted any more; when that was."""

    def consent_history(self, person: bytes) -> Sequence[ConsentStep]:
        """What a person accepted and withdrew, the newest first."""
