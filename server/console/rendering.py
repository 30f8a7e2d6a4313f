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


def clock(at_ms: int) -> str:
    """A time since clock-in as h:mm:ss."""
    seconds = at_ms // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def words(code: str) -> str:
    """A code in words."""
    return code.replace("_", " ").capitalize()


templates.env.globals["asset_version"] = _version()
templates.env.filters |= {"clock": clock, "words": words}


def error_page(request: Request, refusal: Refusal) -> Response:
    """An error as a page."""
    status, fields, _ = answer_of(refusal)
    del fields["content-type"]
    return templates.TemplateResponse(
        request, "error.html", {"problem": refusal.problem}, status_code=status, headers=fields
    )
