"""Privacy's routes of the console: what each could show of another organisation."""

from collections.abc import Mapping

from tests.server.device import Device
from tests.server.tenancy.naming import Call, Case, Ids


def _looked(ids: Ids, _device: Device) -> Call:
    looked = {"looked": f"{ids.digest.hex()}:5"}
    return Call(f"/sessions/{ids.session.hex()}/looked", form=looked)


CALLS: Mapping[tuple[str, str], Case] = {
    ("POST", "/sessions/{session}/looked"): _looked,
    ("GET", "/account/record"): lambda _ids, _device: Call("/account/record", names=False),
    ("POST", "/account/export"): lambda _ids, _device: Call(
        "/account/export", names=False, form={}
    ),
    ("GET", "/account/export"): lambda _ids, _device: Call("/account/export", names=False),
    ("GET", "/audit"): lambda ids, _device: Call(
        "/audit", names=False, params={"about": ids.person.hex()}
    ),
}
