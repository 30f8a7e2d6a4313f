"""What is sent, and how it is signed: the Standard Webhooks scheme, by its own library."""

import base64
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from standardwebhooks import Webhook

from server.clock import iso_utc
from server.records.announcements import Announcement

_PREFIX = "whsec_"
_SECRET_BYTES = 32
_SECOND_US = 1_000_000


def new_secret() -> str:
    """A secret of an endpoint, as its owner is shown it."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def message_id(endpoint: bytes, announcement: Announcement) -> str:
    """The same for each attempt and replay, so that whoever receives it twice can tell."""
    return f"{endpoint.hex()}-{announcement.number}"


def body_of(endpoint: bytes, announcement: Announcement) -> bytes:
    """What happened, by kind and ids alone: no names, no evidence."""
    document = {
        "id": message_id(endpoint, announcement),
        "number": announcement.number,
        "kind": announcement.kind.value,
        "at": iso_utc(announcement.at_us),
        "subject": announcement.subject,
    }
    return msgspec.json.encode(document)


def signed_fields(
    secrets_now: Sequence[str], message: str, body: bytes, now_us: int
) -> dict[str, str]:
    """The header fields of a request; each secret that is valid now signs once."""
    at = datetime.fromtimestamp(now_us // _SECOND_US, UTC)
    signed = [Webhook(each).sign(message, at, body.decode()) for each in secrets_now]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Veritype-Webhooks/1",
        "Webhook-Id": message,
        "Webhook-Timestamp": str(now_us // _SECOND_US),
        "Webhook-Signature": " ".join(signed),
    }
