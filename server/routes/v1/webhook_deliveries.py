"""`/v1/webhooks/{webhook_id}/deliveries`: what was sent to an endpoint, and sending it again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Security
from pydantic import Field
from pydantic.dataclasses import dataclass

from server.clock import iso_utc
from server.http.paging import PageAsked, Paging
from server.records import Happened, Scope
from server.records.webhooks import AttemptLine, DeliveryLine, DeliveryState, Failure
from server.routes.v1.asking import AskerOf
from server.routes.v1.bodies import EXACTLY
from server.routes.v1.strict import StrictRoute
from server.services.asking import Asker
from server.webhooks.endpoints import Webhooks
from server.webhooks.signing import message_id

_NUMBER_MAX = (1 << 31) - 1
Number = Annotated[int, Field(ge=1, le=_NUMBER_MAX)]


@dataclass(frozen=True, slots=True)
class ReplayIn:
    """The organisation's numbers from the first to the last, 10,000 at most."""

    __pydantic_config__ = EXACTLY

    first: Number
    last: Number


@dataclass(frozen=True, slots=True)
class AttemptOut:
    """One attempt: when it ended, how long it took, what was answered, or why it failed."""

    number: int
    at: str
    duration_ms: int
    status: int | None
    error: Failure | None
    answer: str
    """The first 200 bytes of the answer, what is not printable ASCII as `?`."""


@dataclass(frozen=True, slots=True)
class DeliveryOut:
    """One thing that happened, on its way to one endpoint."""

    id: str
    number: int
    kind: Happened
    subject: str
    at: str
    state: DeliveryState
    next_attempt_at: str | None
    attempts: list[AttemptOut]


@dataclass(frozen=True, slots=True)
class DeliveriesOut:
    """A page of deliveries, the newest first; `next` as of every list."""

    deliveries: list[DeliveryOut]
    next: str | None


@dataclass(frozen=True, slots=True)
class QueuedOut:
    """How many deliveries are due now."""

    queued: int


@dataclass(frozen=True, slots=True)
class TestOut:
    """The number under which the test is logged."""

    number: int


def deliveries_router(webhooks: Webhooks, asker_of: AskerOf, paging: Paging) -> APIRouter:
    """The routes about what is sent to webhooks."""
    router = APIRouter(prefix="/v1", tags=["webhooks"], route_class=StrictRoute)
    Writer = Annotated[Asker, Security(asker_of, scopes=[Scope.WEBHOOKS_WRITE.value])]  # noqa: N806
    Asked = Annotated[PageAsked, Depends(paging)]  # noqa: N806

    @router.post("/webhooks/{webhook_id}/test", status_code=202)
    def test(webhook_id: str, asker: Writer) -> TestOut:
        """Send a `webhook.test` there, and nowhere else."""
        return TestOut(webhooks.test(asker, webhook_id))

    @router.post("/webhooks/{webhook_id}/replay", status_code=202)
    def replay(webhook_id: str, wanted: ReplayIn, asker: Writer) -> QueuedOut:
        """Send a range of numbers again, under the same ids, as far as they are of its kinds."""
        return QueuedOut(webhooks.replay(asker, webhook_id, wanted.first, wanted.last))

    @router.get("/webhooks/{webhook_id}/deliveries")
    def deliveries(webhook_id: str, asker: Writer, asked: Asked) -> DeliveriesOut:
        """The log: what was sent or waits, with each attempt. It is kept for 30 days."""
        before = asked.after(asker, int)
        found = webhooks.deliveries(asker, webhook_id, before, asked.to_read)
        page = asked.page(asker, found, lambda line: line.row)
        endpoint = webhooks.endpoint(asker, webhook_id)
        lines = [_delivery_out(endpoint.id, each) for each in page.items]
        return DeliveriesOut(lines, page.next)

    @router.get("/webhooks/{webhook_id}/deliveries/{number}")
    def delivery(
        webhook_id: str, number: Annotated[int, Path(ge=1, le=_NUMBER_MAX)], asker: Writer
    ) -> DeliveryOut:
        """One delivery, by the organisation's number of what happened."""
        found = webhooks.delivery(asker, webhook_id, number)
        return _delivery_out(bytes.fromhex(webhook_id), found)

    return router


def _delivery_out(endpoint: bytes, found: DeliveryLine) -> DeliveryOut:
    happened = found.announcement
    waits = found.state is DeliveryState.WAITING
    return DeliveryOut(
        message_id(endpoint, happened),
        happened.number or 0,
        happened.kind,
        happened.subject,
        iso_utc(happened.at_us),
        found.state,
        iso_utc(found.due_us) if waits else None,
        [_attempt_out(each) for each in found.tried],
    )


def _attempt_out(tried: AttemptLine) -> AttemptOut:
    return AttemptOut(
        tried.number,
        iso_utc(tried.at_us),
        tried.duration_ms,
        tried.status,
        tried.error,
        tried.answer,
    )
