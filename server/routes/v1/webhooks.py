"""`/v1/webhooks`: where an organisation is told what happens."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response, Security
from pydantic import Field
from pydantic.dataclasses import dataclass

from server.clock import iso_utc
from server.http.etags import IfMatch, if_match
from server.http.paging import PageAsked, Paging
from server.records import Happened, Scope
from server.records.webhooks import Endpoint, Paused
from server.routes.v1.asking import AskerOf
from server.routes.v1.bodies import EXACTLY
from server.routes.v1.strict import StrictRoute
from server.services.asking import Asker
from server.webhooks.endpoints import Webhooks
from server.webhooks.targets import URL_MAX_CHARS

_KINDS_MAX = len(Happened)
Url = Annotated[str, Field(min_length=1, max_length=URL_MAX_CHARS)]
Kinds = Annotated[list[Happened], Field(min_length=1, max_length=_KINDS_MAX)]


@dataclass(frozen=True, slots=True)
class WebhookIn:
    """An address of the web, and the kinds of things that are to be told there."""

    __pydantic_config__ = EXACTLY

    url: Url
    kinds: Kinds


@dataclass(frozen=True, slots=True)
class WebhookChange:
    """What is to be different; what is left out stays as it is."""

    __pydantic_config__ = EXACTLY

    url: Url | None = None
    kinds: Kinds | None = None
    paused: bool | None = None


@dataclass(frozen=True, slots=True)
class WebhookOut:
    """An endpoint. `failures` counts attempts in vain since the last that was taken."""

    id: str
    url: str
    kinds: list[Happened]
    created_at: str
    paused_at: str | None
    paused_because: Paused | None
    failures: int
    failing_since: str | None


@dataclass(frozen=True, slots=True)
class SecretOut:
    """A secret, told once. Until `previous_valid_until` the one before signs too."""

    id: str
    secret: str
    previous_valid_until: str | None


@dataclass(frozen=True, slots=True)
class WebhooksOut:
    """A page of endpoints; `next` is the cursor of the page after, null at the end."""

    webhooks: list[WebhookOut]
    next: str | None


def webhooks_router(webhooks: Webhooks, asker_of: AskerOf, paging: Paging) -> APIRouter:
    """The routes about webhooks."""
    router = APIRouter(prefix="/v1", tags=["webhooks"], route_class=StrictRoute)
    Writer = Annotated[Asker, Security(asker_of, scopes=[Scope.WEBHOOKS_WRITE.value])]  # noqa: N806
    Asked = Annotated[PageAsked, Depends(paging)]  # noqa: N806

    @router.get("/webhooks")
    def listed(asker: Writer, asked: Asked) -> WebhooksOut:
        """Endpoints, in the order in which they were added."""
        found = webhooks.listed(asker, asked.after(asker, int) or 0, asked.to_read)
        page = asked.page(asker, found, lambda endpoint: endpoint.row)
        return WebhooksOut([_webhook_out(each) for each in page.items], page.next)

    @router.post("/webhooks", status_code=201)
    def add(wanted: WebhookIn, asker: Writer) -> SecretOut:
        """Add an endpoint, 50 at most. Its secret is in this answer and nowhere else."""
        made = webhooks.add(asker, wanted.url, frozenset(wanted.kinds))
        return SecretOut(made.endpoint.id.hex(), made.secret, None)

    @router.get("/webhooks/{webhook_id}")
    def webhook(webhook_id: str, asker: Writer) -> WebhookOut:
        """One endpoint."""
        return _webhook_out(webhooks.endpoint(asker, webhook_id))

    @router.patch("/webhooks/{webhook_id}")
    def change(
        webhook_id: str,
        wanted: WebhookChange,
        asker: Writer,
        seen: Annotated[IfMatch, Depends(if_match)],
    ) -> WebhookOut:
        """Change address or kinds, pause, or go on: then what waits is sent at once.

        What happens while an endpoint is paused is not kept for it; replay it by its numbers.
        """
        seen.check(_webhook_out(webhooks.endpoint(asker, webhook_id)))
        kinds = None if wanted.kinds is None else frozenset(wanted.kinds)
        changed = webhooks.change(asker, webhook_id, wanted.url, kinds, wanted.paused)
        return _webhook_out(changed)

    @router.delete("/webhooks/{webhook_id}", status_code=204, response_class=Response)
    def remove(webhook_id: str, asker: Writer) -> None:
        """Remove an endpoint with what waits for it and its log."""
        webhooks.remove(asker, webhook_id)

    @router.post("/webhooks/{webhook_id}/secret")
    def rotate(webhook_id: str, asker: Writer) -> SecretOut:
        """Another secret, told in this answer alone. For a day the one before signs too."""
        made = webhooks.new_secret(asker, webhook_id)
        until = iso_utc(made.endpoint.previous_until_us)
        return SecretOut(webhook_id, made.secret, until)

    return router


def _webhook_out(found: Endpoint) -> WebhookOut:
    return WebhookOut(
        found.id.hex(),
        found.url,
        sorted(found.kinds),
        iso_utc(found.created_us),
        _when(found.paused_us),
        found.paused_why,
        found.failures,
        _when(found.failing_since_us),
    )


def _when(at_us: int | None) -> str | None:
    return None if at_us is None else iso_utc(at_us)
