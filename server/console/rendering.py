"""Templates, and the page that says what went wrong."""

import hashlib
from pathlib import Path

from fastapi.templating import Jinja2Templates
from starlette.requests import Request
from starlette.responses import Response

from server.errors import Refusal
from server.refusals import answer_of

_HERE = Path(__file__).parent.parent
STATIC = _HERE / "static"
templates = Jinja2Templates(_HERE / "templates")


def _version() -> str:
    """Changes when any asset changes, so that assets can be cached for a year."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


templates.env.globals["asset_version"] = _version()


def error_page(request: Request, refusal: Refusal) -> Response:
    """An error as a page."""
    status, fields, _ = answer_of(refusal)
    del fields["content-type"]
    return templates.TemplateResponse(
        request, "error.html", {"problem": refusal.problem}, status_code=status, headers=fields
    )
