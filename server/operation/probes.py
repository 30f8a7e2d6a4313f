"""The routes that machines ask about this process: `/healthz`, `/readyz`, `/metrics`."""

import json
from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.operation.metrics import MetricsPage
from server.operation.readiness import OK, Readiness

_TEXT = "text/plain; version=0.0.4; charset=utf-8"


def health_routes(readiness: Readiness) -> list[Route]:
    """For load balancers and supervisors: on the address of everything else."""

    async def health(_request: Request) -> Response:
        """The process answers."""
        return JSONResponse({"status": OK})

    async def ready(_request: Request) -> Response:
        """Whether requests should be sent here, with a reason for each check."""
        checks = await run_in_threadpool(readiness.checks)
        return _ready(checks)

    return [
        Route("/healthz", health, methods=["GET"]),
        Route("/readyz", ready, methods=["GET"]),
    ]


def metrics_app(page: MetricsPage, readiness: Readiness) -> Starlette:
    """What stands on the address of `metrics_bind`, and nowhere else."""

    async def metrics(request: Request) -> Response:
        """Everything that is counted."""
        if not page.may_see(request.headers.get("authorization", "")):
            return Response(status_code=401, headers={"www-authenticate": "Bearer"})
        return Response(await run_in_threadpool(page.text), media_type=_TEXT)

    return Starlette(
        routes=[Route("/metrics", metrics, methods=["GET"]), *health_routes(readiness)]
    )


def _ready(checks: Mapping[str, str]) -> Response:
    ready = all(said == OK for said in checks.values())
    body = json.dumps({"ready": ready, "checks": dict(checks)})
    return Response(body, 200 if ready else 503, media_type="application/json")
