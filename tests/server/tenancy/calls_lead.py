"""The pages of leads and administrators: what each could show of another organisation."""

from collections.abc import Mapping

from tests.server.device import Device
from tests.server.tenancy.naming import Call, Case, Ids

_TEXT = '{"version": 2, "windows": []}'


def _project(tail: str = "", **form: str) -> Case:
    def call(ids: Ids, _device: Device) -> Call:
        return Call(f"/projects/{ids.project.hex()}{tail}", form=form or None)

    return call


CALLS: Mapping[tuple[str, str], Case] = {
    ("GET", "/projects"): lambda _ids, _device: Call("/projects", names=False),
    ("GET", "/projects/{project}"): _project(),
    ("GET", "/projects/{project}/versions/{version}"): _project("/versions/1"),
    ("POST", "/projects/{project}/check"): _project("/check", idle_after_s="1"),
    ("POST", "/projects/{project}/check-text"): _project("/check-text", text=_TEXT),
    ("POST", "/projects/{project}/edit"): _project("/edit", text=_TEXT, after="1"),
    ("POST", "/projects/{project}/publish"): _project("/publish", text=_TEXT, after="1"),
}
