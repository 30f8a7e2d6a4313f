"""What the pages about webhooks show."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.console.desk import Form, one
from server.language import N_, _, moment
from server.records import Happened
from server.records.webhooks import DeliveryLine, DeliveryState, Endpoint, Failure, Paused
from server.webhooks.endpoints import TOLD

_STATES = {
    DeliveryState.WAITING: N_("Waiting"),
    DeliveryState.DELIVERED: N_("Delivered"),
    DeliveryState.PARKED: N_("Given up after three days"),
}
_BANDS = {
    DeliveryState.WAITING: "review",
    DeliveryState.DELIVERED: "consistent",
    DeliveryState.PARKED: "strong",
}
_FAILURES = {
    Failure.STATUS: N_("It answered, and not by 2xx"),
    Failure.REDIRECT: N_("It answered by a redirect, which is not followed"),
    Failure.REFUSED_ADDRESS: N_("Its name leads to an address that nothing is sent to"),
    Failure.UNRESOLVED: N_("Its name leads nowhere"),
    Failure.TIMEOUT: N_("No answer within 10 seconds"),
    Failure.UNREACHABLE: N_("Nobody listens there"),
    Failure.TLS: N_("No trusted certificate for that name"),
    Failure.NOT_HTTP: N_("What it answered is not HTTP"),
    Failure.SEALED: N_("The secret does not open with this server's keys: make another"),
}
_PAUSED = {
    Paused.ASKED: N_("Paused: somebody asked for it"),
    Paused.FAILING: N_("Paused: it failed for days, or said that it is gone"),
}


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """An address in the list."""

    id: str
    url: str
    kinds: int
    state: str
    well: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """The list, and the form for another."""

    rows: tuple[WebhookRow, ...]
    kinds: tuple[str, ...]
    url: str
    chosen: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt, in words."""

    at: str
    outcome: str
    answer: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """Something on its way."""

    number: int
    kind: str
    subject: str
    at: str
    state: str
    band: str
    next_at: str
    attempts: tuple[AttemptRow, ...]


@dataclass(frozen=True, slots=True)
class WebhookPage:
    """One address with its log."""

    row: WebhookRow
    paused: bool
    kinds: tuple[str, ...]
    url: str
    chosen: tuple[str, ...]
    first: str
    last: str
    both_until: str
    """Until then the secret before signs too."""
    secret: str
    said: str
    tested: int
    waits: bool
    """Whether the test that was asked for is still on its way."""
    deliveries: tuple[DeliveryRow, ...]


def list_page(found: Sequence[Endpoint], form: Form, said: str) -> ListPage:
    """The context of the list; a form that was not filled in offers everything."""
    chosen = tuple(form.get("kind", [])) if form else _every()
    return ListPage(tuple(_row(each) for each in found), _every(), one(form, "url"), chosen, said)


def webhook_page(
    found: Endpoint,
    lines: Sequence[DeliveryLine],
    form: Form,
    secret: str,
    said: str,
    tested: int,
) -> WebhookPage:
    """The context of one address, with a form that was filled in and does not hold."""
    changed = "url" in form
    rows = tuple(_delivery(line) for line in lines)
    return WebhookPage(
        row=_row(found),
        paused=found.paused_us is not None,
        kinds=_every(),
        url=one(form, "url") if changed else found.url,
        chosen=tuple(form.get("kind", [])) if changed else tuple(sorted(found.kinds)),
        first=one(form, "first"),
        last=one(form, "last"),
        both_until=moment(found.previous_until_us) if secret and found.previous_until_us else "",
        secret=secret,
        said=said,
        tested=tested,
        waits=any(
            line.announcement.number == tested and line.state is DeliveryState.WAITING
            for line in lines
        ),
        deliveries=rows,
    )


def _every() -> tuple[str, ...]:
    return tuple(sorted(kind.value for kind in TOLD))


def _row(found: Endpoint) -> WebhookRow:
    if found.paused_why is not None:
        state = _(_PAUSED[found.paused_why])
    elif found.failures:
        state = _("Failing since %(at)s", at=moment(found.failing_since_us or 0))
    else:
        state = _("In use")
    well = found.paused_us is None and not found.failures
    return WebhookRow(found.id.hex(), found.url, len(found.kinds), state, well)


def _delivery(line: DeliveryLine) -> DeliveryRow:
    happened: Happened = line.announcement.kind
    waits = line.state is DeliveryState.WAITING and bool(line.tried)
    return DeliveryRow(
        line.announcement.number or 0,
        happened.value,
        line.announcement.subject,
        moment(line.announcement.at_us),
        _(_STATES[line.state]),
        _BANDS[line.state],
        moment(line.due_us) if waits else "",
        tuple(
            AttemptRow(
                moment(each.at_us),
                _outcome(each.status, each.error, each.duration_ms),
                each.answer,
            )
            for each in line.tried
        ),
    )


def _outcome(status: int | None, error: Failure | None, duration_ms: int) -> str:
    said = _(_FAILURES[error]) if error else _("Accepted there")
    if status is None:
        return _("%(said)s (after %(ms)s ms)", said=said, ms=duration_ms)
    return _(
        "%(said)s (status %(status)s after %(ms)s ms)", said=said, status=status, ms=duration_ms
    )
