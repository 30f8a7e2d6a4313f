"""Privacy's routes of the console: what each could show of another organisation."""

from collections.abc import Mapping

from tests.server.device import Device
from tests.server.tenancy.naming import Call, Case, Ids


def _looked(ids: Ids, _device: Device) -> Call:
    looked = {"looked": f"{ids.digest.hex()}:5"}
    return Call(f"/sessions/{ids.session.hex()}/looked", form=looked)


CALLS: Mapping[tuple[str, str], Case] = {
    ("POST", "/sessions/{session}/looked"): _looked,
}
