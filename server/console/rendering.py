"""Templates, and the page that says what went wrong."""

import hashlib
from pathlib import Path

from fastapi.templating import Jinja2Templates
from starlette.requests import Request
from starlette.responses import Response

from server.errors import Refusal
from server.http.refusals import answer_of
from server.language.pages import install

_HERE = Path(__file__).parent.parent
_SURE_BELOW = 0.01
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


def probability(value: float) -> str:
    """A probability to two places; never 0 or 1, which no evidence is."""
    if value < _SURE_BELOW or value > 1 - _SURE_BELOW:
        return "below 0.01" if value < _SURE_BELOW else "above 0.99"
    return f"{value:.2f}"


install(templates.env)
templates.env.globals["asset_version"] = _version()
templates.env.filters |= {"clock": clock, "words": words, "probability": probability}


def error_page(request: Request, refusal: Refusal) -> Response:
    """An error as a page."""
    status, fields, _ = answer_of(refusal)
    del fields["content-type"]
    return templates.TemplateResponse(
        request, "error.html", {"problem": refusal.problem}, status_code=status, headers=fields
    )
