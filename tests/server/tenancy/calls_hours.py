"""Calls of the routes about hours and timesheets."""

from collections.abc import Mapping

from tests.server.device import Device
from tests.server.tenancy.naming import Call, Case, Ids

_DAYS = {"from": "2026-01-01", "to": "2026-12-31"}
_STEPS = ("submit", "answer", "give-up", "approve", "dispute", "lock")
_DISPUTE = b'{"reason":"x","stretches":[{"session":"%s","start":"2026-01-01T00:00:00Z",'
_DISPUTE += b'"end":"2026-01-02T00:00:00Z"}]}'


def _sheet(tail: str = "", prefix: str = "/v1/timesheets/") -> Case:
    return lambda ids, _device: Call(f"{prefix}{ids.timesheet.hex()}{tail}")


def _step(tail: str) -> Case:
    form = {"version": "1", "reason": "x", "answer": "x"}
    return lambda ids, _device: Call(f"/hours/{ids.timesheet.hex()}/{tail}", form=form)


def _dispute(ids: Ids, _device: Device) -> Call:
    body = _DISPUTE.replace(b"%s", ids.session.hex().encode())
    return Call(f"/v1/timesheets/{ids.timesheet.hex()}/dispute", content=body)


def _decline(ids: Ids, _device: Device) -> Call:
    path = f"/v1/timesheets/{ids.timesheet.hex()}/corrections/1/decline"
    return Call(path, content=b'{"reason":"x"}')


def _sheets(_ids: Ids, _device: Device) -> Call:
    return Call("/v1/timesheets", names=False)


def _hours(ids: Ids, _device: Device) -> Call:
    return Call("/v1/hours", names=False, params=_DAYS | {"person": ids.person.hex()})


def _export(_ids: Ids, _device: Device) -> Call:
    return Call("/v1/exports/hours", names=False, params=_DAYS)


CALLS: Mapping[tuple[str, str], Case] = {
    ("GET", "/v1/timesheets"): _sheets,
    ("GET", "/v1/timesheets/{timesheet_id}"): _sheet(),
    ("POST", "/v1/timesheets/{timesheet_id}/approve"): _sheet("/approve"),
    ("POST", "/v1/timesheets/{timesheet_id}/dispute"): _dispute,
    ("POST", "/v1/timesheets/{timesheet_id}/lock"): _sheet("/lock"),
    ("POST", "/v1/timesheets/{timesheet_id}/corrections/{number}/accept"): _sheet(
        "/corrections/1/accept"
    ),
    ("POST", "/v1/timesheets/{timesheet_id}/corrections/{number}/decline"): _decline,
    ("GET", "/v1/hours"): _hours,
    ("GET", "/hours"): lambda _ids, _device: Call("/hours", names=False),
    ("POST", "/hours/zone"): lambda _ids, _device: Call(
        "/hours/zone", names=False, form={"zone": "Asia/Tokyo"}
    ),
    ("GET", "/hours/{sheet}"): _sheet(prefix="/hours/"),
    **{("POST", f"/hours/{{sheet}}/{name}"): _step(name) for name in _STEPS},
    ("POST", "/hours/{sheet}/corrections/{number}/accept"): _step("corrections/1/accept"),
    ("POST", "/hours/{sheet}/corrections/{number}/decline"): _step("corrections/1/decline"),
    ("GET", "/v1/exports/hours"): _export,
}
