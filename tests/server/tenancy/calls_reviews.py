"""Calls of the routes about reviews."""

from collections.abc import Mapping

from server.records import How, NewReview, ReviewRules
from server.storage.protocols import OrganisationStore
from tests.server.device import Device
from tests.server.tenancy.naming import Call, Case, Ids

_REASON = "A text of 900 characters appears at once, and nothing was typed."


def opened(own: OrganisationStore, session: bytes) -> bytes:
    """Open a review of a session, unless it has one."""
    entry = own.session(session)
    assert entry is not None
    rules = ReviewRules(1 << 50, 1 << 50)
    own.open_review(entry.row, NewReview(How.FLAG, 1.0, 0.9, 1.0, rules), 1)
    return own.reviews(None, 1)[0].id


def _open(path: str) -> Case:
    return lambda _ids, _device: Call(path, names=False)


def _take(_ids: Ids, _device: Device) -> Call:
    return Call("/reviews/next", names=False, form={})


def _claim(ids: Ids, _device: Device) -> Call:
    return Call("/reviews/claim", form={"review": ids.review.hex()})


def _review(tail: str = "", prefix: str = "/reviews/", **form: str) -> Case:
    def case(ids: Ids, _device: Device) -> Call:
        return Call(f"{prefix}{ids.review.hex()}{tail}", form=form or None)

    return case


def _release(ids: Ids, _device: Device) -> Call:
    return Call(f"/reviews/{ids.review.hex()}/release", form={})


def _picture(ids: Ids, _device: Device) -> Call:
    return Call(f"/reviews/{ids.review.hex()}/objects/{ids.digest.hex()}")


def _stretch(ids: Ids, _device: Device) -> Call:
    path, asked = f"/reviews/{ids.review.hex()}/stretch", {"from_ms": "0", "to_ms": "60000"}
    return Call(path, params=asked)


def _export(_ids: Ids, _device: Device) -> Call:
    days = {"from": "1970-01-01", "to": "1970-12-31", "format": "json"}
    return Call("/v1/exports/decisions", names=False, params=days)


CALLS: Mapping[tuple[str, str], Case] = {
    ("GET", "/v1/reviews"): _open("/v1/reviews"),
    ("GET", "/v1/exports/decisions"): _export,
    ("GET", "/v1/reviews/{review_id}"): _review(prefix="/v1/reviews/"),
    ("GET", "/reviews"): _open("/reviews"),
    ("POST", "/reviews/next"): _take,
    ("POST", "/reviews/claim"): _claim,
    ("GET", "/reviews/open"): _open("/reviews/open"),
    ("GET", "/reviews/quality"): _open("/reviews/quality"),
    ("GET", "/reviews/{review}"): _review(),
    ("POST", "/reviews/{review}/release"): _release,
    ("POST", "/reviews/{review}/verdict"): _review("/verdict", verdict="keep", reason=_REASON),
    ("GET", "/reviews/{review}/done"): _review("/done"),
    ("GET", "/reviews/{review}/timeline.json"): _review("/timeline.json"),
    ("GET", "/reviews/{review}/stretch"): _stretch,
    ("GET", "/reviews/{review}/replay.bin"): _review("/replay.bin"),
    ("GET", "/reviews/{review}/objects/{digest}"): _picture,
    ("GET", "/reviews/{review}/texts/{number}"): _review("/texts/1"),
    ("POST", "/reviews/{review}/looked"): _review("/looked", looked="00:1"),
    ("GET", "/flags"): _open("/flags"),
    ("GET", "/flags/{review}"): _review(prefix="/flags/"),
    ("POST", "/flags/{review}/statement"): _review("/statement", "/flags/", text="Mine."),
    ("POST", "/flags/{review}/appeal"): _review("/appeal", "/flags/", text="Mine."),
}
