"""Static assets: cached for a year where the address carries a version, else checked again."""

import gzip
import os
from functools import cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

_YEAR = "public, max-age=31536000, immutable"
_CHECK = "no-cache"
_COMPRESSED = frozenset({".js", ".css", ".svg"})


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
        if _takes_gzip(scope) and Path(full_path).suffix in _COMPRESSED:
            response = _compressed(response, Path(full_path), stat_result.st_mtime_ns)
        response.headers["cache-control"] = _YEAR if scope["query_string"] else _CHECK
        return response


def _takes_gzip(scope: Scope) -> bool:
    return "gzip" in Headers(scope=scope).get("accept-encoding", "")


def _compressed(response: Response, path: Path, changed_ns: int) -> Response:
    """The same answer with a body that was compressed once, not for each who asks."""
    if isinstance(response, NotModifiedResponse):
        return response
    kept = ("etag", "last-modified", "content-type")
    fields = {name: response.headers[name] for name in kept if name in response.headers}
    fields |= {"content-encoding": "gzip", "vary": "Accept-Encoding"}
    return Response(_gzipped(path, changed_ns), response.status_code, fields)


@cache
def _gzipped(path: Path, _changed_ns: int) -> bytes:
    return gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
