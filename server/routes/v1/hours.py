"""`/v1/hours` and `/v1/exports/hours`: what sessions count for, day by day."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Security
from pydantic.dataclasses import dataclass
from starlette.responses import StreamingResponse

from server.hours.exporting import HoursExport, HoursOut, line_out
from server.http.paging import PageAsked, Paging
from server.records import Scope
from server.records.hours import Seconds
from server.records.timesheets import HoursKey
from server.routes.v1.asking import AskerOf
from server.routes.v1.exports import First, Format, Last, answers_of, days_of, exported
from server.routes.v1.strict import StrictRoute
from server.services.asking import Asker


@dataclass(frozen=True, slots=True)
class TotalsOut:
    """Seconds by kind; `worked_s` is observed, partly observed and manual together."""

    observed_s: int
    partly_observed_s: int
    unobservable_s: int
    manual_s: int
    overlap_s: int
    """Counted in another session of the same person, and in none of the kinds before."""
    worked_s: int
    held_s: int
    rejected_s: int
    payable_s: int


@dataclass(frozen=True, slots=True)
class HoursPageOut:
    """A page of lines in order of their days; `next` is the cursor of the page after."""

    hours: list[HoursOut]
    next: str | None


@dataclass(frozen=True, slots=True)
class HoursExportOut:
    """All lines."""

    hours: list[HoursOut]


def hours_router(export: HoursExport, asker_of: AskerOf, paging: Paging) -> APIRouter:
    """The routes about hours."""
    router = APIRouter(prefix="/v1", tags=["timesheets"], route_class=StrictRoute)
    Reader = Annotated[Asker, Security(asker_of, scopes=[Scope.TIMESHEETS_READ.value])]  # noqa: N806
    Exporter = Annotated[Asker, Security(asker_of, scopes=[Scope.EXPORTS_READ.value])]  # noqa: N806

    @router.get("/hours")
    def hours(
        asker: Reader,
        first: First,
        last: Last,
        asked: Annotated[PageAsked, Depends(paging)],
        person: Annotated[str | None, Query(pattern="^[0-9a-f]{32}$")] = None,
    ) -> HoursPageOut:
        """What sessions count for, day by day; of one person if one is named."""
        position = asked.after(asker, bytes)
        after = msgspec.msgpack.decode(position, type=HoursKey) if position is not None else None
        found = export.page(asker, days_of(first, last), asked.to_read, after, person)
        page = asked.page(asker, found, lambda line: msgspec.msgpack.encode(line.key))
        return HoursPageOut([line_out(line) for line in page.items], page.next)

    @router.get("/exports/hours", responses=answers_of(HoursExportOut), response_model=None)
    def hours_exported(
        asker: Exporter,
        first: First,
        last: Last,
        format: Format = Format.CSV,  # noqa: A002 - the parameter's name
    ) -> StreamingResponse:
        """Every line of some days, as CSV or JSON, streamed; `docs/hours.md` has the columns."""
        return exported(export, asker, "hours", first, last, format)

    return router


def totals_out(seconds: Seconds) -> TotalsOut:
    """Sums as the document of the API says them."""
    return TotalsOut(
        observed_s=seconds.observed_s,
        partly_observed_s=seconds.partly_s,
        unobservable_s=seconds.unobservable_s,
        manual_s=seconds.manual_s,
        overlap_s=seconds.overlap_s,
        worked_s=seconds.worked_s,
        held_s=seconds.held_s,
        rejected_s=seconds.rejected_s,
        payable_s=seconds.payable_s,
    )
