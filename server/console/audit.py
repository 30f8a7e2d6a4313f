"""The audit log, searched by administrators: by whom, what, about whom, when."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.clock import us_of
from server.console.desk import Desk, to
from server.console.privacy import LogRow, log_rows
from server.language import _
from server.operation.keys import ServerKeys
from server.privacy.auditing import Checked, check_newest, exported
from server.records import AuditSearch
from server.services.asking import Asker
from server.storage.protocols import OrganisationStore

_LINES = 200
_CHECKED = 1_000
_ID_HEX = 32
_NUMBER_MAX_CHARS = 18
_TEXT_MAX_CHARS = 200
OFFERED = (
    "control.marked",
    "control.share",
    "decisions.exported",
    "device.revoked",
    "evidence.viewed",
    "export.asked",
    "export.made",
    "export.taken",
    "hours.exported",
    "invitation.withdrawn",
    "key.added",
    "key.revoked",
    "keys.viewed",
    "labels.exported",
    "legal-hold.lifted",
    "legal-hold.placed",
    "notes.viewed",
    "object.viewed",
    "pairing-code.made",
    "person.added",
    "person.erased",
    "person.removed",
    "person.renamed",
    "policy.changed",
    "project.teams",
    "review.claimed",
    "review.committed",
    "review.released",
    "second-factor.removed",
    "submission.asked",
    "team.joined",
    "team.left",
    "timesheet.approved",
    "timesheet.disputed",
    "timesheet.locked",
    "webhook.added",
    "webhook.changed",
    "webhook.removed",
    "webhook.secret-changed",
)
"""Actions that the page offers; any other can be written."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, as it was filled in."""

    about: str = ""
    actor: str = ""
    action: str = ""
    subject: str = ""
    first: str = ""
    last: str = ""

    @property
    def query(self) -> str:
        """The same search in an address."""
        names = {"from": self.first, "to": self.last, "about": self.about, "actor": self.actor}
        return urlencode(names | {"action": self.action, "subject": self.subject})


@dataclass(frozen=True, slots=True)
class AuditPage:
    """The organisation's log."""

    wanted: Wanted
    said: str
    rows: tuple[LogRow, ...]
    people: tuple[tuple[str, str], ...]
    actions: tuple[str, ...]
    next_href: str | None
    checked: Checked
    head: str
    """The newest signed end of the log, to be kept elsewhere."""


class AuditRoutes:
    """The page of the log."""

    def __init__(self, desk: Desk, keys: ServerKeys) -> None:
        self._desk = desk
        self._keys = keys

    def routes(self) -> list[Route]:
        """What to mount."""
        return [Route("/audit", self.audit, methods=["GET"])]

    async def audit(self, request: Request) -> Response:
        """The lines that are looked for, and whether the newest hold."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await self._desk.asker(request)
        asker.need_administrator()
        before = request.query_params.get("before", "")
        page = await run_in_threadpool(self._contents, asker, _wanted(request), before)
        status = 400 if page.said else 200
        return self._desk.page(request, "audit.html", person, {"page": page}, status)

    def _contents(self, asker: Asker, wanted: Wanted, before: str) -> AuditPage:
        own = self._desk.sign_ins.store.of(asker.organisation)
        before_row = int(before) if before.isdecimal() and len(before) < _NUMBER_MAX_CHARS else None
        search, said = AuditSearch(), ""
        try:
            search = _search(wanted)
        except ValueError:
            said = _("Write days like 2026-11-30.")
        lines = own.audit_search(search, before_row, _LINES)
        heads = own.audit_heads(1)
        more = f"/audit?{wanted.query}&before={lines[-1].row}" if len(lines) == _LINES else None
        return AuditPage(
            wanted=wanted,
            said=said,
            rows=log_rows(own, lines, None),
            people=_people(own),
            actions=OFFERED,
            next_href=more,
            checked=check_newest(own, asker.organisation, self._keys, _CHECKED),
            head=exported(heads[0]) if heads else "",
        )


def _wanted(request: Request) -> Wanted:
    names = ("about", "actor", "action", "subject", "from", "to")
    params = request.query_params
    return Wanted(*(params.get(name, "").strip()[:_TEXT_MAX_CHARS] for name in names))


def _search(wanted: Wanted) -> AuditSearch:
    """Raises `ValueError` if a day is none."""
    last = _start_us(wanted.last, days=1)
    return AuditSearch(
        about=_person_id(wanted.about),
        actor=wanted.actor or None,
        subject=wanted.subject or None,
        action=wanted.action or None,
        from_us=_start_us(wanted.first),
        to_us=last,
    )


def _start_us(text: str, days: int = 0) -> int | None:
    if not text:
        return None
    day = date.fromisoformat(text) + timedelta(days=days)
    return us_of(datetime(day.year, day.month, day.day, tzinfo=UTC))


def _people(own: OrganisationStore) -> tuple[tuple[str, str], ...]:
    return tuple((each.id.hex(), each.name) for each in own.people(removed=True))


def _person_id(about: str) -> bytes | None:
    try:
        return bytes.fromhex(about) if len(about) == _ID_HEX else None
    except ValueError:
        return None
