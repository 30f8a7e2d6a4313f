"""Projects and their policies: read by leads, changed by administrators."""

from dataclasses import dataclass

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.clock import now_us
from server.console.desk import Desk, Form, one, to
from server.console.policy_contexts import (
    CheckPage,
    PolicyPage,
    ProjectRow,
    VersionPage,
    check_page,
    policy_page,
    version_page,
)
from server.console.policy_form import Filled, filled_from, read_form
from server.errors import PolicyMovedOn, Refusal, not_found
from server.language import N_, _
from server.records import Person, Project
from server.services.asking import Asker
from server.services.naming import named_id
from server.services.policies import Policies
from server.services.policy_preview import preview
from server.storage.protocols import OrganisationStore
from wire.errors import PolicyInvalid
from wire.policy import Policy, parse_policy
from wire.problems import ProblemCode

_FORM_MAX_BYTES = 262_144
"""A policy with many rules, as a form writes it."""
_VERSION_MAX_CHARS = 10


@dataclass(frozen=True, slots=True)
class _Asked:
    """A form about a project."""

    person: Person
    asker: Asker
    own: OrganisationStore
    project: Project
    form: Form


class ProjectRoutes:
    """The list, a policy's form and text, what a draft changes, and its publication."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/projects", self.projects, methods=["GET"]),
            Route("/projects/{project}", self.project, methods=["GET"]),
            Route("/projects/{project}/versions/{version}", self.version, methods=["GET"]),
            Route("/projects/{project}/check", self.check, methods=["POST"]),
            Route("/projects/{project}/check-text", self.check_text, methods=["POST"]),
            Route("/projects/{project}/edit", self.edit, methods=["POST"]),
            Route("/projects/{project}/publish", self.publish, methods=["POST"]),
        ]

    async def projects(self, request: Request) -> Response:
        """The list."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await self._asker(request)
        rows = await run_in_threadpool(_rows, self._own(asker))
        return self._desk.page(request, "projects.html", person, {"rows": rows})

    async def project(self, request: Request) -> Response:
        """A project's policy in force."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await self._asker(request)

        def read() -> PolicyPage:
            own = self._own(asker)
            project = _project(own, request)
            return _page(own, asker, project, filled_from(project.policy))

        page = await run_in_threadpool(read)
        return self._desk.page(request, "policy.html", person, {"page": page})

    async def version(self, request: Request) -> Response:
        """One version, and what it changed."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await self._asker(request)

        def read() -> VersionPage:
            own = self._own(asker)
            project = _project(own, request)
            wanted = request.path_params["version"]
            number = int(wanted) if wanted.isdecimal() and len(wanted) < _VERSION_MAX_CHARS else 0
            page = version_page(project, own.policies(project.id), number, _people(own))
            if page is None:
                raise not_found()
            return page

        context: dict[str, object] = {"page": await run_in_threadpool(read)}
        return self._desk.page(request, "policy_version.html", person, context)

    async def check(self, request: Request) -> Response:
        """Say what the form would change."""
        asked = await self._asked(request)
        policy = asked.project.policy
        draft, filled = read_form(asked.form, policy, policy.version + 1)
        if draft is None:
            return await self._again(request, asked, filled)
        return await self._checked(request, asked, draft)

    async def check_text(self, request: Request) -> Response:
        """Say what the text would change."""
        asked = await self._asked(request)
        try:
            draft = parse_policy(one(asked.form, "text").encode())
        except PolicyInvalid as error:
            filled = filled_from(asked.project.policy)
            return await self._again(request, asked, filled, one(asked.form, "text"), str(error))
        return await self._checked(request, asked, draft)

    async def edit(self, request: Request) -> Response:
        """Go back to the form with the draft in it."""
        asked = await self._asked(request)
        draft = _draft(asked.form)
        page = await run_in_threadpool(
            _page,
            asked.own,
            asked.asker,
            asked.project,
            filled_from(draft),
            one(asked.form, "text"),
        )
        return self._desk.page(request, "policy.html", asked.person, {"page": page})

    async def publish(self, request: Request) -> Response:
        """Put the draft in force, if what it was compared with still is."""
        asked = await self._asked(request)
        draft, after = _draft(asked.form), one(asked.form, "after")
        number = int(after) if after.isdecimal() and len(after) < _VERSION_MAX_CHARS else 0
        policies = Policies(asked.own, asked.asker.name)
        document = one(asked.form, "text").encode()
        try:
            await run_in_threadpool(policies.change, asked.project.name, document, number)
        except PolicyMovedOn:
            said = _(
                "Nothing was published: version %(version)s is in force now. This is your draft "
                "against it; look at the difference again.",
                version=asked.project.policy.version,
            )
            return await self._checked(request, asked, draft, said, 409)
        return to(f"/projects/{asked.project.id.hex()}")

    async def _again(
        self,
        request: Request,
        asked: _Asked,
        filled: Filled,
        text: str | None = None,
        said: str = "",
    ) -> Response:
        page = await run_in_threadpool(
            _page, asked.own, asked.asker, asked.project, filled, text, said
        )
        return self._desk.page(request, "policy.html", asked.person, {"page": page}, 400)

    async def _checked(
        self, request: Request, asked: _Asked, draft: Policy, said: str = "", status: int = 200
    ) -> Response:
        def look() -> CheckPage:
            found = preview(asked.own, asked.project.id, draft, now_us())
            return check_page(asked.project, _numbered(draft, asked.project), found, said)

        context: dict[str, object] = {"page": await run_in_threadpool(look)}
        return self._desk.page(request, "policy_check.html", asked.person, context, status)

    async def _asked(self, request: Request) -> _Asked:
        person = await self._desk.required(request)
        form = await self._desk.form(request, _FORM_MAX_BYTES)
        asker = await run_in_threadpool(self._desk.sign_ins.asker, person)
        asker.need_administrator()
        own = self._own(asker)
        project = await run_in_threadpool(_project, own, request)
        return _Asked(person, asker, own, project, form)

    async def _asker(self, request: Request) -> Asker:
        asker = await self._desk.asker(request)
        asker.need_people()
        return asker

    def _own(self, asker: Asker) -> OrganisationStore:
        return self._desk.sign_ins.store.of(asker.organisation)


def _project(own: OrganisationStore, request: Request) -> Project:
    found = own.project(named_id(request.path_params["project"]))
    if found is None:
        raise not_found()
    return found


def _draft(form: Form) -> Policy:
    """The draft that a page of ours carries along."""
    try:
        return parse_policy(one(form, "text").encode())
    except PolicyInvalid as error:
        raise Refusal(ProblemCode.INVALID_REQUEST, 400, N_("The draft is damaged.")) from error


def _numbered(draft: Policy, project: Project) -> Policy:
    """The draft with a number that is free."""
    above = max(draft.version, project.policy.version + 1)
    return msgspec.structs.replace(draft, version=above)


def _rows(own: OrganisationStore) -> tuple[ProjectRow, ...]:
    teams = {team.id: team.name for team in own.teams()}
    return tuple(
        ProjectRow(
            each.id.hex(),
            each.name,
            each.policy.version,
            ", ".join(sorted(teams[team] for team in own.teams_of_project(each.id))),
        )
        for each in own.projects()
    )


def _page(
    own: OrganisationStore,
    asker: Asker,
    project: Project,
    filled: Filled,
    text: str | None = None,
    said: str = "",
) -> PolicyPage:
    return policy_page(
        project,
        filled,
        own.policies(project.id),
        _people(own),
        may_change=asker.runs_organisation,
        text=text,
        said=said,
    )


def _people(own: OrganisationStore) -> dict[str, Person]:
    return {f"person:{each.id.hex()}": each for each in own.people(removed=True)}
