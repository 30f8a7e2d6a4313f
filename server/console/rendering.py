"""Templates, and the page that says what went wrong."""

import hashlib
from pathlib import Path

from fastapi.templating import Jinja2Templates
from starlette.requests import Request
from starlette.responses import Response

from server.console.evidence_wording import evidence_words
from server.console.wording import ROLE_TITLES
from server.errors import Refusal
from server.http.refusals import answer_of
from server.language import _, number, translated
from server.language.elsewhere import in_words
from server.language.pages import install
from server.records import Role

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
    return translated(in_words(code))


def role(of: Role) -> str:
    """A role in words."""
    return _(ROLE_TITLES[of])


def probability(value: float) -> str:
    """A probability to two places; never 0 or 1, which no evidence is."""
    if value < _SURE_BELOW:
        return _("below %(bound)s", bound=number(_SURE_BELOW, 2))
    if value > 1 - _SURE_BELOW:
        return _("above %(bound)s", bound=number(1 - _SURE_BELOW, 2))
    return number(value, 2)


install(templates.env)
templates.env.globals["asset_version"] = _version()
templates.env.globals["evidence_words"] = evidence_words
templates.env.filters |= {"clock": clock, "role": role, "words": words, "probability": probability}


def error_page(request: Request, refusal: Refusal) -> Response:
    """An error as a page."""
    status, fields, _body = answer_of(refusal)
    del fields["content-type"]
    context = {"title": translated(refusal.problem.title), "detail": refusal.spoken}
    return templates.TemplateResponse(
        request, "error.html", context, status_code=status, headers=fields
    )
