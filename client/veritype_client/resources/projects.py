"""Projects, and the policies that are and were in force."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from veritype_client.resources.asking import Asking, Kind, id_in_path


class Project(msgspec.Struct, frozen=True):
    """A project with the policy in force."""

    id: str
    name: str
    policy_version: int
    policy: dict[str, Any]


class PolicyVersion(msgspec.Struct, frozen=True):
    """One version of a project's policy."""

    version: int
    author: str | None
    since: datetime | None
    policy: dict[str, Any]


class _Policies(msgspec.Struct, frozen=True):
    versions: list[PolicyVersion]


_PROJECT, _POLICIES = Kind(Project), Kind(_Policies)


class Projects(Asking):
    """What people work on."""

    def projects(self) -> Iterator[Project]:
        """All projects, each with the policy in force. Scope `projects:read`."""
        return self._all(_PROJECT, "/v1/projects", "projects")

    def project(self, project: str) -> Project:
        """One project. Scope `projects:read`."""
        return self._get(_PROJECT, f"/v1/projects/{id_in_path(project)}")

    def policies(self, project: str) -> Sequence[PolicyVersion]:
        """Every version of a project's policy, the one in force last. Scope `projects:read`."""
        return self._get(_POLICIES, f"/v1/projects/{id_in_path(project)}/policies").versions
