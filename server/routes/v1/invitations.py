"""`/v1/invitations`: links by which trainers join."""

from typing import Annotated

from fastapi import APIRouter, Request, Security
from pydantic import Field
from pydantic.dataclasses import dataclass

from server.clock import iso_utc, now_us
from server.errors import Refusal, ServerError
from server.records import Role, Scope
from server.routes.v1.asking import AskerOf
from server.routes.v1.bodies import EXACTLY
from server.routes.v1.strict import StrictRoute
from server.services.asking import Asker
from server.services.invitations import INVITATION_DAYS, Invitations, checked_email
from wire.problems import ProblemCode

_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class InvitationIn:
    """Whom to invite. With an address the link is theirs alone, and the address is their login."""

    __pydantic_config__ = EXACTLY

    email: Annotated[str, Field(max_length=120)] | None = None


@dataclass(frozen=True, slots=True)
class InvitationOut:
    """An invitation. The link is told once: give it to the person, and to nobody else."""

    link: str
    role: Role
    expires_at: str


def invitations_router(invitations: Invitations, public_url: str, asker_of: AskerOf) -> APIRouter:
    """The routes about invitations."""
    router = APIRouter(prefix="/v1", tags=["people"], route_class=StrictRoute)
    PeopleWriter = Annotated[Asker, Security(asker_of, scopes=[Scope.PEOPLE_WRITE.value])]  # noqa: N806

    @router.post("/invitations", status_code=201)
    def invite(wanted: InvitationIn, asker: PeopleWriter, request: Request) -> InvitationOut:
        """Invite one trainer, by a link that works once and for seven days.

        Other roles are invited by an administrator, in the console: a key must not make somebody
        who may do more than itself.
        """
        expires_us = now_us() + INVITATION_DAYS * _DAY_US
        email = _email(wanted.email) if wanted.email is not None else None
        token = invitations.invite(asker, Role.TRAINER, frozenset(), email)
        base = (public_url or str(request.base_url)).rstrip("/")
        return InvitationOut(f"{base}/invitation/{token}", Role.TRAINER, iso_utc(expires_us))

    return router


def _email(text: str) -> str:
    try:
        return checked_email(text)
    except ServerError as error:
        said = str(error)
        detail = f"{said[:1].upper()}{said[1:]}."
        raise Refusal(ProblemCode.INVALID_REQUEST, 400, detail) from error
