"""`/v1/hours` and `/v1/exports/hours`: what sessions count for, day by day."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Security
from pydantic.dataclasses import dataclass
from starlette.responses import StreamingResponse

from server.errors import Refusal
from server.hours.exporting import HoursExport, HoursOut, line_out
from server.http.paging import PageAsked, Paging
from server.records import Scope
from server.records.hours import Seconds
from server.records.timesheets import HoursKey
from server.routes.v1.asking import AskerOf
from server.routes.v1.strict import StrictRoute
from server.services.asking import Asker
from wire.problems import ProblemCode

_DAYS_MAX = 366


class Format(StrEnum):
    """How an export is written."""

    CSV = "csv"
    JSON = "json"


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


First = Annotated[date, Query(alias="from", description="The first day, like `2026-11-01`.")]
Last = Annotated[date, Query(alias="to", description="The last day; a year at most.")]


def hours_router(export: HoursExport, asker_of: AskerOf, paging: Paging) -> APIRouter:
    """The routes about hours."""
    router = APIRouter(prefix="/v1", tags=["timesheets"], route_class=StrictRoute)
    Reader = Annotated[Asker, Security(asker_of, scopes=[Scope.TIMESHEETS_READ.value])]  # noqa: N806
    Exporter = Annotated[Asker, Security(asker_of, scopes=[Scope.EXPORTS_READ.value])]  # noqa: N806
    csv_too = {
        200: {
            "model": HoursExportOut,
            "description": "The lines; CSV if it was asked for.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    }

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
        found = export.page(asker, _days(first, last), asked.to_read, after, person)
        page = asked.page(asker, found, lambda line: msgspec.msgpack.encode(line.key))
        return HoursPageOut([line_out(line) for line in page.items], page.next)

    @router.get("/exports/hours", responses=csv_too, response_model=None)  # type: ignore[arg-type]
    def exported(
        asker: Exporter,
        first: First,
        last: Last,
        format: Format = Format.CSV,  # noqa: A002 - the parameter's name
    ) -> StreamingResponse:
        """Every line of some days, as CSV or JSON, streamed; `docs/hours.md` has the columns."""
        days = _days(first, last)
        pieces: Iterator[bytes]
        if format is Format.CSV:
            pieces, kind = export.csv(asker, days), "text/csv"
        else:
            pieces, kind = export.json(asker, days), "application/json"
        name = f"hours-{first.isoformat()}-{last.isoformat()}.{format.value}"
        fields = {"content-disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(pieces, media_type=kind, headers=fields)

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


def _days(first: date, last: date) -> tuple[int, int]:
    days = (first.toordinal(), last.toordinal())
    if not 0 <= days[1] - days[0] < _DAYS_MAX:
        detail = "`to` is on or after `from`, and at most a year lies between them."
        raise Refusal(ProblemCode.INVALID_REQUEST, 400, detail)
    return days
