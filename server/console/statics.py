"""Static assets: cached for a year where the address carries a version, else checked again."""

import os

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_YEAR = "public, max-age=31536000, immutable"
_CHECK = "no-cache"


class CachedStatics(StaticFiles):
    """Serves the folder of assets."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """One asset."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["cache-control"] = _YEAR if scope["query_string"] else _CHECK
        return response
