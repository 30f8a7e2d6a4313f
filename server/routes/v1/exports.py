"""What exports of some days share: the days, the forms, the answer."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Protocol

from fastapi import Query
from starlette.responses import StreamingResponse

from server.errors import Refusal
from server.services.asking import Asker
from wire.problems import ProblemCode

_DAYS_MAX = 366


class Format(StrEnum):
    """How an export is written."""

    CSV = "csv"
    JSON = "json"


First = Annotated[date, Query(alias="from", description="The first day, like `2026-11-01`.")]
Last = Annotated[date, Query(alias="to", description="The last day; a year at most.")]


class Export(Protocol):
    """Something that is exported by days."""

    def csv(self, asker: Asker, days: tuple[int, int]) -> Iterator[bytes]:
        """As CSV."""

    def json(self, asker: Asker, days: tuple[int, int]) -> Iterator[bytes]:
        """As one JSON document."""


def answers_of(model: type[object]) -> dict[int | str, dict[str, Any]]:
    """How the document says what an export answers."""
    return {
        200: {
            "model": model,
            "description": "The lines; CSV if it was asked for.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    }


def exported(
    export: Export, asker: Asker, name: str, first: date, last: date, form: Format
) -> StreamingResponse:
    """The lines of some days, streamed."""
    days = days_of(first, last)
    if form is Format.CSV:
        pieces, kind = export.csv(asker, days), "text/csv"
    else:
        pieces, kind = export.json(asker, days), "application/json"
    file = f"{name}-{first.isoformat()}-{last.isoformat()}.{form.value}"
    fields = {"content-disposition": f'attachment; filename="{file}"'}
    return StreamingResponse(pieces, media_type=kind, headers=fields)


def days_of(first: date, last: date) -> tuple[int, int]:
    """The days as numbers; raises `Refusal` if they are none, or too many."""
    days = (first.toordinal(), last.toordinal())
    if not 0 <= days[1] - days[0] < _DAYS_MAX:
        detail = "`to` is on or after `from`, and at most a year lies between them."
        raise Refusal(ProblemCode.INVALID_REQUEST, 400, detail)
    return days
