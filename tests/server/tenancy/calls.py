"""For each route one call that names what belongs to somebody: by real ids, and by made-up ones.

A route that is not listed here fails the walk: say what it could show of another organisation.
"""

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.routing import Mount

from server.app import Application
from server.ingest.route import PATH as INGEST
from tests.server.device import Chain, Device
from tests.server.tenancy import (
    calls_announce,
    calls_api,
    calls_hours,
    calls_lead,
    calls_privacy,
    calls_reviews,
    calls_submissions,
)
from tests.server.tenancy.naming import Call, Case, Ids
from wire.codes import ObjectKind
from wire.messages import (
    ConsentRequest,
    EnrolmentRequest,
    Revocation,
    SessionRequest,
    encode_message,
    sign_blanking,
)
from wire.objects import object_digest


def routes_of(app: Application) -> Iterator[tuple[str, str]]:
    """Every method and path that the application answers."""
    yield "POST", INGEST
    yield from _routes(app._pages.routes)


def _routes(routes: Any) -> Iterator[tuple[str, str]]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _routes(inner.routes)
        elif isinstance(route, Mount):
            yield "GET", f"{route.path}/"
        else:
            yield from ((method, route.path) for method in route.methods - {"HEAD"})


def _open(path: str, **more: Any) -> Case:
    """Names nothing: the answer shows nothing of anybody else."""
    return lambda _ids, _device: Call(path, names=False, **more)


def _sends(path: str, **form: str) -> Case:
    """A form that names nothing of others."""
    return lambda _ids, _device: Call(path, names=False, form=form)


def _decides(path: str) -> Case:
    """Names a request of the first organisation by its number."""
    return lambda _ids, _device: Call(path, form={"answer": "x"})


def _ask_blanking(ids: Ids, _device: Device) -> Call:
    form = {"picture": ids.digest.hex(), "reason": "x"}
    return Call(f"/me/pictures/{ids.session.hex()}", form=form)


def _session(tail: str, prefix: str = "/sessions/") -> Case:
    return lambda ids, _device: Call(f"{prefix}{ids.session.hex()}{tail}")


def _stretch(ids: Ids, _device: Device) -> Call:
    path, asked = f"/sessions/{ids.session.hex()}/stretch", {"from_ms": "0", "to_ms": "60000"}
    return Call(path, params=asked)


def _person(tail: str, **form: str) -> Case:
    return lambda ids, _device: Call(f"/people/{ids.person.hex()}/{tail}", form=form)


def _batch(ids: Ids, device: Device) -> Call:
    return Call(INGEST, content=Chain(device, ids.session, bytes(16)).seal(final=True).sealed)


def _blanking(ids: Ids, device: Device) -> Call:
    notice = sign_blanking(
        session=ids.session,
        object_kind=ObjectKind.IMAGE,
        digest=ids.digest,
        kept=bytes(32),
        blanked_us=5,
        key=device.key,
    )
    return Call("/agent/v1/blankings", content=encode_message(notice))


def _enrolment(_ids: Ids, device: Device) -> Call:
    request = EnrolmentRequest("0000-0000-0000", device.key.verify_key.raw, "test", "0.1.0")
    return Call("/agent/v1/enrolments", names=False, content=encode_message(request))


def _open_session(ids: Ids, _device: Device) -> Call:
    request = SessionRequest(secrets.token_bytes(16), ids.project, 1, "0.1.0")
    return Call("/agent/v1/sessions", content=encode_message(request))


def _consent(ids: Ids, _device: Device) -> Call:
    request = ConsentRequest(ids.project, 1, ids.policy_digest)
    return Call("/agent/v1/consents", content=encode_message(request))


def _revocation(ids: Ids, _device: Device) -> Call:
    return Call("/agent/v1/revocations", content=encode_message(Revocation(ids.device)))


def _object(ids: Ids, _device: Device) -> Call:
    path = f"/agent/v1/objects/{object_digest(ids.picture).hex()}"
    return Call(path, content=ids.picture, params={"session": ids.session.hex()})


def _sample(_ids: Ids, _device: Device) -> Call:
    return Call("/agent/v1/baseline", names=False, content=b"{}")


def _picture(ids: Ids, _device: Device) -> Call:
    return Call(f"/sessions/{ids.session.hex()}/objects/{ids.digest.hex()}")


def _withdraw(ids: Ids, _device: Device) -> Call:
    return Call(f"/agent/v1/consents/{ids.project.hex()}")


def _invitation(ids: Ids, _device: Device) -> Call:
    return Call(f"/people/invitations/{ids.invitation}/withdraw", form={})


CALLS: Mapping[tuple[str, str], Case] = {
    ("POST", INGEST): _batch,
    ("GET", "/v1/openapi.json"): _open("/v1/openapi.json"),
    ("POST", "/agent/v1/enrolments"): _enrolment,
    ("GET", "/agent/v1/projects"): _open("/agent/v1/projects"),
    ("POST", "/agent/v1/consents"): _consent,
    ("DELETE", "/agent/v1/consents/{project}"): _withdraw,
    ("POST", "/agent/v1/revocations"): _revocation,
    ("POST", "/agent/v1/sessions"): _open_session,
    ("PUT", "/agent/v1/baseline"): _sample,
    ("DELETE", "/agent/v1/baseline"): _open("/agent/v1/baseline"),
    ("POST", "/agent/v1/blankings"): _blanking,
    ("PUT", "/agent/v1/objects/{digest}"): _object,
    ("GET", "/agent/v1/release"): _open("/agent/v1/release"),
    ("GET", "/agent/v1/release/file"): _open("/agent/v1/release/file"),
    ("GET", "/v1/sessions"): _open("/v1/sessions"),
    ("GET", "/v1/sessions/{session_id}"): _session("", "/v1/sessions/"),
    ("GET", "/v1/sessions/{session_id}/assessment"): _session("/assessment", "/v1/sessions/"),
    **calls_announce.CALLS,
    **calls_api.CALLS,
    **calls_hours.CALLS,
    **calls_lead.CALLS,
    **calls_submissions.CALLS,
    **calls_privacy.CALLS,
    **calls_reviews.CALLS,
    ("GET", "/.well-known/veritype-keys"): _open("/.well-known/veritype-keys"),
    ("GET", "/.well-known/veritype-policy-schema"): _open("/.well-known/veritype-policy-schema"),
    ("GET", "/.well-known/veritype-attestation-schema"): _open(
        "/.well-known/veritype-attestation-schema"
    ),
    ("GET", "/healthz"): _open("/healthz"),
    ("GET", "/readyz"): _open("/readyz"),
    ("GET", "/"): _open("/"),
    ("GET", "/sessions"): _open("/sessions"),
    ("GET", "/me"): _open("/me"),
    ("GET", "/me/consents"): _open("/me/consents"),
    ("GET", "/me/receipts"): _open("/me/receipts"),
    ("GET", "/me/pictures"): _open("/me/pictures"),
    ("GET", "/me/pictures/{session}"): _session("", "/me/pictures/"),
    ("POST", "/me/pictures/{session}"): _ask_blanking,
    ("GET", "/pictures"): _open("/pictures"),
    ("POST", "/pictures/{request}/grant"): _decides("/pictures/1/grant"),
    ("POST", "/pictures/{request}/decline"): _decides("/pictures/1/decline"),
    ("GET", "/me/receipts/{session}"): _session("", "/me/receipts/"),
    ("GET", "/sessions/{session}"): _session(""),
    ("GET", "/sessions/{session}/timeline.json"): _session("/timeline.json"),
    ("GET", "/sessions/{session}/stretch"): _stretch,
    ("GET", "/sessions/{session}/replay.bin"): _session("/replay.bin"),
    ("GET", "/sessions/{session}/objects/{digest}"): _picture,
    ("GET", "/static/"): _open("/static/console.css"),
    ("GET", "/login"): _open("/login"),
    ("POST", "/login"): _sends("/login", login="ada", password="guess"),
    ("GET", "/login/second"): _open("/login/second"),
    ("POST", "/login/second"): _sends("/login/second", code="1"),
    ("GET", "/login/enrol"): _open("/login/enrol"),
    ("POST", "/login/enrol"): _sends("/login/enrol", code="1"),
    ("POST", "/logout"): _open("/logout"),
    ("GET", "/login/organisation"): _open("/login/organisation", params={"name": "Test"}),
    ("GET", "/login/openid"): _open("/login/openid", params={"organisation": "Test"}),
    ("GET", "/login/openid/callback"): _open("/login/openid/callback", params={"state": "x"}),
    ("GET", "/invitation/{token}"): _open("/invitation/guess"),
    ("POST", "/invitation/{token}"): _sends("/invitation/guess", name="X", login="x"),
    ("GET", "/reset/{token}"): _open("/reset/guess"),
    ("POST", "/reset/{token}"): _sends("/reset/guess", password="a long enough word"),
    ("GET", "/account"): _open("/account"),
    ("POST", "/account/language"): _sends("/account/language", language="it"),
    ("POST", "/account/password"): _sends("/account/password", password="guess"),
    ("GET", "/account/second-factor"): _open("/account/second-factor"),
    ("POST", "/account/second-factor"): _sends("/account/second-factor", code="1"),
    ("POST", "/account/second-factor/remove"): _sends("/account/second-factor/remove"),
    ("POST", "/account/sign-out"): _open("/account/sign-out"),
    ("GET", "/people"): _open("/people"),
    ("POST", "/people/invitations"): _sends("/people/invitations", role="king"),
    ("POST", "/people/invitations/{row}/withdraw"): _invitation,
    ("POST", "/people/{person}/role"): _person("role", role="admin"),
    ("POST", "/people/{person}/remove"): _person("remove"),
    ("POST", "/people/{person}/reset"): _person("reset"),
}
"""By method and path, as the application declares them."""
