"""A webhook is taken only as the server signed it, and soon."""

import pytest
from veritype_client import SignatureInvalid, webhooks

from server.records.announcements import Announcement, Happened
from server.webhooks.signing import body_of, new_secret, signed_fields

NOW_S = 1_800_000_000
SECRET, OTHER = new_secret(), new_secret()
BODY = body_of(bytes(16), Announcement(7, 1_000_000, Happened.SUBMISSION_ANSWERED, "ab", 3))
FIELDS = signed_fields([OTHER, SECRET], "message-1", BODY, NOW_S * 1_000_000)


def test_what_the_server_signed_is_taken_by_either_secret() -> None:
    for secret in (SECRET, OTHER):
        event = webhooks.verify(BODY, FIELDS, secret, NOW_S + 299)
        assert (event.kind, event.subject) == ("submission.answered", "ab")


@pytest.mark.parametrize(
    ("body", "changed", "secret", "now_s"),
    [
        (BODY + b" ", {}, SECRET, NOW_S),
        (BODY, {"Webhook-Id": "message-2"}, SECRET, NOW_S),
        (BODY, {"Webhook-Timestamp": str(NOW_S + 1)}, SECRET, NOW_S),
        (BODY, {"Webhook-Timestamp": "soon"}, SECRET, NOW_S),
        (BODY, {"Webhook-Signature": ""}, SECRET, NOW_S),
        (BODY, {"Webhook-Signature": "v1,é"}, SECRET, NOW_S),
        (BODY, {}, new_secret(), NOW_S),
        (BODY, {}, "whsec_no base64", NOW_S),
        (BODY, {}, SECRET, NOW_S + 301),
        (BODY, {}, SECRET, NOW_S - 301),
    ],
    # Secrets are drawn at random: as names they would differ from one process to the next.
    ids=[
        "another body",
        "another id",
        "another time",
        "no time",
        "no signature",
        "no ASCII",
        "another secret",
        "no secret",
        "too late",
        "too early",
    ],
)
def test_anything_else_is_refused(
    body: bytes, changed: dict[str, str], secret: str, now_s: float
) -> None:
    with pytest.raises(SignatureInvalid):
        webhooks.verify(body, FIELDS | changed, secret, now_s)


def test_a_body_of_another_form_is_refused() -> None:
    fields = signed_fields([SECRET], "message-1", b"{}", NOW_S * 1_000_000)
    with pytest.raises(SignatureInvalid):
        webhooks.verify(b"{}", fields, SECRET, NOW_S)
    with pytest.raises(SignatureInvalid):
        webhooks.verify(BODY, {}, SECRET, NOW_S)
