"""What every route of `/v1` checks before its own work: it takes what is documented and no more."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from server.http.plain_text import unfit_place

_JSON = "application/json"


class StrictRoute(APIRoute):
    """A route that refuses query parameters that it has not, and bodies that are not JSON.

    What is found here is raised as FastAPI raises its own: `server.http.problem_handlers` asks
    first whether who sent it may ask at all.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See `APIRoute`."""
        handle = super().get_route_handler()
        known = frozenset(_queries(self.dependant))
        takes_body = self.body_field is not None or "requestBody" in (self.openapi_extra or {})

        async def strictly(request: Request) -> Response:
            unknown = [name for name in request.query_params if name not in known]
            if unknown:
                raise _invalid("unknown", *(("query", name) for name in unknown))
            if takes_body:
                await _check_body(request)
            return await handle(request)

        return strictly


def _queries(dependant: Dependant) -> Iterator[str]:
    yield from (parameter.alias for parameter in dependant.query_params)
    for each in dependant.dependencies:
        yield from _queries(each)


async def _check_body(request: Request) -> None:
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _JSON and (body or kind):
        raise HTTPException(415, f"Send this with 'Content-Type: {_JSON}'.")
    place = unfit_place(body)
    if place is not None:
        raise _invalid("text", ("body", place))


def _invalid(kind: str, *places: tuple[str, str]) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": place, "msg": ""} for place in places])
