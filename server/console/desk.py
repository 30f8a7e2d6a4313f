"""What the console's routes share: who it is, forms, pages."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.console.rendering import templates
from server.console.signin import SignIns, check_csrf, csrf_token
from server.errors import not_found
from server.http.plain_text import NUL, unfit_text
from server.http.requests import body_of
from server.language import N_
from server.language.voice import speak_to
from server.records import Person, Role
from server.services.asking import REVIEWERS, Asker, sees_people

_FORM_MAX_BYTES = 8_192
Form = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a request of the console is received."""

    sign_ins: SignIns

    async def person(self, request: Request) -> Person | None:
        """Who is signed in; how much they did not see yet is noted for the page's head."""
        person, request.state.unread = await run_in_threadpool(self._seen, request)
        if person is not None:
            speak_to(person.language)
        return person

    def _seen(self, request: Request) -> tuple[Person | None, int]:
        person = self.sign_ins.person(request)
        if person is None:
            return None, 0
        return person, self.sign_ins.store.of(person.organisation).unread(person.id)

    async def required(self, request: Request) -> Person:
        """Who is signed in; raises `Refusal` if nobody is."""
        person = await self.person(request)
        if person is None:
            raise not_found(N_("Sign in first."))
        return person

    async def asker(self, request: Request) -> Asker:
        """What who is signed in may do; raises `Refusal` if nobody is."""
        person = await self.required(request)
        return await run_in_threadpool(self.sign_ins.asker, person)

    async def form(self, request: Request, most_bytes: int = _FORM_MAX_BYTES) -> Form:
        """A small form of ours; the framework's own reader would take a body of any size."""
        body = await body_of(request, most_bytes)
        found: Form = {}
        for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
            if NUL in name or NUL in value:
                raise unfit_text()
            found.setdefault(name, []).append(value)
        check_csrf(request, one(found, "csrf"), self.sign_ins.settings.public_url)
        return found

    def page(
        self,
        request: Request,
        name: str,
        person: Person | None = None,
        context: dict[str, object] | None = None,
        status: int = 200,
        wait_s: int = 0,
    ) -> Response:
        """A page; who is signed in stands in its head. With a wait it says when to try again."""
        shared = {
            "person": person,
            "csrf": csrf_token(request),
            "sees_people": person is not None and sees_people(person.role),
            "manages": _managed(person),
            "unread": getattr(request.state, "unread", 0),
            "reviews": person is not None and person.role in REVIEWERS,
        }
        return templates.TemplateResponse(
            request,
            name,
            shared | (context or {}),
            status_code=status,
            headers={"retry-after": str(wait_s)} if wait_s else None,
        )

    def part(self, request: Request, name: str, page: object) -> Response:
        """A part of a page that is on a screen already."""
        return templates.TemplateResponse(request, name, {"page": page})

    def address_of(self, request: Request, path: str) -> str:
        """Where browsers find a path of ours."""
        base = self.sign_ins.settings.public_url or str(request.base_url)
        return base.rstrip("/") + path


_MANAGED = (
    ("/overview", N_("Overview")),
    ("/people", N_("People")),
    ("/devices", N_("Devices")),
    ("/projects", N_("Projects")),
    ("/reviews/quality", N_("Quality")),
    ("/keys", N_("Platform keys")),
    ("/webhooks", N_("Webhooks")),
    ("/pictures", N_("Pictures")),
    ("/audit", N_("Audit log")),
    ("/exports", N_("Exports")),
)
"""What leads and administrators look after, by the paths of the pages."""
_FOR_ADMINISTRATORS = frozenset({"/keys", "/webhooks", "/pictures", "/audit"})


def _managed(person: Person | None) -> list[tuple[str, str]]:
    """The pages of the organisation that somebody may open."""
    if person is None or not sees_people(person.role):
        return []
    every = person.role is Role.ADMIN
    return [page for page in _MANAGED if every or page[0] not in _FOR_ADMINISTRATORS]


def one(form: Form, name: str) -> str:
    """The one value of a field, or nothing."""
    return form.get(name, [""])[0]


def to(path: str) -> Response:
    """Go on there."""
    return RedirectResponse(path, 303)
