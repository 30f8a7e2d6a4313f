"""`/v1/projects`: what may be recorded in each, and what is allowed."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Security
from pydantic.dataclasses import dataclass

from server.clock import iso_utc
from server.http.paging import PageAsked, Paging
from server.records import PolicyVersion, Project, Scope
from server.routes.v1.asking import AskerOf
from server.routes.v1.strict import StrictRoute
from server.services.asking import Asker
from server.services.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class ProjectOut:
    """A project with the policy in force; its form: `/.well-known/veritype-policy-schema`."""

    id: str
    name: str
    policy_version: int
    policy: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProjectsOut:
    """A page of projects; `next` is the cursor of the page after, null at the end."""

    projects: list[ProjectOut]
    next: str | None


@dataclass(frozen=True, slots=True)
class PolicyVersionOut:
    """One version of a policy. `author` and `since` are null where they were not noted yet."""

    version: int
    author: str | None
    since: str | None
    policy: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PolicyVersionsOut:
    """Every version of a project's policy, the one in force last."""

    versions: list[PolicyVersionOut]


def projects_router(catalogue: Catalogue, asker_of: AskerOf, paging: Paging) -> APIRouter:
    """The routes about projects."""
    router = APIRouter(prefix="/v1", tags=["projects"], route_class=StrictRoute)
    ProjectsReader = Annotated[Asker, Security(asker_of, scopes=[Scope.PROJECTS_READ.value])]  # noqa: N806

    @router.get("/projects")
    def projects(
        asker: ProjectsReader, asked: Annotated[PageAsked, Depends(paging)]
    ) -> ProjectsOut:
        """All projects, in the order of their ids."""
        found = catalogue.projects(asker, asked.after(asker, bytes), asked.to_read)
        page = asked.page(asker, found, lambda project: project.id)
        return ProjectsOut([_project_out(project) for project in page.items], page.next)

    @router.get("/projects/{project_id}")
    def project(project_id: str, asker: ProjectsReader) -> ProjectOut:
        """One project with the policy in force."""
        return _project_out(catalogue.project(asker, project_id))

    @router.get("/projects/{project_id}/policies")
    def policies(project_id: str, asker: ProjectsReader) -> PolicyVersionsOut:
        """Every version of a project's policy: each session names the one it was recorded under."""
        found = catalogue.versions(asker, project_id)
        return PolicyVersionsOut([_version_out(version) for version in found])

    return router


def _project_out(project: Project) -> ProjectOut:
    policy = msgspec.to_builtins(project.policy)
    return ProjectOut(project.id.hex(), project.name, project.policy.version, policy)


def _version_out(version: PolicyVersion) -> PolicyVersionOut:
    return PolicyVersionOut(
        version.policy.version,
        version.author,
        iso_utc(version.created_us) if version.created_us is not None else None,
        msgspec.to_builtins(version.policy),
    )
