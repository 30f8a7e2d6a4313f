"""What services ask of storage: projects, policies and consents."""

from collections.abc import Sequence
from typing import Protocol

from server.records import Project
from wire.policy import Policy


class Projects(Protocol):
    """Projects of one organisation, their policies, and who agreed to them."""

    def projects(self) -> Sequence[Project]:
        """All projects, each with the policy in force."""

    def project(self, project: bytes) -> Project | None:
        """A project with the policy in force."""

    def policy(self, project: bytes, version: int) -> Policy | None:
        """One version of a project's policy."""

    def add_project(self, name: str, policy: Policy) -> Project:
        """Add a project; raises `NameTaken`."""

    def add_policy(self, project: bytes, policy: Policy) -> None:
        """Add the next version of a project's policy; raises `NameTaken`."""

    def consented_version(self, person: bytes, project: bytes) -> int:
        """The policy version this person accepted last and has not withdrawn since; 0: none."""

    def add_consent(self, person: bytes, project: bytes, policy: Policy, now_us: int) -> int:
        """Store a consent once; the moment it was given first since any withdrawal."""

    def withdraw_consent(self, person: bytes, project: bytes, now_us: int) -> int:
        """Store that no policy of this project is accepted any more; when that was."""
