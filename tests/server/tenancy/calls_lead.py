"""The pages of leads and administrators: what each could show of another organisation."""

from collections.abc import Mapping

from tests.server.device import Device
from tests.server.tenancy.naming import Call, Case, Ids

_TEXT = '{"version": 2, "windows": []}'


def _project(tail: str = "", **form: str) -> Case:
    def call(ids: Ids, _device: Device) -> Call:
        return Call(f"/projects/{ids.project.hex()}{tail}", form=form or None)

    return call


def _webhook(tail: str = "", **form: str) -> Case:
    def call(ids: Ids, _device: Device) -> Call:
        return Call(f"/webhooks/{ids.session.hex()}{tail}", form=form if tail else None)

    return call


def _person(path: str, **form: str) -> Case:
    """A form that names a person."""

    def call(ids: Ids, _device: Device) -> Call:
        return Call(path, form={"person": ids.person.hex()} | form)

    return call


def _open(path: str, **params: str) -> Case:
    return lambda _ids, _device: Call(path, names=False, params=params)


_DAYS = {"from": "2026-01-01", "to": "2026-12-31"}
_STEPS = ("change", "pause", "resume", "secret", "test", "replay", "remove")

CALLS: Mapping[tuple[str, str], Case] = {
    ("GET", "/projects"): lambda _ids, _device: Call("/projects", names=False),
    ("GET", "/projects/{project}"): _project(),
    ("GET", "/projects/{project}/versions/{version}"): _project("/versions/1"),
    ("POST", "/projects/{project}/check"): _project("/check", idle_after_s="1"),
    ("POST", "/projects/{project}/check-text"): _project("/check-text", text=_TEXT),
    ("POST", "/projects/{project}/edit"): _project("/edit", text=_TEXT, after="1"),
    ("GET", "/overview"): _open("/overview"),
    ("GET", "/keys"): _open("/keys"),
    # Without a scope none is made.
    ("POST", "/keys"): lambda _ids, _device: Call("/keys", names=False, form={"name": "x"}),
    ("POST", "/keys/{row}/revoke"): lambda _ids, _device: Call("/keys/1/revoke", form={}),
    ("GET", "/devices"): lambda ids, _device: Call("/devices", params={"person": ids.person.hex()}),
    ("POST", "/devices/pairing"): _person("/devices/pairing"),
    ("POST", "/devices/{device}/revoke"): lambda ids, _device: Call(
        f"/devices/{ids.device.hex()}/revoke", form={}
    ),
    ("GET", "/webhooks"): _open("/webhooks"),
    ("POST", "/webhooks"): lambda _ids, _device: Call("/webhooks", names=False, form={"url": "x"}),
    ("GET", "/webhooks/{webhook}"): _webhook(),
    **{
        ("POST", f"/webhooks/{{webhook}}/{name}"): _webhook(f"/{name}", first="1", last="2")
        for name in _STEPS
    },
    ("GET", "/exports"): _open("/exports"),
    ("GET", "/exports/hours"): _open("/exports/hours", **_DAYS),
    ("GET", "/exports/decisions"): _open("/exports/decisions", **_DAYS),
    ("POST", "/exports/people"): _person("/exports/people"),
    ("GET", "/exports/people/{person}"): lambda ids, _device: Call(
        f"/exports/people/{ids.person.hex()}"
    ),
    ("POST", "/projects/{project}/publish"): _project("/publish", text=_TEXT, after="1"),
}
