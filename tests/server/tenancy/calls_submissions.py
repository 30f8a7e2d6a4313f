"""Submissions, by their ids and by the sessions that they name."""

import json
from collections.abc import Mapping

from tests.server.device import Device
from tests.server.tenancy.naming import Call, Case, Ids


def _ask(ids: Ids, _device: Device) -> Call:
    body = {"identifier": "mine", "sessions": [{"session": ids.session.hex()}], "text": "x"}
    return Call("/v1/submissions", content=json.dumps(body).encode())


def _list(_ids: Ids, _device: Device) -> Call:
    return Call("/v1/submissions", names=False)


def _one(tail: str) -> Case:
    # The first organisation's submission has the id of its session.
    return lambda ids, _device: Call(f"/v1/submissions/{ids.session.hex()}{tail}")


def _page(tail: str) -> Case:
    return lambda ids, _device: Call(f"/sessions/{ids.session.hex()}{tail}")


def _told(ids: Ids, _device: Device) -> Call:
    return Call(f"/sessions/{ids.session.hex()}/submissions/{ids.session.hex()}")


CALLS: Mapping[tuple[str, str], Case] = {
    ("POST", "/v1/submissions"): _ask,
    ("GET", "/v1/submissions"): _list,
    ("GET", "/v1/submissions/{submission_id}"): _one(""),
    ("GET", "/v1/submissions/{submission_id}/attestation"): _one("/attestation"),
    ("GET", "/sessions/{session}/texts/{number}"): _page("/texts/1"),
    ("GET", "/sessions/{session}/report"): _page("/report"),
    ("GET", "/sessions/{session}/submissions/{submission}"): _told,
}
