"""Calls of the routes about webhooks. The first organisation's endpoint has its session's id."""

from collections.abc import Mapping

from server.records import Happened
from server.storage.protocols import OrganisationStore
from tests.server.device import Device
from tests.server.tenancy.naming import Call, Case, Ids

_BODY = b'{"url": "https://127.0.0.1/", "kinds": ["session.scored"]}'


def furnish(own: OrganisationStore, endpoint: bytes) -> None:
    """Give the first organisation an endpoint."""
    kinds = frozenset({Happened.SESSION_SCORED})
    own.add_endpoint(endpoint, "https://first.example/", kinds, b"sealed", 1)


def _open(path: str, content: bytes | None = None) -> Case:
    def case(_ids: Ids, _device: Device) -> Call:
        return Call(path, names=False, content=content)

    return case


def _webhook(tail: str = "", content: bytes | None = None) -> Case:
    def case(ids: Ids, _device: Device) -> Call:
        return Call(f"/v1/webhooks/{ids.session.hex()}{tail}", content=content)

    return case


def _sends(path: str, **form: str) -> Case:
    def case(_ids: Ids, _device: Device) -> Call:
        return Call(path, names=False, form=form)

    return case


_ONE = "/v1/webhooks/{webhook_id}"
CALLS: Mapping[tuple[str, str], Case] = {
    ("GET", "/v1/webhooks"): _open("/v1/webhooks"),
    ("POST", "/v1/webhooks"): _open("/v1/webhooks", _BODY),
    ("GET", _ONE): _webhook(),
    ("PATCH", _ONE): _webhook(content=b'{"paused": true}'),
    ("DELETE", _ONE): _webhook(),
    ("POST", f"{_ONE}/secret"): _webhook("/secret"),
    ("POST", f"{_ONE}/test"): _webhook("/test"),
    ("POST", f"{_ONE}/replay"): _webhook("/replay", b'{"first": 1, "last": 9}'),
    ("GET", f"{_ONE}/deliveries"): _webhook("/deliveries"),
    ("GET", _ONE + "/deliveries/{number}"): _webhook("/deliveries/1"),
    ("GET", "/notices"): _open("/notices"),
    ("POST", "/notices/read"): _sends("/notices/read", up_to="1"),
    ("POST", "/account/mail"): _sends("/account/mail", address="a@example.com"),
    ("POST", "/account/mail/remove"): _sends("/account/mail/remove"),
    ("GET", "/account/mail/{token}"): _open("/account/mail/guess"),
    ("POST", "/account/mail/{token}"): _sends("/account/mail/guess"),
}
